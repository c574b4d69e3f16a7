import { z } from 'zod';
import { stepContext, type StepContext } from '../flow/StepContext.ts';
import { flowGraph, type FlowGraph } from '../schemas/flow.ts';
import { call, rowsOf, type Database } from './database.ts';
import { heldOutcomes, type Held, type HeldOutcome } from './heldOutcomes.ts';
import { afterCursor, encodeCursor } from './pageCursor.ts';
import { dbState, dbTime, dbTimeOrNull, isoTime, isoTimeOrNull } from './rowFields.ts';

const claimedStep = z.object({
  id: z.uuid(),
  holder: z.string(),
  nodeId: z.string(),
  visit: z.number(),
  dueAt: dbTime,
  enteredAt: dbTime,
  attempts: z.number(),
  runId: z.uuid(),
  workspaceId: z.uuid(),
  flowId: z.uuid(),
  versionId: z.uuid(),
  connectionId: z.uuid(),
  journeyId: z.uuid(),
  contactId: z.uuid().nullable(),
  state: dbState,
  resumedAt: dbTimeOrNull,
  maxAgeHours: z.number(),
  appointmentStart: dbTimeOrNull,
});
/** A due step that its holder alone may do, with its run. */
export type ClaimedStep = z.infer<typeof claimedStep>;

export interface Claim {
  now: Date;
  systemNow: Date;
  /** A name of its own for each claim: what is claimed is known by it. */
  holder: string;
  leaseSeconds: number;
  limit: number;
}

export async function claimDueSteps(database: Database, claim: Claim): Promise<ClaimedStep[]> {
  return call(database, 'claim_due_steps', claimParameters(claim), z.array(claimedStep));
}

export function claimParameters(claim: Claim): Record<string, unknown> {
  return {
    p_now: claim.now.toISOString(),
    p_system_now: claim.systemNow.toISOString(),
    p_holder: claim.holder,
    p_lease_seconds: claim.leaseSeconds,
    p_limit: claim.limit,
  };
}

export interface QueuedMessage {
  id: string;
  sendKey: string;
  class: 'transactional' | 'marketing';
  subject: string;
  html: string;
  text: string;
  messageId: string;
  dueAt: Date;
}

/** What becomes of a claimed step. `release`: it is done later. `fail`: its run ends there. */
export type StepSettlement = Held &
  (
    | {
        type: 'finish';
        status: 'done' | 'skipped';
        input: unknown;
        output: unknown;
        next: {
          nodeId: string;
          visit: number;
          dueAt: Date | null;
          anchorMinutes: number | null;
          enteredAt: Date;
          isAction: boolean;
        }[];
        message: QueuedMessage | null;
        runStatus: 'done' | null;
      }
    | { type: 'release'; dueAt: Date | null; attempts: number; error: string | null }
    | { type: 'fail'; error: string }
  );

/** Settles claimed steps with all that follows from them. */
export async function settleSteps(
  database: Database,
  { settlements, now }: { settlements: StepSettlement[]; now: Date },
): Promise<HeldOutcome[]> {
  const parameters = {
    p_settlements: settlements.map(settlementRow),
    p_now: now.toISOString(),
  };
  return heldOutcomes(database, 'settle_steps', { parameters, items: settlements, isPatient: false });
}

function settlementRow(settlement: StepSettlement): Record<string, unknown> {
  const { id, holder, type } = settlement;
  switch (settlement.type) {
    case 'release':
      return {
        id,
        holder,
        type,
        due_at: settlement.dueAt?.toISOString() ?? null,
        attempts: settlement.attempts,
        error: settlement.error,
      };
    case 'fail':
      return { id, holder, type, status: 'failed', run_status: 'failed', error: settlement.error };
    case 'finish':
      return {
        id,
        holder,
        type,
        status: settlement.status,
        input: settlement.input,
        output: settlement.output,
        run_status: settlement.runStatus,
        message: settlement.message && messageRow(settlement.message),
        next: settlement.next.map((step) => ({
          node_id: step.nodeId,
          visit: step.visit,
          due_at: step.dueAt?.toISOString() ?? null,
          anchor_minutes: step.anchorMinutes,
          entered_at: step.enteredAt.toISOString(),
          is_action: step.isAction,
        })),
      };
  }
}

