import type { DraftGraph } from '#backend/schemas/flow.ts';
import { edgeFrom, outputsOf, type DraftNode, type OutputRef } from './flowDocument.ts';

/** A line of the flow written down as a list. */
export type StepRow =
  | { kind: 'step'; key: string; depth: number; node: DraftNode; from: OutputRef | null }
  /** One of several ways out, before what follows by it. */
  | { kind: 'way'; key: string; depth: number; from: OutputRef; title: string; isFree: boolean }
  /** The way goes on at a step that stands elsewhere in the list. */
  | { kind: 'joins'; key: string; depth: number; from: OutputRef; targetId: string };

interface Visit {
  nodeId: string;
  depth: number;
  from: OutputRef | null;
}

/** The flow as a list: from the trigger down each way, then whatever nothing leads to. Every step stands in it once. */
export function listSteps(graph: DraftGraph): StepRow[] {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  const rows: StepRow[] = [];
  const isLedTo = new Set(graph.edges.map(({ target }) => target));
  const starts = [
    ...graph.nodes.filter(({ type }) => type === 'trigger'),
    ...graph.nodes.filter(({ id, type }) => type !== 'trigger' && !isLedTo.has(id)),
    ...graph.nodes,
  ];
  for (const { id } of starts) {
    const stack: (Visit | StepRow)[] = seen.has(id) ? [] : [{ nodeId: id, depth: 0, from: null }];
    for (let entry = stack.pop(); entry; entry = stack.pop()) {
      if ('kind' in entry) {
        rows.push(entry);
        continue;
      }
      const { nodeId, depth, from } = entry;
      const node = byId.get(nodeId);
      if (!node) continue;
      if (seen.has(nodeId)) {
        if (from) rows.push({ kind: 'joins', key: `joins ${keyOf(from)}`, depth, from, targetId: nodeId });
        continue;
      }
      seen.add(nodeId);
      rows.push({ kind: 'step', key: nodeId, depth, node, from });
      stack.push(...followingOf(graph, node, depth).toReversed());
    }
  }
  return rows;
}

function keyOf({ nodeId, output }: OutputRef): string {
  return `${nodeId}:${output ?? 'out'}`;
}

function followingOf(graph: DraftGraph, node: DraftNode, depth: number): (Visit | StepRow)[] {
  const outputs = outputsOf(node);
  const isBranch = outputs.length > 1;
  return outputs.flatMap(({ id, title }): (Visit | StepRow)[] => {
    const from = { nodeId: node.id, output: id };
    const target = edgeFrom(graph, from)?.target;
    const follows =
      target === undefined ? [] : [{ nodeId: target, depth: isBranch ? depth + 2 : depth, from }];
    if (!isBranch) return follows;
    const way = {
      kind: 'way',
      key: `way ${keyOf(from)}`,
      depth: depth + 1,
      from,
      title,
      isFree: target === undefined,
    } as const;
    return [way, ...follows];
  });
}

/** The steps alone, in the order of the list. */
export function orderNodes(graph: DraftGraph): DraftNode[] {
  return listSteps(graph).flatMap((row) => (row.kind === 'step' ? [row.node] : []));
}
