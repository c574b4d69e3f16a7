import { z } from 'zod';
import type { Store } from '../Store.ts';
import { ControlError } from './ControlError.ts';
import { requireResource, requireTenant } from './loadRecords.ts';

export const bulkEditInput = z
  .strictObject({
    resource: z.string().min(1),
    ids: z.array(z.int().positive()).min(1).optional(),
    /** The first so many by id. */
    count: z.int().min(1).max(100_000).optional(),
  })
  .refine((input) => (input.ids === undefined) !== (input.count === undefined), {
    path: ['ids'],
    message: 'or count is required, and only one of them',
  });

export type BulkEditInput = z.output<typeof bulkEditInput>;

const storedRow = z.looseObject({ id: z.int() });

/** Writes many records as they are with one and the same modifiedOn, as ServiceTitan's bulk edits do. */
export function bulkEdit(store: Store, tenant: string | number, input: BulkEditInput) {
  const { records } = requireTenant(store, tenant, 400);
  const resource = requireResource(input.resource);
  const modifiedOn = store.clock.stamp();
  const found = z
    .array(storedRow)
    .parse(
      input.ids === undefined
        ? resource.dump(records, 0, input.count ?? 1).data
        : input.ids.flatMap((id) => resource.dump(records, id - 1, 1).data),
    );
  const missing = input.ids?.filter((id) => !found.some((row) => row.id === id)) ?? [];
  if (missing.length > 0) {
    const message = `must be ids of ${resource.name}: ${missing.join(', ')} are not`;
    throw new ControlError(400, `ids ${message}`, [{ field: 'ids', message }]);
  }
  const rows = found.map((row) => ({ ...row, modifiedOn }));
  resource.load(records, rows, modifiedOn);
  return { resource: resource.name, edited: rows.length, modifiedOn };
}
