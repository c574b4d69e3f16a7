import { z } from 'zod';
import type { EndReason } from '../flow/decideStep.ts';
import { stepContext, type StepContext } from '../flow/StepContext.ts';
import { flowGraph, type FlowGraph } from '../schemas/flow.ts';
import { call, rowsOf, type Database } from './database.ts';
import { heldOutcomes, type Held, type HeldOutcome } from './heldOutcomes.ts';
import { dbState, dbTime, dbTimeOrNull } from './rowFields.ts';

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
  timeZone: z.string(),
  /** Who it is, the same in every run of theirs: for what a person meets the same way each time. */
  personKey: z.string(),
  /** Which visit it is in this pass of the run: what effects are known by. */
  keyVisit: z.number(),
  /** What the step answered in an earlier pass of a run that was begun anew: its effect is not repeated. */
  doneBefore: z.object({ output: z.unknown() }).nullable(),
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

/** A step that follows. */
export interface NextStep {
  nodeId: string;
  visit: number;
  dueAt: Date | null;
  anchorMinutes: number | null;
  enteredAt: Date;
  isAction: boolean;
  /** Looked at again whenever something about the customer changes. */
  watch: boolean;
}

/** What becomes of a claimed step. `release`: it is done later. `fail`: its run is parked there until somebody sees to it. */
export type StepSettlement = Held & {
  /** Its last try. */
  startedAt: Date | null;
  finishedAt: Date | null;
} & (
    | {
        type: 'finish';
        status: 'done' | 'skipped';
        input: unknown;
        output: unknown;
        next: NextStep[];
        message: QueuedMessage | null;
        outcome: string | null;
        /** done: the path is at its end. ended: before its end, by `endedReason`. */
        runStatus: 'done' | 'ended' | null;
        endedReason: EndReason | null;
      }
    | { type: 'release'; dueAt: Date | null; attempts: number; input: unknown; error: string | null }
    | { type: 'fail'; input: unknown; error: string }
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
  const times = {
    started_at: settlement.startedAt?.toISOString() ?? null,
    finished_at: settlement.finishedAt?.toISOString() ?? null,
  };
  switch (settlement.type) {
    case 'release':
      return {
        id,
        holder,
        type,
        ...times,
        due_at: settlement.dueAt?.toISOString() ?? null,
        attempts: settlement.attempts,
        input: settlement.input,
        error: settlement.error,
      };
    case 'fail':
      return {
        id,
        holder,
        type,
        ...times,
        status: 'failed',
        run_status: 'parked',
        input: settlement.input,
        error: settlement.error,
      };
    case 'finish':
      return {
        id,
        holder,
        type,
        ...times,
        status: settlement.status,
        input: settlement.input,
        output: settlement.output,
        outcome: settlement.outcome,
        run_status: settlement.runStatus,
        ended_reason: settlement.endedReason,
        message: settlement.message && messageRow(settlement.message),
        next: settlement.next.map(nextStepRow),
      };
  }
}

/** A following step as the database takes it. */
export function nextStepRow(step: NextStep): Record<string, unknown> {
  return {
    node_id: step.nodeId,
    visit: step.visit,
    due_at: step.dueAt?.toISOString() ?? null,
    anchor_minutes: step.anchorMinutes,
    entered_at: step.enteredAt.toISOString(),
    is_action: step.isAction,
    watch: step.watch,
  };
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

/** What templates and conditions may ask for, by run; null where it cannot be read, which holds up no others. */
export async function loadStepContexts(
  database: Database,
  wanted: {
    runs: string[];
    /** Of which what became of messages and whether somebody answered is wanted, too. */
    withHistory?: string[];
    /** Of which what earlier steps answered is wanted, too. */
    withSteps?: string[];
  },
): Promise<Record<string, StepContext | null>> {
  const parameters = {
    p_runs: wanted.runs,
    p_with_history: wanted.withHistory ?? [],
    p_with_steps: wanted.withSteps ?? [],
  };
  const contexts = z.record(z.string(), stepContext.nullable().catch(null));
  return call(database, 'load_step_contexts', parameters, contexts);
}

const journeyContext = z.object({ personKey: z.string(), context: stepContext });

/** What a flow would know of journeys that it does not run for, and who they are about; by journey. */
export async function loadJourneyContexts(
  database: Database,
  question: { workspaceId: string; journeyIds: string[] },
): Promise<Record<string, z.infer<typeof journeyContext>>> {
  const parameters = { p_workspace: question.workspaceId, p_journeys: question.journeyIds };
  return call(database, 'load_journey_contexts', parameters, z.record(z.string(), journeyContext));
}

/** What a flow would know of somebody who has no journey yet; null when the workspace has no such contact. */
export async function loadContactContext(database: Database, workspaceId: string, contactId: string) {
  const parameters = { p_workspace: workspaceId, p_contact: contactId };
  return call(database, 'load_contact_context', parameters, journeyContext.nullable());
}

/** The graphs of versions, by id; those that cannot be read any more are not among them: they hold up no others. */
export async function loadGraphs(database: Database, versionIds: string[]): Promise<Map<string, FlowGraph>> {
  const rows = z.array(z.object({ id: z.uuid(), graph: flowGraph.nullable().catch(null) }));
  const found = await rowsOf(database.from('flow_versions').select('id, graph').in('id', versionIds), rows);
  return new Map(found.flatMap(({ id, graph }) => (graph ? [[id, graph]] : [])));
}
