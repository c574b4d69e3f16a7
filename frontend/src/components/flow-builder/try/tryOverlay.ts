import type { DraftGraph } from '#backend/schemas/flow.ts';
import type { TryReply } from '#backend/schemas/flowApi.ts';
import type { Status } from '../../common/StatusBadge.tsx';
import { outputOf } from '../editor/flowDocument.ts';
import { noOverlay, type NodeMark, type Overlay } from '../nodeView.ts';

const statusOf = {
  done: 'done',
  skipped: 'skipped',
  waiting: 'pending',
  failed: 'failed',
  canceled: 'canceled',
} as const satisfies Record<TryReply['steps'][number]['status'], Status>;

/** A tried passage on the canvas: where it came to, and, dimmed, what it passed by. */
export function tryOverlay(
  graph: DraftGraph,
  { reply, count }: { reply: TryReply; count: number },
): { overlay: Overlay; dimEdges: Set<string> } {
  const shown = reply.steps.slice(0, count);
  const steps = new Map(shown.map(({ nodeId, status }): [string, Status] => [nodeId, statusOf[status]]));
  const away = count < reply.steps.length ? 'later' : 'notTaken';
  const marks = new Map<string, NodeMark>(graph.nodes.map(({ id }) => [id, steps.has(id) ? 'passed' : away]));
  const ways = new Set(shown.flatMap(({ nodeId, way }) => (way ? [`${nodeId} ${way.id ?? ''}`] : [])));
  const dimEdges = graph.edges.filter((edge) => {
    const isKnown = shown.some(({ nodeId, way }) => nodeId === edge.source && way !== null);
    const isTaken = isKnown
      ? ways.has(`${edge.source} ${outputOf(edge) ?? ''}`)
      : steps.has(edge.source) && steps.has(edge.target);
    return !isTaken;
  });
  return { overlay: { ...noOverlay, steps, marks }, dimEdges: new Set(dimEdges.map(({ id }) => id)) };
}
