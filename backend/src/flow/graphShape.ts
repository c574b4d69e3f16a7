import type { DraftGraph, FlowProblem } from '../schemas/flow.ts';

/** What is wrong with how a graph's nodes are connected, whatever is in them. */
export function checkShape(graph: DraftGraph): FlowProblem[] {
  const ids = new Set(graph.nodes.map((node) => node.id));
  const edges = graph.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  const triggers = graph.nodes.filter((node) => node.type === 'trigger');
  const problems: FlowProblem[] = [];
  const report = (nodeId: string | null, message: string) => problems.push({ nodeId, field: null, message });

  if (ids.size < graph.nodes.length) report(null, 'Two nodes have the same id.');
  if (edges.length < graph.edges.length) report(null, 'A connection leads to a node that does not exist.');
  if (triggers.length === 0) report(null, 'Add a trigger: it says when the flow starts.');
  for (const extra of triggers.slice(1)) report(extra.id, 'A flow has one trigger only; remove this one.');
  if (graph.nodes.length === triggers.length && triggers.length > 0)
    report(null, 'Add what the flow is to do.');

  for (const node of graph.nodes) {
    const ways = edges.filter((edge) => edge.source === node.id);
    if (node.type === 'trigger' && edges.some((edge) => edge.target === node.id)) {
      report(node.id, 'Nothing can lead to the trigger.');
    }
    if (node.type === 'condition') {
      for (const way of ['yes', 'no']) {
        const found = ways.filter((edge) => edge.sourceHandle === way).length;
        if (found === 0) report(node.id, `Connect "${way}" to what follows.`);
        if (found > 1) report(node.id, `"${way}" can lead to one node only.`);
      }
    } else if (node.type === 'end') {
      if (ways.length > 0) report(node.id, 'Nothing can follow an end.');
    } else if (ways.length > 1) {
      report(node.id, 'Only one node can follow. Use a condition to part the way.');
    }
  }

  const [trigger] = triggers;
  if (!trigger) return problems;
  const { reached, onCycle } = walk(trigger.id, edges);
  for (const node of graph.nodes) {
    if (onCycle.has(node.id)) report(node.id, 'The way leads back to here. A flow cannot go in circles.');
    else if (!reached.has(node.id) && node.type !== 'trigger')
      report(node.id, 'Nothing leads here. Connect it or remove it.');
  }
  return problems;
}

/** All nodes that can be reached, and those that close a circle. */
function walk(start: string, edges: DraftGraph['edges']) {
  const reached = new Set<string>();
  const onCycle = new Set<string>();
  const targets = Map.groupBy(edges, (edge) => edge.source);
  const path = new Set<string>();
  // An explicit stack: a flow may be longer than the call stack is deep.
  const stack: { id: string; leaving: boolean }[] = [{ id: start, leaving: false }];
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { id } = entry;
    if (entry.leaving) {
      path.delete(id);
    } else if (path.has(id)) {
      onCycle.add(id);
    } else if (!reached.has(id)) {
      reached.add(id);
      path.add(id);
      stack.push({ id, leaving: true });
      for (const edge of targets.get(id) ?? []) stack.push({ id: edge.target, leaving: false });
    }
  }
  return { reached, onCycle };
}
