import { z } from 'zod';
import { optionKinds } from './conditions.ts';
import { draftGraph, type DraftGraph } from './flow.ts';
import { future } from './future.ts';
import { stateNumber } from './state.ts';

/** What a flow names that belongs to a workspace or tenant, and what its steps are done by. */
export const referenceKinds = [...optionKinds, 'actions'] as const;
export type ReferenceKind = (typeof referenceKinds)[number];

const referenceId = z.union([z.string().max(300), z.number()]);
export type ReferenceId = z.infer<typeof referenceId>;

export const longestName = 300;

const reference = z.object({
  kind: z.enum(referenceKinds),
  id: referenceId,
  /** What it was called where the flow comes from. */
  name: z.string().max(longestName),
});
export type FlowReference = z.infer<typeof reference>;

/** How a mapping names it: the same id may come as text or as a number. */
export function keyOfReference({ kind, id }: { kind: ReferenceKind; id: ReferenceId }): string {
  return `${kind}:${id}`;
}

/** From a reference's key (`kind:id`) to what takes its place; null: it is left out. */
export const referenceMapping = z.record(z.string().max(400), referenceId.nullable());
export type ReferenceMapping = z.infer<typeof referenceMapping>;

const leftOutValue = z.object({ nodeId: z.string().max(64), field: z.string().max(300) });
/** A value that is not given away: a secret. */
export type LeftOutValue = z.infer<typeof leftOutValue>;

/** A flow as a file. Its nodes keep their ids; whatever it names is listed, so that it can be replaced. */
export const flowFile = z.object({
  format: z.literal('chou-flow', 'This is not an exported flow: "format" is not "chou-flow".'),
  formatVersion: z.literal(1, 'This file is of another version. Export the flow again with this product.'),
  name: z.string().trim().min(1, 'The flow has no name.').max(120),
  description: z.string().max(1000).default(''),
  graph: draftGraph,
  references: z.array(reference).max(2000).default([]),
  /** Secrets, which have to be entered anew. */
  leftOut: z.array(leftOutValue).max(500).default([]),
});
export type FlowFile = Omit<z.infer<typeof flowFile>, 'graph'> & { graph: DraftGraph };

const moment = z.iso.datetime({ offset: true });
const amount = z.number().min(0).max(10_000_000);
const idNumbers = z.array(z.int()).max(100);

/** Who a flow is tried out with when there is no tenant: what is left out is as of most customers. */
const fixtureCustomer = z.object({
  name: z.string().max(200).default('Testa Fictional'),
  email: z.email().nullable().default('testa@example.com'),
  phone: z.string().max(50).nullable().default('(555) 010-0100'),
  type: z.enum(['Residential', 'Commercial']).default('Residential'),
  city: z.string().max(100).nullable().default('Sampleton'),
  zip: z.string().max(20).nullable().default('90000'),
  tagIds: idNumbers.default([]),
  unsubscribed: z.boolean().default(false),
});

const fixtureJob = z.object({
  jobNumber: z.string().max(50).default('1001'),
  summary: z.string().max(2000).default(''),
  jobStatus: z.string().max(50).default('Scheduled'),
  total: amount.nullable().default(null),
  typeId: z.int().nullable().default(null),
  type: z.string().max(200).nullable().default(null),
  businessUnitId: z.int().nullable().default(null),
  campaignId: z.int().nullable().default(null),
  tagIds: idNumbers.default([]),
  completedOn: moment.nullable().default(null),
});

const fixtureEstimate = z.object({
  name: z.string().max(200).nullable().default('Estimate'),
  status: z.enum(['Open', 'Sold', 'Dismissed']).default('Open'),
  total: amount,
});

const day = z.number().min(0).max(3660);

/** A passage through a flow, and what is expected of it. Days count from the start, and may be fractions. */
export const flowFixture = z.object({
  name: z.string().trim().min(1, 'Say what is tried out.').max(200),
  /** The flow's file, without ".flow.json"; without one, that whose name this file's begins with. */
  flow: z.string().max(200).optional(),
  /** What stands for the ids that the flow names, by `kind:id`. */
  mapping: referenceMapping.default({}),
  start: moment.default('2026-03-02T17:00:00Z'),
  timeZone: z.string().max(100).default('America/Los_Angeles'),
  state: stateNumber,
  customer: fixtureCustomer.nullable().prefault({}),
  job: fixtureJob.nullable().default(null),
  /** Hours from the start to the visit; below 0 before it. */
  appointmentInHours: z.number().nullable().default(null),
  estimates: z.array(fixtureEstimate).max(50).default([]),
  workspace: z
    .object({ name: z.string().max(200), phone: z.string().max(50), reviewUrl: z.string().max(500) })
    .partial()
    .default({}),
  future: future.default([]),
  /** How many days are looked at. */
  days: z.number().positive().max(3660).default(120),
  expect: z.object({
    messages: z
      .array(
        z.object({
          day,
          subject: z.string().max(300),
          /** A part of its text. */
          says: z.string().max(2000).optional(),
        }),
      )
      .max(200),
    actions: z
      .array(z.object({ day, action: z.string().max(200) }))
      .max(200)
      .optional(),
    status: z.enum(['active', 'done', 'ended', 'parked']).optional(),
    endedReason: z.string().max(50).nullable().optional(),
  }),
});
export type FlowFixture = z.infer<typeof flowFixture>;
/** A fixture as it is written: most may be left out. */
export type WrittenFixture = z.input<typeof flowFixture>;
