import { Button } from '@mantine/core';
import { IconPlayerSkipForward, IconPlayerStop, IconRefresh, IconRestore } from '@tabler/icons-react';
import { useState } from 'react';
import type { RunReply } from '#backend/schemas/api.ts';
import { useCanEdit } from '../../session.ts';
import { CancelDialog, RetryDialog, SkipDialog } from './RunDialogs.tsx';
import { failedStepOf, standingStepOf } from './runWords.ts';

interface RunActsProps {
  reply: RunReply;
  /** Beside the step that it is about, or for the run as a whole. */
  place: 'step' | 'run';
}

/** What can be done with a run as it stands; nothing for those who only look. */
export function RunActs({ reply, place }: RunActsProps) {
  const canEdit = useCanEdit();
  const [asking, ask] = useState<'failed' | 'start' | 'skip' | 'cancel' | null>(null);
  const failed = failedStepOf(reply);
  const standing = standingStepOf(reply);
  const { run } = reply;
  const close = () => ask(null);
  if (!canEdit) return null;
  const look = { size: 'xs', variant: 'default' } as const;
  return (
    <>
      {failed ? (
        <>
          <Button size="xs" leftSection={<IconRefresh size={14} aria-hidden />} onClick={() => ask('failed')}>
            Try the step again
          </Button>
          <Button {...look} leftSection={<IconRestore size={14} aria-hidden />} onClick={() => ask('start')}>
            From the start
          </Button>
        </>
      ) : null}
      {standing ? (
        <Button
          {...look}
          leftSection={<IconPlayerSkipForward size={14} aria-hidden />}
          onClick={() => ask('skip')}
        >
          Skip the step
        </Button>
      ) : null}
      {place === 'run' && (run.status === 'active' || run.status === 'parked') ? (
        <Button
          {...look}
          leftSection={<IconPlayerStop size={14} aria-hidden />}
          onClick={() => ask('cancel')}
        >
          Stop the run
        </Button>
      ) : null}
      {failed && (asking === 'failed' || asking === 'start') ? (
        <RetryDialog run={run} step={failed} from={asking} onClose={close} />
      ) : null}
      {standing && asking === 'skip' ? <SkipDialog run={run} step={standing} onClose={close} /> : null}
      {asking === 'cancel' ? <CancelDialog run={run} onClose={close} /> : null}
    </>
  );
}
