import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publishDraft, saveDraft } from '#backend/repositories/flowRepository.ts';
import { listCheckpoints, listVersions } from '#backend/repositories/flowHistoryRepository.ts';
import type { FlowGraph } from '#backend/schemas/flow.ts';
import { FlowWhy } from '#backend/services/FlowWhy.ts';
import { OptionService } from '#backend/services/OptionService.ts';
import { chain, mail, triggerOn, wait, withSettings } from '#test/unit/flow/graphs.ts';
import { day, type FlowWorld } from '../flow/FlowWorld.ts';
import { openRealWorld } from '../flow/openRealWorld.ts';

let world: FlowWorld;
beforeAll(async () => {
  ({ world } = await openRealWorld());
});
afterAll(() => world.close());

const graph = chain(triggerOn({ on: 'manual' }), mail('hello', { subject: 'Hello' }), wait('pause', 2));

async function addFlow(name: string): Promise<string> {
  return (await world.flows.create(world.workspaceId, name)).flow.id;
}

const change = (flowId: string, revision: number, drawn: FlowGraph = graph) => ({
  workspaceId: world.workspaceId,
  flowId,
  revision,
  graph: drawn,
  author: 'm@example.com',
  now: world.clock.now(),
});

describe('on a real PostgreSQL', () => {
  test('of many who save the same revision at once one wins, and one checkpoint is kept', async () => {
    const flowId = await addFlow('Raced');
    const saves = Array.from({ length: 12 }, () =>
      saveDraft(world.database, { ...change(flowId, 1), reason: 'restore' }),
    );
    const revisions = await Promise.all(saves);
    expect(revisions.filter((revision) => revision !== null)).toEqual([2]);
    const kept = await listCheckpoints(world.database, { workspaceId: world.workspaceId, flowId });
    expect(kept).toHaveLength(1);
  });

  test('who publishes while somebody saves publishes what was seen, or nothing', async () => {
    for (let round = 0; round < 10; round += 1) {
      const flowId = await addFlow(`Published ${round}`);
      await saveDraft(world.database, { ...change(flowId, 1), reason: 'editing' });
      const other = chain(triggerOn({ on: 'manual' }), mail('hello', { subject: 'Another' }));
      const [published, saved] = await Promise.all([
        publishDraft(world.database, { ...change(flowId, 2), note: '', move: false }),
        saveDraft(world.database, { ...change(flowId, 2, other), reason: 'editing' }),
      ]);
      expect(saved).toBe(3);
      const { draft, published: version } = await world.flows.get(world.workspaceId, flowId);
      expect(draft).toEqual(other);
      expect(version?.graph ?? null).toEqual(published === null ? null : graph);
    }
  });

  test('two who publish at once make two versions with numbers of their own', async () => {
    const flowId = await addFlow('Twice');
    await saveDraft(world.database, { ...change(flowId, 1), reason: 'editing' });
    const publish = () => publishDraft(world.database, { ...change(flowId, 2), note: '', move: false });
    const numbers = (await Promise.all([publish(), publish()])).map((published) => published?.number);
    expect(new Set(numbers)).toEqual(new Set([1, 2]));
    expect(await listVersions(world.database, world.workspaceId, flowId)).toHaveLength(2);
  });
});

test('why somebody is not in a flow again is told for every way in, with what stood in the way', async () => {
  const flowId = await addFlow('Once ever');
  const versioned = withSettings(graph, { again: 'once' });
  await saveDraft(world.database, { ...change(flowId, 1, versioned), reason: 'editing' });
  await publishDraft(world.database, { ...change(flowId, 2, versioned), note: '', move: false });
  const journey = await world.addJourney({ state: 1 });
  const start = () =>
    world.starts.startByHand({
      workspaceId: world.workspaceId,
      flowId,
      journeyId: journey.id,
      requestId: randomUUID(),
      actor: 'm@example.com',
    });
  await start();
  await expect(start()).rejects.toMatchObject({ code: 'conflict' });
  await world.at(0);
  await world.at(3 * day);
  await expect(start()).rejects.toMatchObject({ code: 'conflict' });

  const { database, workspaceId } = world;
  const options = new OptionService({
    database,
    clock: world.clock,
    findAction: () => undefined,
    askNames: async () => ({ employees: [], task_types: [], task_sources: [] }),
  });
  const why = await new FlowWhy({ database, options }).explain(
    workspaceId,
    flowId,
    journey.contactId,
    'owner',
  );
  const because = why.entries.map((entry) => entry.because);
  expect(because).toEqual([
    expect.stringContaining('the customer entered this flow before'),
    expect.stringMatching(/in this flow already|It started on/),
    expect.stringMatching(/in this flow already|It started on/),
  ]);
  expect(why.entries.every(({ occasion }) => occasion === 'Somebody started it by hand')).toBe(true);
  const [run] = why.entries.flatMap((entry) => entry.run ?? []);
  expect(run).toMatchObject({ status: 'done', ended: null });
  expect(run?.steps.flatMap(({ message }) => message ?? [])).toMatchObject([
    { subject: 'Hello', status: 'sent' },
  ]);
  expect(why.summary).toBe(because[0]);
});
