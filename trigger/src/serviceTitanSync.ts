import type { Context } from '#backend/context.ts';
import type { SyncSummary } from '#backend/services/SyncSummary.ts';
import type { DerivedCounts } from '#backend/services/CustomerStateService.ts';
import type { SyncOptions } from '#backend/services/planReads.ts';
import type { ReadOutcome, ReadRequest, ReadSource } from '#backend/services/ReadOutcome.ts';

/** Polls one connection: its reads in their order, and the derivation of what they brought. */
export async function syncConnection(
  context: Context,
  connectionId: string,
  source: ReadSource = 'poll',
  options: SyncOptions = {},
): Promise<SyncSummary> {
  return context.syncs.syncConnection(connectionId, source, options);
}

/** Reads one resource of a connection in one way. */
export async function readResource(context: Context, request: ReadRequest): Promise<ReadOutcome> {
  return context.syncs.readResource(request);
}

/** Derives what the reads of a connection brought; throws what keeps it from that, once it is said on the connection. */
export async function deriveConnection(
  context: Context,
  { connectionId }: { connectionId: string },
): Promise<DerivedCounts> {
  const { derived, failure } = await context.syncs.deriveConnection(connectionId);
  if (failure) throw failure;
  return derived;
}
