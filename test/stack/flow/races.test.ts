import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IntegrationError } from '#integrations/errors.ts';
import { noConditions } from '#backend/schemas/conditions.ts';
import type { RealPostgres } from '#test/helpers/realPostgres.ts';
import { action, chain, graphOf, mail, trigger, triggerOn, wait, waitEvent } from '#test/unit/flow/graphs.ts';
import { day, start, type FlowWorld, type Journey } from './FlowWorld.ts';
import { openRealWorld } from './openRealWorld.ts';

let world: FlowWorld;
let server: RealPostgres;
beforeAll(async () => {
  ({ world, server } = await openRealWorld());
});
afterAll(() => world.close());

test('workers and transitions at the same time: nothing is done twice, nothing is lost, nobody blocks for ever', async () => {
  const journeys: Journey[] = [];
  for (let number = 0; number < 40; number += 1) {
    const journey = await world.addJourney({ state: 1 });
    await world.startRun(journey, 1);
    journeys.push(journey);
  }
  const restless = journeys.slice(0, 20);
  const hurry = async () => {
    await world.stepWorker().runDueSteps();
    await world.messageWorker().deliverDueMessages();
  };
  const wander = async () => {
    for (const journey of restless) {
      await world.leaveState(journey);
      await world.returnToState(journey);
    }
  };
  await Promise.all([hurry(), hurry(), hurry(), wander()]);
  await hurry();
  expect(world.inbox.mails).toHaveLength(40);
  expect(new Set(world.inbox.mails.map(({ to }) => to[0]))).toEqual(
    new Set(journeys.map(({ email }) => email)),
  );

  world.inbox.mails.length = 0;
  world.clock.set(new Date(start.getTime() + 20 * day));
  await Promise.all([hurry(), hurry(), hurry()]);
  const perPerson = Map.groupBy(world.inbox.mails, ({ to }) => to[0]);
  const calm = journeys
    .slice(20)
    .map(({ email }) => perPerson.get(email)?.map((received) => received.mail.subject));
  expect(new Set(calm.map((subjects) => subjects?.toSorted().join('; ')))).toEqual(
    new Set(['Questions before you book?; Shall we find a time, Testa?; We are here when you are ready']),
  );
  const doubled = await world.sql(
    'select run_id, node_id from flow_steps group by run_id, node_id having count(*) > 1',
  );
  expect(doubled).toEqual([]);
});

const moment = () => world.clock.now();

test('of many who start a flow for one person at once, one does', async () => {
  await world.reset();
  const flow = await world.addFlow(chain(trigger(3), wait('w', 1), mail('m')));
  const journey = await world.addJourney({ state: 3 });
  const starts = await Promise.all(
    Array.from({ length: 12 }, () => world.startFlow(flow, journey, 'manual')),
  );
  expect(starts.filter((run) => run !== '')).toHaveLength(1);
  const outcomes = await world.sql<{ outcome: string }>(
    'select outcome from flow_starts where flow_id = $1',
    flow,
  );
  expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([
    ...Array.from({ length: 11 }, () => 'duplicate'),
    'started',
  ]);
});

test('the database lets nobody be in a flow twice', async () => {
  await world.reset();
  const flow = await world.addFlow(chain(trigger(3), wait('w', 1), mail('m')));
  const journey = await world.addJourney({ state: 3 });
  await world.startFlow(flow, journey, 'manual');
  const second = world.sql(
    `insert into flow_runs (workspace_id, flow_id, version_id, connection_id, journey_id, entry_group, state, started_at)
     select workspace_id, flow_id, version_id, connection_id, journey_id, gen_random_uuid(), state, started_at from flow_runs where flow_id = $1`,
    flow,
  );
  await expect(second).rejects.toThrow('flow_runs_alone_idx');
});

test('one request of two people, or of one who asks twice at once, starts one run', async () => {
  await world.reset();
  const flowId = await world.addFlow(chain(trigger(3), wait('w', 1), mail('m')));
  const journey = await world.addJourney({ state: 3 });
  const request = {
    workspaceId: world.workspaceId,
    flowId,
    journeyId: journey.id,
    requestId: randomUUID(),
    actor: 'm',
  };
  const replies = await Promise.all(Array.from({ length: 6 }, () => world.starts.startByHand(request)));
  expect(new Set(replies.map(({ runId }) => runId)).size).toBe(1);
  expect(await world.outcomes(flowId)).toHaveLength(1);
});

