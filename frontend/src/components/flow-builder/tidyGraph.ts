import { orderNodes, type BuilderGraph } from './builderGraph.ts';

const column = 290;
const row = 136;

/** Lays the steps out from top to bottom, each below what leads to it, branches side by side. */
export function tidyGraph(graph: BuilderGraph): BuilderGraph {
  const order = orderNodes(graph).map(({ node }) => node.id);
  const parents = new Map<string, string>();
  for (const id of order) {
    const incoming = graph.edges.find(
      ({ source, target }) => target === id && order.indexOf(source) < order.indexOf(id),
    );
    if (incoming) parents.set(id, incoming.source);
  }
  const childrenOf = (id: string) => order.filter((each) => parents.get(each) === id);
  const widthOf = (id: string): number =>
    Math.max(
      1,
      childrenOf(id).reduce((sum, child) => sum + widthOf(child), 0),
    );

  const places = new Map<string, { x: number; y: number }>();
  const place = (id: string, left: number, level: number) => {
    places.set(id, { x: (left + (widthOf(id) - 1) / 2) * column, y: level * row });
    let childLeft = left;
    for (const child of childrenOf(id)) {
      place(child, childLeft, level + 1);
      childLeft += widthOf(child);
    }
  };
  let left = 0;
  for (const root of order.filter((id) => !parents.has(id))) {
    place(root, left, 0);
    left += widthOf(root);
  }
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, position: places.get(node.id) ?? node.position })),
  };
}
