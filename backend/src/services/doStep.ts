import { composeMessage, renderPlain } from '../email/composeMessage.ts';
import { isTemplate, TemplateError } from '../email/liquidTemplate.ts';
import { evaluateCondition } from '../flow/evaluateCondition.ts';
import { decideLateStep } from '../flow/lateStep.ts';
import type { StepOutcome } from '../flow/nextSteps.ts';
import type { StepContext } from '../flow/StepContext.ts';
import { conditionFacts, templateScope } from '../flow/templateScope.ts';
import { decideWaitUntil } from '../flow/waitUntil.ts';
import type { ClaimedStep, QueuedMessage } from '../repositories/flowRunRepository.ts';
import type { FlowGraph, FlowNode } from '../schemas/flow.ts';
import { uuidOfKey } from './uuidOfKey.ts';

/** Runs an action of an integration for a run; throws an IntegrationError when it fails. */
export type ActionRunner = (request: {
  actionId: string;
  input: Record<string, string | number | boolean | null>;
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
      /** The flow ends here, whatever follows. */
      stop?: boolean;
      input: unknown;
      output: unknown;
      message: QueuedMessage | null;
    }
  | { type: 'wait'; dueAt: Date | null };

export interface StepQuestion {
  step: ClaimedStep;
  node: FlowNode;
  graph: FlowGraph;
  /** Null for nodes that need none. */
  context: StepContext | null;
  now: Date;
}

/** Does one node of one run. A step counts from when it fell due, not from when a worker got to it. */
export async function doStep(question: StepQuestion, tools: StepTools): Promise<StepResult> {
  const { step, node, now } = question;
  const at = step.enteredAt;
  const late = decideLate(question, tools);
  if (late !== 'do') return finished({ at, status: 'skipped', output: { skipped: late } });
  switch (node.type) {
    case 'wait':
      return finished({ at: step.dueAt });
    case 'wait_until': {
      const { enteredAt, appointmentStart } = step;
      const decision = decideWaitUntil(node, { enteredAt, appointmentStart, now });
      if (decision.type === 'wait') return decision;
      if (decision.type === 'pass') return finished({ at: decision.at });
      const stop = node.data.whenPast === 'end';
      return finished({
        at: decision.at,
        stop,
        status: 'skipped',
        output: { past: true, whenPast: node.data.whenPast },
      });
    }
    case 'condition': {
      const outcome = evaluateCondition(node.data, conditionFacts(known(question)));
      return finished({ at, outcome, output: { outcome } });
    }
    case 'send_email': {
      const message = composeStepMessage(node, question, tools);
      const { subject, class: kind } = message;
      return finished({ at, input: { subject, class: kind }, output: { messageId: message.id }, message });
    }
    case 'action': {
      const scope = templateScope(known(question));
      const input = Object.fromEntries(
        Object.entries(node.data.input).map(([name, value]) => [
          name,
          typeof value === 'string' && isTemplate(value) ? renderPlain(value, scope) : value,
        ]),
      );
      const run = { id: step.runId, ...pickRun(step) };
      const output = await tools.runAction({
        actionId: node.data.actionId,
        input,
        idempotencyKey: stepKey(step),
        run,
      });
      return finished({ at, input, output: shortened(output) });
    }
    case 'trigger':
    case 'end':
      break;
  }
  return finished({ at });
}

/** Whether doing the node needs the customer's records. */
export function needsContext(node: FlowNode): boolean {
  return node.type === 'send_email' || node.type === 'condition' || node.type === 'action';
}

function decideLate({ step, node, graph, context }: StepQuestion, tools: StepTools) {
  return decideLateStep({
    graph,
    node,
    dueAt: step.enteredAt,
    resumedAt: step.resumedAt,
    maxAgeHours: step.maxAgeHours,
    appointmentStart: step.appointmentStart,
    isEffect: (candidate) =>
      candidate.type === 'send_email' ||
      (candidate.type === 'action' && tools.findAction(candidate.data.actionId)?.effect !== 'read'),
    decide: (condition) => (context ? evaluateCondition(condition.data, conditionFacts(context)) : 'no'),
  });
}

function composeStepMessage(
  node: Extract<FlowNode, { type: 'send_email' }>,
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
  return `run:${step.runId}:node:${step.nodeId}:${step.visit}`;
}

function known({ context }: StepQuestion): StepContext {
  if (!context) throw new TemplateError('The customer of this run is not known any more.');
  return context;
}

function pickRun({ workspaceId, connectionId, journeyId, contactId }: ClaimedStep) {
  return { workspaceId, connectionId, journeyId, contactId };
}

type Finished = Extract<StepResult, { type: 'done' }>;

function finished(result: Partial<Finished> & { at: Date }): StepResult {
  return { type: 'done', status: 'done', outcome: null, input: null, output: null, message: null, ...result };
}

/** An answer as the run's page shows it: a list of thousands is of no use there. */
function shortened(output: unknown): unknown {
  const text = JSON.stringify(output ?? null);
  return text.length <= 20_000 ? (output ?? null) : { shortened: true, start: text.slice(0, 2_000) };
}
