import { describe, expect, test } from 'vitest';
import type { TryReply } from '#backend/schemas/flowApi.ts';
import { canvasEdges, canvasNodes } from '../../../../frontend/src/components/flow-builder/canvasNodes.ts';
import {
  makeCatalogue,
  type Integrations,
} from '../../../../frontend/src/components/flow-builder/catalogue.ts';
import { diffLines } from '../../../../frontend/src/components/flow-builder/diffLines.ts';
import { diffPicture, diffWords } from '../../../../frontend/src/components/flow-builder/diffWords.ts';
import { editDocument } from '../../../../frontend/src/components/flow-builder/editor/editDocument.ts';
import { makeNames, optionKindsIn } from '../../../../frontend/src/components/flow-builder/flowNames.ts';
import { noOverlay, viewNodes } from '../../../../frontend/src/components/flow-builder/nodeView.ts';
import { stepValuesBefore } from '../../../../frontend/src/components/flow-builder/stepValues.ts';
import { tryOverlay } from '../../../../frontend/src/components/flow-builder/try/tryOverlay.ts';
import { document, graph } from './editor/flows.ts';

const connection = {
  id: 'c1',
  name: 'SOCAL',
  environment: 'sandbox',
  tenantId: 1,
  timeZone: 'UTC',
  status: 'connected',
  statusReason: null,
  lastSyncAt: null,
  syncing: false,
  customers: 0,
  circuit: null,
} as const;
const integrations: Integrations = [
  {
    id: 'servicetitan',
    name: 'ServiceTitan',
    description: '',
    category: 'crm',
    needsConnection: true,
    credentialSchema: {},
    actions: [
      {
        id: 'servicetitan_get_customer',
        title: 'Get the customer',
        description: '',
        category: 'crm',
        effect: 'read',
        inputSchema: { type: 'object', properties: {} },
        outputs: [{ name: 'customer.name', title: 'Name', kind: 'text' }],
      },
    ],
    connections: [connection, { ...connection, id: 'c2', name: 'DFW', status: 'error' }],
  },
];
const catalogue = makeCatalogue(integrations);
const withAction = editDocument(document, {
  type: 'nodeAdded',
  node: { id: 'find', type: 'action', data: { actionId: 'servicetitan_get_customer', input: {} } },
  after: { nodeId: 'start', output: null },
}).graph;

function view(of: typeof graph, overlay = noOverlay) {
  return viewNodes({ graph: of, catalogue, names: makeNames(of, catalogue, {}), overlay });
}

describe('a node as it is drawn', () => {
  test('says what it will do, and what is not set up', () => {
    const views = new Map(view(graph).map((each) => [each.nodeId, each]));
    expect(views.get('mail')?.sentence).toBe('Send "Hello"');
    expect(views.get('ask')?.sentence).toBeNull();
    expect(views.get('ask')?.outputs).toEqual([
      { id: 'yes', title: 'Yes', isFree: false },
      { id: 'no', title: 'No', isFree: false },
    ]);
  });

  test('of ServiceTitan names its tenants and which of them needs attention', () => {
    const found = view(withAction).find(({ nodeId }) => nodeId === 'find');
    expect(found).toMatchObject({
      title: 'Get the customer',
      brand: 'servicetitan',
      connection: { words: 'ServiceTitan · DFW needs attention', isOk: false },
    });
  });

  test('of ServiceTitan speaks only of the tenants that the trigger is for', () => {
    const data = { on: 'lead_received', connectionIds: ['c1'], where: { match: 'all', groups: [] } };
    const only = editDocument(
      { name: '', graph: withAction },
      { type: 'valuesChanged', nodeId: 'start', field: 'on', values: data },
    ).graph;
    const found = view(only).find(({ nodeId }) => nodeId === 'find');
    expect(found?.connection).toEqual({ words: 'ServiceTitan · SOCAL', isOk: true });
    expect(optionKindsIn(only)).toEqual(['connections']);
  });

  test('shows problems and advice apart, and who waits', () => {
    const problem = { nodeId: 'mail', field: null, message: '' } as const;
    const problems = [
      { ...problem, severity: 'error' },
      { ...problem, severity: 'advice' },
    ] as const;
    const mail = view(graph, { ...noOverlay, problems, waiting: { mail: 3 } }).find(
      ({ nodeId }) => nodeId === 'mail',
    );
    expect(mail).toMatchObject({ errors: 1, advice: 1, waiting: 3 });
  });
});

