import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowReply, FlowsReply, SaveDraftReply } from '#backend/schemas/api.ts';
import type {
  EmailPreviewReply,
  GalleryReply,
  ImportPreviewReply,
  OptionsReply,
  TryReply,
  VariablesReply,
  WhyReply,
} from '#backend/schemas/flowApi.ts';
import type { FlowFile } from '#backend/schemas/flowFile.ts';
import type { EnrolmentReply } from '#backend/schemas/runApi.ts';
import { OptionService } from '#backend/services/OptionService.ts';
import { readTaskNames } from '#integrations/crm/servicetitan/taskNames.ts';
import { IntegrationError } from '#integrations/errors.ts';
import { FlowApi } from './FlowApi.ts';

let api: FlowApi;
beforeAll(async () => {
  api = await FlowApi.open({ customers: 60 });
  await api.stack.work();
  await api.stack.sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
  await api.stack.advance('PT1H');
});
afterAll(() => api.close());

async function flowNamed(name: string): Promise<string> {
  const { flows } = await api.get<FlowsReply>('/flows');
  return flows.find((flow) => flow.name === name)?.id ?? '';
}

async function journeyIn(state: number): Promise<{ id: string; contactId: string }> {
  const [row] = await api.sql<{ id: string; contactId: string }>(
    `select j.id, j.contact_id as "contactId" from customer_servicetitan_state j join contacts c on c.id = j.contact_id
     where j.current_state = $1 and c.email is not null order by j.state_changed_at desc, j.id limit 1`,
    state,
  );
  if (!row) throw new Error(`Nobody is in ${state}.`);
  return row;
}

describe('names', () => {
  test('of ServiceTitan come with their tenant, of all tenants or of one', async () => {
    const all = await api.get<OptionsReply>('/options/job_types');
    expect(new Set(all.options.map(({ connectionName }) => connectionName))).toEqual(
      new Set(['SOCAL', 'DFW']),
    );
    expect(all.readAt).not.toBeNull();
    const { id } = api.stack.connections.socal;
    const some = await api.get<OptionsReply>(`/options/job_types?connectionId=${id}`);
    expect(some.options.every(({ connectionName }) => connectionName === 'SOCAL')).toBe(true);
    expect(some.options.every((option) => typeof option.id === 'number')).toBe(true);
    for (const kind of ['business_units', 'tag_types', 'campaigns', 'technicians'])
      expect((await api.get<OptionsReply>(`/options/${kind}`)).options.length).toBeGreaterThan(0);
  });

  test('of the product’s own are connections, flows and members', async () => {
    const named = async (kind: string) =>
      (await api.get<OptionsReply>(`/options/${kind}`)).options.map(({ name }) => name);
    expect(await named('connections')).toEqual(['DFW', 'SOCAL']);
    expect(await named('flows')).toContain('Email Followup');
    expect(await named('members')).toContain('owner@demo.example');
    expect(await api.post('/options/employees/refresh')).toEqual({ started: 0 });
    expect(await api.refusal('POST', '/options/members/refresh', {})).toMatchObject({ status: 400 });
    expect(await api.refusal('GET', '/options/planets')).toMatchObject({ status: 400 });
  });

  test('that are not mirrored are asked of the tenants, and who does not answer is named', async () => {
    for (const kind of ['employees', 'task_types', 'task_sources']) {
      const asked = await api.get<OptionsReply>(`/options/${kind}`);
      expect(asked.unanswered).toEqual([]);
      expect(new Set(asked.options.map(({ connectionName }) => connectionName))).toEqual(
        new Set(['SOCAL', 'DFW']),
      );
      expect(asked.options.every(({ id, name }) => id === name)).toBe(true);
    }
    const { connections, database } = api.stack.context;
    let now = new Date('2026-11-20T12:00:00Z');
    const heard: string[] = [];
    const options = new OptionService({
      database,
      clock: { now: () => now },
      findAction: () => undefined,
      askNames: async (id, signal) => {
        heard.push(id);
        if (id === dfw.id)
          throw new IntegrationError('forbidden', 'ServiceTitan refused it: grant the permission for tasks.');
        return readTaskNames(await connections.clientOf(id, 'person'), signal);
      },
    });
    const { socal, dfw } = api.stack.connections;
    const some = await options.list(api.stack.identity.workspaceId, 'employees');
    expect(new Set(some.options.map(({ connectionName }) => connectionName))).toEqual(new Set(['SOCAL']));
    expect(some.unanswered).toEqual([
      { connectionName: 'DFW', message: 'ServiceTitan refused it: grant the permission for tasks.' },
    ]);
    // One answer is for all the lists of a form, until it is old or somebody wants it anew; no answer is none.
    const { workspaceId } = api.stack.identity;
    for (const kind of ['task_types', 'task_sources'] as const) await options.list(workspaceId, kind);
    const timesAsked = (id: string) => heard.filter((one) => one === id).length;
    expect([timesAsked(socal.id), timesAsked(dfw.id)]).toEqual([1, 3]);
    options.forget([socal.id]);
    await options.list(workspaceId, 'task_types', socal.id);
    expect(timesAsked(socal.id)).toBe(2);
    now = new Date('2026-11-20T12:01:00Z');
    await options.list(workspaceId, 'task_types', socal.id);
    expect(timesAsked(socal.id)).toBe(3);
  });

  test('are not asked of the tenants for those who only look', async () => {
    expect(await api.refusal('GET', '/options/employees', undefined, 'viewer')).toMatchObject({
      status: 403,
      message: expect.stringContaining('marketer'),
    });
    expect(await api.status('/options/job_types', 'viewer')).toBe(200);
  });

  test('are read anew when somebody asks', async () => {
    const before = await api.get<OptionsReply>('/options/job_types');
    await api.stack.advance('PT1H');
    expect(await api.post('/options/job_types/refresh')).toEqual({ started: 2 });
    await api.stack.worker.requests.idle();
    const after = await api.get<OptionsReply>('/options/job_types');
    expect(Date.parse(after.readAt ?? '')).toBeGreaterThan(Date.parse(before.readAt ?? ''));
  });
});

