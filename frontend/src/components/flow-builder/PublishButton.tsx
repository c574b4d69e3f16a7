import { Button, Tooltip } from '@mantine/core';
import type { FlowReply } from '#backend/schemas/api.ts';
import type { FlowProblem } from '#backend/schemas/flow.ts';
import { countOf } from '../../money.ts';
import type { SaveState } from './useAutosave.ts';

interface PublishReasons {
  flow: FlowReply;
  isDirty: boolean;
  saveState: SaveState;
  problems: readonly FlowProblem[];
}

/** Why the draft cannot be published now; null: it can. */
export function reasonAgainst({ flow, isDirty, saveState, problems }: PublishReasons): string | null {
  if (saveState === 'conflict') return 'Somebody else saved this flow: reload the draft first.';
  if (saveState === 'offline' || saveState === 'refused') return 'The draft is not saved yet.';
  const errors = problems.filter(({ severity }) => severity !== 'advice');
  if (errors.length > 0 && !isDirty) {
    const [first] = errors;
    const more = errors.length > 1 ? ` And ${countOf(errors.length - 1, 'more problem')}.` : '';
    return `${first?.message}${more}`;
  }
  if (!isDirty && flow.published && !flow.flow.hasUnpublishedChanges)
    return 'The draft is what is published.';
  return null;
}

/** Opens the publishing of the draft; says why where that is not possible. */
export function PublishButton({ reason, onOpen }: { reason: string | null; onOpen: () => void }) {
  return (
    <Tooltip
      label={reason}
      disabled={reason === null}
      multiline
      maw={320}
      events={{ hover: true, focus: true, touch: true }}
    >
      {/* Disabled for everybody but the focus, so that the reason can be read without a mouse. */}
      <Button
        {...(reason === null ? {} : { 'data-disabled': true })}
        aria-disabled={reason !== null}
        aria-description={reason ?? ''}
        onClick={(event) => {
          if (reason === null) onOpen();
          else event.preventDefault();
        }}
      >
        Publish
      </Button>
    </Tooltip>
  );
}
