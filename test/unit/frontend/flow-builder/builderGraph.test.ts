import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import {
  addNode,
  connectNodes,
  orderNodes,
  removeFrom,
  toCanvas,
  toDraft,
  type BuilderGraph,
} from '../../../../frontend/src/components/flow-builder/builderGraph.ts';
import { tidyGraph } from '../../../../frontend/src/components/flow-builder/tidyGraph.ts';

const draft: DraftGraph = {
  nodes: [
    { id: 'start', type: 'trigger', position: { x: 0, y: 0 }, data: { state: 1 } },
    {
      id: 'ask',
      type: 'condition',
      position: { x: 0, y: 140 },
      data: { field: 'contact.email', operator: 'exists' },
    },
    { id: 'mail', type: 'send_email', position: { x: -150, y: 280 }, data: { subject: 'Hello' } },
    { id: 'done', type: 'end', position: { x: 150, y: 280 }, data: {} },
  ],
  edges: [
    { id: 'a', source: 'start', target: 'ask' },
    { id: 'b', source: 'ask', target: 'mail', sourceHandle: 'yes' },
    { id: 'c', source: 'ask', target: 'done', sourceHandle: 'no' },
  ],
};

function linksOf(graph: BuilderGraph): string[] {
  return graph.edges
    .map(({ source, sourceHandle, target }) => `${source} ${sourceHandle ?? '-'} ${target}`)
    .toSorted();
}

test('a stored graph comes back from the canvas as it was', () => {
  expect(toDraft(toCanvas(draft))).toEqual(draft);
});

test('an output leads to one node only: a new link replaces the old one', () => {
  const graph = connectNodes(toCanvas(draft), { nodeId: 'ask', output: 'yes' }, 'done');
  expect(linksOf(graph)).toEqual(['ask no done', 'ask yes done', 'start - ask']);
});

test('nothing leads into the trigger or from a node to itself', () => {
  const graph = toCanvas(draft);
  expect(connectNodes(graph, { nodeId: 'mail', output: null }, 'start')).toBe(graph);
  expect(connectNodes(graph, { nodeId: 'mail', output: null }, 'mail')).toBe(graph);
});

test('a step added after another stands below it and is joined to it', () => {
  const added = addNode(toCanvas(draft), {
    id: 'wait',
    type: 'wait',
    values: { amount: 1, unit: 'days' },
    after: { nodeId: 'mail', output: null },
  });
  expect(linksOf(added)).toContain('mail - wait');
  expect(added.nodes.at(-1)?.position).toEqual({ x: -150, y: 420 });
});

test('removing a step joins what led to it with what followed', () => {
  const added = addNode(toCanvas(draft), {
    id: 'wait',
    type: 'wait',
    values: {},
    after: { nodeId: 'mail', output: null },
  });
  expect(linksOf(removeFrom(added, ['mail'], []))).toEqual(['ask no done', 'ask yes wait', 'start - ask']);
});

test('removing a condition leaves its two ways apart', () => {
  expect(linksOf(removeFrom(toCanvas(draft), ['ask'], []))).toEqual([]);
});

test('the list names each step once, the branches below their condition', () => {
  const order = orderNodes(toCanvas(draft)).map(({ node, depth, via }) => [node.id, depth, via]);
  expect(order).toEqual([
    ['start', 0, null],
    ['ask', 0, null],
    ['mail', 1, 'yes'],
    ['done', 1, 'no'],
  ]);
});

test('every graph, circles included, is listed whole and laid out without two steps in one place', () => {
  const ids = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5'];
  const link = fc.record({
    source: fc.constantFrom(...ids),
    target: fc.constantFrom(...ids),
    sourceHandle: fc.constantFrom('yes' as const, 'no' as const),
  });
  fc.assert(
    fc.property(fc.array(link), (links) => {
      const graph = toCanvas({
        nodes: ids.map((id) => ({ id, type: 'condition', position: { x: 0, y: 0 }, data: {} })),
        edges: links.map((each, index) => ({ id: String(index), ...each })),
      });
      expect(
        orderNodes(graph)
          .map(({ node }) => node.id)
          .toSorted(),
      ).toEqual(ids);
      const places = tidyGraph(graph).nodes.map(({ position }) => `${position.x} ${position.y}`);
      expect(new Set(places).size).toBe(ids.length);
    }),
  );
});
