import { notFound } from '../api/ApiError.ts';
import type { Collection, StoredRow } from '../Collection.ts';
import type { TenantRecords } from '../TenantRecords.ts';

/** Where an office works: a tenant's records, and the moment that what it writes carries. */
export interface Desk {
  readonly records: TenantRecords;
  readonly now: string;
}

/** The record, or a 404 that says what is missing. */
export function requireRow<Row extends StoredRow>(
  collection: Collection<Row>,
  noun: string,
  id: number,
): Row {
  const row = collection.get(id);
  if (!row) throw notFound(noun, id);
  return row;
}
