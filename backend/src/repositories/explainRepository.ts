import { z } from 'zod';
import { readPaths } from '../services/readOrder.ts';
import { transitionSource } from '../schemas/state.ts';
import { journeyRow } from '../state/journeyRow.ts';
import { call, type Database } from './database.ts';
import { closure, settings } from './derivationRepository.ts';
import { dbState, isoTime, isoTimeOrNull } from './rowFields.ts';

const start = z.object({
  flowId: z.uuid(),
  flowName: z.string(),
  outcome: z.enum(['started', 'stale', 'duplicate', 'repeat', 'settings', 'backfill']),
  detail: z
    .object({
      happenedOn: isoTimeOrNull.optional(),
      modifiedOn: isoTimeOrNull.optional(),
      maxAgeHours: z.number().nullish(),
      /** The run that stood in the way. */
      runId: z.uuid().nullish(),
      enteredOn: isoTimeOrNull.optional(),
      again: z.enum(['once', 'after_days']).nullish(),
      againAfterDays: z.number().nullish(),
      liveFrom: isoTimeOrNull.optional(),
    })
    .nullable()
    .transform((detail) => detail ?? {}),
  /** As it is now; what it was then is in the detail. */
  maxAgeHours: z.number(),
  recordedAt: isoTime,
  run: z
    .object({
      id: z.uuid(),
      status: z.enum(['active', 'done', 'ended', 'parked']),
      endedReason: z.string().nullable(),
    })
    .nullable(),
});

const transition = z.object({
  id: z.number(),
  journeyId: z.uuid(),
  from: dbState,
  to: dbState,
  enteringKey: z.string().nullable(),
  happenedOn: z.string().nullable(),
  recordedAt: isoTime,
  source: transitionSource,
  outcome: z.string().nullable(),
  explanation: z.string(),
  entry: z
    .object({
      outcome: z.string(),
      recordedAt: isoTime,
      firstKey: z.string().nullable(),
      firstAt: isoTimeOrNull,
    })
    .nullable(),
  starts: z.array(start),
});
export type ExplainedTransition = z.infer<typeof transition>;

const lineage = z.object({
  runId: z.uuid().nullable(),
  page: z.number().nullable(),
  readAt: isoTime,
  firstReadAt: isoTime,
  path: z.enum(readPaths).nullable(),
});

const explained = z.object({
  contact: z.object({
    id: z.uuid(),
    name: z.string(),
    email: z.string().nullable(),
    active: z.boolean(),
    doNotMail: z.boolean(),
    doNotService: z.boolean(),
    marketingAllowed: z.boolean(),
    remindersAllowed: z.boolean(),
  }),
  suppressions: z.array(z.object({ reason: z.string(), source: z.string() })),
  suppression: z.string().nullable(),
  postalAddress: z.string(),
  timeZone: z.string(),
  settings,
  closure,
  journeys: z.array(
    z.object({
      id: z.uuid(),
      jobNumber: z.string().nullable(),
      since: isoTime,
      derived: journeyRow,
      lineage: lineage.nullable(),
    }),
  ),
  overrides: z.array(
    z.object({ id: z.uuid(), state: dbState, reason: z.string(), setBy: z.string(), setOn: z.string() }),
  ),
  transitions: z.array(transition),
  flows: z.array(z.object({ id: z.uuid(), name: z.string(), triggerState: dbState, status: z.string() })),
});
export type ExplainedContact = z.infer<typeof explained>;

/** Everything that explains a contact's journeys, in one call; null when the workspace has no such contact. */
export async function explainContact(
  database: Database,
  question: { workspaceId: string; contactId: string; since: Date },
): Promise<ExplainedContact | null> {
  const parameters = {
    p_workspace: question.workspaceId,
    p_contact: question.contactId,
    p_since: question.since.toISOString(),
  };
  return call(database, 'explain_contact', parameters, explained.nullable());
}
