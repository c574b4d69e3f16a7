import type { FutureEvent } from '#backend/schemas/future.ts';

export type FutureType = FutureEvent['type'];

/** What can happen to a customer, by what people call it. */
export const futureTitles = {
  state_entered: 'Enters a state',
  estimate_created: 'Gets an estimate',
  estimate_sold: 'Estimate is sold',
  appointment_set: 'Appointment is booked or moved',
  appointment_canceled: 'Appointment is canceled',
  job_completed: 'Job is completed',
  replied: 'Replies to an e-mail',
  unsubscribed: 'Unsubscribes',
} as const satisfies Record<FutureType, string>;

export function isFutureType(value: string | null): value is FutureType {
  return value !== null && Object.hasOwn(futureTitles, value);
}

/** An event of the kind, with what is most often meant. */
export function newEvent(type: FutureType, afterHours: number): FutureEvent {
  switch (type) {
    case 'state_entered':
      return { type, afterHours, state: 2 };
    case 'estimate_created':
      return { type, afterHours, total: 5000 };
    case 'appointment_set':
      return { type, afterHours, startsAfterHours: afterHours + 72 };
    case 'estimate_sold':
    case 'appointment_canceled':
    case 'job_completed':
    case 'replied':
    case 'unsubscribed':
      return { type, afterHours };
  }
}

/** Hours from the start as day and hour: 5 days and 2 hours. */
export function dayOf(afterHours: number): { day: number; hour: number } {
  const day = Math.floor(afterHours / 24);
  return { day, hour: Math.round((afterHours - day * 24) * 100) / 100 };
}
