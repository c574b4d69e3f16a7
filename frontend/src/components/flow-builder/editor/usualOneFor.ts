import { triggerData } from '#backend/schemas/nodes/trigger.ts';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import type { StateNumber } from '#backend/schemas/state.ts';
import { findNode, type NodeValues } from './flowDocument.ts';

/** States that a customer is in once for each job: two visits that are booked are two stories. */
const ofAJob: ReadonlySet<StateNumber> = new Set([2, 5, 6]);

/** What there is usually one run of at a time, by what starts the flow. */
function usualOneFor(trigger: unknown): DraftGraph['settings']['oneFor'] {
  const { data } = triggerData.safeParse(trigger);
  if (data?.on === 'appointment') return 'journey';
  const isOfJobs = data?.on === 'state_changed' && data.states.every((state) => ofAJob.has(state));
  return isOfJobs ? 'journey' : 'customer';
}

/** The settings go along with another trigger, as long as nobody chose what is unusual. */
export function followTrigger(graph: DraftGraph, nodeId: string, before: NodeValues): DraftGraph {
  const node = findNode(graph, nodeId);
  if (node?.type !== 'trigger' || graph.settings.oneFor !== usualOneFor(before)) return graph;
  const oneFor = usualOneFor(node.data);
  return oneFor === graph.settings.oneFor ? graph : { ...graph, settings: { ...graph.settings, oneFor } };
}
