import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowReply, FlowsReply, SaveDraftReply } from '#backend/schemas/api.ts';
import type {
  CheckpointsReply,
  PublishPreviewReply,
  VersionReply,
  VersionsReply,
} from '#backend/schemas/flowApi.ts';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { FlowApi } from './FlowApi.ts';

let api: FlowApi;
beforeAll(async () => {
  api = await FlowApi.open();
});
afterAll(() => api.close());

/** The draft with a mail of this subject behind its trigger. */
function withMail({ draft }: FlowReply, subject: string): DraftGraph {
  const [trigger] = draft.nodes;
  if (!trigger) throw new Error('A flow begins with a trigger.');
  const data = { subject, body: 'Hi!', class: 'transactional' };
  return {
    ...draft,
    nodes: [trigger, { id: 'mail', type: 'send_email', position: { x: 0, y: 130 }, data }],
    edges: [{ id: 'trigger-mail', source: 'trigger', target: 'mail' }],
  };
}

const subjectOf = (graph: DraftGraph) => graph.nodes.find(({ id }) => id === 'mail')?.data['subject'];

async function create(name: string): Promise<FlowReply> {
  return api.post<FlowReply>('/flows', { name });
}

async function save(flow: FlowReply, subject: string, draftRevision: number): Promise<SaveDraftReply> {
  const graph = withMail(flow, subject);
  return api.put<SaveDraftReply>(`/flows/${flow.flow.id}/draft`, { graph, draftRevision });
}

async function checkpointsOf(id: string) {
  return (await api.get<CheckpointsReply>(`/flows/${id}/checkpoints`)).checkpoints;
}

