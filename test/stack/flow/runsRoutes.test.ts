import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maskedPersonal } from '#integrations/maskValues.ts';
import { installFlows } from '#backend/repositories/flowRepository.ts';
import type { RunReply, RunsReply } from '#backend/schemas/api.ts';
import type { FlowGraph } from '#backend/schemas/flow.ts';
import type { WhyReply } from '#backend/schemas/flowApi.ts';
import type { AlertsReply, BulkReply, RunErrorsReply, StartFlowReply } from '#backend/schemas/runApi.ts';
import {
  action,
  chain,
  condition,
  graphOf,
  mail,
  triggerOn,
  wait,
  withSettings,
} from '#test/unit/flow/graphs.ts';
import { FlowApi } from '../flows/FlowApi.ts';

let api: FlowApi;
let flowId = '';
let journeyId = '';

beforeAll(async () => {
  api = await FlowApi.open({ customers: 5 });
  await api.stack.work();
  const { context, identity } = api.stack;
  const { workspaceId } = identity;
  const graph = graphOf(
    [
      triggerOn({ on: 'manual' }),
      condition('c', { field: 'contact.name', operator: 'exists' }),
      mail('hello', { subject: 'Hello' }),
      wait('w', 30),
    ],
    'trigger > c',
    'c yes> hello',
    'c no> hello',
    'hello > w',
  );
  const flows = [{ templateKey: 'by_hand', name: 'By hand', description: '', graph }];
  await installFlows(context.database, { workspaceId, flows, author: 'owner', now: context.clock.now() });
  const [flow] = await api.sql<{ id: string }>(`select id from flows where template_key = 'by_hand'`);
  const [journey] = await api.sql<{ id: string }>(
    'select id from customer_servicetitan_state order by id limit 1',
  );
  flowId = flow?.id ?? '';
  journeyId = journey?.id ?? '';
}, 120_000);
afterAll(() => api.close());

describe('runs by the API', () => {
  test('are started by hand once for the request, and only by who may', async () => {
    const request = { journeyId, requestId: randomUUID() };
    const { runId } = await api.post<StartFlowReply>(`/flows/${flowId}/start`, request);
    expect(await api.post(`/flows/${flowId}/start`, request)).toEqual({ runId });
    expect(
      await api.refusal('POST', `/flows/${flowId}/start`, { ...request, requestId: randomUUID() }),
    ).toMatchObject({
      status: 409,
      message: 'The customer is in this flow already.',
    });
    expect(await api.refusal('POST', `/flows/${flowId}/start`, request, 'viewer')).toMatchObject({
      status: 403,
    });
    expect(await api.refusal('POST', `/flows/${flowId}/start`, { journeyId: 'x' })).toMatchObject({
      status: 400,
    });
  });

  test('are found by what is asked for, and shown with their steps', async () => {
    await api.stack.work();
    const found = await api.get<RunsReply>(`/runs?flowId=${flowId}&status=active&version=1`);
    expect(found.runs).toHaveLength(1);
    expect((await api.get<RunsReply>(`/runs?flowId=${flowId}&version=2`)).runs).toEqual([]);
    expect((await api.get<RunsReply>(`/runs?flowId=${flowId}&search=%25`)).runs).toEqual([]);
    const id = found.runs[0]?.id ?? '';
    const { run, steps } = await api.get<RunReply>(`/runs/${id}`);
    expect(run).toMatchObject({ triggerKind: 'manual', journeyId, hasNewerVersion: false });
    expect(run.startedBy).toMatch(/^member:/);
    expect(steps.map(({ nodeId, status }) => [nodeId, status])).toEqual([
      ['trigger', 'done'],
      ['c', 'done'],
      ['hello', 'done'],
      ['w', 'pending'],
    ]);
    expect(steps[1]).toMatchObject({ outcome: 'yes', output: { rules: [{ holds: true }] } });
    expect(steps[2]).toMatchObject({ input: { subject: 'Hello' }, attempts: 1, tries: [] });
    const { workspaceId } = api.stack.identity;
    const seen = await api.stack.context.runs.get(workspaceId, id, 'viewer');
    expect(JSON.stringify(seen.steps)).not.toContain('"Hello"');
    expect(seen.steps[1]).toMatchObject({ output: { rules: [{ actual: maskedPersonal, holds: true }] } });
    expect(seen.steps[1]?.rules).toMatchObject([{ saw: '•••', holds: true }]);
    expect(JSON.stringify(seen.steps)).not.toContain(run.customerName);
  });

  test('are canceled in bulk after a preview, and cannot be retried when nothing failed', async () => {
    const bulk = { filter: { flowId }, action: { type: 'cancel' } };
    expect(await api.post('/runs/bulk/preview', bulk)).toEqual({ count: 1 });
    expect(await api.refusal('POST', '/runs/bulk', { ...bulk, expected: 2 })).toMatchObject({ status: 409 });
    const [run] = (await api.get<RunsReply>(`/runs?flowId=${flowId}`)).runs;
    const retry = { from: 'failed', version: 'same' };
    expect(await api.refusal('POST', `/runs/${run?.id}/retry`, retry)).toMatchObject({ status: 409 });
    expect(await api.post<BulkReply>('/runs/bulk', { ...bulk, expected: 1 })).toEqual({ done: 1, left: 0 });
    expect((await api.get<RunReply>(`/runs/${run?.id}`)).run).toMatchObject({ status: 'ended' });
    expect(await api.refusal('POST', `/runs/${randomUUID()}/cancel`)).toMatchObject({ status: 404 });
    expect(await api.get<AlertsReply>('/alerts')).toEqual({ alerts: [] });
    expect(await api.refusal('POST', `/alerts/${randomUUID()}/close`)).toMatchObject({ status: 404 });
  });
});

