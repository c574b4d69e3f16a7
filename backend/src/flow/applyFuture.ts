import type { FutureEvent } from '../schemas/future.ts';
import type { StateNumber } from '../schemas/state.ts';
import { addMinutes } from './scheduleOf.ts';
import type { StepContext } from './StepContext.ts';

/** What is known of a customer once something has happened to them. `start` is that of the flow. */
export function applyFuture(context: StepContext, event: FutureEvent, start: Date): StepContext {
  const at = addMinutes(start, event.afterHours * 60);
  const enter = (changed: StepContext, state: StateNumber): StepContext =>
    changed.state === state ? changed : { ...changed, state, stateSince: at };
  const { customer, job } = context;
  switch (event.type) {
    case 'state_entered':
      return enter(context, event.state);
    case 'estimate_created':
      return enter(withEstimate(context, { status: 'Open', total: event.total, at }), 3);
    case 'estimate_sold':
      return enter(sold(context, event.total, at), 4);
    case 'appointment_set': {
      const startsAt = addMinutes(start, event.startsAfterHours * 60);
      const appointment = {
        start: startsAt,
        end: addMinutes(startsAt, 120),
        arrivalWindowStart: null,
        arrivalWindowEnd: null,
      };
      return { ...context, appointment };
    }
    case 'appointment_canceled':
      return { ...context, appointment: null };
    case 'job_completed':
      return enter({ ...context, job: job && { ...job, jobStatus: 'Completed', completedOn: at } }, 6);
    case 'replied':
      return { ...context, replied: true };
    case 'unsubscribed':
      return { ...context, customer: customer && { ...customer, unsubscribed: true } };
  }
}

interface NewEstimate {
  status: 'Open' | 'Sold';
  total: number;
  at: Date;
}

function withEstimate(context: StepContext, { status, total, at }: NewEstimate): StepContext {
  const estimates = [...context.estimates, { name: 'Estimate', status, createdOn: at.toISOString(), total }];
  return withTotals({ ...context, estimates });
}

function sold(context: StepContext, total: number | undefined, at: Date): StepContext {
  const open = context.estimates.findLastIndex(({ status }) => status === 'Open');
  if (open < 0) return withEstimate(context, { status: 'Sold', total: total ?? 1, at });
  const estimates = context.estimates.map((estimate, index) =>
    index === open ? { ...estimate, status: 'Sold', total: total ?? estimate.total } : estimate,
  );
  return withTotals({ ...context, estimates });
}

function withTotals(context: StepContext): StepContext {
  const totalOf = (wanted: string) =>
    context.estimates.filter(({ status }) => status === wanted).reduce((sum, { total }) => sum + total, 0);
  return { ...context, openTotal: totalOf('Open'), soldTotal: totalOf('Sold') };
}

/** What happens, in words: "The estimate is sold". */
export function futureWords(event: FutureEvent): string {
  switch (event.type) {
    case 'state_entered':
      return `The customer enters state ${event.state}`;
    case 'estimate_created':
      return `An estimate of ${event.total} is made`;
    case 'estimate_sold':
      return event.total === undefined ? 'The estimate is sold' : `An estimate of ${event.total} is sold`;
    case 'appointment_set':
      return 'The appointment is booked or moved';
    case 'appointment_canceled':
      return 'The appointment is canceled';
    case 'job_completed':
      return 'The job is completed';
    case 'replied':
      return 'The customer replies';
    case 'unsubscribed':
      return 'The customer unsubscribes';
  }
}
