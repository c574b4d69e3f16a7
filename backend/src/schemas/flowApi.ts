import { z } from 'zod';
import type { FlowStatus } from './api.ts';
import { optionKinds } from './conditions.ts';
import type { GraphDiff } from './diffGraphs.ts';
import { draftGraph, type DraftGraph, type FlowProblem } from './flow.ts';
import {
  referenceMapping,
  type FlowFile,
  type LeftOutValue,
  type ReferenceId,
  type ReferenceKind,
  type ReferenceMapping,
} from './flowFile.ts';
import { future } from './future.ts';

const draftRevision = z.int();

// ---------------------------------------------------------------- drafts and versions

/** POST /api/flows/:id/discard: the draft becomes the published version again. */
export const discardRequest = z.object({ draftRevision });
/** POST /api/flows/:id/restore: the draft becomes what a version or a checkpoint is. */
export const restoreRequest = z.union(
  [
    z.strictObject({ draftRevision, versionId: z.uuid() }),
    z.strictObject({ draftRevision, checkpointId: z.uuid() }),
  ],
  'Name a versionId or a checkpointId.',
);
export type RestoreRequest = z.infer<typeof restoreRequest>;

/** Why a checkpoint was made: after some minutes of editing, or right before something replaced the draft. */
export const checkpointReasons = ['editing', 'discard', 'restore', 'publish'] as const;
export type CheckpointReason = (typeof checkpointReasons)[number];

/** GET /api/flows/:id/checkpoints, the newest first. */
export interface CheckpointsReply {
  checkpoints: CheckpointSummary[];
}
export interface CheckpointSummary {
  id: string;
  /** Who had saved the draft that it keeps, and when. */
  author: string;
  savedAt: string;
  reason: CheckpointReason;
  nodes: number;
}
/** GET /api/flows/:id/checkpoints/:checkpointId */
export interface CheckpointReply {
  checkpoint: CheckpointSummary;
  graph: DraftGraph;
}

/** GET /api/flows/:id/versions, the newest first. */
export interface VersionsReply {
  versions: VersionSummary[];
}
interface VersionSummary {
  id: string;
  number: number;
  author: string;
  note: string;
  publishedAt: string;
  /** The version that new people get. */
  isPublished: boolean;
  /** People under way on it. */
  activeRuns: number;
}
/** GET /api/flows/:id/versions/:number */
export interface VersionReply {
  version: VersionSummary;
  graph: DraftGraph;
  /** Against the version before it; null for the first. */
  changes: GraphDiff | null;
  /** What restoring it would change about the draft. */
  toDraft: GraphDiff;
}

/** POST /api/flows/:id/publish/preview */
export interface PublishPreviewReply {
  draftRevision: number;
  problems: FlowProblem[];
  /** Against what is published; null when nothing is. */
  changes: GraphDiff | null;
  inFlight: {
    total: number;
    /** Where people are, and where they would go on if they were moved. */
    lands: Landing[];
  };
}
export interface Landing {
  nodeId: string;
  title: string;
  count: number;
  /** null: the flow would be over for them. */
  to: { nodeId: string; title: string } | null;
}

/** POST /api/flows/:id/publish */
export const publishRequest = z.object({
  draftRevision: draftRevision.optional(),
  note: z.string().trim().max(500).default(''),
  /** What becomes of people under way: they stay on their version, or go on in the new one. */
  inFlight: z.enum(['stay', 'move']).default('stay'),
});
export type PublishRequest = z.infer<typeof publishRequest>;

/** POST /api/flows/:id/status */
export type FlowStatusChange = Exclude<FlowStatus, 'draft'>;

// ---------------------------------------------------------------- files and the gallery

/** GET /api/flows/:id/export answers a FlowFile, to be saved as <name>.flow.json. */
export type ExportReply = FlowFile;

/** The file is checked by itself, so that what is wrong is named by its path in the file. */
export const importPreviewRequest = z.object({ file: z.unknown() });
export const importRequest = z.object({ file: z.unknown(), mapping: referenceMapping.default({}) });

/** POST /api/flows/import/preview */
export interface ImportPreviewReply {
  name: string;
  description: string;
  graph: DraftGraph;
  problems: FlowProblem[];
  /** What the flow names and this workspace does not have. */
  missing: MissingReference[];
  /** Secrets to be entered anew. */
  leftOut: LeftOutValue[];
}
export interface MissingReference {
  kind: ReferenceKind;
  id: ReferenceId;
  /** The key in the mapping. */
  key: string;
  name: string;
  usedBy: string[];
  /** Of the same name here. */
  suggestion: { id: ReferenceId; name: string } | null;
}
// POST /api/flows/import answers a FlowReply.

/** GET /api/flows/gallery */
export interface GalleryReply {
  flows: GalleryCard[];
}
export interface GalleryCard {
  key: string;
  name: string;
  description: string;
  category: 'Lifecycle' | 'Service' | 'Sales';
  graph: DraftGraph;
  /** What it does, sentence by sentence. */
  sentences: string[];
  needs: GalleryNeed[];
  /** The workspace's own flow that was made of it. */
  installed: { flowId: string; status: FlowStatus } | null;
  enrolment: Enrolment | null;
  /** The fixture's messages: what a customer would get, and when. */
  example: { name: string; messages: { day: number; subject: string }[] };
}
export interface GalleryNeed {
  kind: 'setting' | 'permission' | ReferenceKind;
  title: string;
  /** What to do where it is missing. */
  help: string;
  met: boolean;
}
/** POST /api/flows/gallery/:key/install answers a FlowReply: a draft. */
export const installRequest = z.object({ mapping: referenceMapping.default({}) });

