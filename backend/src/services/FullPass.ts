import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import { findMissing, markDeleted } from '../repositories/readRepository.ts';
import type { HeldRead } from './HeldRead.ts';
import { RecordBatch } from './RecordBatch.ts';

interface FullPassDeps {
  database: Database;
  service: ServiceTitanService;
  clock: Clock;
  logger: Logger;
}

/** Asked for, stored and forgotten at once: what has to be asked for may be a tenth of all. */
const portionSize = 2000;

/** What the database gives one more of when there are too many. */
function mostAtOnce(active: number): number {
  return Math.max(20, Math.floor(active / 10));
}

/**
 * Marks what a complete pass over a resource has not seen, and what is not found by asking for it either. So many that
 * the pass itself is more likely to be wrong are left alone: answers what is to be said of that.
 */
export async function markVanished(
  deps: FullPassDeps,
  { held, resource }: { held: HeldRead; resource: Resource },
): Promise<string | null> {
  const { database, clock, logger } = deps;
  const { connectionId } = held.lease;
  const { active, missing } = await findMissing(database, held.lease);
  if (missing.length === 0) return null;
  const words = resource.replaceAll('_', ' ');
  if (missing.length > mostAtOnce(active)) {
    logger.warn({ connectionId, resource, active }, 'A full pass missed too many records to believe it.');
    return `A full look at all ${words} did not find more than ${mostAtOnce(active)} of ${active}, so none is taken for deleted. Check what the app may see in ServiceTitan.`;
  }
  const gone: number[] = [];
  for (let start = 0; start < missing.length; start += portionSize) {
    const portion = missing.slice(start, start + portionSize);
    const found = await held.waitFor(findAgain(deps, { held, resource, missing: portion }));
    for (const { id } of portion) if (!found.has(id)) gone.push(id);
  }
  const marked =
    gone.length > 0 ? await markDeleted(database, held.lease, { ids: gone, now: clock.now() }) : 0;
  logger.info({ connectionId, resource, marked }, 'Records that vanished were marked as deleted.');
  return null;
}

/** Asks for the missing ones by themselves, as far as ServiceTitan can be asked; what is there is stored. */
async function findAgain(
  { service }: FullPassDeps,
  {
    held,
    resource,
    missing,
  }: { held: HeldRead; resource: Resource; missing: { id: number; customerId: number | null }[] },
): Promise<Set<number>> {
  if (resource === 'customer_contacts') return findContacts(service, missing);
  const ids = missing.map(({ id }) => id);
  const found = await service.findRecords(resource, ids);
  if (!found) return new Set();
  const batch = new RecordBatch(false);
  batch.add(found);
  if (!batch.isEmpty) await held.store({ ...batch.take({ cursor: null }), pages: 0 });
  return new Set([...found.records, ...found.rejected].flatMap(({ id }) => id ?? []));
}

/** Contacts are listed by their customers. */
async function findContacts(
  service: ServiceTitanService,
  missing: readonly { id: number; customerId: number | null }[],
): Promise<Set<number>> {
  const customerIds = [...new Set(missing.flatMap(({ customerId }) => customerId ?? []))];
  const found = new Set<number>();
  if (customerIds.length === 0) return found;
  for await (const { records } of service.calls.listCustomerContacts({ customerIds })) {
    for (const { id } of records) found.add(id);
  }
  return found;
}
