import { z } from 'zod';
import { stateNumber } from './state.ts';

const nodeId = z.string().min(1).max(64);
const position = z.object({ x: z.number(), y: z.number() });

/** Starts the flow when a journey enters the state; every flow has exactly one. */
const triggerData = z.object({
  state: stateNumber.meta({
    title: 'State',
    description: 'The flow starts when a customer enters this state.',
  }),
});

const emailData = z.object({
  subject: z.string().trim().min(1, 'An e-mail needs a subject.').max(300).meta({ title: 'Subject' }),
  body: z
    .string()
    .trim()
    .min(1, 'An e-mail needs a text.')
    .max(50_000)
    .meta({ title: 'Text', description: 'Liquid: {{ customer.firstName }}, {{ appointment.date }}, …' }),
  class: z.enum(['transactional', 'marketing']).meta({
    title: 'Kind',
    description: 'Marketing e-mails carry an unsubscribe link and respect opt-outs.',
  }),
});

const waitData = z.object({
  amount: z.int().positive().max(10_000).meta({ title: 'Wait' }),
  unit: z.enum(['minutes', 'hours', 'days']).meta({ title: 'Unit' }),
});

const waitUntilData = z.object({
  hours: z
    .number()
    .positive()
    .max(24 * 60)
    .meta({ title: 'Hours' }),
  direction: z.enum(['before', 'after']).meta({ title: 'Before or after the appointment' }),
  whenPast: z.enum(['end', 'continue']).meta({
    title: 'When that moment is already past',
    description: 'End: the flow stops here. Continue: it goes on at once.',
  }),
});

export const conditionFields = [
  'contact.email',
  'journey.state',
  'job.total',
  'job.jobStatus',
  'appointment.exists',
  'estimate.total',
  'estimate.count',
] as const;

const conditionData = z.object({
  field: z.enum(conditionFields).meta({ title: 'Field' }),
  operator: z.enum(['equals', 'not_equals', 'greater', 'less', 'exists', 'not_exists']).meta({ title: 'Is' }),
  value: z
    .union([z.string().max(300), z.number()])
    .optional()
    .meta({ title: 'Value' }),
});

const actionData = z.object({
  actionId: z.string().min(1),
  /** Values for the action's input; strings are Liquid templates. */
  input: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** One schema for each type of node; nodeDataSchemas also draws the builder's forms. */
export const nodeDataSchemas = {
  trigger: triggerData,
  send_email: emailData,
  wait: waitData,
  wait_until: waitUntilData,
  condition: conditionData,
  action: actionData,
  end: z.object({}),
} as const;
export type NodeType = keyof typeof nodeDataSchemas;

const common = { id: nodeId, position };
export const flowNode = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('trigger'), data: triggerData }),
  z.object({ ...common, type: z.literal('send_email'), data: emailData }),
  z.object({ ...common, type: z.literal('wait'), data: waitData }),
  z.object({ ...common, type: z.literal('wait_until'), data: waitUntilData }),
  z.object({ ...common, type: z.literal('condition'), data: conditionData }),
  z.object({ ...common, type: z.literal('action'), data: actionData }),
  z.object({ ...common, type: z.literal('end'), data: z.object({}) }),
]);
export type FlowNode = z.infer<typeof flowNode>;

/** A condition's two ways out are its edges with sourceHandle yes and no; every other node has at most one. */
const flowEdge = z.object({
  id: z.string().min(1).max(200),
  source: nodeId,
  target: nodeId,
  sourceHandle: z.enum(['yes', 'no']).nullish(),
});
export type FlowEdge = z.infer<typeof flowEdge>;

/** A published graph: every node complete. */
export const flowGraph = z.object({ nodes: z.array(flowNode).max(500), edges: z.array(flowEdge).max(1000) });
export type FlowGraph = z.infer<typeof flowGraph>;

/** A draft may be unfinished: node data of any shape, checked when it is published. */
export const draftGraph = z.object({
  nodes: z
    .array(
      z.object({
        ...common,
        type: z.enum(['trigger', 'send_email', 'wait', 'wait_until', 'condition', 'action', 'end']),
        data: z.record(z.string(), z.unknown()),
      }),
    )
    .max(500),
  edges: z.array(flowEdge).max(1000),
});
export type DraftGraph = z.infer<typeof draftGraph>;

/** A reason why a graph cannot be published. */
export interface FlowProblem {
  nodeId: string | null;
  field: string | null;
  message: string;
}
