import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ConnectionChanges, PreviewResult } from '#backend/schemas/stateSettings.ts';
import type { Identity } from '#backend/services/SessionService.ts';
import { previewLimits, previewSettings } from '#test/helpers/changeSettings.ts';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';

let stack: TestStack;
let server: { url: string; close(): Promise<void> };
const actor = 'owner@demo.example';

const events = [
  'lead_received',
  'sales_booked',
  'estimate_created',
  'estimate_sold',
  'sales_canceled',
] as const;

beforeAll(async () => {
  stack = await startTestStack({ customers: 60 });
  server = await serveTestStack(stack);
  await stack.work();
  // Beside history, journeys that move since the connection is live, with flows under way.
  await happen(2);
});

afterAll(async () => {
  await server.close();
  await stack.close();
});

async function happen(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const event of events) await stack.sandbox.story({ tenant: 'SOCAL', event });
    await stack.advance('PT3H');
  }
}

const scope = () => ({
  workspaceId: stack.identity.workspaceId,
  connectionId: stack.connections.socal.id,
});
const sql = <Row extends object>(text: string, ...values: unknown[]) =>
  stack.embedded.database.sql<Row>(text, ...values);

async function idOf(resource: string, name: string): Promise<number> {
  const [row] = await sql<{ id: number }>(
    `select record_id::int as id from servicetitan_records where connection_id = $1 and resource = $2 and data ->> 'name' = $3`,
    scope().connectionId,
    resource,
    name,
  );
  if (!row) throw new Error(`There is no ${name} among the ${resource}.`);
  return row.id;
}

/** Rows that are in a state, with what explains them. */
async function standing(connectionId = scope().connectionId) {
  return sql(
    `select root_type, root_id::int, current_state::float, rule_state::float, entering_key, rule, happened_on, job_id::int,
       servicetitan_customer_id::int, open_total::float, sold_total::float, explanation, override_id
     from customer_servicetitan_state where connection_id = $1 and current_state <> 0 order by root_type, root_id`,
    connectionId,
  );
}

interface RunsOfFlow {
  flowId: string;
  all: number;
  active: number;
}

async function runsOfFlows(): Promise<Map<string, RunsOfFlow>> {
  const rows = await sql<RunsOfFlow>(
    `select flow_id as "flowId", count(*)::int as all, (count(*) filter (where status = 'active'))::int as active
     from flow_runs group by flow_id`,
  );
  return new Map(rows.map((row) => [row.flowId, row]));
}

/** Derives what a change queued; answers what came of it in the words of a preview. */
async function derive(connectionIds = [scope().connectionId]) {
  const [last] = await sql<{ id: number }>(`select coalesce(max(id), 0)::int as id from state_transitions`);
  const runs = await runsOfFlows();
  let [started, ended] = [0, 0];
  for (const id of connectionIds) {
    const counts = await stack.context.states.deriveConnection(id);
    started += counts.runsStarted;
    ended += counts.runsEnded;
  }
  const moves = await sql<{ from: number; to: number; count: number }>(
    `select from_state::float as from, to_state::float as to, count(*)::int as count from state_transitions
     where id > $1 group by 1, 2 order by 3 desc, 1, 2`,
    last?.id ?? 0,
  );
  const flows = [...(await runsOfFlows()).values()].flatMap(({ flowId, all, active }) => {
    const before = runs.get(flowId) ?? { all: 0, active: 0 };
    const moved = { flowId, started: all - before.all, active: active - before.active };
    return moved.started === 0 && moved.active === 0 ? [] : [moved];
  });
  return { moves, started, ended, flows: flows.toSorted(byFlow) };
}

function byFlow(one: { flowId: string }, other: { flowId: string }): number {
  return one.flowId < other.flowId ? -1 : 1;
}

/** What a preview says, in the form of what `derive` answers. */
function asDerived({ moves, flows }: PreviewResult, startFlows: boolean): Awaited<ReturnType<typeof derive>> {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    moves,
    started: startFlows ? sum(flows.map(({ starting }) => starting)) : 0,
    ended: sum(flows.map(({ ending }) => ending)),
    flows: flows
      .map(({ flowId, starting, resuming, ending }) => {
        const started = startFlows ? starting : 0;
        return { flowId, started, active: started + resuming - ending };
      })
      .filter(({ started, active }) => started !== 0 || active !== 0)
      .toSorted(byFlow),
  };
}

