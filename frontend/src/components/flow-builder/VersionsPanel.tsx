import { Badge, Button, Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { CheckpointReason } from '#backend/schemas/flowApi.ts';
import { countOf } from '../../money.ts';
import { queries } from '../../queries.ts';
import { useSession } from '../../session.ts';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { Time } from '../common/Time.tsx';
import styles from './FlowBuilder.module.css';

interface VersionsPanelProps {
  flowId: string;
  shownKey: string | null;
  onShow: (earlier: { kind: 'version'; number: number } | { kind: 'checkpoint'; id: string }) => void;
}

const reasonWords = {
  editing: 'While editing',
  discard: 'Before the draft was discarded',
  restore: 'Before something was restored',
  publish: 'Before publishing',
} as const satisfies Record<CheckpointReason, string>;

/** What the flow was: its published versions, and drafts that were kept along the way. */
export function VersionsPanel({ flowId, shownKey, onShow }: VersionsPanelProps) {
  const versions = useQuery(queries.versions(flowId));
  const checkpoints = useQuery(queries.checkpoints(flowId));
  const { timeZone } = useSession().workspace;
  const compare = (key: string, name: string, show: () => void) => (
    <Button
      size="compact-xs"
      variant={shownKey === key ? 'filled' : 'default'}
      aria-pressed={shownKey === key}
      aria-label={`Compare ${name} with the draft`}
      onClick={show}
    >
      Compare
    </Button>
  );
  return (
    <>
      <Title order={2} size="md">
        Versions
      </Title>
      <QueryView query={versions} skeleton={<RowsSkeleton rows={3} height={40} />}>
        {(data) =>
          data.versions.length === 0 ? (
            <Text size="sm" c="dimmed">
              Not published yet. Each time that you publish, a version is kept here.
            </Text>
          ) : (
            <ol className={styles.history} aria-label="Versions">
              {data.versions.map((version) => (
                <li key={version.id}>
                  <Group justify="space-between" wrap="nowrap">
                    <strong>Version {version.number}</strong>
                    {version.isPublished ? (
                      <Badge size="sm" variant="light">
                        Published
                      </Badge>
                    ) : null}
                    {compare(`version ${version.number}`, `version ${version.number}`, () =>
                      onShow({ kind: 'version', number: version.number }),
                    )}
                  </Group>
                  {version.note ? <Text size="sm">{version.note}</Text> : null}
                  <Text size="xs" c="dimmed" component="div">
                    {version.author}, <Time iso={version.publishedAt} zone={timeZone} />
                    {version.activeRuns > 0
                      ? ` · ${countOf(version.activeRuns, 'person', 'people')} on it now`
                      : ''}
                  </Text>
                </li>
              ))}
            </ol>
          )
        }
      </QueryView>
      <Title order={2} size="md" mt="sm">
        Checkpoints of the draft
      </Title>
      <QueryView query={checkpoints} skeleton={<RowsSkeleton rows={3} height={32} />}>
        {(data) =>
          data.checkpoints.length === 0 ? (
            <Text size="sm" c="dimmed">
              None yet. While you edit, the draft is kept every few minutes, and before anything replaces it.
            </Text>
          ) : (
            <ol className={styles.history} aria-label="Checkpoints">
              {data.checkpoints.map(({ id, savedAt, author, reason, nodes }) => (
                <li key={id}>
                  <Group justify="space-between" wrap="nowrap">
                    <span>
                      <Time iso={savedAt} zone={timeZone} show="absolute" />
                    </span>
                    {compare(`checkpoint ${id}`, 'this checkpoint', () => onShow({ kind: 'checkpoint', id }))}
                  </Group>
                  <Text size="xs" c="dimmed">
                    {[reasonWords[reason], author, countOf(nodes, 'step')].filter(Boolean).join(' · ')}
                  </Text>
                </li>
              ))}
            </ol>
          )
        }
      </QueryView>
    </>
  );
}