/** How many customers a flow would enrol, were it started for all whom it is for now. */
export interface Enrolment {
  count: number;
  /** False: so many at the most; there are too many to ask each of them. */
  isExact: boolean;
}

// ---------------------------------------------------------------- names and values

/** GET /api/options/:kind?connectionId= */
export interface OptionsReply {
  options: Option[];
  /** When they were last read from ServiceTitan; null: they are the product's own, or were never read. */
  readAt: string | null;
  /** Tenants that could not be asked, where they are asked at once: whose names are missing, and why. */
  unanswered: { connectionName: string; message: string }[];
}
export interface Option {
  /** A number for what is ServiceTitan's. */
  id: ReferenceId;
  name: string;
  connectionId: string | null;
  connectionName: string | null;
}
export const optionKind = z.enum(optionKinds);
export type { ReferenceMapping };
/** POST /api/options/:kind/refresh {connectionId?}: a read of them is asked for; progress comes as events. */
export const refreshOptionsRequest = z.object({ connectionId: z.uuid().optional() });
export interface RefreshOptionsReply {
  /** How many tenants are asked. */
  started: number;
}

/** GET /api/flows/variables?journeyId= : a journey, or the contact of somebody who has none yet. */
export interface VariablesReply {
  customerName: string | null;
  /** What templates may use. */
  variables: VariableValue[];
  /** What conditions may ask. */
  facts: VariableValue[];
}
export interface VariableValue {
  name: string;
  title: string;
  group: string;
  /** null: no customer was chosen, or nothing is known. */
  value: string | null;
}

// ---------------------------------------------------------------- trying out

/** POST /api/flows/:id/try. Nothing is written and nobody is written to. */
export const tryRequest = z.object({
  /** The draft as it is on the screen; without one, as it was saved. */
  graph: draftGraph.optional(),
  /** Or the contact of somebody who has no journey yet. */
  journeyId: z.uuid('Choose a customer.'),
  future: future.default([]),
  days: z.number().positive().max(3660).default(120),
});
export type TryRequest = z.infer<typeof tryRequest>;

export interface TryReply {
  start: string;
  until: string;
  timeZone: string;
  customerName: string;
  /** Why the flow would not start for them as things stand. */
  remarks: string[];
  steps: TriedStep[];
  /** What happens to the customer meanwhile, in words. */
  happenings: { at: string; words: string }[];
  status: 'active' | 'done' | 'ended' | 'parked';
  /** The code of why it ended before its end. */
  endedReason: string | null;
  /** How it ended, in words; null while it is under way. */
  ended: string | null;
}
export interface TriedStep {
  nodeId: string;
  title: string;
  visit: number;
  /** When the customer comes to it, when it was due, when it is over (null: it is not, within the time looked at). */
  enteredAt: string;
  dueAt: string | null;
  at: string | null;
  status: 'done' | 'skipped' | 'waiting' | 'failed' | 'canceled';
  /** What the node does. */
  sentence: string;
  /** What became of it here, in words. */
  decision: string;
  /** Each rule that was asked, with the value that it saw. */
  rules: { words: string; saw: string; holds: boolean }[];
  /** The way it went, and those that it did not. */
  way: { id: string | null; title: string } | null;
  notTaken: { id: string | null; title: string; to: { nodeId: string; title: string } | null }[];
  message: TriedMessage | null;
  action: { actionId: string; title: string; input: Record<string, unknown> } | null;
  error: string | null;
}
export interface TriedMessage {
  class: 'transactional' | 'marketing';
  to: string | null;
  subject: string;
  html: string;
  text: string;
  /** Why it would not go out, as things stand then; null: it would. */
  refused: string | null;
}

/** POST /api/flows/:id/email-preview: an e-mail of the flow while it is written, as it would reach a customer. */
export const emailPreviewRequest = z.object({
  /** Or the contact of somebody who has no journey yet. */
  journeyId: z.uuid('Choose a customer.'),
  subject: z.string().max(1000).default(''),
  body: z.string().max(100_000).default(''),
  class: z.enum(['transactional', 'marketing']).default('transactional'),
});
export type EmailPreviewRequest = z.infer<typeof emailPreviewRequest>;
export interface EmailPreviewReply {
  customerName: string;
  /** null: it cannot be composed; the problems say why. */
  message: TriedMessage | null;
  problems: { field: 'subject' | 'body'; message: string }[];
  /** Names that the texts use and of which nothing is known for this customer. */
  empty: { name: string; title: string }[];
}

// ---------------------------------------------------------------- why

/** GET /api/flows/:id/why?contactId= */
export interface WhyReply {
  customerName: string;
  /** The answer in a sentence or two. */
  summary: string;
  /** Every time that the flow was asked whether it starts for this person, the newest first. */
  entries: WhyEntry[];
  /** Why nothing more is there: what the flow listens to, and how the person stands to it. */
  notes: string[];
  /** Of the person's tenant. */
  timeZone: string;
}
export interface WhyEntry {
  at: string;
  /** What asked: "entered Lead", "an appointment". */
  occasion: string;
  started: boolean;
  because: string;
  runId: string | null;
  run: {
    status: 'active' | 'done' | 'ended' | 'parked';
    versionNumber: number;
    ended: string | null;
    steps: WhyStep[];
  } | null;
}
export interface WhyStep {
  nodeId: string;
  title: string;
  at: string | null;
  status: string;
  words: string;
  rules: { words: string; saw: string; holds: boolean }[];
  message: { id: string; subject: string; status: string; because: string } | null;
}