function messageRow(message: QueuedMessage): Record<string, string> {
  return {
    id: message.id,
    send_key: message.sendKey,
    class: message.class,
    subject: message.subject,
    html: message.html,
    body_text: message.text,
    message_id: message.messageId,
    due_at: message.dueAt.toISOString(),
  };
}

const dueCounts = z.object({ steps: z.number(), messages: z.number() });

/** How many steps and messages are to be done now; `most` when there are as many or more. */
export async function countDue(
  database: Database,
  { now, systemNow, most }: { now: Date; systemNow: Date; most: number },
): Promise<z.infer<typeof dueCounts>> {
  const parameters = { p_now: now.toISOString(), p_system_now: systemNow.toISOString(), p_most: most };
  return call(database, 'count_due', parameters, dueCounts);
}

/** What templates and conditions may ask for, by run. */
export async function loadStepContexts(
  database: Database,
  runIds: string[],
): Promise<Record<string, StepContext>> {
  return call(database, 'load_step_contexts', { p_runs: runIds }, z.record(z.string(), stepContext));
}

/** The graphs of versions, by id. */
export async function loadGraphs(database: Database, versionIds: string[]): Promise<Map<string, FlowGraph>> {
  const rows = z.array(z.object({ id: z.uuid(), graph: flowGraph }));
  const found = await rowsOf(database.from('flow_versions').select('id, graph').in('id', versionIds), rows);
  return new Map(found.map((version) => [version.id, version.graph]));
}

const runRow = z.object({
  id: z.uuid(),
  flow_id: z.uuid(),
  flow_name: z.string(),
  version_id: z.uuid(),
  version_number: z.number(),
  contact_id: z.uuid().nullable(),
  customer_name: z.string(),
  state: dbState,
  status: z.enum(['active', 'done', 'ended', 'failed']),
  ended_reason: z.string().nullable(),
  started_at: z.string(),
  ended_at: isoTimeOrNull,
});
export type RunRow = z.infer<typeof runRow>;

export interface RunFilter {
  flowId?: string | undefined;
  contactId?: string | undefined;
  status?: RunRow['status'] | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A page of runs, newest first. */
export async function listRuns(database: Database, workspaceId: string, filter: RunFilter) {
  let query = database.from('run_summaries').select('*').eq('workspace_id', workspaceId);
  if (filter.flowId) query = query.eq('flow_id', filter.flowId);
  if (filter.contactId) query = query.eq('contact_id', filter.contactId);
  if (filter.status) query = query.eq('status', filter.status);
  if (filter.cursor) query = query.or(afterCursor(filter.cursor, 'started_at'));
  const ordered = query.order('started_at', { ascending: false }).order('id', { ascending: false });
  const rows = await rowsOf(ordered.limit(filter.limit + 1), z.array(runRow));
  const page = rows.slice(0, filter.limit);
  const last = rows.length > filter.limit ? page.at(-1) : undefined;
  return { rows: page, nextCursor: last ? encodeCursor(last.started_at, last.id) : null };
}

export async function findRun(
  database: Database,
  workspaceId: string,
  runId: string,
): Promise<RunRow | null> {
  const query = database.from('run_summaries').select('*').eq('workspace_id', workspaceId).eq('id', runId);
  const [row] = await rowsOf(query, z.array(runRow));
  return row ?? null;
}

const stepRow = z.object({
  id: z.uuid(),
  node_id: z.string(),
  status: z.enum(['pending', 'done', 'skipped', 'failed', 'canceled']),
  due_at: isoTimeOrNull,
  entered_at: isoTime,
  finished_at: isoTimeOrNull,
  attempts: z.number(),
  output: z.unknown(),
  error: z.string().nullable(),
});

/** A run's steps; those that were entered at the same moment in any order. */
export async function listSteps(database: Database, workspaceId: string, runId: string) {
  const query = database
    .from('flow_steps')
    .select('id, node_id, status, due_at, entered_at, finished_at, attempts, output, error')
    .eq('workspace_id', workspaceId)
    .eq('run_id', runId)
    .order('entered_at');
  return rowsOf(query, z.array(stepRow));
}
