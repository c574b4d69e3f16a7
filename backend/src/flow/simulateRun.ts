import type { FlowGraph, FlowNode, NodeOf } from '../schemas/flow.ts';
import type { FutureEvent } from '../schemas/future.ts';
import { applyFuture } from './applyFuture.ts';
import { decideStep, type EndReason } from './decideStep.ts';
import { factsOf } from './factsOf.ts';
import { findTrigger, followingVisit, nextSteps, type StepOutcome } from './nextSteps.ts';
import { addMinutes, scheduleOf } from './scheduleOf.ts';
import type { StepContext } from './StepContext.ts';

/** What an effect would have come to: what is shown of it, and what it changes about the customer. */
interface SimulatedEffect {
  output: unknown;
  context?: StepContext;
}

export interface SimulationQuestion {
  graph: FlowGraph;
  context: StepContext;
  start: Date;
  until: Date;
  personKey: string;
  future: readonly FutureEvent[];
  /** Nothing is done: says what would be. Throws when it could not be done. */
  perform(
    node: NodeOf<'send_email'> | NodeOf<'action'>,
    moment: { at: Date; context: StepContext },
  ): SimulatedEffect;
}

export interface SimulatedStep {
  nodeId: string;
  visit: number;
  enteredAt: Date;
  /** When it was over; null: it waits beyond the end. */
  at: Date | null;
  dueAt: Date | null;
  status: 'done' | 'skipped' | 'waiting' | 'failed' | 'canceled';
  outcome: StepOutcome;
  output: unknown;
  error: string | null;
}

/** Why what happens to a customer ends a run at once. */
type HappenedReason = 'left_state' | 'rescheduled';

export interface SimulatedRun {
  steps: SimulatedStep[];
  status: 'active' | 'done' | 'ended' | 'parked';
  endedReason: EndReason | HappenedReason | null;
  endedAt: Date | null;
}

interface PendingStep {
  node: FlowNode;
  visit: number;
  enteredAt: Date;
  dueAt: Date | null;
  anchorMinutes: number | null;
  watch: boolean;
}

/** More than any flow that ends by itself takes. */
const mostSteps = 5000;

/** One customer's passage through a flow with the clock running ahead: the very decisions of the runtime, and nothing done. */
export function simulateRun(question: SimulationQuestion): SimulatedRun {
  return new Simulation(question).run();
}

class Simulation {
  readonly #question: SimulationQuestion;
  readonly #steps: SimulatedStep[] = [];
  readonly #events: FutureEvent[];
  #pending: PendingStep[] = [];
  #context: StepContext;
  #now: Date;

  constructor(question: SimulationQuestion) {
    this.#question = question;
    this.#context = question.context;
    this.#now = question.start;
    this.#events = question.future.toSorted((one, other) => one.afterHours - other.afterHours);
  }

  run(): SimulatedRun {
    const { graph, start, until } = this.#question;
    const trigger = findTrigger(graph);
    if (!trigger) return this.#over('done', null, start);
    this.#enter(trigger, 1, start);
    while (this.#steps.length < mostSteps) {
      const step = this.#nextDue();
      const event = this.#events[0];
      const eventAt = event && addMinutes(start, event.afterHours * 60);
      if (event && eventAt && eventAt <= until && (!step?.dueAt || eventAt <= step.dueAt)) {
        this.#events.shift();
        const reason = this.#happen(event, eventAt);
        if (reason) return this.#over('ended', reason, eventAt);
        continue;
      }
      if (!step?.dueAt || step.dueAt > until) return this.#over('active', null, null);
      if (step.dueAt > this.#now) this.#now = step.dueAt;
      const end = this.#look(step, step.dueAt);
      if (end) return end;
    }
    return this.#over('parked', null, this.#now);
  }

  #nextDue(): PendingStep | undefined {
    return this.#pending
      .filter(({ dueAt }) => dueAt !== null)
      .toSorted((one, other) => Number(one.dueAt) - Number(other.dueAt))[0];
  }

