import { nodeDefinitions, type FlowGraph, type FlowNode, type NodeOf } from '../schemas/flow.ts';
import type { TriedMessage, TriedStep, TryReply } from '../schemas/flowApi.ts';
import type { FutureEvent } from '../schemas/future.ts';
import type { NodeNames } from '../schemas/nodes/defineNode.ts';
import { stateNumber } from '../schemas/state.ts';
import { writeTime } from '../state/writeTime.ts';
import { futureWords } from './applyFuture.ts';
import { describeEndReason } from './endReasons.ts';
import { findNode, nextSteps } from './nextSteps.ts';
import { renderInput } from './renderInput.ts';
import { addMinutes } from './scheduleOf.ts';
import {
  simulateRun,
  type SimulatedRun,
  type SimulatedStep,
  type SimulationQuestion,
} from './simulateRun.ts';
import type { StepContext } from './StepContext.ts';
import { rulesOf, stepWords } from './stepWords.ts';
import { templateScope } from './templateScope.ts';
import { titleOfNode } from './titleOfNode.ts';
import { trialRemarks } from './trialRemarks.ts';
import { tryEmail, type TrialRecipient } from './tryEmail.ts';

export interface Trial {
  graph: FlowGraph;
  context: StepContext;
  start: Date;
  days: number;
  personKey: string;
  future: readonly FutureEvent[];
  recipient: TrialRecipient;
  names: NodeNames;
  findAction(actionId: string): { title: string; effect: 'read' | 'write' | 'state' } | undefined;
}

/** One customer's passage through a flow, told step by step: what would be sent and done, when and why. Nothing is. */
export function tryFlow(trial: Trial): Omit<TryReply, 'customerName'> {
  const { graph, context, start } = trial;
  const until = addMinutes(start, trial.days * 24 * 60);
  // A step keeps the very answer that its effect gave: what is told of it hangs on that.
  const effects = new Map<unknown, TriedEffect>();
  const perform: SimulationQuestion['perform'] = (node, moment) => {
    const output = {};
    if (node.type === 'send_email') {
      effects.set(output, {
        message: tryEmail(node.data, { ...trial, context: moment.context }),
        action: null,
      });
      return { output };
    }
    const { changed, ...action } = describeAction(node, moment, trial);
    effects.set(output, { message: null, action });
    return { output, ...(changed ? { context: changed } : {}) };
  };
  const { personKey, future } = trial;
  const run = simulateRun({ graph, context, start, until, personKey, future, perform });
  return {
    start: start.toISOString(),
    until: until.toISOString(),
    timeZone: context.timeZone,
    remarks: trialRemarks(graph, context),
    steps: run.steps.flatMap((step) => {
      const node = findNode(graph, step.nodeId);
      return node ? [tellStep(step, node, { trial, effect: effects.get(step.output) })] : [];
    }),
    happenings: trial.future
      .map((event) => ({
        at: addMinutes(start, event.afterHours * 60).toISOString(),
        words: futureWords(event),
      }))
      .toSorted((one, other) => one.at.localeCompare(other.at)),
    status: run.status,
    endedReason: run.endedReason,
    ended: endWords(run),
  };
}

/** What an action would be asked for; and of one that sets the state, the customer as they are then. */
function describeAction(
  node: NodeOf<'action'>,
  { at, context }: { at: Date; context: StepContext },
  trial: Trial,
): NonNullable<TriedStep['action']> & { changed: StepContext | null } {
  const { actionId } = node.data;
  const found = trial.findAction(actionId);
  if (!found) throw new Error('This action does not exist any more.');
  const input = renderInput(node.data.input, templateScope(context));
  const state = found.effect === 'state' ? stateNumber.safeParse(Number(input['state'])) : null;
  const changed =
    state?.success && state.data !== context.state ? { ...context, state: state.data, stateSince: at } : null;
  return { actionId, title: found.title, input, changed };
}

interface TriedEffect {
  message: TriedMessage | null;
  action: TriedStep['action'];
}

interface Telling {
  trial: Trial;
  effect: TriedEffect | undefined;
}

function tellStep(step: SimulatedStep, node: FlowNode, { trial, effect }: Telling): TriedStep {
  const { graph, names, context } = trial;
  const told = stepWords({ ...step, node }, (time) => writeTime(time.toISOString(), context.timeZone));
  const outputs = nodeDefinitions[node.type].outputs(node.data).filter(({ id }) => id !== null);
  const isOver = step.status === 'done' || step.status === 'skipped';
  const message = effect?.message ?? null;
  return {
    nodeId: node.id,
    title: titleOfNode(node, names),
    visit: step.visit,
    enteredAt: step.enteredAt.toISOString(),
    dueAt: step.dueAt?.toISOString() ?? null,
    at: step.at?.toISOString() ?? null,
    status: step.status,
    sentence: nodeDefinitions[node.type].describe(node.data, names) ?? titleOfNode(node, names),
    decision: message ? messageWords(message) : told,
    rules: rulesOf(step.output, names),
    way: outputs.find(({ id }) => isOver && id === step.outcome) ?? null,
    notTaken: outputs
      .filter(({ id }) => isOver && id !== step.outcome)
      .map((output) => {
        const [to] = nextSteps(graph, node, output.id);
        return { ...output, to: to ? { nodeId: to.id, title: titleOfNode(to, names) } : null };
      }),
    message,
    action: effect?.action ?? null,
    error: step.error,
  };
}

function messageWords({ to, refused }: TriedMessage): string {
  return refused === null ? `It would go out to ${to}.` : `It would not go out. ${refused}`;
}

function endWords({ status, endedReason }: SimulatedRun): string | null {
  switch (status) {
    case 'active':
      return null;
    case 'done':
      return 'The flow is done.';
    case 'ended':
      return `The flow ends early: ${describeEndReason(endedReason) ?? 'it is over'}.`;
    case 'parked':
      return 'The flow stops here: a step cannot be done.';
  }
}
