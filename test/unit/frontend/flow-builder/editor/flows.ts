import type { DraftGraph } from '#backend/schemas/flow.ts';
import { defaultSettings } from '#backend/schemas/flowSettings.ts';
import type { FlowDocument } from '../../../../../frontend/src/components/flow-builder/editor/flowDocument.ts';

/** A lead's follow-up: a condition with an e-mail on one way and an end on the other. */
export const graph: DraftGraph = {
  nodes: [
    {
      id: 'start',
      type: 'trigger',
      position: { x: 0, y: 0 },
      data: { on: 'state_changed', states: [1], connectionIds: [], where: { match: 'all', groups: [] } },
    },
    { id: 'ask', type: 'condition', position: { x: 0, y: 160 }, data: { if: { match: 'all', groups: [] } } },
    {
      id: 'mail',
      type: 'send_email',
      position: { x: -150, y: 320 },
      data: { subject: 'Hello', body: 'x', class: 'transactional' },
    },
    { id: 'done', type: 'end', position: { x: 150, y: 320 }, data: {} },
  ],
  edges: [
    { id: 'a', source: 'start', target: 'ask' },
    { id: 'b', source: 'ask', target: 'mail', sourceHandle: 'yes' },
    { id: 'c', source: 'ask', target: 'done', sourceHandle: 'no' },
  ],
  notes: [],
  settings: defaultSettings,
};

export const document: FlowDocument = { name: 'Followup', graph };

/** "ask yes mail": who leads where by which way. */
export function linksOf({ edges }: DraftGraph): string[] {
  return edges
    .map(({ source, sourceHandle, target }) => `${source} ${sourceHandle ?? '-'} ${target}`)
    .toSorted();
}
