import { IntegrationError } from '#integrations/errors.ts';
import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import type { ReadBatch } from '../repositories/readRepository.ts';
import { saveExpectedRecords } from '../repositories/readRepository.ts';
import { markVanished } from './FullPass.ts';
import type { Ending, HeldRead } from './HeldRead.ts';
import { completed } from './readEnding.ts';
import type { ReadRequest } from './ReadOutcome.ts';
import { historyStartOf, isStateResource } from './readOrder.ts';
import { ResourceReader } from './ResourceReader.ts';
import type { SyncDeps } from './SyncDeps.ts';
import { SuppressionExchange } from './SuppressionExchange.ts';

type Deps = Omit<SyncDeps, 'states'>;
interface Read {
  held: HeldRead;
  request: ReadRequest;
}
interface Performed {
  ending: Ending;
  /** Stored with the end of the read: one that finds little costs no call of its own. */
  last: Omit<ReadBatch, 'milliseconds'> | null;
}

/** Does what a read is there for. */
export async function performRead(deps: Deps, { held, request }: Read): Promise<Performed> {
  const { connectionId, resource, path } = request;
  const isLong = path === 'full' || isBackfill(held);
  const service = await deps.connections.clientOf(
    connectionId,
    isLong ? 'backfill' : 'poll',
    held.granted.credentialsUpdatedAt,
  );
  if (resource === 'suppressions') return exchangeSuppressions(deps, { service, held });
  const reading = new AbortController();
  const signal = request.signal ? AbortSignal.any([reading.signal, request.signal]) : reading.signal;
  try {
    if (isBackfill(held)) await noteExpected(deps, { service, held, resource });
    return await readRecords(deps, { service, held, request, resource, signal });
  } finally {
    // The page that is being fetched ahead is no longer wanted.
    reading.abort();
  }
}

async function readRecords(
  deps: Deps,
  {
    service,
    held,
    request: { path, until, signal: stop },
    resource,
    signal,
  }: Read & { service: ServiceTitanService; resource: Resource; signal: AbortSignal },
): Promise<Performed> {
  // A list has no place within it: stopped halfway it would begin anew each time.
  const isOver = () =>
    stop?.aborted === true || (path !== 'list' && until !== undefined && deps.systemClock.now() >= until);
  const reader = new ResourceReader({ ...deps, service }, { held, resource, limits: { isOver, signal } });
  const { status, last, lacks } = await reader.read();
  if (path !== 'full' || status === 'partial') return { ending: { ...completed, status, lacks }, last };
  if (last) await held.store(last);
  const problem = await markVanished({ ...deps, service }, { held, resource });
  return { ending: { ...completed, lacks, problem }, last: null };
}

/** The first pass of a feed. */
function isBackfill({ lease, granted }: HeldRead): boolean {
  return lease.path === 'feed' && isStateResource(lease.resource) && granted.cursor.completedAt === null;
}

/** Asks how many records there are, so that progress can be told; nothing hangs on it. */
async function noteExpected(
  { database }: Deps,
  { service, held, resource }: { service: ServiceTitanService; held: HeldRead; resource: Resource },
): Promise<void> {
  const { connection, cursor, expectedRecords } = held.granted;
  if (expectedRecords !== null || cursor.pagesRead > 0) return;
  try {
    const records = await held.waitFor(
      service.countRecords(resource, historyStartOf(resource, connection.backfillFrom)),
    );
    if (records === null) return;
    const { id: connectionId, workspaceId } = connection;
    await saveExpectedRecords(database, { connectionId, workspaceId, resource, records });
  } catch (error) {
    if (!(error instanceof IntegrationError)) throw error;
  }
}

async function exchangeSuppressions(
  deps: Deps,
  { service, held }: { service: ServiceTitanService; held: HeldRead },
): Promise<Performed> {
  const { lacks, problems, readFailure } = await new SuppressionExchange(deps).run({ service, held });
  const said = { lacks, problem: problems.join(' ') || null };
  if (!readFailure) return { ending: { ...completed, ...said }, last: null };
  const { kind, message: error, retryAfterMs = 0 } = readFailure;
  const status = kind === 'forbidden' ? 'lacking' : 'failed';
  const retrySeconds = Math.ceil(retryAfterMs / 1000);
  return { ending: { status, error, kind, retrySeconds, ...said }, last: null };
}
