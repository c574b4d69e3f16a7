import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import {
  clipOf,
  newIdsFor,
  pasteClip,
  readClip,
  writeClip,
} from '../../../../../frontend/src/components/flow-builder/editor/clipboard.ts';
import { whyNotConnect } from '../../../../../frontend/src/components/flow-builder/editor/flowDocument.ts';
import {
  connect,
  insertAt,
  removeNodes,
} from '../../../../../frontend/src/components/flow-builder/editor/graphEdits.ts';
import { layOut } from '../../../../../frontend/src/components/flow-builder/editor/layOut.ts';
import { moveStep } from '../../../../../frontend/src/components/flow-builder/editor/moveStep.ts';
import { listSteps } from '../../../../../frontend/src/components/flow-builder/editor/orderSteps.ts';
import { graph, linksOf } from './flows.ts';

const wait = { id: 'wait', type: 'wait', data: { amount: 1, unit: 'days' } } as const;

describe('connections', () => {
  test('an output leads to one node only: a new connection replaces the old one', () => {
    const joined = connect(graph, { nodeId: 'ask', output: 'yes' }, 'done');
    expect(linksOf(joined)).toEqual(['ask no done', 'ask yes done', 'start - ask']);
  });

  test('nothing leads into the trigger, to itself or in a circle, and it is said why', () => {
    const from = { nodeId: 'mail', output: null };
    for (const target of ['start', 'mail', 'ask', 'nobody']) {
      expect(connect(graph, from, target)).toBe(graph);
      expect(whyNotConnect(graph, from, target)).toMatch(/\.$/);
    }
  });

  test('a step put into a way is followed by what the way led to', () => {
    const inserted = insertAt(graph, wait, { after: { nodeId: 'ask', output: 'yes' } });
    expect(linksOf(inserted)).toEqual(['ask no done', 'ask yes wait', 'start - ask', 'wait - mail']);
  });

  test('a step put after another in a tight place pushes what is below down', () => {
    const inserted = insertAt(graph, wait, { after: { nodeId: 'start', output: null } });
    const ask = inserted.nodes.find(({ id }) => id === 'ask');
    expect(ask?.position.y).toBeGreaterThan(300);
    expect(inserted.nodes.at(-1)?.position).toEqual({ x: 0, y: 156 });
  });

  test('removing a step joins what led to it with what followed; a condition leaves its ways apart', () => {
    const inserted = insertAt(graph, wait, { after: { nodeId: 'ask', output: 'yes' } });
    expect(linksOf(removeNodes(inserted, ['wait']))).toEqual(linksOf(graph));
    expect(linksOf(removeNodes(graph, ['ask']))).toEqual([]);
  });
});

describe('the list', () => {
  test('names each step once, the ways before what follows by them', () => {
    const lines = listSteps(graph).map((row) => {
      const words = row.kind === 'step' ? row.node.id : row.kind === 'way' ? row.title : row.targetId;
      return `${row.depth} ${row.kind} ${words}`;
    });
    expect(lines).toEqual([
      '0 step start',
      '0 step ask',
      '1 way Yes',
      '2 step mail',
      '1 way No',
      '2 step done',
    ]);
  });

  test('says where a way goes on at a step that is listed already', () => {
    const joined = connect(graph, { nodeId: 'mail', output: null }, 'done');
    expect(listSteps(joined)).toContainEqual(expect.objectContaining({ kind: 'joins', targetId: 'done' }));
  });

  test('a step moves up and down past its neighbours, and back to where it was', () => {
    const inserted = insertAt(graph, wait, { after: { nodeId: 'mail', output: null } });
    const up = moveStep(inserted, 'wait', 'up');
    expect(linksOf(up)).toEqual(['ask no done', 'ask yes wait', 'start - ask', 'wait - mail']);
    expect(linksOf(moveStep(up, 'wait', 'down'))).toEqual(linksOf(inserted));
    const top = moveStep(up, 'wait', 'up');
    expect(linksOf(top)).toEqual(['ask no done', 'ask yes mail', 'start - wait', 'wait - ask']);
    expect(moveStep(top, 'wait', 'up')).toBe(top);
  });

  test('a step moves into another branch, and a condition keeps its other way', () => {
    const inserted = insertAt(graph, wait, { after: { nodeId: 'start', output: null } });
    expect(linksOf(moveStep(inserted, 'wait', { nodeId: 'ask', output: 'no' }))).toEqual([
      'ask no wait',
      'ask yes mail',
      'start - ask',
      'wait - done',
    ]);
    expect(linksOf(moveStep(inserted, 'ask', 'up'))).toEqual([
      'ask no done',
      'ask yes wait',
      'start - ask',
      'wait - mail',
    ]);
    expect(moveStep(graph, 'ask', { nodeId: 'done', output: null })).toBe(graph);
  });
});

