import { Router } from 'express';
import { z } from 'zod';
import { defaultAppName } from '../apps.ts';
import type { StoredTenant } from '../Store.ts';
import { describeTenant, type SandboxTenant } from '../tenants.ts';
import { ControlError } from './ControlError.ts';
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

/** A name or client id that two tenants had would let one be taken for the other. */
function requireOwn({ store, apps }: Pick<ControlParts, 'store' | 'apps'>, wanted: SandboxTenant): void {
  const namesake = store
    .tenants()
    .find(({ info }) => info.id !== wanted.id && isCalled(info, wanted.name.toLowerCase()));
  if (namesake) throw taken('name', `tenant ${namesake.info.id}`);
  const client = apps.findClient(wanted.clientId);
  if (!client) return;
  const isItself = client.app.name === defaultAppName && client.grant.tenantId === wanted.id;
  if (!isItself) throw taken('clientId', `the app ${client.app.name} in tenant ${client.grant.tenantId}`);
}

function isCalled({ id, name }: SandboxTenant, wanted: string): boolean {
  return name.toLowerCase() === wanted || String(id) === wanted;
}

function taken(field: string, owner: string): ControlError {
  const message = `belongs to ${owner} already: give another`;
  return new ControlError(409, `${field} ${message}`, [{ field, message }]);
}

/** Tenants and their records. */
export function tenantControl({ store, apps }: ControlParts): Router {
  const router = Router();
  router.get('/tenants', (_request, response) => {
    response.json({ tenants: store.tenants().map(describe) });
  });
  const putTenant = kept(store, (request) => {
    const id = read(z.coerce.number().int().positive(), request.params['tenant']);
    const wanted = describeTenant({ id, ...read(tenantInput, request.body) });
    requireOwn({ store, apps }, wanted);
    return describe(store.putTenant(wanted));
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