describe('variables', () => {
  test('have titles, and the values of a chosen customer', async () => {
    const bare = await api.get<VariablesReply>('/flows/variables');
    expect(bare.customerName).toBeNull();
    expect(bare.variables.every(({ value }) => value === null)).toBe(true);
    const { id } = await journeyIn(1);
    const live = await api.get<VariablesReply>(`/flows/variables?journeyId=${id}`);
    const valueOf = (name: string) =>
      [...live.variables, ...live.facts].find((variable) => variable.name === name)?.value;
    expect(valueOf('customer.name')).toBe(live.customerName);
    expect(valueOf('workspace.name')).toBe('Demo Home Services');
    expect(valueOf('journey.state')).toBe('Lead');
    expect(live.variables.map(({ name }) => name)).toEqual(bare.variables.map(({ name }) => name));
    expect(
      await api.refusal('GET', '/flows/variables?journeyId=00000000-0000-4000-8000-000000000000'),
    ).toMatchObject({
      status: 404,
    });
  });
});

describe('somebody who has no opportunity yet', () => {
  test('is known by name, kind and place, and can be led through a flow', async () => {
    const [contact] = await api.sql<{ id: string; name: string; email: string | null }>(
      `select c.id, c.name, c.email from contacts c where c.source_type = 'customer' and c.email is not null
         and not exists (select 1 from customer_servicetitan_state j where j.contact_id = c.id) order by c.id limit 1`,
    );
    const live = await api.get<VariablesReply>(`/flows/variables?journeyId=${contact?.id}`);
    const valueOf = (name: string) =>
      [...live.variables, ...live.facts].find((variable) => variable.name === name)?.value;
    expect(live.customerName).toBe(contact?.name);
    expect(valueOf('customer.email')).toBe(contact?.email);
    expect(valueOf('journey.state')).toBe('Contact');
    expect(valueOf('customer.city')).not.toBeNull();
    expect(valueOf('job.jobNumber')).toBeNull();
    const id = await flowNamed('Email Followup');
    const told = await api.post<TryReply>(`/flows/${id}/try`, { journeyId: contact?.id });
    expect(told).toMatchObject({ customerName: contact?.name, status: 'done' });
    expect(told.steps.flatMap(({ message }) => message ?? [])[0]).toMatchObject({ to: contact?.email });
    const elsewhere = '00000000-0000-4000-8000-000000000000';
    expect(await api.refusal('POST', `/flows/${id}/try`, { journeyId: elsewhere })).toMatchObject({
      status: 404,
    });
  });
});

