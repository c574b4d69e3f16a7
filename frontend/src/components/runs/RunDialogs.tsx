import { Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { RunReply, RunSummary } from '#backend/schemas/api.ts';
import type { RetryRequest } from '#backend/schemas/runApi.ts';
import { api } from '../../api.ts';
import { ConfirmDialog } from '../common/ConfirmDialog.tsx';
import { templateWords } from '../flow-builder/templateWords.ts';
import { VersionChoice } from './VersionChoice.tsx';

type Step = RunReply['steps'][number];

interface RetryDialogProps {
  run: RunReply['run'];
  step: Step;
  from: RetryRequest['from'];
  onClose: () => void;
}

/** Lets a parked run go on, after saying from where and by which version. */
export function RetryDialog({ run, step, from: first, onClose }: RetryDialogProps) {
  const [from, setFrom] = useState(first);
  const [version, setVersion] = useState<RetryRequest['version']>('same');
  const title = templateWords(step.title);
  return (
    <ConfirmDialog
      title="Try again"
      label={from === 'failed' ? 'Try the step again' : 'Begin again'}
      act={async () => {
        await api.retryRun(run.id, { from, version });
        return `${run.flowName} goes on for ${run.customerName}.`;
      }}
      onClose={onClose}
    >
      <Radio.Group
        label="From where"
        value={from}
        onChange={(value) => setFrom(value === 'start' ? 'start' : 'failed')}
      >
        <Stack gap="xs" mt={6}>
          <Radio
            value="failed"
            label={`From the step that failed: ${title}`}
            description="Mend what it failed for first."
          />
          <Radio
            value="start"
            label="From the start"
            description="What was done already is not done a second time: its answer is taken as it was."
          />
        </Stack>
      </Radio.Group>
      {run.hasNewerVersion ? (
        <VersionChoice current={run.versionNumber} value={version} onChange={setVersion} />
      ) : null}
    </ConfirmDialog>
  );
}

interface StepDialogProps {
  run: RunReply['run'];
  step: Step;
  onClose: () => void;
}

/** Goes on after a step without doing it. */
export function SkipDialog({ run, step, onClose }: StepDialogProps) {
  const title = templateWords(step.title);
  return (
    <ConfirmDialog
      title={`Skip “${title}”`}
      label="Skip the step"
      act={async () => {
        await api.skipStep(run.id, step.id);
        return `“${title}” was skipped for ${run.customerName}.`;
      }}
      onClose={onClose}
    >
      <Text size="sm">
        {run.flowName} goes on for {run.customerName} right after this step, as if it were done. The step
        itself is not done, and later steps get no answer of it.
      </Text>
    </ConfirmDialog>
  );
}

/** Ends a run for good. */
export function CancelDialog({
  run,
  onClose,
}: {
  run: Pick<RunSummary, 'id' | 'flowName' | 'customerName'>;
  onClose: () => void;
}) {
  return (
    <ConfirmDialog
      title={`Stop “${run.flowName}”`}
      label="Stop it"
      isGrave
      act={async () => {
        await api.cancelRun(run.id);
        return `${run.flowName} is over for ${run.customerName}.`;
      }}
      onClose={onClose}
    >
      <Text size="sm">
        It ends for {run.customerName}, and does not come back by itself: steps that are still to come are not
        done, and e-mails that have not gone out are not sent. What was done stays done.
      </Text>
    </ConfirmDialog>
  );
}
