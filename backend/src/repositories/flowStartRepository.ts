import { z } from 'zod';
import { localTime, weekdays } from '../schemas/nodes/localTime.ts';
import { call, type Database } from './database.ts';
import { dbTime, dbTimeOrNull } from './rowFields.ts';

const dueSchedule = z.object({
  flowId: z.uuid(),
  connectionId: z.uuid(),
  timeZone: z.string(),
  schedule: z.object({
    every: z.enum(['day', 'week', 'month']),
    weekday: z.enum(weekdays).optional(),
    dayOfMonth: z.number().optional(),
    time: localTime,
  }),
  since: dbTime,
  /** Null: it was not computed yet. */
  nextDueAt: dbTimeOrNull,
  maxAgeHours: z.number(),
});
/** A flow that starts at set times, for one tenant. */
export type DueSchedule = z.infer<typeof dueSchedule>;

export async function listDueSchedules(database: Database, now: Date): Promise<DueSchedule[]> {
  return call(database, 'due_schedules', { p_now: now.toISOString() }, z.array(dueSchedule));
}

/** Writes down that a moment is due, and when the next will be; false when somebody else has. */
export async function advanceSchedule(
  database: Database,
  schedule: DueSchedule,
  moments: { due: Date | null; next: Date; now: Date },
): Promise<boolean> {
  const parameters = {
    p_flow: schedule.flowId,
    p_connection: schedule.connectionId,
    p_since: schedule.since.toISOString(),
    p_expected: schedule.nextDueAt?.toISOString() ?? null,
    p_due: moments.due?.toISOString() ?? null,
    p_next: moments.next.toISOString(),
    p_now: moments.now.toISOString(),
  };
  return call(database, 'advance_schedule', parameters, z.boolean());
}

const startedCounts = z.object({ looked: z.number(), started: z.number() });
export type StartedCounts = z.infer<typeof startedCounts>;

/** Starts what appointments are near for, at most so many. */
export async function startAppointmentRuns(
  database: Database,
  { now, limit }: { now: Date; limit: number },
): Promise<StartedCounts> {
  const parameters = { p_now: now.toISOString(), p_limit: limit };
  return call(database, 'start_appointment_runs', parameters, startedCounts);
}

/** Starts the next part of an enrolment; null when none is left. */
export async function advanceEnrolment(
  database: Database,
  { now, limit }: { now: Date; limit: number },
): Promise<StartedCounts | null> {
  const parameters = { p_now: now.toISOString(), p_limit: limit };
  return call(database, 'advance_enrolment', parameters, startedCounts.nullable());
}

/** Tells waiting steps of news that found them busy; answers how many were told. */
export async function tellNews(
  database: Database,
  { now, limit }: { now: Date; limit: number },
): Promise<number> {
  return call(database, 'tell_news', { p_now: now.toISOString(), p_limit: limit }, z.number());
}

export async function requestEnrolment(
  database: Database,
  request: {
    workspaceId: string;
    flowId: string;
    requestId: string;
    expected: number;
    actor: string;
    now: Date;
  },
): Promise<'requested' | 'known' | 'changed' | 'not_found' | 'not_live' | 'no_states'> {
  const parameters = {
    p_workspace: request.workspaceId,
    p_flow: request.flowId,
    p_request: request.requestId,
    p_expected: request.expected,
    p_actor: request.actor,
    p_now: request.now.toISOString(),
  };
  const outcomes = z.enum(['requested', 'known', 'changed', 'not_found', 'not_live', 'no_states']);
  return call(database, 'request_enrolment', parameters, outcomes);
}

const startOutcome = z.object({
  outcome: z.enum(['started', 'duplicate', 'repeat', 'no_flow', 'not_live', 'no_journey', 'circle']),
  /** The run that began, or the one that stood in the way. */
  runId: z.uuid().nullish(),
});
export type StartOutcome = z.infer<typeof startOutcome>;

/** Starts a flow for a journey, once for the key; the second time it answers what became of the first. */
export async function startFlow(
  database: Database,
  start: {
    workspaceId: string;
    flowId: string;
    journeyId: string;
    key: string;
    kind: 'manual' | 'flow';
    startedBy: string;
    /** Who did it, for the audit log; null: a flow. */
    actor: string | null;
    now: Date;
  },
): Promise<StartOutcome> {
  const parameters = {
    p_workspace: start.workspaceId,
    p_flow: start.flowId,
    p_journey: start.journeyId,
    p_key: start.key,
    p_kind: start.kind,
    p_started_by: start.startedBy,
    p_actor: start.actor,
    p_now: start.now.toISOString(),
  };
  return call(database, 'start_flow', parameters, startOutcome);
}
