import { Radio, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BulkAction, RetryRequest } from '#backend/schemas/runApi.ts';
import { api, type RunsFilter } from '../../api.ts';
import { queries } from '../../queries.ts';
import { ConfirmDialog } from '../common/ConfirmDialog.tsx';
import { bulkButtonWords, bulkDoneWords, bulkPreviewWords } from './runWords.ts';
import { VersionChoice } from './VersionChoice.tsx';

const choices = {
  failed: 'Try the step again that failed',
  start: 'Begin again from the start',
  skip: 'Skip the step that they stand at',
  cancel: 'Stop them for good',
} as const;
type Choice = keyof typeof choices;

function isChoice(value: string): value is Choice {
  return value in choices;
}

function actionOf(choice: Choice, version: RetryRequest['version']): BulkAction {
  return choice === 'failed' || choice === 'start'
    ? { type: 'retry', from: choice, version }
    : { type: choice };
}

interface BulkDialogProps {
  filter: RunsFilter;
  /** Which runs these are. */
  words: string;
  onClose: () => void;
}

/** Does one thing with all runs of a filter, after saying with how many. */
export function BulkDialog({ filter, words, onClose }: BulkDialogProps) {
  const [choice, setChoice] = useState<Choice>('failed');
  const [version, setVersion] = useState<RetryRequest['version']>('same');
  const action = actionOf(choice, version);
  const preview = useQuery(queries.bulk({ filter, action }));
  const count = preview.data?.count;
  return (
    <ConfirmDialog
      title="Act on all of these runs"
      label={count === undefined ? 'Counting…' : bulkButtonWords(action, count)}
      isOff={!count || preview.isFetching}
      isGrave={choice === 'cancel'}
      act={async () => {
        const reply = await api.actOnRuns({ filter, action, expected: count ?? 0 });
        return bulkDoneWords(action, reply);
      }}
      onClose={onClose}
    >
      <Text size="sm" c="dimmed">
        {words} Those that are over already are left alone.
      </Text>
      <Radio.Group
        label="What to do"
        value={choice}
        onChange={(value) => {
          if (isChoice(value)) setChoice(value);
        }}
      >
        <Stack gap="xs" mt={6}>
          {Object.entries(choices).map(([value, label]) => (
            <Radio key={value} value={value} label={label} />
          ))}
        </Stack>
      </Radio.Group>
      {action.type === 'retry' ? (
        <VersionChoice current={null} value={version} onChange={setVersion} />
      ) : null}
      <Text size="sm" fw={550} role="status" c={preview.error ? 'var(--chou-bad)' : 'var(--chou-text)'}>
        {preview.error?.message ?? (count === undefined ? 'Counting…' : bulkPreviewWords(action, count))}
      </Text>
    </ConfirmDialog>
  );
}
