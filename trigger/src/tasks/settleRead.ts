import type { ReadOutcome } from '#backend/services/ReadOutcome.ts';

/** What a run reports of a read; a read that failed makes the run fail, so that it is tried again where that helps. */
export function settleRead({
  failure,
  error,
  ...outcome
}: ReadOutcome): Omit<ReadOutcome, 'failure' | 'error'> {
  if (outcome.status === 'failed') throw failure ?? new Error(error ?? 'The read failed.');
  return outcome;
}
