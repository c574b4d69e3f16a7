import type { DraftGraph } from '#backend/schemas/flow.ts';
import { diffGraphs, type GraphDiff } from '#backend/schemas/diffGraphs.ts';
import { countWords } from '#backend/schemas/nodes/duration.ts';
import type { NodeMark } from './nodeView.ts';

/** "2 steps added, 1 step changed." */
export function diffWords(diff: GraphDiff): string {
  if (diff.isSame) return sameWords(diff);
  const parts = [
    [diff.added.length, 'step', 'added'],
    [diff.removed.length, 'step', 'removed'],
    [diff.changed.length, 'step', 'changed'],
    [diff.settings.length, 'rule', 'changed'],
  ] as const;
  const words = parts.flatMap(([count, thing, did]) =>
    count > 0 ? [`${countWords(count, thing)} ${did}`] : [],
  );
  const connections = diff.edgesAdded.length + diff.edgesRemoved.length;
  if (words.length === 0 && connections > 0) return `${countWords(connections, 'connection')} changed.`;
  return `${words.join(', ')}.`;
}

function sameWords({ moved, notes }: GraphDiff): string {
  if (notes.added + notes.removed + notes.changed > 0) return 'Only notes changed.';
  return moved > 0 ? 'Only places on the canvas changed.' : 'Nothing changed.';
}

/** Both graphs in one picture: what is new, what is gone and what is different in the later one. */
export function diffPicture(
  before: DraftGraph,
  after: DraftGraph,
): { graph: DraftGraph; marks: Map<string, NodeMark>; dimEdges: Set<string>; diff: GraphDiff } {
  const diff = diffGraphs(before, after);
  const marks = new Map<string, NodeMark>([
    ...diff.added.map(({ nodeId }): [string, NodeMark] => [nodeId, 'added']),
    ...diff.changed.map(({ nodeId }): [string, NodeMark] => [nodeId, 'changed']),
  ]);
  const here = new Set(after.nodes.map(({ id }) => id));
  const gone = before.nodes.filter(({ id }) => !here.has(id));
  for (const { id } of gone) marks.set(id, 'removed');
  const all = new Set([...here, ...gone.map(({ id }) => id)]);
  const lost = diff.edgesRemoved.flatMap(({ source, sourceHandle, target }, index) =>
    all.has(source) && all.has(target)
      ? [{ id: `removed ${index}`, source, target, ...(sourceHandle === null ? {} : { sourceHandle }) }]
      : [],
  );
  return {
    graph: { ...after, nodes: [...after.nodes, ...gone], edges: [...after.edges, ...lost] },
    marks,
    dimEdges: new Set(lost.map(({ id }) => id)),
    diff,
  };
}
