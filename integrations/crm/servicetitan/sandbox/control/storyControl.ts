import { Router } from 'express';
import { z } from 'zod';
import { pathPattern } from '../api/Faults.ts';
import { playScript } from '../story/playScript.ts';
import { readScript } from '../story/storyScript.ts';
import { storyInput } from '../story/storyInput.ts';
import { tellStory } from '../story/tellStory.ts';
import { bulkEdit, bulkEditInput } from './bulkEdit.ts';
import { type ControlParts, kept, read } from './ControlParts.ts';
import { loadRecords, requireResource, requireTenant } from './loadRecords.ts';
import { vanish, vanishInput } from './vanish.ts';

const tenant = z.union([z.string().min(1), z.int()], { error: "must be a tenant's id or name" });

const actInput = z
  .strictObject({
    story: storyInput.omit({ tenant: true }).optional(),
    load: z.strictObject({ resource: z.string().min(1), records: z.array(z.unknown()) }).optional(),
    bulkEdit: bulkEditInput.optional(),
  })
  .refine((act) => Object.values(act).filter((part) => part !== undefined).length === 1, {
    message: 'must be one of story, load and bulkEdit',
  });

const betweenPagesInput = z.strictObject({
  tenant,
  path: pathPattern,
  afterPage: z.int().min(1).default(1),
  act: actInput,
});

const bodyWithTenant = z.looseObject({ tenant });

/** What happens in a tenant: at once, by a script, or between two pages. */
export function storyControl({ store, pages, seed }: ControlParts): Router {
  const router = Router();
  const tell = kept(store, (request) => tellStory(store, read(storyInput, request.body), seed));
  router.post('/story', tell);
  router.post('/story-script', async (request, response) => {
    response.json({ told: await playScript(store, readScript(request.body), seed) });
  });
  const edit = kept(store, (request) => {
    const { tenant: where, ...input } = read(bodyWithTenant, request.body);
    return bulkEdit(store, where, read(bulkEditInput, input));
  });
  router.post('/bulk-edit', edit);
  const takeAway = kept(store, (request) => {
    const { tenant: where, ...input } = read(bodyWithTenant, request.body);
    return vanish(store, where, read(vanishInput, input));
  });
  router.post('/vanish', takeAway);

  function act(where: number, { story, load, bulkEdit: edited }: z.output<typeof actInput>): unknown {
    if (story) return tellStory(store, { ...story, tenant: where }, seed);
    if (load) return { loaded: loadRecords(store, { tenant: where, ...load }) };
    return edited && bulkEdit(store, where, edited);
  }

  const add = kept(store, (request) => {
    const input = read(betweenPagesInput, request.body);
    const { id } = requireTenant(store, input.tenant, 400).info;
    const resource = input.act.load?.resource ?? input.act.bulkEdit?.resource;
    if (resource !== undefined) requireResource(resource, 400);
    pages.add({
      tenant: id,
      path: input.path,
      afterPage: input.afterPage,
      asked: input.act,
      act: () => store.transaction(() => act(id, input.act)),
    });
    return { betweenPages: pages.list() };
  });
  const list = kept(store, () => ({ betweenPages: pages.list() }));
  const clear = kept(store, () => {
    pages.clear();
    return { betweenPages: [] };
  });
  router.route('/between-pages').post(add).get(list).delete(clear);
  return router;
}
