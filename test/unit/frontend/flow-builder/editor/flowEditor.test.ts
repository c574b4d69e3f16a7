import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftGraph } from '#backend/schemas/flow.ts';
import { nodeDefinitions, type NodeType } from '#backend/schemas/nodes/nodeDefinitions.ts';
import { clipOf, newIdsFor } from '../../../../../frontend/src/components/flow-builder/editor/clipboard.ts';
import {
  editDocument,
  type Edit,
} from '../../../../../frontend/src/components/flow-builder/editor/editDocument.ts';
import {
  outputOf,
  outputsOf,
  reachedFrom,
  type FlowDocument,
  type OutputRef,
} from '../../../../../frontend/src/components/flow-builder/editor/flowDocument.ts';
import {
  openEditor,
  runEditor,
  type EditorEvent,
  type EditorState,
} from '../../../../../frontend/src/components/flow-builder/editor/flowEditor.ts';
import { pasteOffset } from '../../../../../frontend/src/components/flow-builder/editor/pasteOffset.ts';
import { listSteps } from '../../../../../frontend/src/components/flow-builder/editor/orderSteps.ts';
import { document, graph, linksOf } from './flows.ts';

function play(...events: EditorEvent[]): EditorState {
  return events.reduce(runEditor, openEditor(document));
}

function typed(subject: string): EditorEvent {
  return { type: 'valuesChanged', nodeId: 'mail', field: 'subject', values: { subject } };
}

test('undo takes back a removed step with its connections, redo removes it again', () => {
  const removed = play({ type: 'removed', ids: ['ask'] });
  expect(linksOf(removed.document.graph)).toEqual([]);
  const undone = runEditor(removed, { type: 'undone' });
  expect(undone.document).toBe(document);
  expect(runEditor(undone, { type: 'redone' }).document).toBe(removed.document);
});

test('letters typed into one field are undone together, another field separately', () => {
  const state = play(typed('H'), typed('He'), typed('Hello'), {
    type: 'valuesChanged',
    nodeId: 'mail',
    field: 'body',
    values: { subject: 'Hello', body: 'x' },
  });
  expect(state.past).toHaveLength(2);
  expect(runEditor(state, { type: 'undone' }).document.graph.nodes[2]?.data).toEqual({ subject: 'Hello' });
});

test('what is typed after a pause is another edit', () => {
  expect(play(typed('H'), { type: 'paused' }, typed('He')).past).toHaveLength(2);
});

test('selecting is no edit, and a removed step is no longer selected', () => {
  const state = play({ type: 'selected', ids: ['mail', 'done'] }, { type: 'removed', ids: ['mail'] });
  expect(state.past).toHaveLength(1);
  expect([...state.selected]).toEqual(['done']);
  expect([...runEditor(state, { type: 'undone' }).selected]).toEqual(['mail', 'done']);
});

test('an edit after undo forgets what could be redone', () => {
  expect(play(typed('Hello'), { type: 'undone' }, typed('Bye')).future).toHaveLength(0);
});

test('an edit that changes nothing leaves nothing to undo', () => {
  const state = play(
    { type: 'connected', from: { nodeId: 'mail', output: null }, target: 'start' },
    { type: 'moved', places: { mail: { x: -150, y: 320 } } },
    { type: 'titled', nodeId: 'mail', title: '' },
    { type: 'renamed', name: 'Followup' },
  );
  expect(state.past).toHaveLength(0);
});

test('a share that is taken out of a split takes its connection along, and undo gives both back', () => {
  const shares = [
    { id: 'a', title: 'A', percent: 50 },
    { id: 'b', title: 'B', percent: 50 },
  ];
  const split: EditorEvent = {
    type: 'nodeAdded',
    node: { id: 'split', type: 'split', data: { shares } },
    after: { nodeId: 'mail', output: null },
  };
  const joined = play(split, { type: 'connected', from: { nodeId: 'split', output: 'b' }, target: 'done' });
  expect(linksOf(joined.document.graph)).toContain('split b done');
  const one = runEditor(joined, {
    type: 'valuesChanged',
    nodeId: 'split',
    field: 'shares',
    values: { shares: shares.slice(0, 1) },
  });
  expect(linksOf(one.document.graph)).not.toContain('split b done');
  expect(linksOf(runEditor(one, { type: 'undone' }).document.graph)).toContain('split b done');
});

