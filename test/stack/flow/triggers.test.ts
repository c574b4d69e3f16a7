import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noConditions } from '#backend/schemas/conditions.ts';
import type { TriggerData } from '#backend/schemas/nodes/trigger.ts';
import { chain, mail, trigger, triggerOn, wait, withSettings } from '#test/unit/flow/graphs.ts';
import { day, FlowWorld, hour, start } from './FlowWorld.ts';

let world: FlowWorld;
beforeAll(async () => {
  world = await FlowWorld.open();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const after = (milliseconds: number) => new Date(start.getTime() + milliseconds);
const minute = hour / 60;
const audience = { connectionIds: [], where: noConditions };
const dayBefore: TriggerData = { on: 'appointment', hours: 24, direction: 'before', states: [], ...audience };
const reminder = (data: TriggerData) => chain(triggerOn(data), mail('m', { subject: 'See you soon' }));

describe('a flow that starts before an appointment', () => {
  test('starts at that moment, once, and announces a moved appointment anew', async () => {
    const flow = await world.addFlow(reminder(dayBefore));
    const journey = await world.addJourney({ state: 2, appointmentStart: after(5 * day) });
    expect(await world.at(4 * day - 1)).toEqual([]);
    expect(await world.at(4 * day)).toEqual(['See you soon']);
    expect(await world.at(4 * day + hour)).toEqual([]);
    await world.moveAppointment(journey, after(9 * day));
    expect(await world.at(8 * day - 1)).toEqual([]);
    expect(await world.at(8 * day)).toEqual(['See you soon']);
    expect(await world.outcomes(flow)).toHaveLength(2);
  });

  test('ends what it had begun for the time before', async () => {
    const flow = await world.addFlow(chain(triggerOn(dayBefore), wait('w', 30), mail('m')));
    const journey = await world.addJourney({ state: 2, appointmentStart: after(2 * day) });
    await world.at(day);
    await world.moveAppointment(journey, after(6 * day));
    await world.at(5 * day);
    expect(await world.outcomes(flow)).toMatchObject([
      { status: 'ended', ended_reason: 'rescheduled' },
      { status: 'active' },
    ]);
  });

  test('lets what follows a visit go on when there is another', async () => {
    const follow = { ...dayBefore, direction: 'after' } as const;
    const flow = await world.addFlow(
      chain(triggerOn(follow), wait('w', 5), mail('m', { subject: 'How was it?' })),
    );
    const journey = await world.addJourney({ state: 4, appointmentStart: after(day) });
    await world.at(2 * day);
    await world.moveAppointment(journey, after(3 * day));
    expect(await world.at(4 * day)).toEqual([]);
    expect(await world.at(7 * day)).toEqual(['How was it?']);
    expect(await world.outcomes(flow)).toMatchObject([{ status: 'done' }]);
  });

  test('starts also while a schedule cannot be told', async () => {
    const daily: TriggerData = { on: 'schedule', every: 'day', time: '09:30', states: [3], ...audience };
    await world.addFlow(reminder(daily));
    const flow = await world.addFlow(reminder(dayBefore));
    await world.addJourney({ state: 2, appointmentStart: after(day + minute) });
    world.clock.set(after(minute));
    await world.sql(`update integration_connections set time_zone = 'Nowhere/At_All'`);
    await expect(world.starts.startDue()).rejects.toThrow('could not be started');
    expect(await world.outcomes(flow)).toHaveLength(1);
  });

  test('starts nothing whose moment lies before it was published, is too old, or whose visit has begun', async () => {
    await world.addJourney({ state: 2, appointmentStart: after(20 * hour) });
    await world.addFlow(reminder(dayBefore));
    await world.addJourney({ state: 2, appointmentStart: after(3 * day) });
    expect(await world.at(hour)).toEqual([]);
    // Nobody worked at its moment, 50 hours ago.
    expect(await world.at(4 * day)).toEqual([]);
    await world.addFlow(reminder({ ...dayBefore, direction: 'after' }));
    await world.addJourney({ state: 2, appointmentStart: after(10 * day) });
    expect(await world.at(13 * day + 2 * hour)).toEqual([]);
  });

  test('is about those states only that it names', async () => {
    await world.addFlow(reminder({ ...dayBefore, states: [5] }));
    await world.addJourney({ state: 2, appointmentStart: after(2 * day) });
    const meant = await world.addJourney({ state: 5, appointmentStart: after(2 * day) });
    expect(await world.at(day)).toEqual(['See you soon']);
    expect(world.inbox.mails.at(-1)?.to).toEqual([meant.email]);
  });
});

describe('a flow that starts at set times', () => {
  const mondays: TriggerData = {
    on: 'schedule',
    every: 'week',
    weekday: 'monday',
    time: '09:30',
    states: [3],
    ...audience,
  };
  // The start is a Monday, 9:00 in Los Angeles.
  const due = 30 * minute;

  test('starts for everybody in the state by the tenant’s clock, spread over a quarter of an hour', async () => {
    const flow = await world.addFlow(reminder(mondays));
    for (let number = 0; number < 12; number += 1) await world.addJourney({ state: 3 });
    await world.addJourney({ state: 1 });
    expect(await world.at(due - 1)).toEqual([]);
    await world.at(due);
    const moments = await world.sql<{ seconds: number }>(
      `select extract(epoch from min(s.due_at) - $1)::float8 as seconds from flow_steps s where s.flow_id = $2 group by s.run_id`,
      after(due),
      flow,
    );
    expect(moments).toHaveLength(12);
    expect(moments.every(({ seconds }) => seconds >= 0 && seconds < 15 * 60)).toBe(true);
    expect(new Set(moments.map(({ seconds }) => seconds)).size).toBeGreaterThan(8);
    await world.at(due + 15 * minute);
    expect(world.inbox.mails).toHaveLength(12);
    await world.at(7 * day + due - 1);
    expect(world.inbox.mails).toHaveLength(12);
    await world.at(7 * day + due);
    await world.at(7 * day + due + 15 * minute);
    expect(world.inbox.mails).toHaveLength(24);
  });

  test('of several moments that were missed makes up for the last only', async () => {
    const daily: TriggerData = { on: 'schedule', every: 'day', time: '09:30', states: [3], ...audience };
    const flow = await world.addFlow(reminder(daily));
    for (let number = 0; number < 5; number += 1) await world.addJourney({ state: 3 });
    await world.at(0);
    world.clock.set(after(4 * day));
    await world.starts.startDue();
    expect(await world.outcomes(flow)).toHaveLength(5);
    const moments = await world.sql<{ due_at: Date }>(
      'select due_at from flow_enrolments where flow_id = $1',
      flow,
    );
    expect(moments.map(({ due_at: at }) => new Date(at))).toEqual([after(3 * day + due)]);
  });

  test('a part of an enrolment that is done twice starts nobody twice', async () => {
    const flow = await world.addFlow(reminder(mondays));
    for (let number = 0; number < 5; number += 1) await world.addJourney({ state: 3 });
    await world.at(due);
    // As if the position had not been written down.
    await world.sql(
      `update flow_enrolments set done_at = null, after_id = '00000000-0000-0000-0000-000000000000' where flow_id = $1`,
      flow,
    );
    await world.at(due + minute);
    expect(await world.outcomes(flow)).toHaveLength(5);
  });
});

describe('a start by hand', () => {
  const ask = (flowId: string, journeyId: string, requestId: string = randomUUID()) =>
    world.starts.startByHand({
      workspaceId: world.workspaceId,
      flowId,
      journeyId,
      requestId,
      actor: 'marketer@example.com',
    });

  test('happens once for the request, and says why it cannot', async () => {
    const flow = await world.addFlow(chain(triggerOn({ on: 'manual' }), wait('w', 1), mail('m')));
    const journey = await world.addJourney({ state: 0 });
    const requestId = randomUUID();
    const { runId } = await ask(flow, journey.id, requestId);
    expect(await ask(flow, journey.id, requestId)).toEqual({ runId });
    await expect(ask(flow, journey.id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(ask(flow, randomUUID())).rejects.toMatchObject({ code: 'not_found' });
    await expect(ask(randomUUID(), journey.id)).rejects.toMatchObject({ code: 'not_found' });
    await world.sql(`update flows set status = 'archived' where id = $1`, flow);
    await expect(ask(flow, (await world.addJourney({ state: 0 })).id)).rejects.toThrow('not live');
  });

  test('of everybody in the state asks first how many, and happens once', async () => {
    const flow = await world.addFlow(chain(trigger(3), mail('m')));
    for (let number = 0; number < 4; number += 1) await world.addJourney({ state: 3 });
    await world.addJourney({ state: 1 });
    const inIt = await world.addJourney({ state: 3 });
    await world.startFlow(flow, inIt, 'state_changed');
    const request = { workspaceId: world.workspaceId, flowId: flow, requestId: randomUUID(), actor: 'm' };
    expect(await world.starts.countEnrolment(world.workspaceId, flow)).toMatchObject({
      count: 4,
      isExact: true,
    });
    await expect(world.starts.enrol({ ...request, expected: 5 })).rejects.toMatchObject({ code: 'conflict' });
    expect(await world.starts.enrol({ ...request, expected: 4 })).toEqual({ count: 4 });
    await world.at(0);
    expect(await world.starts.enrol({ ...request, expected: 4 })).toEqual({ count: 4 });
    await world.at(15 * minute);
    expect(await world.outcomes(flow)).toHaveLength(5);
    expect(world.inbox.mails).toHaveLength(5);
  });
});

describe('a flow that another one starts', () => {
  test('starts once for the step, and not in circles for ever', async () => {
    const flow = await world.addFlow(chain(triggerOn({ on: 'flow' }), mail('m')));
    const journey = await world.addJourney({ state: 1 });
    const first = await world.startRun(journey, 1);
    const { workspaceId } = world;
    const ask = { workspaceId, flowId: flow, journeyId: journey.id, key: 'run:1', startedBy: `run:${first}` };
    expect(await world.starts.startFlow(ask)).toEqual({ started: true, reason: null });
    expect(await world.starts.startFlow(ask)).toEqual({ started: true, reason: null });
    expect(await world.outcomes(flow)).toHaveLength(1);
    await world.sql('update flow_runs set depth = 20 where id = $1', first);
    await expect(world.starts.startFlow({ ...ask, key: 'run:2' })).rejects.toMatchObject({ kind: 'invalid' });
  });
});

describe('who was in a flow before', () => {
  const enter = async (again: 'each_time' | 'once' | 'after_days') => {
    const graph = withSettings(chain(trigger(3), mail('m')), { again, againAfterDays: 10 });
    const flow = await world.addFlow(graph);
    const journey = await world.addJourney({ state: 3 });
    const starts: boolean[] = [];
    for (const days of [0, 1, 10, 10.1]) {
      await world.at(days * day);
      starts.push((await world.startFlow(flow, journey, 'state_changed')) !== '');
      await world.at(days * day);
    }
    const refused = await world.sql<{ outcome: string }>(
      `select outcome from flow_starts where flow_id = $1 and outcome <> 'started'`,
      flow,
    );
    return { starts, refused: refused.map(({ outcome }) => outcome) };
  };

  test('may come each time', async () =>
    expect(await enter('each_time')).toEqual({ starts: [true, true, true, true], refused: [] }));
  test('comes once ever', async () =>
    expect(await enter('once')).toEqual({
      starts: [true, false, false, false],
      refused: ['repeat', 'repeat', 'repeat'],
    }));
  test('comes again after so many days', async () =>
    expect(await enter('after_days')).toEqual({
      starts: [true, false, true, false],
      refused: ['repeat', 'repeat'],
    }));

  test('a version that listens to the same goes on from where the last one was', async () => {
    const flow = await world.addFlow(reminder(dayBefore));
    await world.addJourney({ state: 2, appointmentStart: after(2 * day) });
    await world.at(day - hour);
    world.clock.set(after(day + hour));
    await world.publish(flow, chain(triggerOn(dayBefore), mail('m', { subject: 'Soon' })));
    expect(await world.at(day + hour)).toEqual(['Soon']);
  });
});