test('what does not change is drawn by the very same node and connection', () => {
  const selected = new Set<string>();
  const nodes = canvasNodes({ graph, views: view(graph), selected }, []);
  const edges = canvasEdges({ graph, views: view(graph), selected }, [], new Set());
  const moved = editDocument(document, { type: 'moved', places: { mail: { x: 0, y: 900 } } }).graph;
  const after = canvasNodes({ graph: moved, views: view(moved), selected }, nodes);
  const changed = after.filter((node) => !nodes.includes(node)).map(({ id }) => id);
  expect(changed).toEqual(['mail']);
  expect(after.find(({ id }) => id === 'mail')?.data).toBe(nodes.find(({ id }) => id === 'mail')?.data);
  expect(canvasEdges({ graph: moved, views: view(moved), selected }, edges, new Set())).toEqual(edges);
  expect(edges.map(({ ariaLabel }) => ariaLabel)).toContain('From Condition by Yes to Send an e-mail');
});

test('a step knows what those before it will have come to', () => {
  const values = stepValuesBefore(withAction, 'mail', catalogue).map(({ name }) => name);
  expect(values).toEqual(['steps.find.customer.name', 'steps.ask.outcome']);
  expect(stepValuesBefore(withAction, 'find', catalogue)).toEqual([]);
});

test('two versions in one picture: what is new, gone and different', () => {
  const later = [
    { type: 'nodeAdded', node: { id: 'wait', type: 'wait', data: { amount: 1, unit: 'days' } } },
    { type: 'removed', ids: ['done'] },
    { type: 'titled', nodeId: 'mail', title: 'First mail' },
  ] as const;
  const after = later.reduce(editDocument, document).graph;
  const { graph: both, marks, dimEdges, diff } = diffPicture(graph, after);
  expect(Object.fromEntries(marks)).toEqual({ wait: 'added', done: 'removed', mail: 'changed' });
  expect(both.nodes.map(({ id }) => id).toSorted()).toEqual(['ask', 'done', 'mail', 'start', 'wait']);
  expect(dimEdges.size).toBe(1);
  expect(diffWords(diff)).toBe('1 step added, 1 step removed, 1 step changed.');
  expect(diffWords(diffPicture(graph, graph).diff)).toBe('Nothing changed.');
});

test('two versions field by field: from what to what, and in long texts the part that differs', () => {
  const long = 'Thank you for having us in your home today, it was a pleasure. '.repeat(3);
  const withBody = (body: string) =>
    editDocument(
      { name: '', graph: withAction },
      {
        type: 'valuesChanged',
        nodeId: 'mail',
        field: 'body',
        values: { subject: 'Hello', body, class: 'transactional' },
      },
    ).graph;
  const before = withBody(`${long}Call us. ${long}`);
  const after = withBody(`${long}Write to us. ${long}`);
  const rule = { field: 'job.total', operator: 'greater', value: 500 };
  const asked = { match: 'all', groups: [{ match: 'all', rules: [rule] }] };
  const changed = {
    ...after,
    nodes: after.nodes.map((node) => (node.id === 'ask' ? { ...node, data: { if: asked } } : node)),
    settings: { ...after.settings, again: 'once' as const },
  };
  const { graph: both, diff } = diffPicture(before, changed);
  const lines = diffLines(diff, { graph: both, catalogue, names: makeNames(both, catalogue, {}) });
  expect(lines).toEqual([
    {
      title: expect.stringContaining('Job: Total is above 500'),
      lines: [expect.stringContaining('nothing → Job: Total is above 500')],
    },
    {
      title: 'Send "Hello"',
      lines: [
        'Text: … it was a pleasure. Call us. Thank you for h… → … it was a pleasure. Write to us. Thank you for h…',
      ],
    },
    { title: 'Rules of the flow', lines: ['Who was in it before: each time → once'] },
  ]);
});

test('a tried passage lights up its way, step by step, and leaves the rest dim', () => {
  const step = { title: '', visit: 1, enteredAt: '', dueAt: null, at: '', sentence: '', decision: '' };
  const rest = { rules: [], notTaken: [], message: null, action: null, error: null };
  const reply: TryReply = {
    start: '',
    until: '',
    timeZone: 'UTC',
    customerName: '',
    remarks: [],
    happenings: [],
    status: 'done',
    ended: null,
    endedReason: null,
    steps: [
      { ...step, ...rest, nodeId: 'start', status: 'done', way: { id: null, title: '' } },
      { ...step, ...rest, nodeId: 'ask', status: 'done', way: { id: 'no', title: 'No' } },
      { ...step, ...rest, nodeId: 'done', status: 'done', way: null },
    ],
  };
  const whole = tryOverlay(graph, { reply, count: 3 });
  expect(Object.fromEntries(whole.overlay.marks)).toEqual({
    start: 'passed',
    ask: 'passed',
    done: 'passed',
    mail: 'notTaken',
  });
  expect([...whole.dimEdges]).toEqual(['b']);
  expect([...tryOverlay(graph, { reply, count: 1 }).overlay.steps.keys()]).toEqual(['start']);
});