/** Previews, applies and derives a change, and holds the preview against what came of it. */
async function change(changes: ConnectionChanges, startFlows = false): Promise<PreviewResult> {
  const { previewId, result } = await previewSettings(stack, scope().connectionId, { changes });
  const request = { previewId, startFlows, note: 'As agreed.' };
  const { isDeriving } = await stack.context.stateSettings.apply(scope(), request, actor);
  expect(isDeriving).toBe(true);
  expect(await derive()).toEqual(asDerived(result, startFlows));
  expect((await stack.context.stateSettings.changes(scope())).isDeriving).toBe(false);
  return result;
}

/** Undoes the newest change that stands, and holds its preview against what came of it. */
async function undoNewest(): Promise<PreviewResult> {
  const { changes } = await stack.context.stateSettings.changes(scope());
  const id = changes.find(({ canUndo }) => canUndo)?.id ?? '';
  const { result } = await previewSettings(stack, scope().connectionId, { undoes: id });
  await stack.context.stateSettings.undo(scope(), id, actor);
  expect(await derive()).toEqual(asDerived(result, false));
  return result;
}

describe('a change of what jobs mean', () => {
  it('does what its preview says, and every row comes back when it is undone', async () => {
    const before = await standing();
    const [sales, install] = [
      await idOf('job_types', 'HVAC Sales Estimate'),
      await idOf('job_types', 'HVAC Install'),
    ];
    let moving = 0;
    const steps: ConnectionChanges[] = [
      { jobTypes: { [sales]: 'other' } },
      { jobTypes: { [install]: 'sales', [await idOf('job_types', 'Service Call')]: 'sales' } },
      { otherEstimateMinimum: 0 },
      { jobTypes: { [sales]: null }, businessUnits: { [await idOf('business_units', 'Sales')]: 'sales' } },
      { clericalReasonIds: [await idOf('cancel_reasons', 'Price too high')] },
      { tags: { [await idOf('tag_types', 'VIP')]: 'install' }, jobTypes: { [install]: null } },
    ];
    for (const changes of steps) moving += (await change(changes)).moving;
    expect(moving).toBeGreaterThan(5);
    for (const _ of steps) await undoNewest();
    expect(await standing()).toEqual(before);
    const { settings } = await stack.context.stateSettings.ofConnection(
      scope().workspaceId,
      scope().connectionId,
    );
    expect(settings).toMatchObject({ otherEstimateMinimum: 1000, businessUnits: {}, tags: {} });
  });

  it('ends the runs of journeys that leave, and undoing lets them go on, without sending anything twice', async () => {
    const sales = await idOf('job_types', 'HVAC Sales Estimate');
    const plumbing = await idOf('job_types', 'Plumbing Sales Consult');
    const active = await runsOfFlows();
    const mails = (await stack.mails()).length;
    const left = await change({ jobTypes: { [sales]: 'other', [plumbing]: 'other' } });
    expect(left.flows.some(({ ending }) => ending > 0)).toBe(true);
    const back = await undoNewest();
    expect(back.flows.map(({ resuming }) => resuming)).toEqual(left.flows.map(({ ending }) => ending));
    expect(await runsOfFlows()).toEqual(active);
    await stack.work();
    expect(await stack.mails()).toHaveLength(mails);
  });

  it('starts flows for fresh news only when the administrator asks, and not for people in them already', async () => {
    const types = ['HVAC Sales Estimate', 'Plumbing Sales Consult'] as const;
    const ids = await Promise.all(types.map((name) => idOf('job_types', name)));
    const kinds = (kind: 'sales' | 'other') => ({
      jobTypes: Object.fromEntries(ids.map((id) => [id, kind])),
    });
    await change(kinds('other'));
    await happen(2);
    const asked = await previewSettings(stack, scope().connectionId, { changes: kinds('sales') });
    const starting = asked.result.flows.reduce((sum, flow) => sum + flow.starting, 0);
    expect(starting).toBeGreaterThan(0);
    // Without being asked, nothing starts, and the keys are used up: a return starts nothing either.
    await change(kinds('sales'));
    await undoNewest();
    const again = await change(kinds('sales'), true);
    expect(again.flows.every((flow) => flow.starting === 0)).toBe(true);
    await undoNewest();
    await happen(2);
    const mails = (await stack.mails()).length;
    const result = await change(kinds('sales'), true);
    const begun = result.flows.reduce((sum, flow) => sum + flow.starting, 0);
    expect(begun).toBeGreaterThan(0);
    // By then also the flows that begin with a time of grace have mailed.
    await stack.advance('PT2H');
    expect((await stack.mails()).length).toBeGreaterThan(mails);
  });

  it('tells of states set by hand that would no longer hold', async () => {
    await stack.sandbox.story({ tenant: 'SOCAL', event: 'sales_booked' });
    await stack.work();
    await stack.advance('PT1H');
    const [row] = await sql<{ id: string; job: number }>(
      `select id, root_id::int as job from customer_servicetitan_state
       where connection_id = $1 and current_state = 2 and root_type = 'job' order by root_id desc limit 1`,
      scope().connectionId,
    );
    await stack.context.states.setState({
      journeyId: row?.id ?? '',
      connectionId: scope().connectionId,
      state: 4,
      reason: 'Sold by phone.',
      setBy: actor,
      source: 'manual',
    });
    const [{ type } = { type: 0 }] = await sql<{ type: number }>(
      `select (data ->> 'jobTypeId')::int as type from servicetitan_records where connection_id = $1 and resource = 'jobs' and record_id = $2`,
      scope().connectionId,
      row?.job,
    );
    const { result } = await previewSettings(stack, scope().connectionId, {
      changes: { jobTypes: { [type]: 'other' } },
    });
    expect(result.overridesLifted).toBe(1);
    expect(result.moves).toContainEqual(expect.objectContaining({ from: 4, to: 0 }));
  });

  it('names people, jobs and reasons in its examples', async () => {
    const sales = await idOf('job_types', 'HVAC Sales Estimate');
    const { result, lookedAt } = await previewSettings(stack, scope().connectionId, {
      changes: { jobTypes: { [sales]: 'other' } },
    });
    expect(result.examples.length).toBe(Math.min(20, result.moving));
    expect(lookedAt).toBeGreaterThan(result.moving);
    for (const example of result.examples) {
      expect(example).toMatchObject({
        connectionName: 'SOCAL',
        contactId: expect.any(String),
        jobNumber: expect.any(String),
      });
      expect(example.why).not.toBe('');
    }
  });
});

