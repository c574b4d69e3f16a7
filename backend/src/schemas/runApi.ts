import { z } from 'zod';
import type { RunSummary } from './api.ts';
import { stateNumber } from './state.ts';

/** Which runs a list or a bulk action is about. */
const runFilter = z.object({
  flowId: z.uuid().optional(),
  contactId: z.uuid().optional(),
  status: z.enum(['active', 'done', 'ended', 'parked']).optional(),
  state: z.coerce.number().pipe(stateNumber).optional(),
  /** Of the flow, by number. */
  version: z.coerce.number().int().positive().optional(),
  /** Why it was parked or ended, word for word. */
  error: z.string().max(2000).optional(),
  /** A part of the customer's name. */
  search: z.string().trim().max(200).optional(),
});
export type RunFilterRequest = z.infer<typeof runFilter>;

/** GET /api/runs/errors: a filter of runs, as far as it is not about errors itself. */
export const runErrorsQuery = z.object(runFilter.shape).omit({ status: true, error: true });
export interface RunErrorsReply {
  errors: { error: string; count: number }[];
}

/** GET /api/runs */
export const runsQuery = z.object({ ...runFilter.shape, cursor: z.string().max(500).optional() });

/** POST /api/runs/:id/retry. failed: the step that failed is done again; start: all is gone through again, and no effect that was done is repeated. */
export const retryRequest = z.object({
  from: z.enum(['failed', 'start']),
  /** The version that the run is on, or the one that is published now. */
  version: z.enum(['same', 'newest']),
});
export type RetryRequest = z.infer<typeof retryRequest>;

/** POST /api/runs/:id/skip */
export const skipRequest = z.object({ stepId: z.uuid('Name the step to skip by its id.') });

const bulkAction = z.discriminatedUnion('type', [
  z.object({ type: z.literal('retry'), ...retryRequest.shape }),
  z.object({ type: z.literal('skip') }),
  z.object({ type: z.literal('cancel') }),
]);
export type BulkAction = z.infer<typeof bulkAction>;

/** POST /api/runs/bulk/preview */
export const bulkPreviewRequest = z.object({ filter: runFilter, action: bulkAction });
export interface BulkPreviewReply {
  count: number;
}

/** POST /api/runs/bulk */
export const bulkRequest = z.object({
  ...bulkPreviewRequest.shape,
  /** What the preview said: if it is another number by now, nothing is done. */
  expected: z.int().min(0),
});
export interface BulkReply {
  done: number;
  /** With which it could not be done: others were faster, or the person is in the flow by another run. */
  left: number;
}

/** POST /api/flows/:id/start */
export const startFlowRequest = z.object({
  journeyId: z.uuid('Name the customer’s opportunity by its id.'),
  requestId: z.uuid('Send an id of your own, the same when you ask again.'),
});
export interface StartFlowReply {
  runId: string | null;
}

/** GET /api/flows/:id/enrolment?of= : of the published version, or of the draft as it was saved. */
export const enrolmentQuery = z.object({ of: z.enum(['published', 'draft']).default('published') });
export type EnrolmentSource = z.infer<typeof enrolmentQuery>['of'];
export interface EnrolmentReply {
  /** null: what starts the flow is nothing that customers stand in, or it is not finished or not published. */
  count: number | null;
  /** False: so many at the most; there are too many to ask each of them. */
  isExact: boolean;
}

/** POST /api/flows/:id/enrol. expected: the published version's count, as it was shown. */
export const enrolRequest = z.object({
  requestId: z.uuid('Send an id of your own, the same when you ask again.'),
  expected: z.int().min(0),
});

/** One try of a step that failed. */
interface FailedTry {
  at: string;
  error: string;
}

export interface RunStep {
  id: string;
  nodeId: string;
  title: string;
  visit: number;
  status: 'pending' | 'done' | 'skipped' | 'failed' | 'canceled';
  enteredAt: string;
  dueAt: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  /** What its last try took. */
  milliseconds: number | null;
  attempts: number;
  tries: FailedTry[];
  /** Which way it went, by the output's id. */
  outcome: string | null;
  input: unknown;
  output: unknown;
  error: string | null;
  /** What became of it, in a sentence. */
  words: string;
  /** Each rule that was asked, with the value that it saw. */
  rules: { words: string; saw: string; holds: boolean }[];
}

export interface RunDetails extends RunSummary {
  journeyId: string;
  triggerKind: string;
  startedBy: string | null;
  /** Whether a newer version is published than the one that it is on. */
  hasNewerVersion: boolean;
}

/** GET /api/alerts */
export interface AlertsReply {
  alerts: {
    id: string;
    kind: 'run_parked' | 'run_stuck';
    flowId: string | null;
    flowName: string | null;
    runId: string | null;
    contactId: string | null;
    customerName: string;
    message: string;
    createdAt: string;
  }[];
}
