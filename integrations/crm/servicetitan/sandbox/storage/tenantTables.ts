import {
  createTenantRecords,
  type RecordListener,
  type ResourceName,
  type TenantRecords,
} from '../TenantRecords.ts';
import type { Database } from './Database.ts';
import { StoredCollection } from './StoredCollection.ts';

export function tableName(tenant: number, resource: ResourceName): string {
  return `${tenant}_${resource}`;
}

/** A tenant's records in a database: one table for each resource. */
export function openTenantTables(
  database: Database,
  tenant: number,
  onPut: RecordListener = () => {},
): TenantRecords {
  return createTenantRecords(
    (resource) => (shape) =>
      new StoredCollection({
        ...shape,
        database,
        name: tableName(tenant, resource),
        onPut: (row, put) => onPut(resource, row, put),
      }),
  );
}
