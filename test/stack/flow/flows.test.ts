import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAction } from '#integrations/registry.ts';
import { RunService } from '#backend/services/RunService.ts';
import { day, FlowWorld } from './FlowWorld.ts';

let world: FlowWorld;
let runs: RunService;
beforeAll(async () => {
  world = await FlowWorld.open();
  runs = new RunService({ database: world.database, findAction: (id) => findAction(id)?.action });
});
afterAll(() => world.close());

test('installing the lifecycle flows again adds nothing', async () => {
  expect(await world.flows.installLifecycleFlows(world.workspaceId)).toBe(0);
  const { flows } = await world.flows.list(world.workspaceId);
  expect(
    flows.map((flow) => [flow.triggerState, flow.name, flow.status, flow.hasUnpublishedChanges]),
  ).toEqual([
    [1, 'Email Followup', 'live', false],
    [2, 'What to Expect', 'live', false],
    [2.5, 'Sorry We Missed You', 'live', false],
    [3, 'Unsold Estimates', 'live', false],
    [4, 'Schedule the Install', 'live', false],
    [5, 'What to Expect: Install', 'live', false],
    [5.5, "Let's Reschedule", 'live', false],
    [6, 'Install Job Done', 'live', false],
  ]);
});

describe('a flow', () => {
  test('is not there for another workspace', async () => {
    const { flows } = await world.flows.list(world.workspaceId);
    const other = '00000000-0000-4000-8000-000000000000';
    await expect(world.flows.get(other, flows[0]?.id ?? '')).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.flows.setStatus(other, flows[0]?.id ?? '', 'paused', 'm')).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await world.flows.list(other)).flows).toEqual([]);
  });
});

describe('runs and messages', () => {
  test('are listed newest first, page by page, and shown step by step', async () => {
    for (let number = 0; number < 5; number += 1)
      await world.startRun(await world.addJourney({ state: 1, name: `Testa Number${number}` }), 1);
    await world.at(2 * day);

    const first = await runs.list(world.workspaceId, { limit: 3 });
    const second = await runs.list(world.workspaceId, { limit: 3, cursor: first.nextCursor ?? undefined });
    expect([...first.runs, ...second.runs]).toHaveLength(5);
    expect(new Set([...first.runs, ...second.runs].map((run) => run.id)).size).toBe(5);
    expect(second.nextCursor).toBeNull();
    expect(first.runs[0]).toMatchObject({
      flowName: 'Email Followup',
      versionNumber: 1,
      state: 1,
      status: 'active',
      endedReason: null,
    });
    await expect(runs.list(world.workspaceId, { cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'invalid_input',
    });

    const run = await runs.get(world.workspaceId, first.runs[0]?.id ?? '');
    expect(run.steps.map((step) => [step.title, step.status])).toEqual([
      ['When a customer enters "Lead"', 'done'],
      ['Send "Thanks for reaching out to {{ workspace.name }}"', 'done'],
      ['Wait 2 days', 'done'],
      ['Send "Shall we find a time, {{ customer.firstName }}?"', 'done'],
      ['Wait 2 days', 'pending'],
    ]);
    await expect(runs.get('00000000-0000-4000-8000-000000000000', run.run.id)).rejects.toMatchObject({
      code: 'not_found',
    });

    const page = await world.messages.list(world.workspaceId, { status: 'sent', limit: 4 });
    const rest = await world.messages.list(world.workspaceId, {
      status: 'sent',
      limit: 400,
      cursor: page.nextCursor ?? undefined,
    });
    expect(new Set([...page.messages, ...rest.messages].map((message) => message.id)).size).toBe(10);
    expect((await world.messages.list(world.workspaceId, { search: 'number3' })).messages).toHaveLength(2);
    expect((await world.messages.list(world.workspaceId, { search: '100%' })).messages).toHaveLength(0);
    const message = await world.messages.get(world.workspaceId, page.messages[0]?.id ?? '');
    expect(message.message).toMatchObject({
      status: 'sent',
      class: 'marketing',
      reason: null,
      flowName: 'Email Followup',
    });

    const { flows } = await world.flows.list(world.workspaceId);
    const followup = flows.find((flow) => flow.triggerState === 1);
    expect(followup).toMatchObject({ activeRuns: 5, sent: 10, failedRuns: 0 });
    expect((await world.flows.get(world.workspaceId, followup?.id ?? '')).waiting).toEqual({
      wait_until_day_4: 5,
    });
  });
});
