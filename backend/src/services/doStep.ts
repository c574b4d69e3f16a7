import { composeMessage } from '../email/composeMessage.ts';
import { hasExits } from '../flow/decideExit.ts';
import { decideStep, type EndReason } from '../flow/decideStep.ts';
import { factsOf, noFacts } from '../flow/factsOf.ts';
import { decideLateStep } from '../flow/lateStep.ts';
import type { StepOutcome } from '../flow/nextSteps.ts';
import { renderInput } from '../flow/renderInput.ts';
import type { ScheduleFacts } from '../flow/scheduleOf.ts';
import type { StepContext } from '../flow/StepContext.ts';
import { templateScope } from '../flow/templateScope.ts';
import type { ClaimedStep, QueuedMessage } from '../repositories/flowRunRepository.ts';
import type { FlowGraph, FlowNode, NodeOf } from '../schemas/flow.ts';
import type { ActionValue } from '../schemas/nodes/logic.ts';
import { uuidOfKey } from './uuidOfKey.ts';

/** Runs an action of an integration for a run; throws an IntegrationError when it fails. */
export type ActionRunner = (request: {
  actionId: string;
  input: Record<string, ActionValue>;
  /** The same for every try of the same step. */
  idempotencyKey: string;
  run: { id: string; workspaceId: string; connectionId: string; journeyId: string; contactId: string | null };
}) => Promise<unknown>;

export interface StepTools {
  runAction: ActionRunner;
  findAction(actionId: string): { effect: 'read' | 'write' | 'state' } | undefined;
  unsubscribeUrl(messageId: string): string;
}

/** What doing a step came to. `at`: the moment from which the next node counts. */
export type StepResult =
  | {
      type: 'done';
      status: 'done' | 'skipped';
      at: Date;
      outcome: StepOutcome;
      /** The run ends here, whatever follows: why. */
      ended: EndReason | null;
      input: unknown;
      output: unknown;
      message: QueuedMessage | null;
    }
  | { type: 'wait'; dueAt: Date | null }
  /** Its effect was tried with this input, and did not come off. */
  | { type: 'failed'; input: unknown; error: unknown };

export interface StepQuestion {
  step: ClaimedStep;
  node: FlowNode;
  graph: FlowGraph;
  /** Null where nothing about the customer is asked. */
  context: StepContext | null;
  now: Date;
}

const isUnknown = 'The customer of this run is not known any more, or cannot be read.';

/** This step cannot be done, however often it is tried. */
export class StepError extends Error {}

/** Does one node of one run. A step counts from when it fell due, not from when a worker got to it. */
export async function doStep(question: StepQuestion, tools: StepTools): Promise<StepResult> {
  const { step, node, now, graph, context } = question;
  // What is not known is not the same as what does not hold: nobody goes a wrong way for it.
  if (!context && needsContext(node, graph)) throw new StepError(isUnknown);
  const facts = context ? factsOf(context, now) : noFacts;
  const late = decideLateStep({
    graph,
    node,
    dueAt: step.enteredAt,
    visit: step.keyVisit,
    resumedAt: step.resumedAt,
    maxAgeHours: step.maxAgeHours,
    schedule: scheduleFactsOf(step),
    facts,
    isEffect: (candidate) =>
      candidate.type === 'send_email' ||
      (candidate.type === 'action' && tools.findAction(candidate.data.actionId)?.effect !== 'read'),
  });
  if (late !== 'do') return finished({ at: step.enteredAt, status: 'skipped', output: { skipped: late } });
  const decision = decideStep({ ...step, visit: step.keyVisit, graph, node, now, facts });
  switch (decision.type) {
    case 'wait':
      return { type: 'wait', dueAt: decision.dueAt };
    case 'fail':
      throw new StepError(decision.message);
    case 'go':
      return finished({
        at: decision.at,
        outcome: decision.outcome,
        status: decision.status,
        output: decision.output,
      });
    case 'end':
      return finished({
        at: decision.at,
        ended: decision.reason,
        status: decision.status,
        output: decision.output,
      });
    case 'effect':
      if (step.doneBefore) return finished({ at: decision.at, output: step.doneBefore.output });
      return decision.node.type === 'send_email'
        ? queueMessage(decision.node, question, tools)
        : runStepAction(decision.node, question, tools);
  }
}