describe('the limits of the workspace', () => {
  it('are previewed over all connections, and applying does the same', async () => {
    const { workspaceId } = stack.identity;
    const ids = [stack.connections.socal.id, stack.connections.dfw.id];
    const before = await Promise.all(ids.map(standing));
    const workspace = { workspaceId, connectionId: null };
    const { previewId, result } = await previewLimits(stack, {
      changes: { completedResetDays: 5, staleResetDays: 12 },
    });
    expect(result.moving).toBeGreaterThan(5);
    expect(new Set(result.examples.map(({ connectionName }) => connectionName))).toEqual(
      new Set(['SOCAL', 'DFW']),
    );
    await stack.context.stateSettings.apply(workspace, { previewId, startFlows: false, note: '' }, actor);
    expect(await derive(ids)).toEqual(asDerived(result, false));
    const { changes } = await stack.context.stateSettings.changes(workspace);
    expect(changes[0]).toMatchObject({
      differences: [
        { setting: 'completedResetDays', from: 90, to: 5 },
        { setting: 'staleResetDays', from: 180, to: 12 },
      ],
      moved: result.moving,
      canUndo: true,
    });
    await stack.context.stateSettings.undo(workspace, changes[0]?.id ?? '', actor);
    await derive(ids);
    expect(await Promise.all(ids.map(standing))).toEqual(before);
  });
});

