import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConditionRule } from '#backend/schemas/conditions.ts';
import type { FlowSettings } from '#backend/schemas/flowSettings.ts';
import { claimDueSteps, settleSteps } from '#backend/repositories/flowRunRepository.ts';
import {
  allOf,
  chain,
  graphOf,
  mail,
  trigger,
  wait,
  waitEvent,
  withSettings,
} from '#test/unit/flow/graphs.ts';
import { day, FlowWorld, hour, start, type Journey } from './FlowWorld.ts';

let world: FlowWorld;
beforeAll(async () => {
  world = await FlowWorld.open();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const after = (milliseconds: number) => new Date(start.getTime() + milliseconds);
const sold: ConditionRule = { field: 'estimate.soldTotal', operator: 'greater', value: 0 };
const untilSold = (rule: ConditionRule = sold) =>
  graphOf(
    [
      trigger(3),
      waitEvent('w', rule, 3),
      mail('m', { subject: 'It happened' }),
      mail('n', { subject: 'Time is up' }),
    ],
    'trigger > w',
    'w happened> m',
    'w timed_out> n',
  );

/** What a derivation does once something about a journey's customer was read. */
async function tell(journey: Journey, change?: string): Promise<void> {
  if (change) await world.sql(`update customer_servicetitan_state set ${change} where id = $1`, journey.id);
  await world.sql(
    `select recheck_steps($1, array[$2::uuid], $3)`,
    world.connectionId,
    journey.id,
    world.clock.now(),
  );
}

describe('a wait for something to happen', () => {
  test('goes on when it happens, and not before', async () => {
    const flow = await world.addFlow(untilSold());
    const journey = await world.addJourney({ state: 3 });
    await world.startFlow(flow, journey, 'state_changed');
    await world.at(0);
    await tell(journey);
    expect(await world.at(hour)).toEqual([]);
    world.clock.set(after(2 * hour));
    await tell(journey, 'sold_total = 5000');
    expect(await world.at(2 * hour)).toEqual(['It happened']);
    expect(await world.at(9 * day)).toEqual([]);
  });

  test('goes on when the time is up', async () => {
    const flow = await world.addFlow(untilSold());
    await world.startFlow(flow, await world.addJourney({ state: 3 }), 'state_changed');
    await world.at(0);
    expect(await world.at(3 * day - 1)).toEqual([]);
    expect(await world.at(3 * day)).toEqual(['Time is up']);
  });

  test('sees news that come while a worker looks', async () => {
    const flow = await world.addFlow(untilSold());
    const journey = await world.addJourney({ state: 3 });
    await world.startFlow(flow, journey, 'state_changed');
    await world.steps.runDueSteps({ maxSteps: 1 });
    const claim = { now: start, systemNow: start, holder: 'slow', leaseSeconds: 300, limit: 10 };
    const [held] = await claimDueSteps(world.database, claim);
    expect(held?.nodeId).toBe('w');
    // He has looked, and found nothing; only then it happens.
    await tell(journey, 'sold_total = 5000');
    const settlement = {
      id: held?.id ?? '',
      holder: 'slow',
      startedAt: start,
      finishedAt: start,
      type: 'release',
      dueAt: after(3 * day),
      attempts: 0,
      input: null,
      error: null,
    } as const;
    await settleSteps(world.database, { settlements: [settlement], now: start });
    expect(await world.at(0)).toEqual(['It happened']);
  });

  test('sees an opt-out and a reply at once', async () => {
    const flow = await world.addFlow(untilSold({ field: 'contact.unsubscribed', operator: 'exists' }));
    const journey = await world.addJourney({ state: 3 });
    await world.startFlow(flow, journey, 'state_changed');
    const other = await world.addFlow(untilSold({ field: 'messages.replied', operator: 'exists' }));
    await world.startFlow(other, journey, 'state_changed');
    await world.at(0);
    await world.sql(
      `insert into suppressions (workspace_id, email, reason, source, created_at) values ($1, $2, 'unsubscribe', 'manual', $3)`,
      world.workspaceId,
      journey.email,
      after(hour),
    );
    expect(await world.at(hour)).toEqual(['It happened']);
    await world.sql(
      `insert into contact_replies (workspace_id, contact_id, at) values ($1, $2, $3)`,
      world.workspaceId,
      journey.contactId,
      after(2 * hour),
    );
    expect(await world.at(2 * hour)).toEqual(['It happened']);
  });

  test('looks again when a journey comes back', async () => {
    const flow = await world.addFlow(untilSold());
    const journey = await world.addJourney({ state: 3 });
    const run = await world.startFlow(flow, journey, 'state_changed');
    await world.at(0);
    await world.leaveState(journey);
    await tell(journey, 'sold_total = 5000');
    await world.returnToState(journey);
    await tell(journey);
    await world.at(hour);
    expect(await world.runStatus(run)).toBe('done');
  });
});

describe('what earlier steps answered', () => {
  test('is what later conditions and texts see', async () => {
    world.runAction = async () => ({ total: 42 });
    const look = { id: 'look', type: 'action', position: { x: 0, y: 0 } } as const;
    const graph = graphOf(
      [
        trigger(3),
        { ...look, data: { actionId: 'servicetitan_get_customer', input: {} } },
        waitEvent('w', { field: 'steps.look.total', operator: 'equals', value: 42 }),
        mail('m', { subject: 'It is {{ steps.look.total }}' }),
      ],
      'trigger > look',
      'look > w',
      'w happened> m',
    );
    const flow = await world.addFlow(graph);
    await world.startFlow(flow, await world.addJourney({ state: 3 }), 'state_changed');
    expect(await world.at(0)).toEqual(['It is 42']);
  });
});

describe('a run ends before its next step', () => {
  const run = async (settings: Partial<FlowSettings>, happen: (journey: Journey) => Promise<unknown>) => {
    const graph = withSettings(chain(trigger(3), mail('a'), wait('w', 2), mail('b')), settings);
    const flow = await world.addFlow(graph);
    const journey = await world.addJourney({ state: 3 });
    const sent = world.inbox.mails.length;
    const begun = world.clock.now().getTime() - start.getTime();
    await world.startFlow(flow, journey, 'state_changed');
    await world.at(begun);
    await happen(journey);
    await world.at(begun + 2 * day);
    const [outcome] = await world.outcomes(flow);
    return [world.inbox.mails.length - sent, outcome?.status, outcome?.ended_reason];
  };

  test('when its goal is reached', async () => {
    const sell = async (journey: Journey) => tell(journey, 'sold_total = 1');
    expect(await run({ exitWhen: allOf(sold) }, sell)).toEqual([1, 'ended', 'goal']);
    expect(await run({ exitWhen: allOf(sold) }, async () => {})).toEqual([2, 'done', null]);
  });
  test('when the customer has replied', async () => {
    const reply = async ({ contactId }: Journey) =>
      world.sql(
        `insert into contact_replies (workspace_id, contact_id, at) values ($1, $2, $3)`,
        world.workspaceId,
        contactId,
        after(day),
      );
    expect(await run({ exitOnReply: true }, reply)).toEqual([1, 'ended', 'replied']);
    expect(await run({}, reply)).toEqual([2, 'done', null]);
  });
  test('when the customer has unsubscribed', async () => {
    const unsubscribe = async ({ email }: Journey) =>
      world.sql(
        `insert into suppressions (workspace_id, email, reason, source, created_at) values ($1, $2, 'unsubscribe', 'manual', $3)`,
        world.workspaceId,
        email,
        after(day),
      );
    expect(await run({ exitOnUnsubscribe: true }, unsubscribe)).toEqual([1, 'ended', 'unsubscribed']);
  });
  test('at once when the trigger asks for somebody else, who may come later although everybody comes once', async () => {
    const graph = withSettings(chain(trigger(3, { where: allOf(sold) }), mail('a')), { again: 'once' });
    const flow = await world.addFlow(graph);
    const journey = await world.addJourney({ state: 3 });
    await world.startFlow(flow, journey, 'state_changed');
    expect(await world.at(0)).toEqual([]);
    await tell(journey, 'sold_total = 1');
    world.clock.set(after(hour));
    await world.startFlow(flow, journey, 'state_changed');
    expect(await world.at(hour)).toHaveLength(1);
    expect(await world.outcomes(flow)).toMatchObject([{ ended_reason: 'not_matched' }, { status: 'done' }]);
  });
});