test('several workers on one schedule start everybody once', async () => {
  await world.reset();
  const flow = await world.addFlow(
    chain(
      triggerOn({
        on: 'schedule',
        every: 'day',
        time: '09:30',
        states: [3],
        connectionIds: [],
        where: noConditions,
      }),
      mail('m'),
    ),
  );
  for (let number = 0; number < 60; number += 1) await world.addJourney({ state: 3 });
  world.clock.set(new Date(start.getTime() + 3_600_000));
  await Promise.all(Array.from({ length: 5 }, () => world.starts.startDue()));
  await world.starts.startDue();
  expect(await world.outcomes(flow)).toHaveLength(60);
});

test('a parked run is tried again once, however many ask at once', async () => {
  await world.reset();
  const graph = chain(trigger(3), action('x', 'servicetitan_get_customer'), wait('w', 1));
  const flow = await world.addFlow(graph);
  const run = await world.startFlow(flow, await world.addJourney({ state: 3 }), 'manual');
  world.runAction = async () => {
    throw new IntegrationError('invalid', 'No.');
  };
  await world.at(0);
  world.runAction = async () => ({});
  const asked = { workspaceId: world.workspaceId, actor: 'm' };
  const tries = await Promise.allSettled(
    Array.from({ length: 6 }, () => world.mender.retry(asked, run, { from: 'failed', version: 'same' })),
  );
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  world.actions.length = 0;
  await Promise.all([world.stepWorker().runDueSteps(), world.stepWorker().runDueSteps()]);
  expect(world.actions).toHaveLength(1);
});

test('news of somebody whose step is locked waits for nobody, and is told a little later', async () => {
  await world.reset();
  const answered = waitEvent('w', { field: 'messages.replied', operator: 'exists' });
  const nodes = [trigger(3), answered, mail('m', { subject: 'Thank you' })];
  const flow = await world.addFlow(graphOf(nodes, 'trigger > w', 'w happened> m'));
  const journey = await world.addJourney({ state: 3 });
  await world.startFlow(flow, journey, 'state_changed');
  await world.steps.runDueSteps();
  const other = postgres(server.databaseUrl, { max: 1, onnotice: () => undefined });
  await other.begin(async (held) => {
    await held.unsafe(`select id from flow_steps where node_id = 'w' for update`);
    await world.sql(
      'insert into contact_replies (workspace_id, contact_id, at) values ($1, $2, $3)',
      world.workspaceId,
      journey.contactId,
      start,
    );
  });
  await other.end();
  expect((await world.steps.runDueSteps()).steps).toBe(0);
  expect(await world.at(0)).toEqual(['Thank you']);
  expect(await world.sql('select id from flow_news')).toEqual([]);
});

test('people are moved to a new version while workers do their steps: everybody arrives, and nobody is lost', async () => {
  await world.reset();
  const before = chain(trigger(3), wait('w', 1), mail('a'), wait('v', 1), mail('b'));
  const flow = await world.addFlow(before);
  for (let number = 0; number < 60; number += 1)
    await world.startFlow(flow, await world.addJourney({ state: 3 }), 'manual');
  await world.steps.runDueSteps();
  world.clock.set(new Date(start.getTime() + day));
  const versionId = await world.publish(flow, chain(trigger(3), wait('v', 1), mail('b', { subject: 'New' })));
  const { workspaceId } = world;
  await Promise.all([
    world.stepWorker().runDueSteps(),
    world.mover.moveRuns({ workspaceId, flowId: flow, versionId, actor: 'm' }),
    world.stepWorker().runDueSteps(),
    world.mover.continueMoves(),
  ]);
  await world.mover.continueMoves();
  expect(await world.sql('select flow_id from flow_moves')).toEqual([]);
  const at = await world.sql<{ version: number; runs: number }>(
    `select v.number as version, count(*)::int as runs from flow_runs r join flow_versions v on v.id = r.version_id where r.flow_id = $1 group by 1`,
    flow,
  );
  expect(at).toEqual([{ version: 2, runs: 60 }]);
  world.clock.set(new Date(moment().getTime() + 2 * day));
  await world.steps.runDueSteps();
  expect(new Set((await world.outcomes(flow)).map(({ status }) => status))).toEqual(new Set(['done']));
  const sent = await world.sql<{ subject: string; mails: number }>(
    `select subject, count(*)::int as mails from messages where subject = 'New' group by 1`,
  );
  expect(sent).toEqual([{ subject: 'New', mails: 60 }]);
});
