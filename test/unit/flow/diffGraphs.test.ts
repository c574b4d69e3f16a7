import { describe, expect, test } from 'vitest';
import { drawFlow } from '#backend/flow/gallery/galleryFlow.ts';
import { noConditions } from '#backend/schemas/conditions.ts';
import { diffGraphs } from '#backend/schemas/diffGraphs.ts';
import type { DraftGraph } from '#backend/schemas/flow.ts';

const graph = drawFlow({
  trigger: { on: 'state_changed', states: [1], connectionIds: [], where: noConditions },
  steps: [
    { id: 'pause', type: 'wait', data: { amount: 2, unit: 'days' } },
    { id: 'mail', type: 'send_email', data: { subject: 'Hello', body: 'Hi', class: 'transactional' } },
    { id: 'act', type: 'action', data: { actionId: 'chou_start_flow', input: { flowId: 'a', note: 'b' } } },
  ],
});

function changed(change: (copy: DraftGraph) => void): DraftGraph {
  const copy: DraftGraph = structuredClone(graph);
  change(copy);
  return copy;
}

const nodeOf = (copy: DraftGraph, id: string) => {
  const node = copy.nodes.find((candidate) => candidate.id === id);
  if (!node) throw new Error(`There is no ${id}.`);
  return node;
};

describe('the difference of two graphs', () => {
  test('is none for the same graph, however its members are ordered', () => {
    const same = changed((copy) => {
      copy.nodes.reverse();
      nodeOf(copy, 'pause').data = { unit: 'days', amount: 2, note: undefined };
    });
    expect(diffGraphs(graph, same)).toMatchObject({ isSame: true, moved: 0, changed: [], added: [] });
  });

  test('names what was added and removed, with their connections', () => {
    const other = changed((copy) => {
      copy.nodes = copy.nodes.filter(({ id }) => id !== 'act');
      copy.nodes.push({ id: 'stop', type: 'end', position: { x: 0, y: 0 }, data: {} });
      copy.edges = copy.edges.map((edge) => (edge.target === 'act' ? { ...edge, target: 'stop' } : edge));
    });
    expect(diffGraphs(graph, other)).toMatchObject({
      added: [{ nodeId: 'stop', type: 'end' }],
      removed: [{ nodeId: 'act', type: 'action' }],
      edgesAdded: [{ source: 'mail', sourceHandle: null, target: 'stop' }],
      edgesRemoved: [{ source: 'mail', sourceHandle: null, target: 'act' }],
      isSame: false,
    });
  });

  test('names each field with its title, before and after; those of an action one by one', () => {
    const other = changed((copy) => {
      nodeOf(copy, 'pause').data['amount'] = 3;
      nodeOf(copy, 'mail').disabled = true;
      nodeOf(copy, 'act').data['input'] = { flowId: 'a', note: 'c' };
    });
    expect(diffGraphs(graph, other).changed).toEqual([
      {
        nodeId: 'pause',
        type: 'wait',
        fields: [{ field: 'data.amount', title: 'How long', before: 2, after: 3 }],
      },
      {
        nodeId: 'mail',
        type: 'send_email',
        fields: [{ field: 'disabled', title: 'Switched off', before: null, after: true }],
      },
      {
        nodeId: 'act',
        type: 'action',
        fields: [{ field: 'data.input.note', title: 'note', before: 'b', after: 'c' }],
      },
    ]);
  });

  test('takes a node of another kind under the same id for another node', () => {
    const other = changed((copy) => Object.assign(nodeOf(copy, 'pause'), { type: 'end', data: {} }));
    expect(diffGraphs(graph, other)).toMatchObject({
      added: [{ nodeId: 'pause', type: 'end' }],
      removed: [{ nodeId: 'pause', type: 'wait' }],
      changed: [],
    });
  });

  test('has settings, and counts apart what runs no differently', () => {
    const settings = changed((copy) => {
      copy.settings.again = 'once';
    });
    expect(diffGraphs(graph, settings).settings).toEqual([
      { field: 'again', title: 'Who was in it before', before: 'each_time', after: 'once' },
    ]);
    const looks = changed((copy) => {
      nodeOf(copy, 'mail').position = { x: 5, y: 5 };
      copy.notes.push({ id: 'n1', position: { x: 0, y: 0 }, width: 10, height: 10, text: 'Why' });
    });
    expect(diffGraphs(graph, looks)).toMatchObject({ isSame: true, moved: 1, notes: { added: 1 } });
  });
});
