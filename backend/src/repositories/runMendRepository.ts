import { z } from 'zod';
import { call, done, type Database } from './database.ts';
import { nextStepRow, type NextStep } from './flowRunRepository.ts';
import { dbTime, dbTimeOrNull } from './rowFields.ts';

const standing = {
  runId: z.uuid(),
  versionId: z.uuid(),
  appointmentStart: dbTimeOrNull,
  timeZone: z.string(),
  personKey: z.string(),
};

const stuckRun = z.object({
  ...standing,
  status: z.enum(['active', 'done', 'ended', 'parked']),
  flowId: z.uuid(),
  publishedVersionId: z.uuid().nullable(),
  visitBase: z.number(),
  /** The step that failed, else the one that it waits at; null: there is none. */
  step: z
    .object({ id: z.uuid(), nodeId: z.string(), visit: z.number(), status: z.enum(['failed', 'pending']) })
    .nullable(),
});
/** Where a run stands, with all that is needed to say how it goes on. */
export type StuckRun = z.infer<typeof stuckRun>;

export async function loadStuckRuns(
  database: Database,
  workspaceId: string,
  runIds: readonly string[],
): Promise<StuckRun[]> {
  const parameters = { p_workspace: workspaceId, p_runs: runIds };
  return call(database, 'load_stuck_steps', parameters, z.array(stuckRun));
}

const mended = z.enum(['done', 'not_found', 'moved', 'busy', 'taken', 'left']);
export type MendOutcome = z.infer<typeof mended>;

export interface Mending {
  workspaceId: string;
  runId: string;
  stepId: string | null;
  action: 'retry' | 'skip' | 'restart';
  /** Null: the one that it is on. */
  versionId: string | null;
  /** What it goes on with; null: the step itself. */
  next: NextStep[] | null;
  actor: string;
  now: Date;
  systemNow: Date;
}

/** Lets a run go on; anything but `done` means that nothing was done, and why. */
export async function mendRun(database: Database, mending: Mending): Promise<MendOutcome> {
  const parameters = {
    p_workspace: mending.workspaceId,
    p_run: mending.runId,
    p_step: mending.stepId,
    p_action: mending.action,
    p_version: mending.versionId,
    p_next: mending.next?.map(nextStepRow) ?? null,
    p_actor: mending.actor,
    p_now: mending.now.toISOString(),
    p_system_now: mending.systemNow.toISOString(),
  };
  return call(database, 'mend_run', parameters, mended);
}

/** Ends runs for good; answers how many. */
export async function cancelRuns(
  database: Database,
  cancel: { workspaceId: string; runIds: readonly string[]; actor: string; now: Date },
): Promise<number> {
  const parameters = {
    p_workspace: cancel.workspaceId,
    p_runs: cancel.runIds,
    p_actor: cancel.actor,
    p_now: cancel.now.toISOString(),
  };
  return call(database, 'cancel_runs', parameters, z.number());
}

const firstId = '00000000-0000-0000-0000-000000000000';

/** The ids of the runs of a filter with which an action can be done, in pages. */
export async function* selectRuns(
  database: Database,
  workspaceId: string,
  filter: Readonly<Record<string, unknown>>,
): AsyncGenerator<string[]> {
  const limit = 500;
  for (let after = firstId; ;) {
    const parameters = { p_workspace: workspaceId, p_filter: filter, p_after: after, p_limit: limit };
    const ids = await call(database, 'select_runs', parameters, z.array(z.uuid()));
    if (ids.length > 0) yield ids;
    if (ids.length < limit) return;
    after = ids.at(-1) ?? after;
  }
}

/** Has the runs of a flow that are under way taken to a version. */
export async function requestMove(
  database: Database,
  move: { workspaceId: string; flowId: string; versionId: string; actor: string; now: Date },
): Promise<void> {
  const parameters = {
    p_workspace: move.workspaceId,
    p_flow: move.flowId,
    p_version: move.versionId,
    p_actor: move.actor,
    p_now: move.now.toISOString(),
  };
  await call(database, 'request_move', parameters, z.unknown());
}

const movable = z.object({
  ...standing,
  aloneKey: z.string(),
  step: z
    .object({
      id: z.uuid(),
      nodeId: z.string(),
      visit: z.number(),
      enteredAt: dbTime,
      /** A worker is at it. */
      isHeld: z.boolean(),
    })
    .nullable(),
});
/** A run under way on another version than its flow is being moved to. */
export type MovableRun = z.infer<typeof movable>;

export async function loadMove(
  database: Database,
  page: { flowId: string; after: string; limit: number; systemNow: Date },
): Promise<MovableRun[]> {
  const parameters = {
    p_flow: page.flowId,
    p_after: page.after,
    p_limit: page.limit,
    p_system_now: page.systemNow.toISOString(),
  };
  return call(database, 'load_move', parameters, z.array(movable));
}

/** Where a run goes on; no step: it is over for it. */
export interface RunMove {
  runId: string;
  stepId: string;
  /** The version that it was on when that was decided. */
  versionId: string;
  targetId: string;
  to: NextStep | null;
}

/** Takes runs to another version; those that are not where they were any more are left. Answers how many were taken. */
export async function applyMoves(
  database: Database,
  { flowId, moves, now, systemNow }: { flowId: string; moves: RunMove[]; now: Date; systemNow: Date },
): Promise<number> {
  const rows = moves.map(({ runId, stepId, versionId, targetId, to }) => ({
    run_id: runId,
    step_id: stepId,
    version_id: versionId,
    target_id: targetId,
    ...(to ? { ...nextStepRow(to), next: [nextStepRow(to)] } : { node_id: null }),
  }));
  const parameters = {
    p_flow: flowId,
    p_moves: rows,
    p_now: now.toISOString(),
    p_system_now: systemNow.toISOString(),
  };
  return call(database, 'apply_moves', parameters, z.number());
}

/** Ends a move when everybody is there; false: somebody is not. */
export async function endMove(
  database: Database,
  { flowId, versionId, now }: { flowId: string; versionId: string; now: Date },
): Promise<boolean> {
  const parameters = { p_flow: flowId, p_version: versionId, p_now: now.toISOString() };
  return call(database, 'end_move', parameters, z.boolean());
}

const stuckCounts = z.object({
  looked: z.number(),
  parked: z.number(),
  flowId: z.uuid(),
  key: z.string(),
});
export type StuckPage = z.infer<typeof stuckCounts>;

/** Parks those of the next runs under way that nothing would ever go on with. */
export async function parkStuckRuns(
  database: Database,
  { after, limit, now }: { after: Pick<StuckPage, 'flowId' | 'key'> | null; limit: number; now: Date },
): Promise<StuckPage> {
  const parameters = {
    p_after_flow: after?.flowId ?? firstId,
    p_after_key: after?.key ?? '',
    p_limit: limit,
    p_now: now.toISOString(),
  };
  return call(database, 'park_stuck_runs', parameters, stuckCounts);
}

/** Cancels what a worker who never came back was at in runs that have ended meanwhile. */
export async function cancelLostSteps(database: Database, systemNow: Date): Promise<void> {
  await done(database.rpc('cancel_lost_steps', { p_system_now: systemNow.toISOString() }));
}
