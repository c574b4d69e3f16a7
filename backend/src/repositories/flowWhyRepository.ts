import { z } from 'zod';
import { call, type Database } from './database.ts';
import { dbState, dbTimeOrNull, isoTime, isoTimeOrNull } from './rowFields.ts';

const step = z.object({
  nodeId: z.string(),
  status: z.enum(['pending', 'done', 'skipped', 'failed', 'canceled']),
  outcome: z.string().nullable(),
  output: z.unknown(),
  error: z.string().nullable(),
  dueAt: dbTimeOrNull,
  finishedAt: isoTimeOrNull,
  message: z
    .object({
      id: z.uuid(),
      subject: z.string(),
      status: z.enum(['queued', 'sent', 'skipped', 'failed']),
      reason: z.string().nullable(),
      sentAt: isoTimeOrNull,
    })
    .nullable(),
});
export type ExplainedStep = z.infer<typeof step>;

const start = z.object({
  recordedAt: isoTime,
  outcome: z.enum(['started', 'stale', 'duplicate', 'repeat', 'settings', 'backfill']),
  detail: z
    .object({
      happenedOn: isoTimeOrNull.optional(),
      modifiedOn: isoTimeOrNull.optional(),
      enteredOn: isoTimeOrNull.optional(),
      again: z.enum(['once', 'after_days']).nullish(),
      againAfterDays: z.number().nullish(),
      maxAgeHours: z.number().nullish(),
      liveFrom: isoTimeOrNull.optional(),
      runId: z.uuid().nullish(),
    })
    .nullable()
    .transform((detail) => detail ?? {}),
  kind: z.enum(['state_changed', 'lead_received', 'appointment', 'schedule', 'manual', 'flow']),
  state: dbState.nullable(),
  run: z
    .object({
      id: z.uuid(),
      status: z.enum(['active', 'done', 'ended', 'parked']),
      endedReason: z.string().nullable(),
      versionId: z.uuid(),
      versionNumber: z.number(),
      steps: z.array(step),
    })
    .nullable(),
});
export type ExplainedFlowStart = z.infer<typeof start>;

const explained = z.object({
  contact: z.object({ id: z.uuid(), name: z.string(), connectionId: z.uuid() }).nullable(),
  timeZone: z.string(),
  journeys: z.array(z.object({ id: z.uuid(), connectionId: z.uuid(), state: dbState, since: isoTime })),
  /** The states that the contact's journeys ever entered. */
  entered: z.array(dbState),
  starts: z.array(start),
});
export type ExplainedFlow = z.infer<typeof explained>;

/** Every time that a flow was asked whether it starts for a contact, the newest first, and how the contact stands. */
export async function explainFlow(
  database: Database,
  question: { workspaceId: string; flowId: string; contactId: string; limit: number },
): Promise<ExplainedFlow> {
  const parameters = {
    p_workspace: question.workspaceId,
    p_flow: question.flowId,
    p_contact: question.contactId,
    p_limit: question.limit,
  };
  return call(database, 'explain_flow', parameters, explained);
}
