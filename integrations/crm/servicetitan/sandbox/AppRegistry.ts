import { createHash } from 'node:crypto';
import type { z } from 'zod';
import {
  type AppClient,
  type AppGrant,
  type appInput,
  changeGrant,
  defaultApp,
  defaultAppName,
  type SandboxApp,
} from './apps.ts';
import { ControlError } from './control/ControlError.ts';
import { allScopes } from './scopes.ts';
import type { SandboxTenant } from './tenants.ts';

/** The apps that call this sandbox: the one that every tenant has, and those that were added. */
export class AppRegistry {
  readonly #tenants: () => readonly SandboxTenant[];
  readonly #added = new Map<string, SandboxApp>();

  constructor(tenants: () => readonly SandboxTenant[]) {
    this.#tenants = tenants;
  }

  list(): SandboxApp[] {
    return [defaultApp(this.#tenants()), ...this.#added.values()];
  }

  get(name: string): SandboxApp | undefined {
    return this.list().find((app) => app.name === name);
  }

  findClient(clientId: string): AppClient | undefined {
    for (const app of this.list()) {
      const grant = app.grants.find((candidate) => candidate.clientId === clientId);
      if (grant) return { app, grant };
    }
    return undefined;
  }

  /** Adds an app, or changes its key and its standing in the tenants that are named. */
  put(name: string, input: z.output<typeof appInput>, find: (tenant: string | number) => SandboxTenant) {
    if (name === defaultAppName) {
      const message = `The app ${name} follows from the tenants: change them, or add an app of another name.`;
      throw new ControlError(409, message, [{ field: 'name', message }]);
    }
    const known = this.#added.get(name);
    const grants = new Map(known?.grants.map((grant) => [grant.tenantId, grant]));
    for (const wanted of input.tenants) {
      const tenant = find(wanted.tenant);
      grants.set(tenant.id, changeGrant(grants.get(tenant.id), wanted, firstGrant(name, tenant)));
    }
    const app = {
      name,
      appKey: input.appKey ?? known?.appKey ?? `ak1.sandbox-${name}`,
      applicationGuid: input.applicationGuid ?? known?.applicationGuid ?? guidOf(name),
      grants: [...grants.values()],
    };
    this.#requireOwn(app);
    this.#added.set(name, app);
    return app;
  }

  remove(name: string): boolean {
    return this.#added.delete(name);
  }

  /** The apps that were added, to be kept. */
  added(): readonly SandboxApp[] {
    return [...this.#added.values()];
  }

  restore(apps: readonly SandboxApp[]): void {
    for (const app of apps) this.#added.set(app.name, app);
  }

  /** A key or client id that two apps had would let one act as the other. */
  #requireOwn(app: SandboxApp): void {
    const clientIds = app.grants.map((grant) => grant.clientId);
    for (const other of this.list().filter(({ name }) => name !== app.name)) {
      if (other.appKey === app.appKey) throw taken('appKey', other.name);
      if (other.grants.some((grant) => clientIds.includes(grant.clientId)))
        throw taken('clientId', other.name);
    }
    if (new Set(clientIds).size < clientIds.length) throw taken('clientId', app.name);
  }
}

function taken(field: string, owner: string): ControlError {
  const message = `belongs to the app ${owner} already`;
  return new ControlError(409, `${field} ${message}`, [{ field, message }]);
}

function firstGrant(app: string, tenant: SandboxTenant): AppGrant {
  return {
    tenantId: tenant.id,
    clientId: `${tenant.clientId}-${app}`,
    clientSecrets: [`${tenant.clientSecret}-${app}`],
    scopes: [...allScopes],
    requestedScopes: null,
    approved: true,
    bookingProviderIds: [tenant.bookingProviderId],
    environment: 'production',
  };
}

/** The same app has the same GUID in every sandbox. */
function guidOf(name: string): string {
  const hex = createHash('sha256').update(`app/${name}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
