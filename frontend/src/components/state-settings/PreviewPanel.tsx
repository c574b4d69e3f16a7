import { Alert, Group, Progress, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { SettingsPreview } from '#backend/schemas/stateSettings.ts';
import { countOf, formatCount } from '../../money.ts';
import { useNow } from '../../session.ts';
import { BusyButton } from '../common/BusyButton.tsx';
import { Time } from '../common/Time.tsx';
import { ApplyForm } from './ApplyForm.tsx';
import { PreviewFindings } from './PreviewFindings.tsx';
import { differenceKey, differenceWords, type Subject } from './settingWords.ts';
import styles from './StateSettings.module.css';
import type { SettingsWork } from './useSettingsWork.ts';

interface PreviewPanelProps {
  preview: SettingsPreview;
  work: SettingsWork;
  subjects: readonly Subject[];
  zone: string;
  readOnly: boolean;
}

/** What a change, or an undo, would do: its progress, then its findings and the way to make it so. */
export function PreviewPanel({ preview, work, subjects, zone, readOnly }: PreviewPanelProps) {
  const now = useNow();
  const { status, lookedAt, expected, differences, undoes, result } = preview;
  const isBroken = status === 'failed' || status === 'interrupted';
  return (
    <section aria-label="Preview" className={styles.preview} aria-busy={status === 'running'}>
      <div>
        <Title order={3} size="sm">
          {undoes ? 'What undoing this would do' : 'What this would do'}
        </Title>
        <Text size="xs" c="dimmed" component="div">
          Previewed by {preview.requestedBy} <Time iso={preview.requestedAt} zone={zone} show="relative" />
        </Text>
      </div>
      <ul className={styles.differences}>
        {differences.map((difference) => {
          const { what, change } = differenceWords(difference, { subjects, zone, now });
          return (
            <li key={differenceKey(difference)}>
              {what}: <strong>{change}</strong>
            </li>
          );
        })}
      </ul>
      {status === 'running' ? (
        <div>
          <Progress
            value={expected === 0 ? 100 : Math.min(100, (100 * lookedAt) / expected)}
            animated
            aria-label="How much of the preview is done"
          />
          <Text size="xs" c="dimmed" mt={4} role="status">
            Looked at {formatCount(lookedAt)} of about {countOf(expected, 'journey')}. You can leave this page
            and come back.
          </Text>
        </div>
      ) : null}
      {isBroken ? (
        <Alert color="red" role="alert" icon={<IconAlertTriangle size={18} />} title="The preview stopped">
          {preview.error ?? 'The server that computed it was stopped. Preview it again.'}
        </Alert>
      ) : null}
      {result ? <PreviewFindings result={result} lookedAt={lookedAt} /> : null}
      {work.error ? (
        <Alert color="red" role="alert" icon={<IconAlertTriangle size={18} />} title="That was not done">
          {work.error.message}
        </Alert>
      ) : null}
      {readOnly ? null : (
        <>
          {result ? <ApplyForm preview={preview} result={result} work={work} /> : null}
          <Group justify="end" gap="sm">
            <BusyButton
              variant="default"
              size="xs"
              isBusy={work.isDiscarding}
              isOff={work.isBusy}
              onClick={work.discard}
            >
              {status === 'running' ? 'Cancel the preview' : 'Close the preview'}
            </BusyButton>
            {status === 'running' ? null : (
              <BusyButton
                variant="default"
                size="xs"
                leftSection={<IconRefresh size={14} />}
                isBusy={work.isStarting}
                isOff={work.isBusy}
                onClick={() => work.repeat(preview)}
              >
                Preview again
              </BusyButton>
            )}
          </Group>
        </>
      )}
    </section>
  );
}