describe('an e-mail while it is written', () => {
  const preview = async (email: object) => {
    const id = await flowNamed('Email Followup');
    const { id: journeyId } = await journeyIn(1);
    return api.post<EmailPreviewReply>(`/flows/${id}/email-preview`, { journeyId, ...email });
  };

  test('is shown as it would reach a customer, with what stays empty', async () => {
    const shown = await preview({
      subject: 'Hi {{ customer.firstName }}',
      body: 'From {{ workspace.name }} <script>alert(1)</script>, job {{ job.jobNumber }}.',
      class: 'marketing',
    });
    expect(shown.problems).toEqual([]);
    expect(shown.message).toMatchObject({ subject: expect.stringMatching(/^Hi \S/), refused: null });
    expect(shown.message?.text).toContain('From Demo Home Services');
    expect(shown.message?.text).toContain('Unsubscribe:');
    expect(shown.message?.html).not.toContain('<script>');
    expect(shown.empty).toEqual([{ name: 'job.jobNumber', title: 'Job: Job number' }]);
  });

  test('names what is wrong with it, and shows what can be shown', async () => {
    const unknown = await preview({ subject: '', body: 'Hi {{ customer.fristName }}' });
    expect(unknown.problems).toEqual([
      { field: 'subject', message: 'Subject: nothing is entered yet.' },
      { field: 'body', message: 'There is no {{ customer.fristName }}.' },
    ]);
    expect(unknown.message?.subject).toBe('(no subject yet)');
    const broken = await preview({ subject: 'Hi', body: 'Hi {{ customer.name' });
    expect(broken.message).toBeNull();
    expect(broken.problems).toEqual([
      { field: 'body', message: expect.stringContaining('This template cannot be read') },
    ]);
    const empty = await preview({ subject: '{{ job.jobNumber }}', body: 'Hi' });
    expect(empty.problems).toEqual([
      { field: 'subject', message: 'The subject of the e-mail came out empty.' },
    ]);
  });
});

describe('trying out', () => {
  test('shows what a real customer would get, and writes nothing', async () => {
    const id = await flowNamed('Email Followup');
    const { id: journeyId } = await journeyIn(1);
    const counts = () =>
      api.sql(`select (select count(*)::int from flow_runs) as runs, (select count(*)::int from messages) as messages,
        (select count(*)::int from flow_steps) as steps, (select count(*)::int from state_overrides) as overrides`);
    const before = await counts();
    const told = await api.post<TryReply>(`/flows/${id}/try`, { journeyId });
    expect(told).toMatchObject({ status: 'done', ended: 'The flow is done.' });
    const mails = told.steps.flatMap(({ message }) => message ?? []);
    expect(mails).toHaveLength(4);
    expect(mails[0]).toMatchObject({
      subject: 'Thanks for reaching out to Demo Home Services',
      refused: null,
    });
    expect(mails[0]?.html).toContain('<');
    const booked = await api.post<TryReply>(`/flows/${id}/try`, {
      journeyId,
      future: [{ type: 'state_entered', afterHours: 72, state: 2 }],
    });
    expect(booked).toMatchObject({ status: 'ended', endedReason: 'left_state' });
    expect(booked.steps.flatMap(({ message }) => message ?? [])).toHaveLength(2);
    expect(await counts()).toEqual(before);
  });

  test('shows what an action would be asked for, and secrets to nobody', async () => {
    const flow = await api.post<FlowReply>('/flows', { name: 'Tells another system' });
    const [trigger] = flow.draft.nodes;
    const input = {
      url: 'https://example.com/hook',
      body: 'name: {{ customer.name }}',
      secretHeader: 'X-Api-Key',
      secretValue: 'open sesame',
    };
    const call = {
      id: 'call',
      type: 'action',
      position: { x: 0, y: 130 },
      data: { actionId: 'chou_http_request', input },
    };
    const graph = {
      ...flow.draft,
      nodes: [trigger, call],
      edges: [{ id: 'a', source: 'trigger', target: 'call' }],
    };
    const path = `/flows/${flow.flow.id}`;
    await api.put(`${path}/draft`, { graph, draftRevision: 1 });
    expect(JSON.stringify(await api.get(path))).not.toContain('open sesame');
    const { id: journeyId } = await journeyIn(1);
    const told = await api.post<TryReply>(`${path}/try`, { journeyId });
    const { action } = told.steps.find(({ nodeId }) => nodeId === 'call') ?? {};
    expect(action?.input).toMatchObject({ body: `name: ${told.customerName}`, secretValue: '••• secret' });
    const file = await api.get<FlowFile>(`${path}/export`);
    expect(file.leftOut).toEqual([{ nodeId: 'call', field: 'input.secretValue' }]);
    expect(JSON.stringify(file)).not.toMatch(/open sesame|sealed/);
  });

  test('names the steps of a draft that are not finished', async () => {
    const { id: journeyId } = await journeyIn(1);
    const flow = await api.post<FlowReply>('/flows', { name: 'Half' });
    const graph = {
      ...flow.draft,
      nodes: [...flow.draft.nodes, { id: 'mail', type: 'send_email', position: { x: 0, y: 0 }, data: {} }],
    };
    const refused = await api.refusal('POST', `/flows/${flow.flow.id}/try`, { graph, journeyId });
    expect(refused).toMatchObject({
      status: 400,
      message: 'Finish the steps that are listed, then try it out.',
    });
    expect(refused.issues?.[0]?.field).toContain('mail.data');
  });
});

