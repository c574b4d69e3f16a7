import { nodeDefinitions, type DraftGraph, type FlowProblem } from '../schemas/flow.ts';

type DraftNode = DraftGraph['nodes'][number];

/** What is wrong with how a graph's nodes are connected, whatever is in them. */
export function checkShape(graph: DraftGraph): FlowProblem[] {
  const ids = new Set(graph.nodes.map((node) => node.id));
  const edges = graph.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  const triggers = graph.nodes.filter((node) => node.type === 'trigger');
  const problems: FlowProblem[] = [];
  const report = (nodeId: string | null, message: string, severity: FlowProblem['severity'] = 'error') =>
    problems.push({ nodeId, field: null, message, severity });

  if (ids.size < graph.nodes.length) report(null, 'Two nodes have the same id.');
  if (edges.length < graph.edges.length) report(null, 'A connection leads to a node that does not exist.');
  if (triggers.length === 0) report(null, 'Add a trigger: it says when the flow starts.');
  for (const extra of triggers.slice(1)) report(extra.id, 'A flow has one trigger only; remove this one.');
  if (graph.nodes.length === triggers.length && triggers.length > 0)
    report(null, 'Add what the flow is to do.');
  const waysOf = Map.groupBy(edges, ({ source }) => source);
  const entered = new Set(edges.map(({ target }) => target));
  for (const node of graph.nodes)
    checkWays(node, { ways: waysOf.get(node.id) ?? [], isEntered: entered.has(node.id) }, report);

  const [trigger] = triggers;
  if (!trigger) return problems;
  const jumps = jumpsOf(graph, ids);
  const all = graph.nodes.map(({ id }) => id);
  const ways = [...edges, ...jumps];
  const reached = reachedFrom(trigger.id, ways);
  const circles = backTo(all, edges);
  // What waits is taken out: a circle that is left waits nowhere.
  const hasty = backTo(all, withoutWaits(graph, ways));
  for (const { id, type } of graph.nodes) {
    if (circles.has(id)) report(id, 'The way leads back to here. To repeat steps, use "Go to".');
    else if (hasty.has(id))
      report(id, 'The way leads back to here without a wait: it would go in circles at once. Add a wait.');
    else if (!reached.has(id) && type !== 'trigger')
      report(id, 'Nothing leads here. Connect it or remove it.');
  }
  return problems;
}

function checkWays(
  node: DraftNode,
  { ways, isEntered }: { ways: DraftGraph['edges']; isEntered: boolean },
  report: (nodeId: string, message: string, severity?: FlowProblem['severity']) => void,
): void {
  if (node.type === 'trigger' && isEntered)
    report(node.id, 'Nothing can lead to the trigger. To begin anew, use "Go to" with the step after it.');
  const outputs = nodeDefinitions[node.type].outputs(node.data);
  const known = new Set<string | null>(outputs.map(({ id }) => id));
  if (outputs.length === 0 && ways.length > 0)
    report(node.id, node.type === 'end' ? 'Nothing can follow an end.' : 'Nothing can follow a jump.');
  for (const { id, title } of outputs) {
    const found = ways.filter((edge) => (edge.sourceHandle ?? null) === id).length;
    if (found > 1 && id === null)
      report(node.id, 'Only one node can follow. Use a condition or a split to part the way.');
    else if (found > 1) report(node.id, `"${title}" can lead to one node only.`);
    else if (found === 0 && id !== null)
      report(node.id, `"${title}" leads nowhere: the flow ends there.`, 'advice');
  }
  if (outputs.length > 0 && ways.some((edge) => !known.has(edge.sourceHandle ?? null)))
    report(node.id, 'A connection begins at a way out that does not exist any more. Remove it.');
}

/** Where jumps go on. */
function jumpsOf(graph: DraftGraph, ids: ReadonlySet<string>): { source: string; target: string }[] {
  return graph.nodes.flatMap(({ id, type, data, disabled }) => {
    const target = type === 'go_to' && !disabled && typeof data['target'] === 'string' ? data['target'] : '';
    return ids.has(target) ? [{ source: id, target }] : [];
  });
}

/** A wait for an appointment that is over, or for what is true already, does not hold anybody. */
const waits: ReadonlySet<DraftNode['type']> = new Set(['wait', 'wait_time']);

interface Way {
  source: string;
  target: string;
}

function withoutWaits(graph: DraftGraph, ways: readonly Way[]): Way[] {
  const waiting = new Set(
    graph.nodes.flatMap(({ id, type, disabled }) => (waits.has(type) && !disabled ? [id] : [])),
  );
  return ways.filter(({ source, target }) => !waiting.has(source) && !waiting.has(target));
}

function reachedFrom(start: string, ways: readonly Way[]): Set<string> {
  const targets = Map.groupBy(ways, ({ source }) => source);
  const reached = new Set([start]);
  const stack = [start];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    for (const { target } of targets.get(id) ?? []) {
      if (reached.has(target)) continue;
      reached.add(target);
      stack.push(target);
    }
  }
  return reached;
}

/** The nodes at which circles close. */
function backTo(ids: readonly string[], ways: readonly Way[]): Set<string> {
  const targets = Map.groupBy(ways, ({ source }) => source);
  const closed = new Set<string>();
  const done = new Set<string>();
  const path = new Set<string>();
  // An explicit stack: a flow may be longer than the call stack is deep.
  for (const start of ids) {
    const stack = [{ id: start, leaving: false }];
    for (let entry = stack.pop(); entry; entry = stack.pop()) {
      const { id, leaving } = entry;
      if (leaving) {
        path.delete(id);
        done.add(id);
      } else if (path.has(id)) {
        closed.add(id);
      } else if (!done.has(id)) {
        path.add(id);
        stack.push({ id, leaving: true });
        for (const { target } of targets.get(id) ?? []) stack.push({ id: target, leaving: false });
      }
    }
  }
  return closed;
}
