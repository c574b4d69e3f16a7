import { Router } from 'express';
import { z } from 'zod';
import type { StoredTenant } from '../Store.ts';
import { describeTenant } from '../tenants.ts';
import { type ControlParts, joined, kept, read } from './ControlParts.ts';
import { loadRecords, requireResource, requireTenant } from './loadRecords.ts';

const tenantInput = z.object({
  name: z.string().min(1),
  clientId: z.string().min(1).optional(),
  clientSecret: z.string().min(1).optional(),
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone').optional(),
  scopes: z.array(z.string()).optional(),
});

const dumpQuery = z.object({
  after: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).max(100_000).default(1000),
});

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    // An unknown zone is refused with a message by the schema.
    return false;
  }
}

function describe({ info, records }: StoredTenant) {
  return { ...info, counts: records.counts() };
}

/** Tenants and their records. */
export function tenantControl({ store }: ControlParts): Router {
  const router = Router();
  router.get('/tenants', (_request, response) => {
    response.json({ tenants: store.tenants().map(describe) });
  });
  const putTenant = kept(store, (request) => {
    const id = read(z.coerce.number().int().positive(), request.params['tenant']);
    return describe(store.putTenant(describeTenant({ id, ...read(tenantInput, request.body) })));
  });
  const clearTenant = kept(store, (request) => {
    store.clear(requireTenant(store, joined(request.params['tenant'])));
    return {};
  });
  router.route('/tenants/:tenant').put(putTenant).delete(clearTenant);

  const load = kept(store, (request) => {
    const [tenant, resource] = [joined(request.params['tenant']), joined(request.params['resource'])];
    return { loaded: loadRecords(store, { tenant, resource, records: request.body }) };
  });
  const dump = kept(store, (request) => {
    const resource = requireResource(joined(request.params['resource']));
    const { after, limit } = read(dumpQuery, request.query);
    return resource.dump(requireTenant(store, joined(request.params['tenant'])).records, after, limit);
  });
  router.route('/tenants/:tenant/*resource').put(load).get(dump);
  return router;
}
