import { z } from 'zod';
import { defaultSettings, flowSettings } from './flowSettings.ts';
import { nodeDefinitions, type NodeType } from './nodes/nodeDefinitions.ts';

export { nodeDefinitions, type NodeType };

const nodeId = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][\w-]*$/, 'An id begins with a letter and has letters, digits, _ and - only.');
const position = z.object({ x: z.number(), y: z.number() });

const common = {
  id: nodeId,
  position,
  /** What people call it; without one the kind's title. */
  title: z.string().trim().max(80).optional(),
  /** Passed over: people go on by its first way out. */
  disabled: z.boolean().optional(),
};

const { trigger, send_email, wait, wait_time, wait_until, wait_event, condition, split, go_to, action, end } =
  nodeDefinitions;
export const flowNode = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('trigger'), data: trigger.data }),
  z.object({ ...common, type: z.literal('send_email'), data: send_email.data }),
  z.object({ ...common, type: z.literal('wait'), data: wait.data }),
  z.object({ ...common, type: z.literal('wait_time'), data: wait_time.data }),
  z.object({ ...common, type: z.literal('wait_until'), data: wait_until.data }),
  z.object({ ...common, type: z.literal('wait_event'), data: wait_event.data }),
  z.object({ ...common, type: z.literal('condition'), data: condition.data }),
  z.object({ ...common, type: z.literal('split'), data: split.data }),
  z.object({ ...common, type: z.literal('go_to'), data: go_to.data }),
  z.object({ ...common, type: z.literal('action'), data: action.data }),
  z.object({ ...common, type: z.literal('end'), data: end.data }),
]);
export type FlowNode = z.infer<typeof flowNode>;
export type NodeOf<Type extends NodeType> = Extract<FlowNode, { type: Type }>;

/** sourceHandle: which way out of its source it is, by the output's id; none where there is one way only. */
const flowEdge = z.object({
  id: z.string().min(1).max(200),
  source: nodeId,
  target: nodeId,
  sourceHandle: z.string().max(32).nullish(),
});
export type FlowEdge = z.infer<typeof flowEdge>;

/** Written on the canvas for people; nothing runs it. */
const flowNote = z.object({
  id: nodeId,
  position,
  width: z.number().positive().max(2000),
  height: z.number().positive().max(2000),
  text: z.string().max(2000),
});
export type FlowNote = z.infer<typeof flowNote>;

const rest = {
  edges: z.array(flowEdge).max(1000),
  notes: z.array(flowNote).max(100).default([]),
  settings: flowSettings.default(() => ({ ...defaultSettings })),
};

/** A published flow: every node complete. */
export const flowGraph = z.object({ nodes: z.array(flowNode).max(500), ...rest });
export type FlowGraph = z.infer<typeof flowGraph>;

/** A flow without anything, for where a version is gone. */
export const emptyGraph: FlowGraph = { nodes: [], edges: [], notes: [], settings: defaultSettings };

const nodeTypes = z.enum([
  'trigger',
  'send_email',
  'wait',
  'wait_time',
  'wait_until',
  'wait_event',
  'condition',
  'split',
  'go_to',
  'action',
  'end',
] satisfies NodeType[]);

/** A draft may be unfinished: node data of any shape, checked when it is published. */
export const draftGraph = z.object({
  nodes: z.array(z.object({ ...common, type: nodeTypes, data: z.record(z.string(), z.unknown()) })).max(500),
  ...rest,
});
export type DraftGraph = z.infer<typeof draftGraph>;

/** A reason why a graph cannot be published, or, as advice, what is probably not meant. */
export interface FlowProblem {
  nodeId: string | null;
  field: string | null;
  message: string;
  severity: 'error' | 'advice';
}
