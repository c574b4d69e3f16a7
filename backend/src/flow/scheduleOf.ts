import type { FlowNode, NodeOf } from '../schemas/flow.ts';
import { addLocalDays } from './addLocalDays.ts';
import { nextLocalMoment } from './localMoments.ts';
import { stableShare } from './stableShare.ts';

export interface Schedule {
  /** When the step is to be done; null: when its appointment is known. */
  dueAt: Date | null;
  /** Minutes from the appointment's start, with which the step moves; null: it stands by itself. */
  anchorMinutes: number | null;
}

/** What schedules depend on beside the node. */
export interface ScheduleFacts {
  appointmentStart: Date | null;
  timeZone: string;
  /** Who it is: the same person waits as long each time. */
  personKey: string;
}

export function addMinutes(time: Date, minutes: number): Date {
  return new Date(time.getTime() + minutes * 60_000);
}

/** When a node that is entered at a moment is to be done: only waits lie in the future. */
export function scheduleOf(node: FlowNode, enteredAt: Date, facts: ScheduleFacts): Schedule {
  if (node.disabled) return { dueAt: enteredAt, anchorMinutes: null };
  switch (node.type) {
    case 'wait':
      return { dueAt: endOfWait(node.data, enteredAt, facts.timeZone), anchorMinutes: null };
    case 'wait_time':
      return { dueAt: spreadMoment(node, enteredAt, facts), anchorMinutes: null };
    case 'wait_until': {
      const anchorMinutes = anchorOf(node.data);
      const { appointmentStart } = facts;
      return { dueAt: appointmentStart && addMinutes(appointmentStart, anchorMinutes), anchorMinutes };
    }
    case 'trigger':
    case 'send_email':
    case 'wait_event':
    case 'condition':
    case 'split':
    case 'go_to':
    case 'action':
    case 'end':
      return { dueAt: enteredAt, anchorMinutes: null };
  }
}

/** Whoever says "3 days" means the same time of day, also when the clocks change meanwhile; hours and minutes are just that. */
export function endOfWait({ amount, unit }: NodeOf<'wait'>['data'], enteredAt: Date, timeZone: string): Date {
  switch (unit) {
    case 'days':
      return addLocalDays(enteredAt, amount, timeZone);
    case 'weeks':
      return addLocalDays(enteredAt, amount * 7, timeZone);
    case 'hours':
      return addMinutes(enteredAt, amount * 60);
    case 'minutes':
      return addMinutes(enteredAt, amount);
  }
}

/** Everybody who waits for the same moment would otherwise go on in the same second. */
function spreadMoment({ id, data }: NodeOf<'wait_time'>, enteredAt: Date, facts: ScheduleFacts): Date {
  const moment = nextLocalMoment(data, enteredAt, facts.timeZone);
  return addMinutes(
    moment,
    Math.floor(stableShare(`${facts.personKey} ${id}`) * data.spreadMinutes * 60) / 60,
  );
}

/** Minutes from the appointment's start, below 0 before it. */
export function anchorOf(data: { hours: number; direction: 'before' | 'after' }): number {
  return Math.round(data.hours * 60) * (data.direction === 'before' ? -1 : 1);
}
