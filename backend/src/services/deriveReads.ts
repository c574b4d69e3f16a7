import { hasDerivationError, noteDerivation } from '../repositories/readRepository.ts';
import type { DerivedCounts } from './CustomerStateService.ts';
import { reasonOf } from './readEnding.ts';
import type { SyncDeps } from './SyncDeps.ts';

/** What became of a derivation. */
export interface DerivationOutcome {
  derived: DerivedCounts;
  error: string | null;
  /** What failed, for whoever decides whether to try again. */
  failure?: Error | undefined;
}

/**
 * Derives what the reads of a connection brought. Why that failed is said on the connection, and holds up no other; the
 * next derivation that succeeds takes it back. `hadError`: whether it is said now, where that is known.
 */
export async function deriveReads(
  { states, database, clock, logger }: Pick<SyncDeps, 'states' | 'database' | 'clock' | 'logger'>,
  { connectionId, hadError }: { connectionId: string; hadError?: boolean | undefined },
): Promise<DerivationOutcome> {
  let derived: DerivedCounts;
  try {
    derived = await states.deriveConnection(connectionId);
  } catch (caught) {
    logger.error({ err: caught, connectionId }, 'A derivation stopped.');
    const error = reasonOf(caught);
    await noteDerivation(database, connectionId, { error, now: clock.now() });
    const failure = caught instanceof Error ? caught : new Error(error);
    return { derived: { rows: 0, transitions: 0, runsStarted: 0, runsEnded: 0 }, error, failure };
  }
  if (hadError ?? (await hasDerivationError(database, connectionId)))
    await noteDerivation(database, connectionId, { error: null, now: clock.now() });
  return { derived, error: null };
}