describe('what only some tenants have', () => {
  test('is advised against, by step, field and tenant; what each of them has is not', async () => {
    const { options } = await api.get<OptionsReply>('/options/job_types');
    const [everywhere] = options;
    await api.sql(
      `insert into servicetitan_records (connection_id, workspace_id, resource, record_id, modified_on, active, data, read_at, first_read_at)
       select connection_id, workspace_id, resource, 4242, modified_on, true, '{"name": "Duct survey"}', read_at, first_read_at
       from servicetitan_records where connection_id = $1 and resource = 'job_types' limit 1`,
      api.stack.connections.socal.id,
    );
    const flow = await api.post<FlowReply>('/flows', { name: 'Of one tenant' });
    let { draftRevision } = flow;
    const problemsOf = async (values: unknown[], tenants: string[] = [], tagTypeId: number | null = null) => {
      const rule = { field: 'job.type', operator: 'one_of', values };
      const where = { match: 'all', groups: [{ match: 'all', rules: [rule] }] };
      const data = { on: 'state_changed', states: [1], connectionIds: tenants, where };
      const trigger = { id: 'trigger', type: 'trigger', position: { x: 0, y: 0 }, data };
      const input = { tagTypeId: tagTypeId ?? undefined };
      const tag = { actionId: 'servicetitan_add_tag', input };
      const mail = { subject: 'Hello', body: 'Hi', class: 'transactional' };
      const position = { x: 0, y: 130 };
      const step =
        tagTypeId === null
          ? { id: 'step', type: 'send_email', position, data: mail }
          : { id: 'step', type: 'action', position, data: tag };
      const graph = {
        ...flow.draft,
        nodes: [trigger, step],
        edges: [{ id: 'a', source: 'trigger', target: 'step' }],
      };
      const saved = await api.put<SaveDraftReply>(`/flows/${flow.flow.id}/draft`, { graph, draftRevision });
      ({ draftRevision } = saved);
      return saved.problems;
    };
    const advice = { nodeId: 'trigger', field: 'where', severity: 'advice' };
    const remedy = 'Choose what is used there as well, or the tenants that the flow is for.';
    expect(await problemsOf([everywhere?.id])).toEqual([]);
    expect(await problemsOf([4242])).toEqual([
      { ...advice, message: `The job type "Duct survey" does not exist in DFW. ${remedy}` },
    ]);
    expect(await problemsOf([4242, 4243])).toEqual([
      { ...advice, message: `None of the job types "Duct survey", "4243" exists in DFW. ${remedy}` },
    ]);
    expect(await problemsOf([4242, everywhere?.id])).toEqual([]);
    expect(await problemsOf([4242], [api.stack.connections.socal.id])).toEqual([]);
    expect(await problemsOf([everywhere?.id], [], 987_654_321)).toEqual([
      {
        nodeId: 'step',
        field: 'input.tagTypeId',
        severity: 'advice',
        message: 'The tag "987654321" does not exist in DFW and SOCAL. Choose another.',
      },
    ]);
    const gone = '00000000-0000-4000-8000-000000000000';
    expect(await problemsOf([everywhere?.id], [api.stack.connections.socal.id, gone])).toMatchObject([
      { nodeId: 'trigger', field: 'connectionIds', message: 'A chosen tenant is gone. Choose anew.' },
    ]);
    expect((await api.post<FlowReply>(`/flows/${flow.flow.id}/publish`)).flow.status).toBe('live');
  });
});

