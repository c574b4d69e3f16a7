import { z } from 'zod';
import type { StateNumber } from './state.ts';

/**
 * What the states of a connection hang on beside its records. Changing it goes: preview, apply, and undo if need be,
 * below /api/connections/:id/state-settings for a tenant and /api/workspace/state-settings for the limits of all.
 */

export const classifiedKind = z.enum(['sales', 'install', 'other']);
export type ClassifiedKind = z.infer<typeof classifiedKind>;

const subjectId = z.string().regex(/^\d{1,15}$/, 'Use the id as ServiceTitan shows it.');
const kinds = z.record(subjectId, classifiedKind);
/** Null takes the kind away: not classified. */
const changedKinds = z.record(subjectId, classifiedKind.nullable());
const days = z.int('Use whole days.').min(1, 'At least a day.').max(36_500, 'At most a hundred years.');
const clericalReasonIds = z.array(z.int().positive()).max(5000);
const minimum = z.number().nonnegative('Use an amount of 0 or more.').max(1_000_000_000);

/** What can be changed of a connection. */
export const connectionSettings = z.object({
  jobTypes: kinds,
  businessUnits: kinds,
  tags: kinds,
  clericalReasonIds,
  otherEstimateMinimum: minimum,
  liveFrom: z.string(),
});
export type ConnectionSettings = z.infer<typeof connectionSettings>;

/** What can be changed of a workspace: days until a state is reset. */
export const workspaceLimits = z.object({ completedResetDays: days, staleResetDays: days });
export type WorkspaceLimits = z.infer<typeof workspaceLimits>;

/** POST …/state-settings/preview {changes} or {undoes}: only what is given changes; kinds are merged, lists replaced. */
const connectionChanges = z
  .strictObject({
    jobTypes: changedKinds,
    businessUnits: changedKinds,
    tags: changedKinds,
    clericalReasonIds,
    otherEstimateMinimum: minimum,
    liveFrom: z.iso.datetime({ offset: true }),
  })
  .partial();
export type ConnectionChanges = z.infer<typeof connectionChanges>;
const workspaceChanges = z.strictObject(workspaceLimits.shape).partial();
export type WorkspaceChanges = z.infer<typeof workspaceChanges>;

const oneOfBoth = 'Give either the changes or the change to undo.';
export const connectionPreviewRequest = z
  .strictObject({ changes: connectionChanges.optional(), undoes: z.uuid().optional() })
  .refine(({ changes, undoes }) => (changes === undefined) !== (undoes === undefined), oneOfBoth);
export const workspacePreviewRequest = z
  .strictObject({ changes: workspaceChanges.optional(), undoes: z.uuid().optional() })
  .refine(({ changes, undoes }) => (changes === undefined) !== (undoes === undefined), oneOfBoth);

/** PUT …/state-settings: makes the change that a finished preview looked at; 409 when the settings have moved since. */
export const applySettingsRequest = z.strictObject({
  previewId: z.uuid('Preview the change first; apply it with the preview’s id.'),
  /** Whether journeys that the change moves may start flows. */
  startFlows: z.boolean().default(false),
  note: z.string().trim().max(500).default(''),
});

type SettingsSubject = 'job_type' | 'business_unit' | 'tag' | 'cancel_reason';

/** One value that differs. Kinds: null is not classified. Cancel reasons: whether they are clerical. */
export type SettingDifference =
  | {
      setting: 'job_type' | 'business_unit' | 'tag';
      id: number;
      from: ClassifiedKind | null;
      to: ClassifiedKind | null;
    }
  | { setting: 'cancel_reason'; id: number; from: boolean; to: boolean }
  | { setting: 'otherEstimateMinimum' | 'completedResetDays' | 'staleResetDays'; from: number; to: number }
  | { setting: 'liveFrom'; from: string; to: string };

/** GET /api/connections/:id/state-settings */
export interface StateSettingsReply {
  settings: ConnectionSettings;
  /** Everything that can be classified, with the number of jobs (cancel reasons: cancellations) that have it. */
  subjects: {
    subject: SettingsSubject;
    id: number;
    /** Null where ServiceTitan's list of them could not be read. */
    name: string | null;
    active: boolean;
    kind: ClassifiedKind | null;
    jobs: number;
    openJobs: number;
  }[];
  /** The types of jobs that nothing classifies, those with open jobs first; id null: jobs without a type. */
  review: {
    id: number | null;
    name: string | null;
    jobs: number;
    openJobs: number;
    newestOn: string;
    examples: {
      jobNumber: string;
      status: string;
      contactId: string | null;
      customerName: string | null;
    }[];
  }[];
}

/** GET /api/workspace/state-settings */
export interface WorkspaceSettingsReply {
  settings: WorkspaceLimits;
}

/** What a change would do to a flow. */
export interface PreviewedFlow {
  flowId: string;
  flowName: string;
  /** Runs that end, because their journey leaves the state. */
  ending: number;
  /** Runs that go on, because their journey returns; also when no flow is asked to start. */
  resuming: number;
  /** Runs that start if the administrator asks for it; of them, for people without an e-mail address. */
  starting: number;
  startingWithoutEmail: number;
  /** What does not start even then: late news, people who are in the flow already, history. */
  stale: number;
  duplicate: number;
  history: number;
}

export interface PreviewedJourney {
  connectionId: string;
  connectionName: string;
  contactId: string | null;
  customerName: string;
  jobNumber: string | null;
  from: StateNumber;
  to: StateNumber;
  why: string;
}

export interface PreviewResult {
  moving: number;
  /** From and to are equal where a journey goes on with another visit or install. */
  moves: { from: StateNumber; to: StateNumber; count: number }[];
  examples: PreviewedJourney[];
  flows: PreviewedFlow[];
  /** States set by a person or a flow that would no longer hold; undoing does not bring them back. */
  overridesLifted: number;
}

export interface SettingsPreview {
  id: string;
  /** interrupted: the process that computed it died; ask again. */
  status: 'running' | 'done' | 'failed' | 'interrupted';
  /** Journeys looked at, of about `expected`. */
  lookedAt: number;
  expected: number;
  differences: SettingDifference[];
  /** The change that would be undone; null: it would be a new change. */
  undoes: string | null;
  requestedBy: string;
  requestedAt: string;
  error: string | null;
  result: PreviewResult | null;
}

/** GET, POST (starts one, cancels the one before) and DELETE …/state-settings/preview */
export interface SettingsPreviewReply {
  preview: SettingsPreview | null;
}

export interface SettingsChange {
  id: string;
  differences: SettingDifference[];
  startFlows: boolean;
  note: string;
  moved: number;
  madeBy: string;
  madeAt: string;
  undoneBy: string | null;
  undoneAt: string | null;
  /** Only the newest change that is not undone can be: POST …/state-settings/changes/:changeId/undo */
  canUndo: boolean;
}

/** GET …/state-settings/changes : the newest 50. PUT …/state-settings and …/undo answer the same. */
export interface SettingsChangesReply {
  changes: SettingsChange[];
  /** Whether journeys are still to be derived with the settings as they are. */
  isDeriving: boolean;
}
