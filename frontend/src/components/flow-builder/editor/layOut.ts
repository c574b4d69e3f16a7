import type { DraftGraph } from '#backend/schemas/flow.ts';
import { edgeFrom, outputsOf, spacing, type DraftNode, type Place } from './flowDocument.ts';

/** A part of the flow laid out by itself: how much room it takes, and where its nodes stand in it. */
interface Block {
  width: number;
  height: number;
  places: [string, Place][];
}

/** Stands above everything: what nothing leads to hangs on it. */
const above = '';

interface Shape {
  /** What is laid out below a node, in order: branches that it alone leads to, and places where its branches meet. */
  branches: Map<string, string[]>;
  meetings: Map<string, string[]>;
}

/** Lays the steps out from top to bottom, branches side by side, and what branches meet in below all of them. */
export function layOut(graph: DraftGraph): DraftGraph {
  const shape = shapeOf(graph);
  const { places } = stack([], above, shape);
  const at = new Map(places);
  const nodes = graph.nodes.map((node) => {
    const { x, y } = at.get(node.id) ?? { x: 0, y: 0 };
    return { ...node, position: { x: x * spacing.column, y: y * spacing.row } };
  });
  return { ...graph, nodes };
}

function blockOf(id: string, shape: Shape): Block {
  // A long way down one by one is no recursion: it would be as deep as the flow is long.
  const chain: string[] = [id];
  for (let last = id; ;) {
    const [only, ...others] = shape.branches.get(last) ?? [];
    if (only === undefined || others.length > 0 || (shape.meetings.get(last) ?? []).length > 0) break;
    chain.push(only);
    last = only;
  }
  return stack(chain, chain.at(-1) ?? id, shape);
}

/** The steps one below the other, under them what the last leads to. */
function stack(chain: readonly string[], owner: string, shape: Shape): Block {
  const beside = (shape.branches.get(owner) ?? []).map((branch) => blockOf(branch, shape));
  const below = (shape.meetings.get(owner) ?? []).map((meeting) => blockOf(meeting, shape));
  const besideWidth = beside.reduce((sum, block) => sum + block.width, 0);
  const width = Math.max(1, besideWidth, ...below.map((block) => block.width));
  const places: Block['places'] = chain.map((each, y) => [each, { x: (width - 1) / 2, y }]);
  let left = (width - besideWidth) / 2;
  for (const block of beside) {
    places.push(...shifted(block, left, chain.length));
    left += block.width;
  }
  let top = chain.length + Math.max(0, ...beside.map(({ height }) => height));
  for (const block of below) {
    places.push(...shifted(block, (width - block.width) / 2, top));
    top += block.height;
  }
  return { width, height: top, places };
}

function shifted({ places }: Block, dx: number, dy: number): Block['places'] {
  return places.map(([id, { x, y }]) => [id, { x: x + dx, y: y + dy }]);
}

function shapeOf(graph: DraftGraph): Shape {
  const next = new Map(graph.nodes.map((node) => [node.id, followersOf(graph, node)]));
  const order = orderOf(graph, next);
  const rank = new Map(order.map((id, index) => [id, index]));
  const before = new Map<string, string[]>(order.map((id) => [id, []]));
  for (const id of order)
    for (const target of next.get(id) ?? [])
      // A way back, which only a file from elsewhere can have, is no reason to stand lower.
      if ((rank.get(target) ?? 0) > (rank.get(id) ?? 0)) before.get(target)?.push(id);

  const owners = new Map<string, string>();
  const branches = new Map<string, string[]>();
  const meetings = new Map<string, string[]>();
  for (const id of order) {
    const [first, ...others] = before.get(id) ?? [];
    const owner = others.reduce((common, other) => commonOwner(owners, rank, common, other), first ?? above);
    owners.set(id, owner);
    const isMeeting = others.length > 0 && !(before.get(id) ?? []).every((each) => each === owner);
    const list = isMeeting ? meetings : branches;
    list.set(owner, [...(list.get(owner) ?? []), id]);
  }
  for (const [owner, ids] of branches) {
    const ways = next.get(owner) ?? ids;
    branches.set(
      owner,
      ids.toSorted((one, other) => ways.indexOf(one) - ways.indexOf(other)),
    );
  }
  return { branches, meetings };
}

function followersOf(graph: DraftGraph, node: DraftNode): string[] {
  return outputsOf(node).flatMap(({ id }) => edgeFrom(graph, { nodeId: node.id, output: id })?.target ?? []);
}

/** Every node once, each after what leads to it; the trigger's part first. */
function orderOf(graph: DraftGraph, next: ReadonlyMap<string, string[]>): string[] {
  const done = new Set<string>();
  const isLedTo = new Set([...next.values()].flat());
  const visit = (starts: readonly string[]) => {
    const left: string[] = [];
    for (const start of starts) {
      const open = [{ id: start, leaving: false }];
      for (let entry = open.pop(); entry; entry = open.pop()) {
        if (entry.leaving) left.push(entry.id);
        else if (!done.has(entry.id)) {
          done.add(entry.id);
          open.push({ id: entry.id, leaving: true });
          for (const id of next.get(entry.id) ?? []) open.push({ id, leaving: false });
        }
      }
    }
    return left.toReversed();
  };
  const roots = graph.nodes.filter(({ id }) => !isLedTo.has(id));
  const triggers = roots.filter(({ type }) => type === 'trigger');
  const others = roots.filter(({ type }) => type !== 'trigger');
  // What is visited last comes first. A circle that nothing leads to has no root: it comes at the end.
  const fromRoots = visit([...triggers, ...others].toReversed().map(({ id }) => id));
  return [...fromRoots, ...visit(graph.nodes.map(({ id }) => id))];
}

function commonOwner(
  owners: ReadonlyMap<string, string>,
  rank: ReadonlyMap<string, number>,
  one: string,
  other: string,
): string {
  let [left, right] = [one, other];
  while (left !== right) {
    if ((rank.get(left) ?? -1) > (rank.get(right) ?? -1)) left = owners.get(left) ?? above;
    else right = owners.get(right) ?? above;
  }
  return left;
}
