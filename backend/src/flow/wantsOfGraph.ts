import type { FlowGraph } from '../schemas/flow.ts';

/** What a flow asks for that grows with what its runs have done, and is not loaded for others. */
export interface GraphWants {
  /** What became of the run's messages, and whether somebody answered. */
  history: boolean;
  /** What earlier steps answered. */
  steps: boolean;
}

/** Answers too much rather than too little: a text that only speaks of it counts, too. */
export function wantsOfGraph(graph: FlowGraph): GraphWants {
  const text = JSON.stringify([graph.nodes, graph.settings.exitWhen]);
  return {
    history: graph.settings.exitOnReply || text.includes('messages.'),
    steps: /\bsteps\b/.test(text),
  };
}
