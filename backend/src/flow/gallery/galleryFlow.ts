import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import type { ConditionRule, Conditions } from '../../schemas/conditions.ts';
import { nodeDefinitions, type FlowEdge, type FlowGraph, type FlowNode } from '../../schemas/flow.ts';
import type { FlowReference, WrittenFixture } from '../../schemas/flowFile.ts';
import { defaultSettings, type FlowSettings } from '../../schemas/flowSettings.ts';
import type { TriggerData } from '../../schemas/nodes/trigger.ts';

/** A flow that a workspace can take over and make its own. */
export interface GalleryFlow {
  key: string;
  name: string;
  description: string;
  category: 'Lifecycle' | 'Service' | 'Sales';
  graph: FlowGraph;
  /** What it names that each workspace has under an id of its own; here the ids are words. */
  references: readonly FlowReference[];
  /** Resources of ServiceTitan without which it starts for nobody, or says less. */
  reads: readonly Resource[];
  /** Whom it is for, what happens, and what comes of it: checked by flow:test, and shown as the example. */
  fixtures: readonly WrittenFixture[];
}

type Step = FlowNode extends infer Node
  ? Node extends FlowNode
    ? Pick<Node, 'id' | 'type' | 'data'> & { title?: string }
    : never
  : never;

interface Drawing {
  trigger: TriggerData;
  settings?: Partial<FlowSettings>;
  steps: readonly Step[];
  /** "from > to" and "from way> to"; without any, the steps follow each other. */
  ways?: readonly string[];
}

const column = 300;
const row = 130;

/** A graph, laid out from the top down, the ways out of a step side by side. */
export function drawFlow({ trigger, settings = {}, steps, ways }: Drawing): FlowGraph {
  const all: Step[] = [{ id: 'trigger', type: 'trigger', data: trigger }, ...steps];
  const lines = ways ?? all.slice(1).map((step, index) => `${all[index]?.id} > ${step.id}`);
  const edges = lines.map(edgeOf);
  const places = placesOf(all, edges);
  const nodes = all.map((step): FlowNode =>
    Object.assign({ position: places.get(step.id) ?? { x: 0, y: 0 } }, step),
  );
  return { nodes, edges, notes: [], settings: { ...defaultSettings, ...settings } };
}

function edgeOf(text: string): FlowEdge {
  const [, source = '', way, target = ''] = /^(\w+) (\w+)?> (\w+)$/.exec(text) ?? [];
  return {
    id: `${source}-${way === undefined ? '' : `${way}-`}${target}`,
    source,
    target,
    ...(way === undefined ? {} : { sourceHandle: way }),
  };
}

/** One row below the lowest that leads there; the second way out goes to the right. */
function placesOf(steps: readonly Step[], edges: readonly FlowEdge[]): Map<string, { x: number; y: number }> {
  const places = new Map<string, { x: number; y: number }>([['trigger', { x: 0, y: 0 }]]);
  for (const { id, type, data } of steps) {
    const from = places.get(id) ?? { x: 0, y: 0 };
    const outputs = nodeDefinitions[type].outputs(data);
    outputs.forEach((output, index) => {
      const edge = edges.find((one) => one.source === id && (one.sourceHandle ?? null) === output.id);
      if (!edge) return;
      const known = places.get(edge.target);
      const y = Math.max(from.y + row, known?.y ?? 0);
      places.set(edge.target, { x: known?.x ?? from.x + index * column, y });
    });
  }
  return places;
}

/** All of these rules. */
export function when(...rules: ConditionRule[]): Conditions {
  return { match: 'all', groups: [{ match: 'all', rules }] };
}

/** Any of these rules. */
export function whenAny(...rules: ConditionRule[]): Conditions {
  return { match: 'all', groups: [{ match: 'any', rules }] };
}

/** E-mail to the people who run the workspace. */
export function notifyTeam(id: string, mail: { subject: string; text: string }): Step {
  return {
    id,
    type: 'action',
    data: {
      actionId: 'chou_notify_team',
      input: { roles: ['owner', 'admin'], members: [], subject: mail.subject, text: mail.text.trim() },
    },
  };
}