describe('why somebody did not get it', () => {
  let people: { id: string; contactId: string; connectionId: string }[] = [];
  const byHand = triggerOn({ on: 'manual' });

  beforeAll(async () => {
    people = await api.sql(
      `select j.id, j.contact_id as "contactId", j.connection_id as "connectionId" from customer_servicetitan_state j
       join contacts c on c.id = j.contact_id where c.email is not null and j.current_state <> 0 order by j.id limit 4`,
    );
  });

  async function addFlow(name: string, graph: FlowGraph): Promise<string> {
    const { context, identity } = api.stack;
    const flows = [{ templateKey: name, name, description: '', graph }];
    const { workspaceId } = identity;
    await installFlows(context.database, { workspaceId, flows, author: 'owner', now: context.clock.now() });
    const [flow] = await api.sql<{ id: string }>('select id from flows where template_key = $1', name);
    return flow?.id ?? '';
  }

  function person(at: number) {
    const found = people[at];
    if (!found) throw new Error('There are too few customers.');
    return found;
  }

  const startFor = (id: string, at: number) =>
    api.post(`/flows/${id}/start`, { journeyId: person(at).id, requestId: randomUUID() });
  const startedTwice = async (id: string, at: number) => {
    await api.stack.advance('PT1M');
    return await api.refusal('POST', `/flows/${id}/start`, {
      journeyId: person(at).id,
      requestId: randomUUID(),
    });
  };
  const why = (id: string, at: number) =>
    api.get<WhyReply>(`/flows/${id}/why?contactId=${person(at).contactId}`);

  test('a condition did not hold, and it takes everybody once', async () => {
    const rule = { field: 'contact.name', operator: 'equals', value: 'Nobody of this name' } as const;
    const graph = graphOf([byHand, condition('c', rule), mail('hello')], 'trigger > c', 'c yes> hello');
    const id = await addFlow('why_condition', withSettings(graph, { again: 'once' }));
    await startFor(id, 0);
    await api.stack.work();
    expect((await why(id, 0)).summary).toMatch(
      /ran to its end\. No e-mail was sent\. Customer: Name is Nobody of this name: no, it was .+\.$/,
    );
    expect(await startedTwice(id, 0)).toMatchObject({ status: 409 });
    expect((await why(id, 0)).summary).toMatch(
      /entered this flow before on .+, and it takes everybody once\./,
    );
  });

  test('a step could not be done: with what it failed for, which the list of errors counts', async () => {
    const hook = action('hook', 'chou_http_request', { url: 'http://127.0.0.1/' });
    const id = await addFlow('why_parked', chain(byHand, hook));
    await startFor(id, 0);
    await startFor(id, 1);
    await api.stack.work();
    const { summary } = await why(id, 0);
    expect(summary).toContain(
      'waits for somebody to see to it. “HTTP request”: 127.0.0.1:80 may not be called',
    );
    const { errors } = await api.get<RunErrorsReply>(`/runs/errors?flowId=${id}`);
    expect(errors).toEqual([{ error: expect.stringContaining('may not be called'), count: 2 }]);
    expect(await api.get<RunErrorsReply>(`/runs/errors?flowId=${flowId}`)).toEqual({ errors: [] });
    const query = new URLSearchParams({ flowId: id, error: errors[0]?.error ?? '' });
    expect((await api.get<RunsReply>(`/runs?${query.toString()}`)).runs).toHaveLength(2);
  });

  test('the customer did not agree, or was in it already', async () => {
    const id = await addFlow('why_not', chain(byHand, mail('hello', { class: 'marketing' }), wait('w', 30)));
    const { contactId } = person(1);
    await api.sql(`update contacts set do_not_mail = true where id = $1`, contactId);
    await startFor(id, 1);
    await api.stack.work();
    expect((await why(id, 1)).summary).toContain('"Hello" was not: The customer is marked "do not mail"');
    await startedTwice(id, 1);
    expect((await why(id, 1)).summary).toContain('was in this flow already');
  });

  test('the customer left the state', async () => {
    await api.stack.sandbox.story({ tenant: 'DFW', event: 'lead_received' });
    await api.stack.work();
    const [run] = await api.sql<{ flowId: string; contactId: string; id: string; connectionId: string }>(
      `select flow_id as "flowId", contact_id as "contactId", journey_id as id, connection_id as "connectionId" from flow_runs
       where trigger_kind = 'state_changed'`,
    );
    if (!run) throw new Error('The lead started nothing.');
    await api.stack.advance('PT1H');
    await api.stack.context.states.setState({
      journeyId: run.id,
      connectionId: run.connectionId,
      state: 0,
      reason: 'For the test',
      setBy: 'owner',
      source: 'manual',
    });
    const { summary } = await api.get<WhyReply>(`/flows/${run.flowId}/why?contactId=${run.contactId}`);
    expect(summary).toContain('ended early: the customer left the state that started it');
  });

  test('the flow is paused, or the tenant needs attention', async () => {
    const id = await addFlow('why_held', chain(byHand, wait('w', 1), mail('hello')));
    await startFor(id, 3);
    await api.stack.work();
    await api.post(`/flows/${id}/status`, { status: 'paused' });
    const { summary, notes } = await why(id, 3);
    expect(summary).toMatch(/still under way\. .*The flow is paused: nothing goes on while it is\.$/);
    expect(notes.join(' ')).not.toContain('paused');
    const { connectionId } = person(3);
    await api.sql(
      `update integration_connections set status = 'error', status_reason = 'Reconnect it.' where id = $1`,
      connectionId,
    );
    expect((await why(id, 3)).summary).toMatch(
      /needs attention, and nothing goes on for its customers: Reconnect it\.$/,
    );
    await api.sql(
      `update integration_connections set status = 'connected', status_reason = null where id = $1`,
      connectionId,
    );
  });
});