describe('files', () => {
  test('leave one flow and become another, with what is missing listed and mapped', async () => {
    const installed = await api.post<FlowReply>('/flows/gallery/membership_renewal/install', {
      mapping: { 'tag_types:member': 123456 },
    });
    const file = await api.get<FlowFile>(`/flows/${installed.flow.id}/export`);
    expect(file).toMatchObject({ format: 'chou-flow', formatVersion: 1, name: 'Membership Renewal' });
    const { options } = await api.get<OptionsReply>('/options/tag_types');
    const [tag] = options;
    const named = {
      ...file,
      references: file.references.map((reference) => ({ ...reference, name: tag?.name ?? '' })),
    };
    const preview = await api.post<ImportPreviewReply>('/flows/import/preview', { file: named });
    expect(preview.missing).toMatchObject([
      { kind: 'tag_types', id: 123456, key: 'tag_types:123456', usedBy: ['trigger'] },
    ]);
    expect(preview.problems).toEqual([]);
    const same = await api.post<FlowReply>('/flows/import', { file });
    expect(same.problems).toMatchObject([{ nodeId: 'trigger', field: 'where', severity: 'advice' }]);
    expect(same.draft).toEqual(installed.draft);
    expect(same.flow.id).not.toBe(installed.flow.id);
    const mapped = await api.post<FlowReply>('/flows/import', {
      file,
      mapping: { 'tag_types:123456': tag?.id },
    });
    expect(JSON.stringify(mapped.draft)).not.toContain('123456');
  });

  test('of anybody else are checked like any input', async () => {
    const refused = await api.refusal('POST', '/flows/import/preview', { file: { format: 'n8n' } });
    expect(refused).toMatchObject({ status: 400, issues: [{ field: 'file.format' }] });
    const big = { file: { format: 'chou-flow', name: 'x'.repeat(1_100_000) } };
    expect(await api.refusal('POST', '/flows/import', big)).toMatchObject({ status: 413 });
    expect(await api.refusal('POST', '/flows/import', { file: {} }, 'viewer')).toMatchObject({ status: 403 });
  });
});