describe('copy and paste', () => {
  const source: DraftGraph = {
    ...graph,
    nodes: [
      ...graph.nodes,
      { id: 'find', type: 'action', position: { x: 0, y: 480 }, data: { actionId: 'x', input: {} } },
      { id: 'back', type: 'go_to', position: { x: 0, y: 640 }, data: { target: 'find' } },
    ],
    edges: [
      ...graph.edges,
      { id: 'd', source: 'mail', target: 'find' },
      { id: 'e', source: 'find', target: 'back' },
    ],
  };
  const mail = { subject: 'Hi {{ steps.find.name }}', body: '{{ steps.other.name }}', class: 'marketing' };
  const withText = {
    ...source,
    nodes: source.nodes.map((node) => (node.id === 'mail' ? { ...node, data: mail } : node)),
  };

  test('what is copied comes back from the clipboard under new ids, connected and renamed inside', () => {
    const clip = clipOf(withText, new Set(['start', 'mail', 'find', 'back']));
    const read = readClip(writeClip(clip ?? { nodes: [], edges: [], notes: [] }));
    expect(read?.nodes.map(({ id }) => id)).toEqual(['mail', 'find', 'back']);
    if (!read) return;
    const ids = newIdsFor(read, (stem) => `${stem}_new`);
    const pasted = pasteClip(graph, read, { ids, by: { x: 400, y: 0 } });
    expect(linksOf(pasted).slice(0, 2)).toEqual(['action_new - go_to_new', 'ask no done']);
    expect(linksOf(pasted)).toContain('send_email_new - action_new');
    const [node, , jump] = pasted.nodes.slice(-3);
    expect(node?.data).toMatchObject({
      subject: 'Hi {{ steps.action_new.name }}',
      body: '{{ steps.other.name }}',
    });
    expect(jump?.data).toEqual({ target: 'action_new' });
  });

  test('the trigger is not copied, and a selection of it alone is nothing', () => {
    expect(clipOf(graph, new Set(['start']))).toBeNull();
  });

  test.each([
    'Hello',
    '{"format":"chou-flow-steps"}',
    '{"format":"chou-flow-steps",',
    '{"format":"chou-flow-steps","version":1,"nodes":[{"id":"a b","type":"wait","position":{"x":0,"y":0},"data":{}}],"edges":[],"notes":[]}',
    '{"format":"chou-flow-steps","version":1,"nodes":[{"id":"a","type":"shell","position":{"x":0,"y":0},"data":{}}],"edges":[],"notes":[]}',
    '{"format":"chou-flow-steps","version":1,"nodes":[],"edges":[],"notes":[]}',
  ])('text that is no clip is not pasted: %s', (text) => {
    expect(readClip(text)).toBeNull();
  });
});

describe('tidying up', () => {
  test('what branches meet in stands below all of them, in the middle', () => {
    const met = connect(graph, { nodeId: 'mail', output: null }, 'done');
    const at = new Map(layOut(met).nodes.map(({ id, position }) => [id, position]));
    expect(at.get('done')?.y).toBeGreaterThan(at.get('mail')?.y ?? 0);
    expect(at.get('start')?.y).toBe(0);
    expect(layOut(layOut(met))).toEqual(layOut(met));
  });

  test('no two steps of any graph overlap, and without circles each stands below what leads to it', () => {
    const ids = Array.from({ length: 12 }, (_, index) => `n${index}`);
    const link = fc.record({
      source: fc.constantFrom(...ids),
      target: fc.constantFrom(...ids),
      sourceHandle: fc.constantFrom('yes', 'no'),
    });
    fc.assert(
      fc.property(fc.array(link, { maxLength: 30 }), fc.boolean(), (links, loops) => {
        const plain: DraftGraph = {
          ...graph,
          nodes: ids.map((id) => ({ id, type: 'condition', position: { x: 0, y: 0 }, data: {} })),
          edges: links.map((each, index) => ({ id: String(index), ...each })),
        };
        const acyclic = links.reduce<DraftGraph>(
          (sum, { source, sourceHandle, target }) =>
            connect(sum, { nodeId: source, output: sourceHandle }, target),
          { ...plain, edges: [] },
        );
        const { nodes, edges } = layOut(loops ? plain : acyclic);
        for (const one of nodes)
          for (const other of nodes) {
            if (one === other) continue;
            const across = Math.abs(one.position.x - other.position.x);
            const down = Math.abs(one.position.y - other.position.y);
            expect(across >= 270 || down >= 130).toBe(true);
          }
        const at = new Map(nodes.map(({ id, position }) => [id, position.y]));
        if (!loops)
          for (const { source, target } of edges) expect(at.get(target)).toBeGreaterThan(at.get(source) ?? 0);
      }),
    );
  });

  test('a chain of 500 steps is laid out', () => {
    const nodes = Array.from({ length: 500 }, (_, index) => ({
      id: `n${index}`,
      type: 'wait' as const,
      position: { x: 0, y: 0 },
      data: {},
    }));
    const edges = nodes.slice(1).map(({ id }, index) => ({ id, source: `n${index}`, target: id }));
    expect(layOut({ ...graph, nodes, edges }).nodes.at(-1)?.position.y).toBe(499 * 156);
  });
});
