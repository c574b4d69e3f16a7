import type { RunReply } from '#backend/schemas/api.ts';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import type { Status } from '../common/StatusBadge.tsx';
import { outputOf, reachedFrom } from '../flow-builder/editor/flowDocument.ts';
import { noOverlay, type NodeMark, type Overlay } from '../flow-builder/nodeView.ts';

type Steps = Pick<RunReply['steps'][number], 'nodeId' | 'status' | 'outcome'>[];

/** A run's way on the canvas: its steps by status, and, dimmed, the ways that it did not take. */
export function runOverlay(
  graph: DraftGraph,
  { steps, isOver }: { steps: Steps; isOver: boolean },
): { overlay: Overlay; dimEdges: Set<string> } {
  // Of a step that was come to more than once, the last time counts.
  const statuses = new Map(steps.map(({ nodeId, status }): [string, Status] => [nodeId, status]));
  const ahead = new Set<string>();
  for (const { nodeId, status } of isOver ? [] : steps)
    if (status === 'pending' || status === 'failed')
      for (const id of reachedFrom(graph, nodeId)) ahead.add(id);
  const marks = new Map(
    graph.nodes.map(({ id }): [string, NodeMark] => [
      id,
      statuses.has(id) ? 'passed' : ahead.has(id) ? 'later' : 'notTaken',
    ]),
  );
  const outcomes = Map.groupBy(
    steps.filter(({ outcome }) => outcome !== null),
    ({ nodeId }) => nodeId,
  );
  const isDim = (edge: DraftGraph['edges'][number]): boolean => {
    const known = outcomes.get(edge.source);
    const wasTaken = known
      ? known.some(({ outcome }) => outcome === outputOf(edge))
      : statuses.has(edge.source) && statuses.has(edge.target);
    return !wasTaken;
  };
  return {
    overlay: { ...noOverlay, steps: statuses, marks },
    dimEdges: new Set(graph.edges.filter(isDim).map(({ id }) => id)),
  };
}
