import { Router } from 'express';
import { z } from 'zod';
import { appInput } from '../apps.ts';
import type { Store } from '../Store.ts';
import { type SwitchChanges, switchChanges } from '../switches/Switches.ts';
import { fieldErrors } from '../resources/fieldErrors.ts';
import { ControlError, refuse } from './ControlError.ts';
import { type ControlParts, joined, kept, read } from './ControlParts.ts';
import { requireTenant } from './loadRecords.ts';

const switchesBody = z.intersection(
  z.looseObject({ tenant: z.union([z.string().min(1), z.int()]).optional() }),
  switchChanges,
);

/** Sets switches of one tenant or of all; what is wrong with one is a refusal of all. */
export function setSwitches(store: Store, tenant: string | number | null, changes: SwitchChanges): void {
  const id = tenant === null ? null : requireTenant(store, tenant, 400).info.id;
  try {
    store.setSwitches(id, changes);
  } catch (error) {
    if (error instanceof z.ZodError) throw refuse(fieldErrors(error));
    throw error;
  }
}

/** How this sandbox behaves, and which apps call it. */
export function settingsControl({ store, apps }: ControlParts): Router {
  const router = Router();
  const showSwitches = kept(store, () => ({ switches: store.switches.describe() }));
  const putSwitches = kept(store, (request) => {
    const { tenant = null, ...changes } = read(switchesBody, request.body);
    setSwitches(store, tenant, changes);
    return { switches: store.switches.describe() };
  });
  const resetSwitches = kept(store, () => {
    store.resetSwitches();
    return { switches: store.switches.describe() };
  });
  router.route('/switches').get(showSwitches).put(putSwitches).delete(resetSwitches);

  router.get('/apps', (_request, response) => {
    response.json({ apps: apps.list() });
  });
  const putApp = kept(store, (request) => {
    const name = joined(request.params['name']);
    const app = apps.put(
      name,
      read(appInput, request.body),
      (tenant) => requireTenant(store, tenant, 400).info,
    );
    store.save('apps', apps.added());
    return app;
  });
  const removeApp = kept(store, (request) => {
    const name = joined(request.params['name']);
    if (!apps.remove(name)) throw new ControlError(404, `There is no added app ${name}.`);
    store.save('apps', apps.added());
    return {};
  });
  router.route('/apps/:name').put(putApp).delete(removeApp);
  return router;
}
