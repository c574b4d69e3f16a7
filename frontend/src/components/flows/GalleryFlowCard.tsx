import { Badge, Button, Group, Paper, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Enrolment, GalleryCard } from '#backend/schemas/flowApi.ts';
import { countOf } from '../../money.ts';
import { useCanEdit } from '../../session.ts';
import styles from './Gallery.module.css';
import { useInstall } from './useInstall.ts';

/** Whom the flow would enrol now. */
export function enrolmentWords({ count, isExact }: Enrolment): string {
  if (count === 0 && isExact) return 'Would enrol nobody right now';
  return `Would enrol ${isExact ? '' : 'at most '}${countOf(count, 'customer')} now`;
}

/** One flow of the gallery. */
export function GalleryFlowCard({ card, onPreview }: { card: GalleryCard; onPreview: () => void }) {
  const canEdit = useCanEdit();
  const install = useInstall(card.key);
  const unmet = card.needs.filter(({ met }) => !met);
  return (
    <Paper component="article" p="md" className={styles.card} aria-label={card.name}>
      <Group justify="space-between" wrap="nowrap" align="start">
        <Title order={2} size="md">
          {card.name}
        </Title>
        <Badge size="sm" variant="default">
          {card.category}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {card.description}
      </Text>
      <ul className={styles.needs} aria-label="What it needs">
        {card.needs.map(({ title, help, met }) => (
          <li key={title} data-met={met}>
            {met ? <IconCheck size={14} aria-hidden /> : <IconAlertTriangle size={14} aria-hidden />}
            <span>
              {title}
              {met ? <span className="visually-hidden"> (there)</span> : `: ${help}`}
            </span>
          </li>
        ))}
      </ul>
      <Text size="xs" c="dimmed" className={styles.foot}>
        {card.enrolment ? `${enrolmentWords(card.enrolment)}. ` : ''}
        {unmet.length > 0 ? `${countOf(unmet.length, 'thing is', 'things are')} missing.` : ''}
      </Text>
      <Group gap="sm">
        <Button size="xs" variant="default" onClick={onPreview} aria-label={`Look at ${card.name}`}>
          Look at it
        </Button>
        {canEdit ? (
          <Button
            size="xs"
            loading={install.isPending}
            aria-label={`Use ${card.name}`}
            onClick={() => install.mutate()}
          >
            Use it
          </Button>
        ) : null}
        {card.installed ? <Link to={`/flows/${card.installed.flowId}`}>Yours is here</Link> : null}
      </Group>
    </Paper>
  );
}
