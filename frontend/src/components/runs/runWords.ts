import type { RunReply } from '#backend/schemas/api.ts';
import type { BulkAction, BulkReply } from '#backend/schemas/runApi.ts';
import { countOf } from '../../money.ts';

type Run = RunReply['run'];
type Step = RunReply['steps'][number];

const kinds: Record<string, string> = {
  state_changed: 'by the customer’s state',
  lead_received: 'by a lead',
  appointment: 'by an appointment',
  schedule: 'at its set time',
  manual: 'by hand',
  flow: 'by another flow',
};

/** What began the run: "by hand, by anna@example.com". */
export function startWords({ triggerKind, startedBy }: Pick<Run, 'triggerKind' | 'startedBy'>): string {
  const kind = kinds[triggerKind] ?? 'by its trigger';
  const member = startedBy?.startsWith('member:') ? startedBy.slice('member:'.length) : null;
  return member ? `${kind}, by ${member}` : kind;
}

/** "820 ms", "4.2 s", "1 min 5 s". */
export function durationWords(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.floor((milliseconds % 60_000) / 1000)} s`;
}

/** The step that somebody has to see to: the one that is out of tries. */
export function failedStepOf({ run, steps }: Pick<RunReply, 'run' | 'steps'>): Step | null {
  return run.status === 'parked' ? (steps.findLast(({ status }) => status === 'failed') ?? null) : null;
}

/** The step that the run stands at, and could go on after. */
export function standingStepOf(reply: Pick<RunReply, 'run' | 'steps'>): Step | null {
  const waiting = reply.steps.findLast(({ status }) => status === 'pending');
  return failedStepOf(reply) ?? (reply.run.status === 'active' ? (waiting ?? null) : null);
}

const verbs = {
  retry: { would: 'tried again', did: 'go on' },
  skip: { would: 'taken past the step that they stand at', did: 'went past their step' },
  cancel: { would: 'ended for good', did: 'are over' },
} as const satisfies Record<BulkAction['type'], { would: string; did: string }>;

/** What would be done, before it is. */
export function bulkPreviewWords({ type }: BulkAction, count: number): string {
  if (count === 0) return `None of them can be ${verbs[type].would}.`;
  return `${countOf(count, 'run')} would be ${verbs[type].would}.`;
}

/** What was done, and what could not be. */
export function bulkDoneWords({ type }: BulkAction, { done, left }: BulkReply): string {
  const rest = left > 0 ? ` ${countOf(left, 'run')} could not be: they had gone on by themselves.` : '';
  return `${countOf(done, 'run')} ${verbs[type].did}.${rest}`;
}

/** The button that does it. */
export function bulkButtonWords({ type }: BulkAction, count: number): string {
  const runs = countOf(count, 'run');
  switch (type) {
    case 'retry':
      return `Try ${runs} again`;
    case 'skip':
      return `Skip the step of ${runs}`;
    case 'cancel':
      return `Cancel ${runs}`;
  }
}

/** "No alerts", "3 alerts". */
export function alertsWords(count: number): string {
  return count === 0 ? 'No alerts' : countOf(count, 'alert');
}
