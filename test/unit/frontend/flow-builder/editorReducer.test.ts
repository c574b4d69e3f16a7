import { expect, test } from 'vitest';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { toDraft } from '../../../../frontend/src/components/flow-builder/builderGraph.ts';
import {
  editFlow,
  openEditor,
  type EditorEvent,
  type EditorState,
} from '../../../../frontend/src/components/flow-builder/editorReducer.ts';

const draft: DraftGraph = {
  nodes: [
    { id: 'start', type: 'trigger', position: { x: 0, y: 0 }, data: { state: 1 } },
    { id: 'mail', type: 'send_email', position: { x: 0, y: 140 }, data: { subject: '' } },
  ],
  edges: [{ id: 'a', source: 'start', target: 'mail' }],
};

function play(...events: EditorEvent[]): EditorState {
  return events.reduce(editFlow, openEditor(draft, 'Followup'));
}

function typed(subject: string): EditorEvent {
  return { type: 'valuesChanged', nodeId: 'mail', field: 'subject', values: { subject } };
}

test('undo takes back a removed step with its links, redo removes it again', () => {
  const removed = play({ type: 'removed', nodeIds: ['mail'], edgeIds: [] });
  const undone = editFlow(removed, { type: 'undone' });
  expect(toDraft(undone.graph)).toEqual(draft);
  expect(toDraft(editFlow(undone, { type: 'redone' }).graph)).toEqual(toDraft(removed.graph));
});

test('letters typed into one field are undone together, another field separately', () => {
  const state = play(typed('H'), typed('He'), typed('Hello'), {
    type: 'valuesChanged',
    nodeId: 'mail',
    field: 'body',
    values: { subject: 'Hello', body: 'x' },
  });
  expect(state.past).toHaveLength(2);
  expect(editFlow(state, { type: 'undone' }).graph.nodes[1]?.data.values).toEqual({ subject: 'Hello' });
});

test('a whole drag is one step back', () => {
  const move = (x: number, dragging: boolean): EditorEvent => ({
    type: 'nodesChanged',
    changes: [{ type: 'position', id: 'mail', position: { x, y: 140 }, dragging }],
  });
  const dragged = play(move(10, true), move(80, true), move(120, false));
  expect(dragged.past).toHaveLength(1);
  expect(toDraft(editFlow(dragged, { type: 'undone' }).graph)).toEqual(draft);
});

test('two drags are two steps back', () => {
  const move = (x: number, dragging: boolean): EditorEvent => ({
    type: 'nodesChanged',
    changes: [{ type: 'position', id: 'mail', position: { x, y: 140 }, dragging }],
  });
  expect(play(move(10, true), move(10, false), move(20, true), move(20, false)).past).toHaveLength(2);
});

test('measuring and selecting are no edits', () => {
  const state = play(
    {
      type: 'nodesChanged',
      changes: [{ type: 'dimensions', id: 'mail', dimensions: { width: 248, height: 80 } }],
    },
    { type: 'selected', nodeId: 'mail' },
  );
  expect(state.past).toHaveLength(0);
  expect(toDraft(state.graph)).toEqual(draft);
});

test('an edit after undo forgets what could be redone', () => {
  const state = play(typed('Hello'), { type: 'undone' }, typed('Bye'));
  expect(state.future).toHaveLength(0);
});
