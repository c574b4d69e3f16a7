import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { IntegrationError } from '#integrations/errors.ts';
import { day, FlowWorld, hour, start } from './FlowWorld.ts';

let world: FlowWorld;
beforeAll(async () => {
  world = await FlowWorld.open();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const after = (milliseconds: number) => new Date(start.getTime() + milliseconds);

describe('a wait for the appointment', () => {
  test('moves with the appointment', async () => {
    const journey = await world.addJourney({ state: 2, appointmentStart: after(5 * day) });
    await world.startRun(journey, 2);
    expect(await world.at(0)).toHaveLength(1);
    await world.moveAppointment(journey, after(9 * day));
    expect(await world.at(5 * day)).toEqual([]);
    await world.moveAppointment(journey, after(7 * day));
    expect(await world.at(6 * day - 1)).toEqual([]);
    expect(await world.at(6 * day)).toEqual(['See you on Monday, November 9 at 9:00 AM']);
  });

  test('waits as long as there is no appointment, and goes on when there is one', async () => {
    const journey = await world.addJourney({ state: 2 });
    const run = await world.startRun(journey, 2);
    expect(await world.at(0)).toEqual(['Your visit: what to expect']);
    expect(await world.at(30 * day)).toEqual([]);
    expect(await world.runStatus(run)).toBe('active');
    await world.moveAppointment(journey, after(40 * day));
    expect(await world.at(39 * day)).toHaveLength(1);
  });

  test('ends the flow when the visit is nearer than the reminder', async () => {
    const run = await world.startRun(
      await world.addJourney({ state: 2, appointmentStart: after(3 * hour) }),
      2,
    );
    expect(await world.at(0)).toHaveLength(1);
    expect(await world.at(3 * hour)).toEqual([]);
    expect(await world.runStatus(run)).toBe('ended');
  });

  test('does not remind of a visit that has begun meanwhile', async () => {
    await world.startRun(await world.addJourney({ state: 2, appointmentStart: after(3 * day) }), 2);
    expect(await world.at(0)).toHaveLength(1);
    expect(await world.at(7 * day)).toEqual([]);
  });

  test('an appointment that moved while a worker held the step is looked at again', async () => {
    const journey = await world.addJourney({ state: 2, appointmentStart: after(3 * day) });
    await world.startRun(journey, 2);
    await world.at(0);
    // The mirror knows the new appointment, but the step still carries the old moment.
    await world.sql(
      'update customer_servicetitan_state set appointment_start = $2 where id = $1',
      journey.id,
      after(9 * day),
    );
    expect(await world.at(2 * day)).toEqual([]);
    expect(await world.at(8 * day)).toHaveLength(1);
  });
});

describe('leaving and returning', () => {
  test('a run that left its state does nothing more, not even with a message that was queued already', async () => {
    const journey = await world.addJourney({ state: 1 });
    await world.startRun(journey, 1);
    await world.steps.runDueSteps();
    await world.leaveState(journey);
    expect(await world.at(100 * day)).toEqual([]);
  });

  test('a return goes on where it was and repeats nothing', async () => {
    const journey = await world.addJourney({ state: 1 });
    await world.startRun(journey, 1);
    expect(await world.at(0)).toHaveLength(1);
    await world.leaveState(journey);
    world.clock.set(after(day));
    await world.returnToState(journey);
    expect(await world.at(day)).toEqual([]);
    expect(await world.at(2 * day)).toEqual(['Shall we find a time, Testa?']);
  });

  test('of several mails that fell due while away only the last is sent', async () => {
    const journey = await world.addJourney({ state: 1 });
    await world.startRun(journey, 1);
    await world.at(0);
    await world.leaveState(journey);
    world.clock.set(after(4 * day - hour + 2 * hour));
    await world.returnToState(journey);
    expect(await world.at(4 * day + hour)).toEqual(['Questions before you book?']);
    const skipped = await world.sql<{ output: unknown }>(
      `select output from flow_steps where node_id = 'day_2'`,
    );
    expect(skipped).toEqual([{ output: { skipped: 'too_late' } }]);
  });

  test('what fell due longer ago than the largest age is skipped, and the rest of the timetable stands', async () => {
    const journey = await world.addJourney({ state: 1 });
    await world.startRun(journey, 1);
    await world.at(0);
    await world.leaveState(journey);
    world.clock.set(after(10 * day));
    await world.returnToState(journey);
    expect(await world.at(10 * day)).toEqual([]);
    expect(await world.at(20 * day)).toEqual(['We are here when you are ready']);
  });

  test('a step that was being done when the run left its way on, for the return', async () => {
    const journey = await world.addJourney({ state: 1 });
    const run = await world.startRun(journey, 1);
    await world.at(0);
    world.runAction = async () => {
      await world.leaveState(journey);
      return {};
    };
    await world.at(90 * day);
    expect(world.actions).toHaveLength(0);
    // The mails of the days before go out first.
    await world.at(90 * day);
    expect(world.actions).toHaveLength(1);
    expect(await world.runStatus(run)).toBe('done');
  });

  test('a paused flow holds its runs, and going on does not send everything at once', async () => {
    await world.startRun(await world.addJourney({ state: 2.5 }), 2.5);
    const { flows } = await world.flows.list(world.workspaceId);
    const flow = flows.find((candidate) => candidate.triggerState === 2.5);
    await world.flows.setStatus(world.workspaceId, flow?.id ?? '', 'paused', 'owner@example.com');
    expect(await world.at(4 * day + 2 * hour)).toEqual([]);
    await world.flows.setStatus(world.workspaceId, flow?.id ?? '', 'live', 'owner@example.com');
    expect(await world.at(4 * day + 2 * hour)).toEqual(['Your visit is one reply away']);
  });
});

describe('workers', () => {
  test('two at once do every step once', async () => {
    for (let number = 0; number < 20; number += 1)
      await world.startRun(await world.addJourney({ state: 1 }), 1);
    const [first, second] = await Promise.all([world.steps.runDueSteps(), world.stepWorker().runDueSteps()]);
    expect(first.steps + second.steps).toBe(40);
    await Promise.all([world.messages.deliverDueMessages(), world.messageWorker().deliverDueMessages()]);
    expect(new Set(world.inbox.mails.map(({ to }) => to[0])).size).toBe(20);
    expect(world.inbox.mails).toHaveLength(20);
  });

  test('a step whose worker died is done by another one when the lease has run out, and its mail is the same', async () => {
    await world.startRun(await world.addJourney({ state: 1 }), 1);
    await world.steps.runDueSteps({ maxSteps: 1 });
    const claim = `select claim_due_steps($1, $1, 'dead', 60, 10) as steps`;
    expect(await world.sql<{ steps: unknown[] }>(claim, start)).toMatchObject([
      { steps: [{ nodeId: 'thank_you' }] },
    ]);
    expect((await world.steps.runDueSteps()).steps).toBe(0);
    world.systemClock.set(after(61_000));
    expect((await world.steps.runDueSteps()).messagesQueued).toBe(1);
    // The dead one comes back to life: its lease is gone.
    const [late] = await world.sql<{ id: string; settled: unknown }>(
      `select id, settle_steps(jsonb_build_array(jsonb_build_object('id', id, 'holder', 'dead', 'type', 'finish', 'status', 'done', 'next', '[]'::jsonb)), $1) as settled
       from flow_steps where node_id = 'thank_you'`,
      start,
    );
    expect(late?.settled).toEqual([{ id: late?.id, holder: 'dead', outcome: 'lost' }]);
  });

  test('a step that was done twice queues its message once', async () => {
    await world.startRun(await world.addJourney({ state: 1 }), 1);
    await world.steps.runDueSteps();
    await world.sql(
      `update flow_steps set status = 'pending', finished_at = null where node_id = 'thank_you'`,
    );
    await world.steps.runDueSteps();
    await world.messages.deliverDueMessages();
    expect(world.inbox.subjects).toHaveLength(1);
  });
});

describe('a failing action', () => {
  const reach = async () => {
    const run = await world.startRun(await world.addJourney({ state: 1 }), 1);
    await world.at(89 * day);
    return run;
  };

  test('is tried again later under the same key when ServiceTitan is unavailable', async () => {
    await reach();
    world.runAction = async () => {
      throw new IntegrationError('unavailable', 'ServiceTitan does not answer.');
    };
    await world.at(90 * day);
    world.runAction = async () => ({ from: 1, to: 0 });
    await world.at(90 * day + 59_000);
    expect(world.actions).toHaveLength(1);
    await world.at(90 * day + 61_000);
    expect(world.actions).toHaveLength(2);
    expect(new Set(world.actions.map((action) => action.idempotencyKey)).size).toBe(1);
  });

  test('fails the run with the reason when trying again cannot help', async () => {
    const run = await reach();
    world.runAction = async () => {
      throw new IntegrationError('invalid', 'Check the fields of "Set customer state".');
    };
    await world.at(90 * day);
    const failed = await world.sql<{ status: string; ended_reason: string }>(
      'select status, ended_reason from flow_runs where id = $1',
      run,
    );
    expect(failed).toEqual([{ status: 'parked', ended_reason: 'Check the fields of "Set customer state".' }]);
  });

  test('is given up after a bounded number of tries', async () => {
    const run = await reach();
    world.runAction = async () => {
      throw new IntegrationError('unavailable', 'ServiceTitan does not answer.');
    };
    for (let step = 0; step < 20; step += 1) await world.at((90 + step) * day);
    expect(await world.runStatus(run)).toBe('parked');
    expect(world.actions).toHaveLength(8);
  });
});

test('a connection that is not connected holds its runs', async () => {
  await world.startRun(await world.addJourney({ state: 1 }), 1);
  await world.sql(`update integration_connections set status = 'paused'`);
  expect(await world.at(0)).toEqual([]);
  await world.sql(`update integration_connections set status = 'connected'`);
  expect(await world.at(hour)).toHaveLength(1);
});

test('every change is told to the screens', async () => {
  await world.startRun(await world.addJourney({ state: 1 }), 1);
  await world.at(0);
  const events = await world.sql<{ type: string }>('select type from change_events order by id');
  expect(events.map((event) => event.type)).toEqual(['run', 'message', 'run', 'message']);
});