describe('two administrators', () => {
  const apply = (previewId: string) =>
    stack.context.stateSettings.apply(scope(), { previewId, startFlows: false, note: '' }, actor);
  const preview = async (id: number) =>
    (await previewSettings(stack, scope().connectionId, { changes: { tags: { [id]: 'other' } } })).previewId;

  it('are told when the settings have changed since a preview', async () => {
    const previewId = await preview(700_001);
    await sql(
      `insert into job_classifications (connection_id, workspace_id, subject, servicetitan_id, kind, updated_at) values ($1, $2, 'tag', 700009, 'other', now())`,
      scope().connectionId,
      scope().workspaceId,
    );
    await expect(apply(previewId)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Preview your change again'),
    });
    await sql(`delete from job_classifications where servicetitan_id = 700009`);
    await apply(previewId);
  });

  it('see one preview, the newest: an earlier one is canceled and cannot be applied', async () => {
    const first = await preview(700_002);
    const second = await preview(700_003);
    await expect(apply(first)).rejects.toMatchObject({ code: 'conflict' });
    await apply(second);
    await expect(apply(second)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('cannot apply what is not finished, nor take an undo for a change', async () => {
    const previewId = await preview(700_004);
    await sql(`update settings_previews set status = 'running' where id = $1`, previewId);
    await expect(apply(previewId)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('not finished'),
    });
    const { changes } = await stack.context.stateSettings.changes(scope());
    const newest = changes.find(({ canUndo }) => canUndo)?.id ?? '';
    const undo = await previewSettings(stack, scope().connectionId, { undoes: newest });
    await expect(apply(undo.previewId)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('can undo the newest change only, and no other scope’s', async () => {
    await apply(await preview(700_005));
    const { stateSettings } = stack.context;
    const { changes } = await stateSettings.changes(scope());
    const [newest, older] = changes.filter(({ undoneAt }) => undoneAt === null);
    await expect(stateSettings.undo(scope(), older?.id ?? '', actor)).rejects.toMatchObject({
      code: 'conflict',
    });
    const foreign = { workspaceId: scope().workspaceId, connectionId: stack.connections.dfw.id };
    await expect(stateSettings.undo(foreign, newest?.id ?? '', actor)).rejects.toMatchObject({
      code: 'not_found',
    });
    await stateSettings.undo(scope(), newest?.id ?? '', actor);
    await expect(stateSettings.undo(scope(), newest?.id ?? '', actor)).rejects.toMatchObject({
      code: 'conflict',
    });
    await derive();
  });

  it('find a preview again, learn that one has died, and can cancel one', async () => {
    const { stateSettings } = stack.context;
    await preview(700_006);
    expect((await stateSettings.preview(scope())).preview).toMatchObject({
      status: 'done',
      differences: [{ setting: 'tag', id: 700_006, from: null, to: 'other' }],
    });
    await sql(`update settings_previews set status = 'running', leased_until = '2000-01-01'`);
    expect((await stateSettings.preview(scope())).preview?.status).toBe('interrupted');
    const changes = { tags: { 700_007: 'other' } } as const;
    await stateSettings.previewConnection(scope().workspaceId, scope().connectionId, { changes }, actor);
    await stateSettings.discardPreview(scope());
    await stateSettings.idle();
    expect(await stateSettings.preview(scope())).toEqual({ preview: null });
  });
});

describe('the routes', () => {
  const path = () => `/connections/${scope().connectionId}/state-settings`;

  async function ask(
    method: string,
    at: string,
    body?: object,
    token = stack.embedded.secrets.apiToken,
  ): Promise<{ status: number; reply: unknown }> {
    const response = await fetch(`${server.url}/api${at}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const reply: unknown = await response.json();
    return { status: response.status, reply };
  }

  async function tokenOf(role: Identity['role']): Promise<string> {
    const identity = { ...stack.identity, userId: randomUUID(), email: `${role}@demo.example`, role };
    await sql(
      `insert into workspace_members (workspace_id, user_id, email, role, created_at) values ($1, $2, $3, $4, now())`,
      identity.workspaceId,
      identity.userId,
      identity.email,
      role,
    );
    const token = `chou_${role}_${identity.userId}`;
    await stack.context.sessions.registerToken(identity, role, token);
    return token;
  }

  const previewReply = z.object({ preview: z.object({ id: z.uuid(), status: z.string() }) });
  const changesReply = z.object({ changes: z.array(z.object({ id: z.uuid(), madeBy: z.string() })) });

  it('preview, apply, list and undo a change', async () => {
    const started = await ask('POST', `${path()}/preview`, {
      changes: { liveFrom: '2026-03-01T00:00:00+02:00' },
    });
    expect([started.status, previewReply.parse(started.reply).preview.status]).toEqual([202, 'running']);
    await stack.context.stateSettings.idle();
    const { preview } = previewReply.parse((await ask('GET', `${path()}/preview`)).reply);
    expect(preview.status).toBe('done');
    const applied = await ask('PUT', path(), { previewId: preview.id });
    const [made] = changesReply.parse(applied.reply).changes;
    expect([applied.status, made?.madeBy]).toEqual([200, actor]);
    const shown = await ask('GET', path());
    expect(shown.reply).toMatchObject({ settings: { liveFrom: '2026-02-28T22:00:00.000Z' } });
    expect((await ask('POST', `${path()}/changes/${made?.id}/undo`)).status).toBe(200);
    expect((await ask('GET', '/workspace/state-settings')).reply).toEqual({
      settings: { completedResetDays: 90, staleResetDays: 180 },
    });
    await stack.worker.requests.idle();
  });

  it('let everybody look, and administrators change', async () => {
    for (const role of ['viewer', 'marketer'] as const) {
      const token = await tokenOf(role);
      const statuses = [
        await ask('GET', path(), undefined, token),
        await ask('GET', `${path()}/preview`, undefined, token),
        await ask('GET', `${path()}/changes`, undefined, token),
        await ask('POST', `${path()}/preview`, { changes: { otherEstimateMinimum: 5 } }, token),
        await ask('DELETE', `${path()}/preview`, undefined, token),
        await ask('PUT', path(), { previewId: randomUUID() }, token),
        await ask('POST', `${path()}/changes/${randomUUID()}/undo`, {}, token),
        await ask('POST', '/workspace/state-settings/preview', { changes: { staleResetDays: 3 } }, token),
      ].map(({ status }) => status);
      expect([role, statuses]).toEqual([role, [200, 200, 200, 403, 403, 403, 403, 403]]);
    }
    const token = await tokenOf('admin');
    const changes = { otherEstimateMinimum: 5 };
    expect((await ask('POST', `${path()}/preview`, { changes }, token)).status).toBe(202);
    await stack.context.stateSettings.idle();
  });

  it('refuse what is wrong, with the reason', async () => {
    const [same] = Object.entries(
      (await stack.context.stateSettings.ofConnection(scope().workspaceId, scope().connectionId)).settings
        .jobTypes,
    );
    const nowhere = `/connections/${randomUUID()}/state-settings`;
    const id = same?.[0] ?? '0';
    const refused = [
      await ask('POST', `${path()}/preview`, { changes: { jobTypes: { [id]: same?.[1] } } }),
      await ask('POST', `${path()}/preview`, { changes: { jobTypes: { x: 'sales' } } }),
      await ask('POST', `${path()}/preview`, { changes: { jobTypes: { 1: 'void' } } }),
      await ask('POST', `${path()}/preview`, { changes: { otherEstimateMinimum: -1 } }),
      await ask('POST', `${path()}/preview`, { changes: { minimum: 1 } }),
      await ask('POST', `${path()}/preview`, {}),
      await ask('POST', '/workspace/state-settings/preview', { changes: { staleResetDays: 0 } }),
      await ask('GET', nowhere),
      await ask('POST', `${nowhere}/preview`, { changes: { otherEstimateMinimum: 1 } }),
      await ask('PUT', nowhere, { previewId: randomUUID() }),
      await ask('PUT', path(), { previewId: randomUUID() }),
      await ask('POST', `${path()}/changes/${randomUUID()}/undo`, {}),
    ];
    expect(refused.map(({ status }) => status)).toEqual([
      400, 400, 400, 400, 400, 400, 400, 404, 404, 404, 409, 404,
    ]);
  });

  it('list the types of jobs that nothing classifies, with counts and examples', async () => {
    const id = await idOf('job_types', 'Service Call');
    const { previewId } = await previewSettings(stack, scope().connectionId, {
      changes: { jobTypes: { [id]: null } },
    });
    await stack.context.stateSettings.apply(scope(), { previewId, startFlows: false, note: '' }, actor);
    const { review, subjects } = await stack.context.stateSettings.ofConnection(
      scope().workspaceId,
      scope().connectionId,
    );
    const [counted] = await sql<{ jobs: number; open: number; newest: string }>(
      `select count(*)::int as jobs, (count(*) filter (where data ->> 'jobStatus' in ('Scheduled', 'Dispatched', 'InProgress', 'Hold')))::int as open,
         max(data ->> 'createdOn') as newest
       from servicetitan_records where connection_id = $1 and resource = 'jobs' and (data ->> 'jobTypeId')::int = $2
         and coalesce(data ->> 'recallForId', data ->> 'warrantyId', data ->> 'createdFromEstimateId') is null`,
      scope().connectionId,
      id,
    );
    expect(review).toHaveLength(1);
    expect(review[0]).toMatchObject({
      id,
      name: 'Service Call',
      jobs: counted?.jobs,
      openJobs: counted?.open,
      newestOn: counted?.newest,
    });
    expect(review[0]?.examples).toHaveLength(Math.min(3, counted?.jobs ?? 0));
    expect(review[0]?.examples[0]).toMatchObject({
      contactId: expect.any(String),
      customerName: expect.any(String),
    });
    const named = (subject: string) => subjects.filter((each) => each.subject === subject).length;
    expect(named('job_type')).toBe(7);
    expect(named('business_unit')).toBe(3);
    expect(named('cancel_reason')).toBe(7);
    expect(named('tag')).toBeGreaterThanOrEqual(4);
    await undoNewest();
  });
});
