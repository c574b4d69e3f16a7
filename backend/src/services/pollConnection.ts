import type { DerivedCounts } from './CustomerStateService.ts';
import type { DerivationOutcome } from './deriveReads.ts';
import { planReads, type Plan, type PollRequest } from './planReads.ts';
import { isRefused } from './readEnding.ts';
import type { ReadOutcome, ReadRequest } from './ReadOutcome.ts';
import type { SyncDeps } from './SyncDeps.ts';
import { addDerivations, summaryOf, type SyncSummary } from './SyncSummary.ts';

type Deps = Pick<SyncDeps, 'database' | 'clock' | 'systemClock'> & {
  readResource: (read: ReadRequest) => Promise<ReadOutcome>;
  derive: (occasion: { connectionId: string; hadError: boolean }) => Promise<DerivationOutcome>;
};

/** How long first passes and full ones go on before others have their turn. */
const sliceMs = 60_000;

/** What is known of a poll under way. */
interface Poll {
  request: PollRequest;
  outcomes: ReadOutcome[];
  /** Another worker is at something that this poll was to read before it derives. */
  isBusy: boolean;
  derived: DerivedCounts;
  derivationError: string | null;
}

/**
 * Does the reads of one connection in their order, and derives what they brought. What is short is read and derived from
 * before the long passes go on, and these go on for a minute: what there is more of is left to the next poll.
 */
export async function pollConnection(deps: Deps, request: PollRequest): Promise<SyncSummary> {
  const started = deps.systemClock.now().getTime();
  const poll: Poll = {
    request,
    outcomes: [],
    isBusy: false,
    derived: { rows: 0, transitions: 0, runsStarted: 0, runsEnded: 0 },
    derivationError: null,
  };
  const plan = await planReads(deps, request);
  const left = await readAndDerive(deps, poll, plan);
  const milliseconds = deps.systemClock.now().getTime() - started;
  const { connectionId } = request;
  return { connectionId, connectionName: plan.connectionName, ...summaryOf(poll), left, milliseconds };
}

/** Answers which long passes have more to read. */
async function readAndDerive(
  deps: Deps,
  poll: Poll,
  { short, long, hasDerivationError }: Plan,
): Promise<ReadRequest[]> {
  const isWelcome = await readInOrder(deps, poll, short);
  // Who is hours into a first pass keeps nobody from the news.
  poll.isBusy = poll.outcomes.some(({ status }) => status === 'busy');
  await derive(deps, poll, hasDerivationError);
  if (long.length === 0 || !isWelcome) return [];
  if (poll.request.leavesLong) return long;
  const before = poll.outcomes.length;
  const until = new Date(deps.systemClock.now().getTime() + sliceMs);
  await readInOrder(deps, poll, long, until);
  await derive(deps, poll, poll.derivationError !== null);
  const read = poll.outcomes.slice(before);
  return long.filter((_, index) => (read[index]?.status ?? 'partial') === 'partial');
}

/** Answers whether the connection's credentials are taken; where they are not, nothing more is asked. */
async function readInOrder(
  { readResource, systemClock }: Deps,
  poll: Poll,
  reads: readonly ReadRequest[],
  until?: Date,
): Promise<boolean> {
  for (const read of reads) {
    if (read.signal?.aborted || (until && systemClock.now() >= until)) break;
    const outcome = await readResource({ ...read, until });
    poll.outcomes.push(outcome);
    if (outcome.status === 'failed' && isRefused(outcome.failure)) return false;
  }
  return true;
}

async function derive(deps: Deps, poll: Poll, hadError: boolean): Promise<void> {
  const { derived, error } = await deps.derive({ connectionId: poll.request.connectionId, hadError });
  poll.derived = addDerivations(poll.derived, derived);
  poll.derivationError = error;
}