test('what is usual for the trigger follows it, until somebody chose otherwise', () => {
  const starts = (values: Record<string, unknown>): EditorEvent => {
    return { type: 'valuesChanged', nodeId: 'start', field: 'on', values };
  };
  const where = { match: 'all', groups: [] };
  const appointment = {
    on: 'appointment',
    hours: 24,
    direction: 'before',
    states: [],
    connectionIds: [],
    where,
  };
  const lead = { on: 'lead_received', connectionIds: [], where };
  const chosen: EditorEvent = {
    type: 'settingsChanged',
    field: 'oneFor',
    settings: { ...graph.settings, oneFor: 'customer' },
  };
  const oneFor = (...events: EditorEvent[]) => play(...events).document.graph.settings.oneFor;
  expect(oneFor(starts(lead))).toBe('customer');
  expect(oneFor(starts(appointment))).toBe('journey');
  expect(oneFor(starts({ on: 'state_changed', states: [2, 5], connectionIds: [], where }))).toBe('journey');
  expect(oneFor(starts(appointment), starts(lead))).toBe('customer');
  expect(oneFor(starts(appointment), chosen, starts({ ...appointment, hours: 2 }))).toBe('customer');
  expect(oneFor(starts(appointment), { type: 'undone' })).toBe('customer');
});

test('what is pasted comes into sight, and never lies on what stands there', () => {
  const clip = clipOf(graph, new Set(['ask', 'mail']));
  if (!clip) throw new Error('Two steps can be copied.');
  const first = pasteOffset(graph, clip, null);
  expect(first).toEqual({ x: 40, y: 60 });
  const once = editDocument(document, {
    type: 'pasted',
    clip,
    ids: newIdsFor(clip, (stem) => `${stem}_1`),
    by: first,
  });
  expect(pasteOffset(once.graph, clip, null)).toEqual({ x: 80, y: 120 });
  const seen = { left: 5000, top: 5000, right: 6000, bottom: 5600 };
  const by = pasteOffset(graph, clip, seen);
  for (const { position } of clip.nodes) {
    expect(position.x + by.x).toBeGreaterThan(seen.left);
    expect(position.y + by.y).toBeGreaterThan(seen.top);
    expect(position.y + by.y).toBeLessThan(seen.bottom);
  }
});

/** A dice throw, from which an edit that fits the document at that moment is made. */
const dice = fc.record({ kind: fc.nat(14), a: fc.nat(1000), b: fc.nat(1000), c: fc.nat(1000) });
const types = Object.keys(nodeDefinitions).filter((type): type is NodeType => type !== 'trigger');

function pick<Thing>(things: readonly Thing[], index: number): Thing | undefined {
  return things[index % Math.max(things.length, 1)];
}

function editFrom(
  { kind, a, b, c }: { kind: number; a: number; b: number; c: number },
  doc: FlowDocument,
  turn: number,
): Edit {
  const { nodes, edges, notes } = doc.graph;
  const node = pick(nodes, a)?.id ?? '';
  const other = pick(nodes, b)?.id ?? '';
  const outs = nodes.flatMap((each): OutputRef[] =>
    outputsOf(each).map(({ id }) => ({ nodeId: each.id, output: id })),
  );
  const out = pick(outs, c) ?? { nodeId: node, output: null };
  const type = pick(types, b) ?? 'wait';
  const added = { id: `n${turn}`, type, data: { ...nodeDefinitions[type].initial } };
  const selected = new Set([node, other, pick(nodes, c)?.id ?? '', pick(notes, c)?.id ?? '']);
  const clip = clipOf(doc.graph, selected) ?? { nodes: [], edges: [], notes: [] };
  const edits: Edit[] = [
    { type: 'nodeAdded', node: added },
    { type: 'nodeAdded', node: added, after: out },
    { type: 'nodeAdded', node: added, after: out, at: { x: a, y: b } },
    { type: 'moved', places: { [node]: { x: b, y: c } } },
    { type: 'connected', from: out, target: node },
    { type: 'disconnected', edgeIds: [pick(edges, a)?.id ?? ''] },
    { type: 'removed', ids: [node === 'start' ? '' : node], edgeIds: [pick(edges, b)?.id ?? ''] },
    { type: 'valuesChanged', nodeId: node, field: 'any', values: { shares: [], amount: b } },
    { type: 'titled', nodeId: node, title: `Title ${b}` },
    { type: 'switched', nodeIds: [node, other], disabled: a % 2 === 0 },
    {
      type: 'pasted',
      clip,
      ids: newIdsFor(clip, (stem) => `${stem}_${turn}_${(idCount += 1)}`),
      by: { x: 40, y: 40 },
    },
    { type: 'stepMoved', nodeId: node, to: a % 3 === 0 ? 'up' : a % 3 === 1 ? 'down' : out },
    {
      type: 'noteAdded',
      note: { id: `note${turn}`, position: { x: a, y: b }, width: 200, height: 100, text: '' },
    },
    {
      type: 'settingsChanged',
      field: 'maxAgeHours',
      settings: { ...doc.graph.settings, maxAgeHours: a + 1 },
    },
    pick<Edit>([{ type: 'tidied' }, { type: 'renamed', name: `Name ${b}` }], a) ?? { type: 'tidied' },
  ];
  return pick(edits, kind) ?? { type: 'tidied' };
}
let idCount = 0;

