import type { z } from 'zod';
import { setAside } from '#integrations/crm/servicetitan/operations/setAside.ts';
import { recordSchemas, type Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import type { SyncPage } from '#integrations/crm/servicetitan/syncPages.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { findKnownContacts } from '../repositories/bookingRepository.ts';
import type { Database } from '../repositories/database.ts';
import {
  findRejected,
  forgetRejected,
  storeRecords,
  type RejectedRow,
} from '../repositories/readControlRepository.ts';
import type { RetryReply } from '../schemas/api.ts';
import { BookingContacts } from './BookingContacts.ts';
import type { ConnectionService } from './ConnectionService.ts';
import { storable } from './storable.ts';

interface RetryDeps {
  database: Database;
  connections: ConnectionService;
  clock: Clock;
  logger: Logger;
}

interface Retry {
  workspaceId: string;
  connectionId: string;
  resource: Resource;
  recordId: number;
}

type Found = Pick<SyncPage, 'records' | 'rejected' | 'keepsActive'>;

/**
 * Tries one record again that was set aside: as ServiceTitan has it now, where it can be asked for that, else as it came.
 * What it touches is queued like any other news.
 */
export async function retryRejected(deps: RetryDeps, retry: Retry): Promise<RetryReply> {
  const { database, connections, clock } = deps;
  const { connectionId, resource, recordId } = retry;
  await connections.require(retry.workspaceId, connectionId);
  const row = await findRejected(database, retry);
  if (!row) throw new AppError('not_found', 'This record is not among those that were set aside.');
  const service = await connections.clientOf(connectionId, 'person');
  const asked = recordId === 0 ? null : await service.findRecords(resource, [recordId]);
  const found: Found = asked ?? keptRecord(resource, row);
  if (found.records.length + found.rejected.length === 0) {
    if (asked) await forgetRejected(database, retry);
    return { outcome: 'gone', issues: [] };
  }
  const contacts = new BookingContacts({
    service,
    logger: deps.logger,
    findKnown: (bookings) => findKnownContacts(database, connectionId, bookings),
  });
  const completed = await contacts.complete(found.records, { isPatient: false });
  const rejected = [...found.rejected, ...completed.rejected];
  await storeRecords(database, {
    ...retry,
    records: completed.records,
    rejected: rejected.map(({ data, ...each }) => ({ ...each, data: storable(data) })),
    keepsActive: found.keepsActive,
    now: clock.now(),
  });
  if (rejected.length > 0) return { outcome: 'rejected', issues: rejected.flatMap(({ issues }) => issues) };
  // A record without a readable id was kept under none.
  await forgetRejected(database, retry);
  return { outcome: 'stored', issues: [] };
}

/** The record as it came, read by what is known today. */
function keptRecord(resource: Resource, row: RejectedRow): Found {
  const schema: z.ZodType<SyncPage['records'][number]> = recordSchemas[resource];
  const { records, rejected } = setAside(schema, row.data === null ? [] : [row.data]);
  return { records, rejected, keepsActive: false };
}
