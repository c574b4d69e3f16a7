import { afterAll, beforeAll, expect, test } from 'vitest';
import { day, start, type FlowWorld, type Journey } from './FlowWorld.ts';
import { openRealWorld } from './openRealWorld.ts';

let world: FlowWorld;
beforeAll(async () => {
  ({ world } = await openRealWorld());
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
  const calm = journeys.slice(20).map(({ email }) => perPerson.get(email)?.map(({ mail }) => mail.subject));
  expect(new Set(calm.map((subjects) => subjects?.toSorted().join('; ')))).toEqual(
    new Set(['Questions before you book?; Shall we find a time, Testa?; We are here when you are ready']),
  );
  const doubled = await world.sql(
    'select run_id, node_id from flow_steps group by run_id, node_id having count(*) > 1',
  );
  expect(doubled).toEqual([]);
});
