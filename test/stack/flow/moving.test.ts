import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claimDueSteps, settleSteps, type StepSettlement } from '#backend/repositories/flowRunRepository.ts';
import { chain, mail, trigger, wait } from '#test/unit/flow/graphs.ts';
import { day, FlowWorld, hour, start } from './FlowWorld.ts';

let world: FlowWorld;
beforeAll(async () => {
  world = await FlowWorld.open();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const first = chain(
  trigger(3),
  wait('w', 2),
  mail('a', { subject: 'Old' }),
  wait('v', 2),
  mail('b', { subject: 'Last' }),
);

async function enter(): Promise<{ flow: string; run: string }> {
  const flow = await world.addFlow(first);
  const run = await world.startFlow(flow, await world.addJourney({ state: 3 }), 'state_changed');
  await world.steps.runDueSteps();
  return { flow, run };
}
const move = async (flow: string, graph: Parameters<FlowWorld['publish']>[1]) => {
  const versionId = await world.publish(flow, graph);
  return world.mover.moveRuns({ workspaceId: world.workspaceId, flowId: flow, versionId, actor: 'm' });
};
const isMoving = async () => (await world.sql('select flow_id from flow_moves')).length > 0;

describe('people under way who are moved to a new version', () => {
  test('stay where their step is still there, and go by what it says now', async () => {
    const { flow, run } = await enter();
    expect(await move(flow, chain(trigger(3), wait('w', 1), mail('a', { subject: 'New' })))).toBe(1);
    expect(await world.at(day - 1)).toEqual([]);
    expect(await world.at(day)).toEqual(['New']);
    expect(await world.runStatus(run)).toBe('done');
    expect(await isMoving()).toBe(false);
  });

  test('go on at the next step that is left, and are done where none is', async () => {
    const { flow, run } = await enter();
    await move(flow, chain(trigger(3), wait('v', 1), mail('b', { subject: 'New last' })));
    expect(await world.stepsOf(run)).toEqual(['trigger done', 'w skipped', 'v pending']);
    expect(await world.at(day)).toEqual(['New last']);
    const other = await enter();
    await move(other.flow, chain(trigger(3), mail('c')));
    expect(await world.outcomes(other.flow)).toMatchObject([{ status: 'ended', ended_reason: 'moved' }]);
  });

  test('whose version cannot be read stay at their step if it is there, and else where they are', async () => {
    const { flow, run } = await enter();
    await world.sql(`update flow_versions set graph = '{"nodes": "none"}' where flow_id = $1`, flow);
    expect(await move(flow, chain(trigger(3), mail('c')))).toBe(0);
    expect(await world.stepsOf(run)).toEqual(['trigger done', 'w pending']);
    expect(await move(flow, chain(trigger(3), wait('w', 1), mail('c', { subject: 'New' })))).toBe(1);
    expect(await isMoving()).toBe(false);
    expect(await world.at(day)).toEqual(['New']);
  });

  test('are counted at a step that they were taken away from when they come by later', async () => {
    const { flow } = await enter();
    await move(flow, chain(trigger(3), wait('v', 1), mail('b')));
    await move(flow, chain(trigger(3), wait('v', 1), wait('w', 1), mail('b')));
    await world.at(day);
    await world.at(2 * day);
    const { passed } = await world.flows.get(world.workspaceId, flow);
    expect(passed).toEqual({ trigger: 1, v: 1, w: 1, b: 1 });
  });

  test('stay on theirs when nobody moves them', async () => {
    const { flow } = await enter();
    await world.publish(flow, chain(trigger(3), wait('w', 1), mail('a', { subject: 'New' })));
    expect(await world.at(day)).toEqual([]);
    expect(await world.at(2 * day)).toEqual(['Old']);
  });

  test('are left to the worker who holds their step, and moved once that is settled', async () => {
    const { flow, run } = await enter();
    world.clock.set(new Date(start.getTime() + 2 * day));
    const now = world.clock.now();
    const [held] = await claimDueSteps(world.database, {
      now,
      systemNow: world.systemClock.now(),
      holder: 'slow',
      leaseSeconds: 300,
      limit: 10,
    });
    expect(held?.nodeId).toBe('w');
    expect(await move(flow, chain(trigger(3), wait('w', 1), mail('c', { subject: 'New' })))).toBe(0);
    expect(await isMoving()).toBe(true);
    const next = {
      nodeId: 'a',
      visit: 1,
      dueAt: now,
      enteredAt: now,
      anchorMinutes: null,
      isAction: false,
      watch: false,
    };
    const settlement: StepSettlement = {
      id: held?.id ?? '',
      holder: 'slow',
      startedAt: now,
      finishedAt: now,
      type: 'finish',
      status: 'done',
      input: null,
      output: null,
      next: [next],
      message: null,
      outcome: null,
      runStatus: null,
      endedReason: null,
    };
    expect(await settleSteps(world.database, { settlements: [settlement], now })).toEqual(['done']);
    expect(await world.mover.continueMoves()).toBe(1);
    expect(await isMoving()).toBe(false);
    expect(await world.stepsOf(run)).toEqual(['trigger done', 'w done', 'a skipped']);
  });

  test('whose worker died are moved when its lease has run out, and what he says then is not heard', async () => {
    const { flow } = await enter();
    world.clock.set(new Date(start.getTime() + 2 * day));
    const now = world.clock.now();
    const claim = { now, systemNow: world.systemClock.now(), holder: 'dead', leaseSeconds: 300, limit: 10 };
    const [held] = await claimDueSteps(world.database, claim);
    world.systemClock.set(new Date(world.systemClock.now().getTime() + hour));
    expect(await move(flow, chain(trigger(3), wait('w', 1), mail('c', { subject: 'New' })))).toBe(1);
    const settlement = {
      id: held?.id ?? '',
      holder: 'dead',
      startedAt: now,
      finishedAt: now,
      type: 'fail',
      input: null,
      error: 'x',
    } as const;
    expect(await settleSteps(world.database, { settlements: [settlement], now })).toEqual(['lost']);
    expect(await world.at(2 * day)).toEqual(['New']);
  });
});