  #happen(event: FutureEvent, at: Date): HappenedReason | null {
    this.#now = at;
    const before = this.#context.appointment?.start ?? null;
    this.#context = applyFuture(this.#context, event, this.#question.start);
    if (this.#hasLeft()) return 'left_state';
    const appointmentStart = this.#context.appointment?.start ?? null;
    const isMoved = before !== null && before > at && appointmentStart?.getTime() !== before.getTime();
    // It was begun for a visit that is not then; one that is to follow a visit was begun after it.
    const asked = findTrigger(this.#question.graph)?.data;
    if (isMoved && asked?.on === 'appointment' && asked.direction === 'before') return 'rescheduled';
    this.#pending = this.#pending.map((step) => ({
      ...step,
      dueAt: movedTo(step, appointmentStart, at),
    }));
    return null;
  }

  /** Whether the customer has left the state that the flow is for. */
  #hasLeft(): boolean {
    const { graph, context } = this.#question;
    const trigger = findTrigger(graph);
    if (trigger?.data.on !== 'state_changed' || !graph.settings.exitOnLeave) return false;
    return this.#context.state !== context.state;
  }

  #look(step: PendingStep, dueAt: Date): SimulatedRun | null {
    const { graph, personKey } = this.#question;
    const { node, enteredAt, visit } = step;
    const moment = {
      graph,
      node,
      visit,
      enteredAt,
      dueAt,
      now: this.#now,
      personKey,
      timeZone: this.#context.timeZone,
      appointmentStart: this.#context.appointment?.start ?? null,
      facts: factsOf(this.#context, this.#now),
    };
    const decision = decideStep(moment);
    switch (decision.type) {
      case 'wait':
        Object.assign(step, { dueAt: decision.dueAt, watch: decision.watch });
        return null;
      case 'fail':
        this.#settle(step, { status: 'failed', error: decision.message });
        return this.#over('parked', null, this.#now);
      case 'end':
        this.#settle(step, { status: decision.status, output: decision.output, at: decision.at });
        return this.#over('ended', decision.reason, decision.at);
      case 'go':
        this.#settle(step, { ...decision });
        return this.#follow(step, decision.outcome, decision.at);
      case 'effect':
        return this.#perform(step, decision.node, decision.at);
    }
  }

  #perform(step: PendingStep, node: NodeOf<'send_email'> | NodeOf<'action'>, at: Date): SimulatedRun | null {
    try {
      const { output, context } = this.#question.perform(node, { at: this.#now, context: this.#context });
      if (context) this.#context = context;
      this.#settle(step, { status: 'done', output, at });
    } catch (error) {
      this.#settle(step, { status: 'failed', error: error instanceof Error ? error.message : String(error) });
      return this.#over('parked', null, this.#now);
    }
    const end = this.#follow(step, null, at);
    if (end) return end;
    return this.#hasLeft() ? this.#over('ended', 'left_state', this.#now) : null;
  }

  #settle(step: PendingStep, result: Partial<SimulatedStep>): void {
    this.#pending = this.#pending.filter((other) => other !== step);
    const { node, visit, enteredAt, dueAt } = step;
    const { status = 'done', outcome = null, output = null, error = null, at = null } = result;
    this.#steps.push({ nodeId: node.id, visit, enteredAt, dueAt, at, status, outcome, output, error });
    const steps = { ...this.#context.steps, [node.id]: { outcome, output } };
    const sent = node.type === 'send_email' && status === 'done' ? 1 : 0;
    this.#context = { ...this.#context, steps, messagesSent: this.#context.messagesSent + sent };
  }

  #follow(step: PendingStep, outcome: StepOutcome, at: Date): SimulatedRun | null {
    const { graph } = this.#question;
    const visit = followingVisit(step.node, step.visit);
    for (const node of nextSteps(graph, step.node, outcome)) this.#enter(node, visit, at);
    return this.#pending.length === 0 ? this.#over('done', null, at) : null;
  }

  #enter(node: FlowNode, visit: number, enteredAt: Date): void {
    const { personKey } = this.#question;
    const schedule = scheduleOf(node, enteredAt, {
      personKey,
      timeZone: this.#context.timeZone,
      appointmentStart: this.#context.appointment?.start ?? null,
    });
    this.#pending.push({ node, visit, enteredAt, ...schedule, watch: false });
  }

  #over(
    status: SimulatedRun['status'],
    endedReason: SimulatedRun['endedReason'],
    endedAt: Date | null,
  ): SimulatedRun {
    const left = this.#pending.map(({ node, visit, enteredAt, dueAt }): SimulatedStep => ({
      nodeId: node.id,
      visit,
      enteredAt,
      dueAt,
      at: null,
      status: status === 'active' ? 'waiting' : 'canceled',
      outcome: null,
      output: null,
      error: null,
    }));
    return { steps: [...this.#steps, ...left], status, endedReason, endedAt };
  }
}

function movedTo(step: PendingStep, appointmentStart: Date | null, now: Date): Date | null {
  if (step.anchorMinutes !== null)
    return appointmentStart && addMinutes(appointmentStart, step.anchorMinutes);
  return step.watch ? now : step.dueAt;
}