/** Whether doing the node needs the customer's records. */
export function needsContext(node: FlowNode, graph: FlowGraph): boolean {
  if (node.type === 'trigger') return 'where' in node.data && node.data.where.groups.length > 0;
  return asking.has(node.type) || hasExits(graph.settings);
}

const asking: ReadonlySet<FlowNode['type']> = new Set(['send_email', 'condition', 'wait_event', 'action']);

export function scheduleFactsOf({ appointmentStart, timeZone, personKey }: ClaimedStep): ScheduleFacts {
  return { appointmentStart, timeZone, personKey };
}

function queueMessage(node: NodeOf<'send_email'>, question: StepQuestion, tools: StepTools): StepResult {
  const message = composeStepMessage(node, question, tools);
  const { subject, class: kind } = message;
  const { enteredAt: at } = question.step;
  return finished({ at, input: { subject, class: kind }, output: { messageId: message.id }, message });
}

async function runStepAction(
  node: NodeOf<'action'>,
  question: StepQuestion,
  tools: StepTools,
): Promise<StepResult> {
  const { step } = question;
  const input = renderInput(node.data.input, templateScope(known(question)));
  try {
    const output = await tools.runAction({
      actionId: node.data.actionId,
      input,
      idempotencyKey: stepKey(step),
      run: { id: step.runId, ...pickRun(step) },
    });
    return finished({ at: step.enteredAt, input, output: shortened(output) });
  } catch (error) {
    // Whoever sees to it has to see what was tried.
    return { type: 'failed', input, error };
  }
}

function composeStepMessage(
  node: NodeOf<'send_email'>,
  question: StepQuestion,
  tools: StepTools,
): QueuedMessage {
  const { step } = question;
  const context = known(question);
  const sendKey = stepKey(step);
  // A second try must make the very same message, down to its links and its Message-ID.
  const id = uuidOfKey(`${step.workspaceId}:${sendKey}`);
  const unsubscribeUrl = node.data.class === 'marketing' ? tools.unsubscribeUrl(id) : null;
  const composed = composeMessage(node.data, templateScope(context), unsubscribeUrl);
  const domain = context.workspace.senderEmail.split('@')[1] ?? 'localhost';
  return {
    id,
    sendKey,
    class: node.data.class,
    ...composed,
    messageId: `<${id}@${domain}>`,
    dueAt: step.enteredAt,
  };
}

/** The key under which a step's effect happens once. */
function stepKey(step: ClaimedStep): string {
  return `run:${step.runId}:node:${step.nodeId}:${step.keyVisit}`;
}

function known({ context }: StepQuestion): StepContext {
  if (!context) throw new StepError(isUnknown);
  return context;
}

function pickRun({ workspaceId, connectionId, journeyId, contactId }: ClaimedStep) {
  return { workspaceId, connectionId, journeyId, contactId };
}

type Finished = Extract<StepResult, { type: 'done' }>;

function finished(result: Partial<Finished> & { at: Date }): StepResult {
  const {
    at,
    status = 'done',
    outcome = null,
    ended = null,
    input = null,
    output = null,
    message = null,
  } = result;
  return { type: 'done', at, status, outcome, ended, input, output, message };
}

/** An answer as the run's page shows it: a list of thousands is of no use there. */
function shortened(output: unknown): unknown {
  const text = JSON.stringify(output ?? null);
  return text.length <= 20_000 ? (output ?? null) : { shortened: true, start: text.slice(0, 2_000) };
}
