import type { DerivedCounts } from './CustomerStateService.ts';
import type { ReadOutcome, ReadRequest, ResourceCounts } from './ReadOutcome.ts';
import { isStateResource } from './readOrder.ts';

export interface SyncSummary {
  connectionId: string;
  connectionName: string;
  /** busy: another worker reads this connection; what it reads was not read here. */
  status: 'succeeded' | 'failed' | 'busy';
  error: string | null;
  resources: Record<string, ResourceCounts>;
  derived: DerivedCounts;
  /** First passes and full ones of which there is more to read. */
  left: readonly ReadRequest[];
  milliseconds: number;
}

/** What the reads of a poll and the derivation come to together. */
export function summaryOf({
  outcomes,
  isBusy,
  derived,
  derivationError,
}: {
  outcomes: readonly ReadOutcome[];
  isBusy: boolean;
  derived: DerivedCounts;
  derivationError: string | null;
}): Pick<SyncSummary, 'status' | 'error' | 'resources' | 'derived'> {
  const resources: Record<string, ResourceCounts> = {};
  for (const { resource, counts, status } of outcomes) {
    if (status === 'not_due') continue;
    addCounts((resources[resource] ??= noCounts()), counts);
  }
  const failed = outcomes.find(
    ({ status, resource, path }) => status === 'failed' && isStateResource(resource) && path !== 'full',
  );
  const error = failed?.error ?? derivationError;
  return { status: error !== null ? 'failed' : isBusy ? 'busy' : 'succeeded', error, resources, derived };
}

/** A poll and the one that went on with what it left, as one. */
export function addPolls(former: SyncSummary, next: SyncSummary): SyncSummary {
  const resources = structuredClone(former.resources);
  for (const [resource, counts] of Object.entries(next.resources))
    addCounts((resources[resource] ??= noCounts()), counts);
  const error = former.error ?? next.error;
  const isBusy = former.status === 'busy' || next.status === 'busy';
  return {
    ...next,
    status: error !== null ? 'failed' : isBusy ? 'busy' : 'succeeded',
    error,
    resources,
    derived: addDerivations(former.derived, next.derived),
    milliseconds: former.milliseconds + next.milliseconds,
  };
}

/** What two derivations came to. */
export function addDerivations(one: DerivedCounts, other: DerivedCounts): DerivedCounts {
  return {
    rows: one.rows + other.rows,
    transitions: one.transitions + other.transitions,
    runsStarted: one.runsStarted + other.runsStarted,
    runsEnded: one.runsEnded + other.runsEnded,
  };
}

export function noCounts(): ResourceCounts {
  return { read: 0, new: 0, changed: 0, skipped: 0, failed: 0 };
}

export function addCounts(sum: ResourceCounts, counts: ResourceCounts): void {
  sum.read += counts.read;
  sum.new += counts.new;
  sum.changed += counts.changed;
  sum.skipped += counts.skipped;
  sum.failed += counts.failed;
}
