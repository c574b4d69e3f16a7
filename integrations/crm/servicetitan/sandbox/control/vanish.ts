import { z } from 'zod';
import type { Store } from '../Store.ts';
import { ControlError } from './ControlError.ts';
import { requireResource, requireTenant } from './loadRecords.ts';

export const vanishInput = z.strictObject({
  resource: z.string().min(1),
  ids: z.array(z.int().positive()).min(1),
});

/** Takes records away as if they had never been: no list, feed or webhook tells of it, and links to them lead nowhere. */
export function vanish(store: Store, tenant: string | number, input: z.output<typeof vanishInput>) {
  const { records } = requireTenant(store, tenant, 400);
  const resource = requireResource(input.resource, 400);
  const missing = input.ids.filter((id) => !resource.has(records, id));
  if (missing.length > 0) {
    const message = `must be ids of ${resource.name}: ${missing.join(', ')} are not`;
    throw new ControlError(400, `ids ${message}`, [{ field: 'ids', message }]);
  }
  for (const id of input.ids) resource.drop(records, id);
  return { resource: resource.name, vanished: input.ids.length };
}