describe('the gallery', () => {
  test('says what each flow does, needs, and would do now', async () => {
    const { flows } = await api.get<GalleryReply>('/flows/gallery');
    const card = (key: string) => flows.find((flow) => flow.key === key);
    expect(card('email_followup')).toMatchObject({
      installed: { status: 'live' },
      enrolment: { isExact: expect.any(Boolean) },
      example: { name: 'Nobody books' },
    });
    expect(card('email_followup')?.sentences[0]).toBe('When a customer enters "Lead"');
    expect(card('review_request')?.needs.find(({ title }) => title === 'Review link')).toMatchObject({
      met: true,
    });
    expect(card('membership_renewal')?.needs.find(({ kind }) => kind === 'tag_types')).toMatchObject({
      title: 'Member',
    });
    expect(card('lead')).toBeUndefined();
    const needs = flows.flatMap((flow) => flow.needs);
    expect(needs.filter(({ title, help }) => /tn\.|:[rw]\b/.test(`${title} ${help}`))).toEqual([]);
    expect(card('no_show_rescue')?.needs).toContainEqual({
      kind: 'permission',
      title: 'Reading appointments',
      help: expect.stringContaining('ServiceTitan'),
      met: true,
    });
    const [standing] = await api.sql<{ people: number }>(
      `select count(*)::int as people from customer_servicetitan_state where current_state = 6`,
    );
    expect(card('maintenance_reminder')?.enrolment).toEqual({ count: standing?.people, isExact: true });
    // Who has to be asked one by one.
    const [large] = await api.sql<{ people: number }>(
      `select count(distinct (connection_id, servicetitan_customer_id))::int as people from customer_servicetitan_state
       where current_state = 3 and open_total > 10000`,
    );
    expect(card('large_estimate')?.enrolment).toEqual({ count: large?.people, isExact: true });
    expect(card('speed_to_lead')?.enrolment).toBeNull();
    // Nothing here is called so: whom it is for is not known before that is chosen.
    expect(card('membership_renewal')?.enrolment).toBeNull();
  });

  test('counts for a card what its flow counts for its draft, and then for what is published', async () => {
    const { flows } = await api.get<GalleryReply>('/flows/gallery');
    for (const key of ['maintenance_reminder', 'large_estimate']) {
      const promised = flows.find((flow) => flow.key === key)?.enrolment;
      const installed = await api.post<FlowReply>(`/flows/gallery/${key}/install`);
      const path = `/flows/${installed.flow.id}`;
      expect(promised?.count).toBeGreaterThan(0);
      expect(await api.get<EnrolmentReply>(`${path}/enrolment?of=draft`)).toEqual(promised);
      expect(await api.get<EnrolmentReply>(`${path}/enrolment`)).toEqual({ count: null, isExact: true });
      await api.post(`${path}/publish`);
      expect(await api.get<EnrolmentReply>(`${path}/enrolment`)).toEqual(promised);
      const requestId = randomUUID();
      const expected = promised?.count ?? 0;
      const wrong = await api.refusal('POST', `${path}/enrol`, { requestId, expected: expected + 1 });
      expect(wrong).toMatchObject({
        status: 409,
        message: expect.stringContaining(`It would be ${expected} now`),
      });
      await api.post(`${path}/enrol`, { requestId, expected });
      // They begin one by one within some minutes.
      await api.stack.advance('PT20M');
      const [runs] = await api.sql<{ entered: number }>(
        `select count(*)::int as entered from flow_runs where flow_id = $1 and ended_reason is distinct from 'not_matched'`,
        installed.flow.id,
      );
      expect(runs?.entered).toBe(expected);
      expect(await api.get<EnrolmentReply>(`${path}/enrolment`)).toEqual({ count: 0, isExact: true });
    }
    const elsewhere = '00000000-0000-4000-8000-000000000000';
    expect(await api.refusal('GET', `/flows/${elsewhere}/enrolment`)).toMatchObject({ status: 404 });
  });

  test('installs a flow as a draft of its own', async () => {
    const installed = await api.post<FlowReply>('/flows/gallery/win_back/install');
    expect(installed.flow).toMatchObject({ name: 'Win-Back', status: 'draft' });
    expect(installed.problems).toEqual([]);
    const again = await api.post<FlowReply>('/flows/gallery/win_back/install');
    expect(again.flow.id).not.toBe(installed.flow.id);
    expect(await api.refusal('POST', '/flows/gallery/nothing/install')).toMatchObject({ status: 404 });
    // What it names and nothing here is called has to be chosen before it is published.
    const named = await api.post<FlowReply>('/flows/gallery/membership_renewal/install');
    expect(named.problems).toMatchObject([
      { nodeId: 'trigger', field: 'where', severity: 'error' },
      { nodeId: 'trigger', field: 'where', severity: 'error' },
    ]);
  });
});