function expectSound(doc: FlowDocument): void {
  const { nodes, edges, notes } = doc.graph;
  expect(draftGraph.safeParse(doc.graph).error?.issues ?? []).toEqual([]);
  const ids = [...nodes, ...notes].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(edges.map(({ id }) => id)).size).toBe(edges.length);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ways = edges.map((edge) => {
    const source = byId.get(edge.source);
    expect(byId.has(edge.target)).toBe(true);
    expect(source && outputsOf(source).some(({ id }) => id === outputOf(edge))).toBe(true);
    return `${edge.source} ${outputOf(edge)}`;
  });
  expect(new Set(ways).size).toBe(ways.length);
  for (const { id } of nodes) expect(reachedFrom(doc.graph, id).has(id)).toBe(false);
  const listed = listSteps(doc.graph).flatMap((row) => (row.kind === 'step' ? [row.node.id] : []));
  expect(listed.toSorted()).toEqual(nodes.map(({ id }) => id).toSorted());
}

test(
  'through 30 random edits, undo and redo always lead to the document that a plain model expects',
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(
        fc.array(dice, { minLength: 30, maxLength: 30 }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        (throws, wandering) => {
          let state = openEditor(document);
          const model = [document];
          throws.forEach((thrown, turn) => {
            const edit = editFrom(thrown, state.document, turn);
            const before = state.document;
            const expected = editDocument(before, edit);
            // A pause in between: each edit is one step back.
            state = runEditor(runEditor(state, { type: 'paused' }), edit);
            expect(state.document).toEqual(expected);
            expectSound(state.document);
            if (expected !== before) model.push(state.document);
          });
          expect(state.past).toHaveLength(model.length - 1);
          let at = model.length - 1;
          for (const back of [...model.map(() => true), ...model.map(() => false), ...wandering]) {
            state = runEditor(state, { type: back ? 'undone' : 'redone' });
            at = Math.min(model.length - 1, Math.max(0, at + (back ? -1 : 1)));
            expect(state.document).toBe(model[at]);
          }
        },
      ),
      { numRuns: 100 },
    );
  },
);

test('an edit at any point of the history leads on from the document at that point', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(dice, fc.nat(3)), { maxLength: 30 }), (turns) => {
      let state = openEditor(document);
      let past: FlowDocument[] = [];
      let current = document;
      turns.forEach(([thrown, undos], turn) => {
        const edit = editFrom(thrown, current, turn);
        state = runEditor(runEditor(state, { type: 'paused' }), edit);
        const next = editDocument(current, edit);
        if (next !== current) past = [...past, current];
        current = next === current ? current : state.document;
        expect(state.document).toEqual(next);
        for (let index = 0; index < undos; index += 1) {
          state = runEditor(state, { type: 'undone' });
          current = past.at(-1) ?? current;
          past = past.slice(0, -1);
          expect(state.document).toBe(current);
        }
      });
      expect(graph).toEqual(document.graph);
    }),
  );
});
