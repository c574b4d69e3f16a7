import type { Resource } from '../resources/defineResource.ts';
import { findResource } from '../resources/resourceTable.ts';
import type { Store, StoredTenant } from '../Store.ts';
import { resourceNames } from '../TenantRecords.ts';
import { ControlError, refuse } from './ControlError.ts';

export interface LoadInput {
  /** Id or name. */
  readonly tenant: string | number;
  readonly resource: string;
  /** An array of records as the API would show them. */
  readonly records: unknown;
}

/** The tenant, or a refusal that lists what there is: 404 for one in an address, 400 for one in a body. */
export function requireTenant(store: Store, idOrName: string | number, status = 404): StoredTenant {
  const tenant = store.findTenant(idOrName);
  if (tenant) return tenant;
  const names = store.tenants().map(({ info }) => `${info.id} (${info.name})`);
  const message = `must be one of ${names.join(', ')}`;
  throw new ControlError(status, `tenant ${message}`, [{ field: 'tenant', message }]);
}

/** The resource by any usual spelling, or a refusal that lists what there is: 404 for one in an address, 400 in a body. */
export function requireResource(spelling: string, status = 404): Resource {
  const resource = findResource(spelling);
  if (resource) return resource;
  const message = `must be one of ${resourceNames.join(', ')}`;
  throw new ControlError(status, `resource ${message}`, [{ field: 'resource', message }]);
}

/** Replaces or adds records by id, all of them or, if one is refused, none. Gives their number. */
export function loadRecords(store: Store, input: LoadInput): number {
  const tenant = requireTenant(store, input.tenant);
  const resource = requireResource(input.resource);
  if (!Array.isArray(input.records)) {
    throw new ControlError(400, 'The body must be an array of records.', [
      { field: '', message: 'must be an array' },
    ]);
  }
  const outcome = resource.load(tenant.records, input.records, store.clock.stamp());
  if ('problem' in outcome) throw refuse(outcome.problem.errors, outcome.problem.index);
  return outcome.loaded;
}