describe('why', () => {
  test('somebody got it: with the run, its steps and its messages', async () => {
    const id = await flowNamed('Email Followup');
    const [run] = await api.sql<{ contactId: string }>(
      `select contact_id as "contactId" from flow_runs where flow_id = $1 order by started_at desc limit 1`,
      id,
    );
    const why = await api.get<WhyReply>(`/flows/${id}/why?contactId=${run?.contactId}`);
    const [entry] = why.entries;
    expect(entry).toMatchObject({ started: true, occasion: 'Entered "Lead"', run: { versionNumber: 1 } });
    expect(why.summary).toContain('It started on');
    expect(why.summary).toContain('e-mail');
    expect(entry?.run?.steps.map(({ words }) => words)[0]).toBe('The flow begins.');
    const message = entry?.run?.steps.flatMap((step) => step.message ?? [])[0];
    expect(message).toMatchObject({ status: 'sent', because: expect.stringContaining('It was sent on') });
  });

  test('somebody did not: history, or never in the state', async () => {
    const followup = await flowNamed('Install Job Done');
    const { contactId } = await journeyIn(6);
    const history = await api.get<WhyReply>(`/flows/${followup}/why?contactId=${contactId}`);
    expect(history.entries[0]).toMatchObject({ started: false });
    expect(history.summary).toContain('History mails nobody.');
    const lead = await journeyIn(1);
    const never = await api.get<WhyReply>(`/flows/${followup}/why?contactId=${lead.contactId}`);
    expect(never.entries).toEqual([]);
    expect(never.summary).toContain('never entered "Install complete"');
    expect(
      await api.refusal('GET', `/flows/${followup}/why?contactId=00000000-0000-4000-8000-000000000000`),
    ).toMatchObject({ status: 404 });
  });

  test('somebody did not match what it asks for: with the rule, and what it saw', async () => {
    const flow = await api.post<FlowReply>('/flows', { name: 'Only for the big ones' });
    const [trigger] = flow.draft.nodes;
    const rules = [{ field: 'estimate.openTotal', operator: 'greater', value: 5_000_000 }];
    const where = { match: 'all', groups: [{ match: 'all', rules }] };
    const mail = { subject: 'Hello', body: 'Hi', class: 'transactional' };
    const graph = {
      ...flow.draft,
      nodes: [
        { ...trigger, data: { on: 'state_changed', states: [1], connectionIds: [], where } },
        { id: 'mail', type: 'send_email', position: { x: 0, y: 130 }, data: mail },
      ],
      edges: [{ id: 'a', source: 'trigger', target: 'mail' }],
    };
    const { id } = flow.flow;
    await api.put(`/flows/${id}/draft`, { graph, draftRevision: 1 });
    await api.post(`/flows/${id}/publish`);
    await api.stack.sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
    await api.stack.advance('PT1H');
    const [run] = await api.sql<{ contactId: string }>(
      `select contact_id as "contactId" from flow_runs where flow_id = $1`,
      id,
    );
    const why = await api.get<WhyReply>(`/flows/${id}/why?contactId=${run?.contactId}`);
    expect(why.entries[0]?.run).toMatchObject({
      status: 'ended',
      steps: [
        {
          words: 'The flow does not begin: what it asks for does not hold.',
          rules: [{ words: 'Estimates: Total of the open ones is above 5000000', holds: false }],
        },
      ],
    });
    expect(why.summary).toContain('what it asks for at the start did not hold');
    expect(why.summary).toMatch(/is above 5000000: no, it was \$[\d,.]+\./);
  });

  test('of a flow that sends nothing says nothing about e-mails', async () => {
    const flow = await api.post<FlowReply>('/flows', { name: 'Only waits' });
    const [trigger] = flow.draft.nodes;
    const pause = { id: 'w', type: 'wait', position: { x: 0, y: 130 }, data: { amount: 1, unit: 'days' } };
    const edges = [{ id: 'a', source: 'trigger', target: 'w' }];
    const graph = { ...flow.draft, nodes: [{ ...trigger, data: { on: 'manual' } }, pause], edges };
    const path = `/flows/${flow.flow.id}`;
    await api.put(`${path}/draft`, { graph, draftRevision: 1 });
    await api.post(`${path}/publish`);
    const { id: journeyId, contactId } = await journeyIn(1);
    await api.post(`${path}/start`, { journeyId, requestId: randomUUID() });
    const why = await api.get<WhyReply>(`${path}/why?contactId=${contactId}`);
    expect(why.summary).toContain('It started on');
    expect(why.summary).not.toContain('e-mail');
  });

  test('nobody can: it was never published', async () => {
    const flow = await api.post<FlowReply>('/flows', { name: 'Only a draft' });
    const { contactId } = await journeyIn(1);
    const why = await api.get<WhyReply>(`/flows/${flow.flow.id}/why?contactId=${contactId}`);
    expect(why).toMatchObject({
      entries: [],
      summary: 'This flow was never published: it starts for nobody.',
    });
  });
});