describe('a draft', () => {
  test('leaves a checkpoint behind at the first change, and then every ten minutes', async () => {
    const flow = await create('Edited for long');
    const { id } = flow.flow;
    await save(flow, 'One', 1);
    await save(flow, 'Two', 2);
    expect(await checkpointsOf(id)).toMatchObject([{ reason: 'editing', nodes: 1 }]);
    await api.stack.advance('PT11M');
    await save(flow, 'Three', 3);
    await save(flow, 'Four', 4);
    const [newest, first, ...more] = await checkpointsOf(id);
    expect(more).toEqual([]);
    expect(newest).toMatchObject({
      reason: 'editing',
      nodes: 2,
      author: expect.stringContaining('@demo.example'),
    });
    const restored = await api.post<FlowReply>(`/flows/${id}/restore`, {
      checkpointId: newest?.id,
      draftRevision: 5,
    });
    expect(subjectOf(restored.draft)).toBe('Two');
    expect(first?.reason).toBe('editing');
    expect((await checkpointsOf(id))[0]).toMatchObject({ reason: 'restore' });
  });

  test('that is restored as it is stays as it is, and leaves no checkpoint behind', async () => {
    const flow = await create('Restored twice');
    const { id } = flow.flow;
    await save(flow, 'One', 1);
    const [first] = await checkpointsOf(id);
    const restore = { checkpointId: first?.id };
    const back = await api.post<FlowReply>(`/flows/${id}/restore`, { ...restore, draftRevision: 2 });
    expect(back.draftRevision).toBe(3);
    const kept = await checkpointsOf(id);
    const again = await api.post<FlowReply>(`/flows/${id}/restore`, { ...restore, draftRevision: 3 });
    expect(again.draftRevision).toBe(3);
    expect(await checkpointsOf(id)).toEqual(kept);
    expect(await api.refusal('POST', `/flows/${id}/restore`, { ...restore, draftRevision: 2 })).toMatchObject(
      {
        status: 409,
      },
    );
  });

  test('that came with the workspace leaves a first checkpoint with the name of who made its version', async () => {
    const { flows } = await api.get<FlowsReply>('/flows');
    const id = flows.find(({ name }) => name === 'Email Followup')?.id ?? '';
    const flow = await api.get<FlowReply>(`/flows/${id}`);
    await save(flow, 'Mine', flow.draftRevision);
    expect(await checkpointsOf(id)).toMatchObject([{ reason: 'editing', author: flow.published?.author }]);
    expect(flow.published?.author).not.toBe('');
  });

  test('is refused when somebody else saved in between, and nothing is kept of it', async () => {
    const flow = await create('Two tabs');
    await save(flow, 'Mine', 1);
    const body = { graph: withMail(flow, 'Theirs'), draftRevision: 1 };
    expect(await api.refusal('PUT', `/flows/${flow.flow.id}/draft`, body)).toMatchObject({ status: 409 });
    const now = await api.get<FlowReply>(`/flows/${flow.flow.id}`);
    expect(subjectOf(now.draft)).toBe('Mine');
  });

  test('is saved by one of those who save at once', async () => {
    const flow = await create('Everybody at once');
    const subjects = ['One', 'Two', 'Three', 'Four', 'Five'];
    const outcomes = await Promise.allSettled(subjects.map((subject) => save(flow, subject, 1)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const now = await api.get<FlowReply>(`/flows/${flow.flow.id}`);
    expect(now.draftRevision).toBe(2);
  });

  test('keeps its newest 50 checkpoints', async () => {
    const flow = await create('Changed often');
    const { id } = flow.flow;
    let revision = 1;
    for (let number = 0; number < 53; number += 1) {
      await api.sql(
        `update flow_checkpoints set created_at = created_at - interval '11 minutes' where flow_id = $1`,
        id,
      );
      revision = (await save(flow, `Subject ${number}`, revision)).draftRevision;
    }
    expect(await checkpointsOf(id)).toHaveLength(50);
  });

  test('goes back to what is published when it is discarded, and can be had back', async () => {
    const flow = await create('Thrown away');
    const { id } = flow.flow;
    await save(flow, 'Published', 1);
    expect(await api.refusal('POST', `/flows/${id}/discard`, { draftRevision: 2 })).toMatchObject({
      status: 409,
      message: 'This flow was never published: there is nothing to go back to.',
    });
    await api.post(`/flows/${id}/publish`, { draftRevision: 2 });
    await save(flow, 'A better idea', 2);
    expect(await api.refusal('POST', `/flows/${id}/discard`, { draftRevision: 2 })).toMatchObject({
      status: 409,
    });
    const discarded = await api.post<FlowReply>(`/flows/${id}/discard`, { draftRevision: 3 });
    expect(subjectOf(discarded.draft)).toBe('Published');
    expect(discarded.flow.hasUnpublishedChanges).toBe(false);
    const [kept] = await checkpointsOf(id);
    expect(kept).toMatchObject({ reason: 'discard' });
    const back = await api.post<FlowReply>(`/flows/${id}/restore`, {
      checkpointId: kept?.id,
      draftRevision: 4,
    });
    expect(subjectOf(back.draft)).toBe('A better idea');
  });
});

describe('versions', () => {
  test('have author and note, can be compared, and come back into the draft', async () => {
    const flow = await create('Grown');
    const { id } = flow.flow;
    await save(flow, 'First', 1);
    await api.post(`/flows/${id}/publish`, { draftRevision: 2, note: 'How it began' });
    await save(flow, 'Second', 2);
    const published = await api.post<FlowReply>(`/flows/${id}/publish`, { note: 'Another subject' });
    expect(published.flow).toMatchObject({ status: 'live', versionNumber: 2, hasUnpublishedChanges: false });
    const { versions } = await api.get<VersionsReply>(`/flows/${id}/versions`);
    expect(versions).toMatchObject([
      { number: 2, note: 'Another subject', isPublished: true, activeRuns: 0 },
      { number: 1, note: 'How it began', isPublished: false, author: expect.stringContaining('@') },
    ]);
    const second = await api.get<VersionReply>(`/flows/${id}/versions/2`);
    expect(second.changes?.changed).toEqual([
      {
        nodeId: 'mail',
        type: 'send_email',
        fields: [{ field: 'data.subject', title: 'Subject', before: 'First', after: 'Second' }],
      },
    ]);
    const first = await api.get<VersionReply>(`/flows/${id}/versions/1`);
    expect(first).toMatchObject({ changes: null, toDraft: { isSame: false } });
    const restored = await api.post<FlowReply>(`/flows/${id}/restore`, {
      versionId: first.version.id,
      draftRevision: published.draftRevision,
    });
    expect(subjectOf(restored.draft)).toBe('First');
    expect(restored.published?.number).toBe(2);
    expect(await api.refusal('GET', `/flows/${id}/versions/7`)).toMatchObject({ status: 404 });
  });

  test('are not published while an error is listed, and are with advice', async () => {
    const flow = await create('Unfinished');
    const { id } = flow.flow;
    const refused = await api.refusal('POST', `/flows/${id}/publish`, {});
    expect(refused).toMatchObject({
      status: 400,
      message: 'This flow cannot be published yet. Mend what is listed.',
    });
    expect(refused.issues?.length).toBeGreaterThan(0);
    const graph = withMail(flow, 'Right away');
    const [trigger] = graph.nodes;
    if (trigger) trigger.data = { ...trigger.data, states: [2.5] };
    const saved = await api.put<SaveDraftReply>(`/flows/${id}/draft`, { graph, draftRevision: 1 });
    expect(saved.problems.map(({ severity }) => severity)).toEqual(['advice']);
    expect((await api.post<FlowReply>(`/flows/${id}/publish`)).flow.status).toBe('live');
  });
});

describe('people under way', () => {
  test('are counted by where they are, with where they would land', async () => {
    const flow = await create('Busy');
    const { id } = flow.flow;
    const graph = withMail(flow, 'Later');
    graph.nodes.splice(1, 0, {
      id: 'pause',
      type: 'wait',
      position: { x: 0, y: 60 },
      data: { amount: 3, unit: 'days' },
    });
    graph.edges = [
      { id: 'a', source: 'trigger', target: 'pause' },
      { id: 'b', source: 'pause', target: 'mail' },
    ];
    await api.put(`/flows/${id}/draft`, { graph, draftRevision: 1 });
    const published = await api.post<FlowReply>(`/flows/${id}/publish`);
    await api.stack.sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
    await api.stack.advance('PT1H');
    const preview = async () => api.post<PublishPreviewReply>(`/flows/${id}/publish/preview`);
    expect((await preview()).inFlight).toEqual({
      total: 1,
      lands: [
        { nodeId: 'pause', title: 'Wait 3 days', count: 1, to: { nodeId: 'pause', title: 'Wait 3 days' } },
      ],
    });
    await save(flow, 'At once', published.draftRevision);
    expect(await preview()).toMatchObject({
      problems: [],
      changes: { removed: [{ nodeId: 'pause', type: 'wait' }] },
      inFlight: { total: 1, lands: [{ nodeId: 'pause', to: { nodeId: 'mail', title: 'Send "At once"' } }] },
    });
    const activeByVersion = async () =>
      (await api.get<VersionsReply>(`/flows/${id}/versions`)).versions.map(({ number, activeRuns }) => [
        number,
        activeRuns,
      ]);
    await api.post<FlowReply>(`/flows/${id}/publish`, { inFlight: 'stay' });
    expect(await activeByVersion()).toEqual([
      [2, 0],
      [1, 1],
    ]);
    await api.post<FlowReply>(`/flows/${id}/publish`, { note: 'Take them along', inFlight: 'move' });
    expect(await activeByVersion()).toEqual([
      [3, 1],
      [2, 0],
      [1, 0],
    ]);
    await api.stack.work();
    expect((await api.stack.mails()).map(({ subject }) => subject)).toContain('At once');
  });
});

describe('a flow', () => {
  test('is archived off the list and comes back; a draft cannot go live', async () => {
    const flow = await create('Put away');
    const path = `/flows/${flow.flow.id}/status`;
    expect(await api.refusal('POST', path, { status: 'live' })).toMatchObject({ status: 409 });
    expect(await api.post(path, { status: 'archived' })).toMatchObject({ status: 'archived' });
    const idsOf = async (query: string) =>
      (await api.get<FlowsReply>(`/flows${query}`)).flows.map(({ id }) => id);
    expect(await idsOf('')).not.toContain(flow.flow.id);
    expect(await idsOf('?archived=true')).toContain(flow.flow.id);
    expect(await api.post(path, { status: 'paused' })).toMatchObject({ status: 'draft' });
    expect(await idsOf('')).toContain(flow.flow.id);
  });

  test('is duplicated as a draft of its own', async () => {
    const flow = await create('Twin');
    await save(flow, 'Same', 1);
    const twin = await api.post<FlowReply>(`/flows/${flow.flow.id}/duplicate`);
    expect(twin.flow).toMatchObject({ name: 'Copy of Twin', status: 'draft', versionNumber: null });
    expect(twin.flow.id).not.toBe(flow.flow.id);
    expect(subjectOf(twin.draft)).toBe('Same');
  });

  test('is looked at by viewers and changed by marketers only', async () => {
    const flow = await create('Not yours');
    const { id } = flow.flow;
    for (const path of ['publish', 'discard', 'restore', 'duplicate', 'status', 'try', 'publish/preview'])
      expect(await api.refusal('POST', `/flows/${id}/${path}`, {}, 'viewer')).toMatchObject({ status: 403 });
    const elsewhere = '00000000-0000-4000-8000-000000000000';
    for (const path of ['versions', 'checkpoints', 'export'])
      expect(await api.refusal('GET', `/flows/${elsewhere}/${path}`)).toMatchObject({ status: 404 });
  });
});
