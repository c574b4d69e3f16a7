import { Button, Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { GalleryCard } from '#backend/schemas/flowApi.ts';
import { queries } from '../../queries.ts';
import { useCanEdit } from '../../session.ts';
import { Dialog } from '../common/Dialog.tsx';
import { placed } from '../common/placed.ts';
import { FlowPicture } from '../flow-builder/FlowPicture.tsx';
import { templateWords } from '../flow-builder/templateWords.ts';
import styles from './Gallery.module.css';
import { enrolmentWords } from './GalleryFlowCard.tsx';
import { useInstall } from './useInstall.ts';

/** Where clocks are changed on the way, a day of the calendar lacks an hour. */
const hourOfDay = 1 / 24;

/** A flow of the gallery as a picture, in sentences, and by the e-mails of an example. */
export function GalleryPreview({ card, onClose }: { card: GalleryCard; onClose: () => void }) {
  const integrations = useQuery(queries.integrations());
  const install = useInstall(card.key);
  const canEdit = useCanEdit();
  return (
    <Dialog onClose={onClose} title={card.name} size="xl">
      <div className={styles.preview}>
        <div className={styles.picture}>
          <FlowPicture graph={card.graph} integrations={integrations.data?.integrations ?? []} />
        </div>
        <div className={styles.story}>
          <Title order={3} size="sm">
            What it does
          </Title>
          <ol>
            {placed(card.sentences).map(({ key, thing: sentence }) => (
              <li key={key}>{templateWords(sentence)}</li>
            ))}
          </ol>
          <Title order={3} size="sm">
            For example{card.example.name === '' ? '' : `: ${card.example.name}`}
          </Title>
          {card.example.messages.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing goes out.
            </Text>
          ) : (
            <ul>
              {card.example.messages.map(({ day, subject }) => (
                <li key={`${day} ${subject}`}>
                  Day {Math.floor(day + hourOfDay)}: {subject}
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
      <Group justify="end" mt="md">
        {card.enrolment ? (
          <Text size="sm" c="dimmed" mr="auto">
            {enrolmentWords(card.enrolment)}.
          </Text>
        ) : null}
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        {canEdit ? (
          <Button loading={install.isPending} onClick={() => install.mutate()}>
            Use it as a draft
          </Button>
        ) : null}
      </Group>
    </Dialog>
  );
}
