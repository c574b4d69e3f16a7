import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { IntegrationError } from '#integrations/errors.ts';
import { claimDueSteps } from '#backend/repositories/flowRunRepository.ts';
import { cancelLostSteps } from '#backend/repositories/runMendRepository.ts';
import type { RetryRequest } from '#backend/schemas/runApi.ts';
import {
  action,
  allOf,
  chain,
  condition,
  graphOf,
  mail,
  trigger,
  triggerOn,
  wait,
  withSettings,
} from '#test/unit/flow/graphs.ts';
import { day, FlowWorld, hour, start } from './FlowWorld.ts';

let world: FlowWorld;
beforeAll(async () => {
  world = await FlowWorld.open();
  await world.sql(
    `insert into workspace_members (workspace_id, user_id, email, role, created_at) values
     ($1, gen_random_uuid(), 'owner@example.com', 'owner', now()), ($1, gen_random_uuid(), 'viewer@example.com', 'viewer', now())`,
    world.workspaceId,
  );
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const minute = hour / 60;
const asked = () => ({ workspaceId: world.workspaceId, actor: 'marketer@example.com' });
const note = action('note', 'servicetitan_add_note', { text: 'Call them back.', pinToTop: true });
const graph = chain(
  trigger(3),
  mail('a', { subject: 'First' }),
  note,
  wait('w', 1),
  mail('b', { subject: 'Last' }),
);

/** A run that is parked at its action. */
async function park(): Promise<{ flow: string; run: string }> {
  const flow = await world.addFlow(graph);
  const run = await world.startFlow(flow, await world.addJourney({ state: 3 }), 'state_changed');
  refuse();
  const begun = world.clock.now().getTime() - start.getTime();
  await world.at(begun);
  // The mail goes out before the flow acts.
  await world.at(begun + minute);
  expect(await world.runStatus(run)).toBe('parked');
  return { flow, run };
}
function refuse(): void {
  world.runAction = async () => {
    throw new IntegrationError('invalid', 'ServiceTitan wants a name.');
  };
}
function allow(): void {
  world.runAction = async () => ({ ok: true });
}

describe('a run that is out of tries', () => {
  test('is parked with the reason, and its owner is told once a day', async () => {
    const { run } = await park();
    const { alerts } = await world.alerts.list(world.workspaceId);
    expect(alerts).toMatchObject([{ kind: 'run_parked', runId: run, message: 'ServiceTitan wants a name.' }]);
    const { steps } = await world.runs.get(world.workspaceId, run);
    expect(steps.at(-1)).toMatchObject({
      nodeId: 'note',
      status: 'failed',
      error: 'ServiceTitan wants a name.',
      tries: [{ error: 'ServiceTitan wants a name.' }],
      // What was tried is seen.
      input: { text: 'Call them back.', pinToTop: true },
    });

    world.inbox.mails.length = 0;
    expect(await world.alerts.mailDigests()).toBe(1);
    expect(await world.alerts.mailDigests()).toBe(0);
    expect(world.inbox.mails.map(({ to, mail: { subject } }) => [to, subject])).toEqual([
      [['owner@example.com'], 'A flow needs your attention'],
    ]);
    await world.at(hour);
    await world.startFlow(await world.addFlow(graph), await world.addJourney({ state: 3 }), 'state_changed');
    await world.at(hour);
    await world.at(hour + minute);
    expect(await world.alerts.mailDigests()).toBe(0);
    await world.at(day + hour);
    expect(await world.alerts.mailDigests()).toBe(1);

    await world.alerts.close(world.workspaceId, alerts[0]?.id ?? '', 'm');
    expect((await world.alerts.list(world.workspaceId)).alerts).toHaveLength(1);
  });

  const retry = (run: string, request: Partial<RetryRequest> = {}) =>
    world.mender.retry(asked(), run, { from: 'failed', version: 'same', ...request });

  test('is tried again alone, under the same key, and goes on', async () => {
    const { run } = await park();
    allow();
    await retry(run);
    expect((await world.alerts.list(world.workspaceId)).alerts).toEqual([]);
    await world.at(hour);
    expect(new Set(world.actions.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(await world.at(day + minute)).toEqual(['Last']);
    expect(await world.stepsOf(run)).toEqual(['trigger done', 'a done', 'note done', 'w done', 'b done']);
    expect(world.inbox.subjects.filter((subject) => subject === 'First')).toHaveLength(1);
    await expect(retry(run)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('from the start repeats no effect that was done', async () => {
    const { run } = await park();
    await retry(run, { from: 'start' });
    await world.at(hour);
    await retry(run, { from: 'start' });
    allow();
    await world.at(2 * hour);
    await world.at(day + 2 * hour);
    expect(world.inbox.subjects).toEqual(['First', 'Last']);
    expect(new Set(world.actions.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(await world.stepsOf(run)).toEqual([
      'trigger done',
      'a done',
      'note failed',
      'trigger done',
      'a done',
      'note failed',
      'trigger done',
      'a done',
      'note done',
      'w done',
      'b done',
    ]);
    expect(await world.runStatus(run)).toBe('done');
  });

  test('goes on in the newest version, where its step is gone at the next that is left', async () => {
    const { flow, run } = await park();
    await world.publish(flow, chain(trigger(3), mail('a'), wait('w', 1), mail('b', { subject: 'New' })));
    await retry(run, { version: 'newest' });
    expect(await world.at(day)).toEqual([]);
    expect(await world.at(day + minute)).toEqual(['New']);
    expect((await world.runs.get(world.workspaceId, run)).run).toMatchObject({
      versionNumber: 2,
      hasNewerVersion: false,
      status: 'done',
    });
  });

  const breakVersions = (flow: string, number: number) =>
    world.sql(
      `update flow_versions set graph = '{"nodes": "none"}' where flow_id = $1 and number = $2`,
      flow,
      number,
    );

  test('is not over because a version cannot be read: it goes on at its step, or says what to do', async () => {
    const { flow, run } = await park();
    await breakVersions(flow, 1);
    const { steps } = await world.runs.get(world.workspaceId, run);
    await expect(world.mender.skip(asked(), run, steps.at(-1)?.id ?? '')).rejects.toThrow('Begin the run');
    await world.publish(flow, chain(trigger(3), mail('b')));
    await expect(retry(run, { version: 'newest' })).rejects.toThrow('not in that version');
    await world.publish(flow, chain(trigger(3), note, mail('b')));
    await breakVersions(flow, 3);
    for (const from of ['failed', 'start'] as const)
      await expect(retry(run, { from, version: 'newest' })).rejects.toThrow('not in that version');
    expect(await world.runStatus(run)).toBe('parked');
    await world.publish(flow, chain(trigger(3), note, mail('b', { subject: 'New' })));
    allow();
    await retry(run, { version: 'newest' });
    expect(await world.at(hour)).toEqual(['New']);
    expect(await world.stepsOf(run)).toEqual(['trigger done', 'a done', 'note done', 'b done']);
  });

  test('is mended in the row that its record has come back in', async () => {
    const { run } = await park();
    const other = await world.addJourney({ state: 3 });
    const [{ journey_id: lost } = { journey_id: '' }] = await world.sql<{ journey_id: string }>(
      `insert into state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
       select workspace_id, connection_id, journey_id, 3, 'estimate:1', entry_group, 'started', started_at from flow_runs where id = $1 returning journey_id`,
      run,
    );
    await world.sql('update customer_servicetitan_state set current_state = 0 where id = $1', lost);
    await expect(retry(run)).rejects.toThrow('has left the state');
    await world.sql(
      `update customer_servicetitan_state set entering_key = 'estimate:1' where id = $1`,
      other.id,
    );
    await world.sql(
      `select enter_state(j, '{}', $2, $2) from customer_servicetitan_state j where j.id = $1`,
      other.id,
      world.clock.now(),
    );
    await retry(run);
    const rows = await world.sql('select status, journey_id, contact_id from flow_runs where id = $1', run);
    expect(rows).toEqual([{ status: 'active', journey_id: other.id, contact_id: other.contactId }]);
  });

  test('goes on after the step when that is skipped', async () => {
    const { run } = await park();
    const { steps } = await world.runs.get(world.workspaceId, run);
    const failed = steps.find(({ status }) => status === 'failed');
    await world.mender.skip(asked(), run, failed?.id ?? '');
    expect(await world.at(day + minute)).toEqual(['Last']);
    expect(await world.stepsOf(run)).toContain('note skipped');
    await expect(world.mender.skip(asked(), run, failed?.id ?? '')).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('is canceled for good, and of two who decide at once only one does', async () => {
    const { run } = await park();
    await world.mender.cancel(asked(), run);
    await expect(retry(run)).rejects.toMatchObject({ code: 'conflict' });
    await expect(world.mender.cancel(asked(), run)).rejects.toMatchObject({ code: 'conflict' });
    const log = await world.sql<{ action: string }>(
      `select action from audit_log where subject = $1`,
      `run:${run}`,
    );
    expect(log).toEqual([{ action: 'run.cancel' }]);
    const other = await park();
    allow();
    const both = await Promise.allSettled([retry(other.run), retry(other.run)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('is not tried again while the person is in the flow by another run', async () => {
    const { flow, run } = await park();
    allow();
    const [row] = await world.sql<{ journey_id: string }>(
      'select journey_id from flow_runs where id = $1',
      run,
    );
    await world.startFlow(flow, { id: row?.journey_id ?? '', contactId: '', email: '' }, 'manual');
    await expect(retry(run)).rejects.toThrow('by another run');
  });

  test('is not tried again when the customer has left the state that started it', async () => {
    const { run } = await park();
    allow();
    const journeyOf = `id = (select journey_id from flow_runs where id = $1)`;
    await world.sql(`update customer_servicetitan_state set current_state = 4 where ${journeyOf}`, run);
    await expect(retry(run)).rejects.toThrow('has left the state');
    await expect(retry(run, { from: 'start' })).rejects.toThrow('has left the state');
    expect(await world.at(2 * day)).toEqual([]);
    await world.sql(`update customer_servicetitan_state set current_state = 3 where ${journeyOf}`, run);
    await retry(run);
    expect(await world.runStatus(run)).toBe('active');
  });
});

describe('a run that only waits', () => {
  test('is skipped on, or canceled with what it has not sent', async () => {
    const flow = await world.addFlow(
      chain(triggerOn({ on: 'manual' }), wait('w', 5), mail('b'), wait('v', 1)),
    );
    const run = await world.startFlow(flow, await world.addJourney({ state: 3 }), 'manual');
    await world.at(0);
    const waiting = (await world.runs.get(world.workspaceId, run)).steps.at(-1);
    await world.mender.skip(asked(), run, waiting?.id ?? '');
    await world.steps.runDueSteps();
    await world.mender.cancel(asked(), run);
    expect(await world.at(9 * day)).toEqual([]);
    expect(await world.sql('select status, reason from messages')).toEqual([
      { status: 'skipped', reason: 'canceled' },
    ]);
    expect(await world.outcomes(flow)).toMatchObject([{ status: 'ended', ended_reason: 'canceled' }]);
  });
});

describe('many at once', () => {
  test('are counted before, and nothing is done when it is another number by then', async () => {
    const first = await park();
    await park();
    const filter = { status: 'parked' } as const;
    const again = { type: 'retry', from: 'failed', version: 'same' } as const;
    expect(await world.mender.count(world.workspaceId, filter, again)).toBe(2);
    expect(await world.mender.count(world.workspaceId, { ...filter, flowId: first.flow }, again)).toBe(1);
    expect(await world.mender.count(world.workspaceId, { ...filter, error: 'x' }, again)).toBe(0);
    await expect(
      world.mender.doWithAll(asked(), { filter, action: again, expected: 3 }),
    ).rejects.toMatchObject({
      code: 'conflict',
    });
    allow();
    expect(await world.mender.doWithAll(asked(), { filter, action: again, expected: 2 })).toEqual({
      done: 2,
      left: 0,
    });
    await world.at(hour);
    expect(await world.runStatus(first.run)).toBe('active');
    const cancel = { filter: { status: 'active' }, action: { type: 'cancel' }, expected: 2 } as const;
    expect(await world.mender.doWithAll(asked(), cancel)).toEqual({ done: 2, left: 0 });
  });
});

describe('the watchdog', () => {
  test('parks what nothing would go on with, and leaves everything else', async () => {
    const flow = await world.addFlow(chain(trigger(3), wait('w', 5), mail('b')));
    const runs: string[] = [];
    for (let number = 0; number < 4; number += 1)
      runs.push(await world.startFlow(flow, await world.addJourney({ state: 3 }), 'state_changed'));
    await world.at(0);
    const [lost = '', gone = '', timeless = '', fine = ''] = runs;
    await world.sql(`delete from flow_steps where run_id = $1 and status = 'pending'`, lost);
    await world.sql(`update flow_steps set node_id = 'gone' where run_id = $1 and status = 'pending'`, gone);
    await world.sql(`update flow_steps set due_at = null where run_id = $1 and status = 'pending'`, timeless);
    expect(await world.alerts.findStuckRuns()).toBe(3);
    expect(await world.alerts.findStuckRuns()).toBe(0);
    expect(await world.runStatus(fine)).toBe('active');
    expect((await world.alerts.list(world.workspaceId)).alerts.map(({ kind }) => kind)).toEqual([
      'run_stuck',
      'run_stuck',
      'run_stuck',
    ]);
    const again = (run: string, from: 'start' | 'failed') =>
      world.mender.retry(asked(), run, { from, version: 'newest' });
    await expect(again(gone, 'failed')).rejects.toThrow('not in that version');
    expect(await world.runStatus(gone)).toBe('parked');
    await again(lost, 'start');
    await again(timeless, 'failed');
    await world.at(5 * day);
    await world.at(10 * day);
    expect(await world.runStatus(lost)).toBe('done');
    expect(await world.runStatus(timeless)).toBe('done');
  });
});

test('what cannot be read parks its own run, and holds up nobody else', async () => {
  const broken = await world.addFlow(chain(trigger(3), mail('a', { subject: 'Never' })));
  const fine = await world.addFlow(
    chain(trigger(3), condition('c', { field: 'contact.name', operator: 'exists' })),
  );
  const lost = await world.startFlow(broken, await world.addJourney({ state: 3 }), 'state_changed');
  const [odd, done] = [await world.addJourney({ state: 3 }), await world.addJourney({ state: 3 })];
  const unread = await world.startFlow(fine, odd, 'state_changed');
  const well = await world.startFlow(fine, done, 'state_changed');
  await world.sql(`update flow_versions set graph = '{"nodes": "none"}' where flow_id = $1`, broken);
  // No appointment is at such a time.
  await world.sql(
    `update customer_servicetitan_state set appointment_start = 'infinity' where id = $1`,
    odd.id,
  );
  await world.stepWorker().runDueSteps();
  expect(await Promise.all([lost, unread, well].map((run) => world.runStatus(run)))).toEqual([
    'parked',
    'parked',
    'done',
  ]);
});

test('a flow that jumps back counts its visits, and its mails are sent once for each', async () => {
  const loop = graphOf(
    [
      trigger(3),
      mail('a', { subject: 'Again' }),
      wait('w', 1),
      { id: 'j', type: 'go_to', position: { x: 0, y: 0 }, data: { target: 'a' } },
    ],
    'trigger > a',
    'a > w',
    'w > j',
  );
  const flow = await world.addFlow(loop);
  const run = await world.startFlow(flow, await world.addJourney({ state: 3 }), 'state_changed');
  for (const days of [0, 1, 2, 3]) expect(await world.at(days * day)).toEqual(['Again']);
  const visits = await world.sql<{ visit: number }>(
    `select visit from flow_steps where run_id = $1 and node_id = 'a' order by number`,
    run,
  );
  expect(visits.map(({ visit }) => visit)).toEqual([1, 2, 3, 4]);
  // Who comes by again is the same person.
  const { waiting, passed } = await world.flows.get(world.workspaceId, flow);
  expect({ waiting, passed }).toEqual({ waiting: { w: 1 }, passed: { trigger: 1, a: 1, w: 1, j: 1 } });
});

test('a flow says how many wait at each of its steps, and how many have gone past it', async () => {
  const flow = await world.addFlow(
    withSettings(graph, { exitWhen: allOf({ field: 'estimate.soldTotal', operator: 'greater', value: 1 }) }),
  );
  const begin = async () => world.startFlow(flow, await world.addJourney({ state: 3 }), 'state_changed');
  const counts = async () => {
    const { waiting, passed } = await world.flows.get(world.workspaceId, flow);
    return { waiting, passed };
  };
  expect(await counts()).toEqual({ waiting: {}, passed: {} });
  const runs = [await begin(), await begin(), await begin()];
  refuse();
  await world.at(0);
  await world.at(minute);
  expect(await counts()).toEqual({ waiting: {}, passed: { trigger: 3, a: 3 } });
  const [skipped = '', canceled = '', again = ''] = runs;
  const { steps } = await world.runs.get(world.workspaceId, skipped);
  await world.mender.skip(asked(), skipped, steps.at(-1)?.id ?? '');
  await world.mender.cancel(asked(), canceled);
  allow();
  await world.mender.retry(asked(), again, { from: 'start', version: 'same' });
  await world.at(hour);
  await world.at(hour + minute);
  expect(await counts()).toEqual({ waiting: { w: 2 }, passed: { trigger: 3, a: 3, note: 2 } });
  await world.sql(
    'update customer_servicetitan_state set sold_total = 5 where id = (select journey_id from flow_runs where id = $1)',
    again,
  );
  await world.at(2 * day);
  // Whose run is over before its end has not gone past the step where it is.
  expect(await counts()).toEqual({ waiting: {}, passed: { trigger: 3, a: 3, note: 2, w: 1, b: 1 } });
});

test('nobody waits at a step whose worker died while the run was canceled', async () => {
  const flow = await world.addFlow(chain(trigger(3), wait('w', 1), mail('b')));
  const run = await world.startFlow(flow, await world.addJourney({ state: 3 }), 'state_changed');
  const systemNow = world.systemClock.now();
  await claimDueSteps(world.database, {
    now: start,
    systemNow,
    holder: 'dead',
    leaseSeconds: 300,
    limit: 10,
  });
  await world.mender.cancel(asked(), run);
  const waiting = async () => (await world.flows.get(world.workspaceId, flow)).waiting;
  await cancelLostSteps(world.database, systemNow);
  expect(await waiting()).toEqual({ trigger: 1 });
  await cancelLostSteps(world.database, new Date(systemNow.getTime() + hour));
  expect(await waiting()).toEqual({});
});
