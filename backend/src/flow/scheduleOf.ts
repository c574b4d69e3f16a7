import type { FlowNode } from '../schemas/flow.ts';

export interface Schedule {
  /** When the step is to be done; null: when its appointment is known. */
  dueAt: Date | null;
  /** Minutes from the appointment's start, with which the step moves; null: it stands by itself. */
  anchorMinutes: number | null;
}

const minutesPerUnit = { minutes: 1, hours: 60, days: 24 * 60 } as const;

export function addMinutes(time: Date, minutes: number): Date {
  return new Date(time.getTime() + minutes * 60_000);
}

/** When a node that is entered at a moment is to be done: only waits lie in the future. */
export function scheduleOf(node: FlowNode, enteredAt: Date, appointmentStart: Date | null): Schedule {
  if (node.type === 'wait') {
    return {
      dueAt: addMinutes(enteredAt, node.data.amount * minutesPerUnit[node.data.unit]),
      anchorMinutes: null,
    };
  }
  if (node.type === 'wait_until') {
    const anchorMinutes = anchorOf(node.data);
    return { dueAt: appointmentStart && addMinutes(appointmentStart, anchorMinutes), anchorMinutes };
  }
  return { dueAt: enteredAt, anchorMinutes: null };
}

/** Minutes from the appointment's start, below 0 before it. */
export function anchorOf(data: { hours: number; direction: 'before' | 'after' }): number {
  return Math.round(data.hours * 60) * (data.direction === 'before' ? -1 : 1);
}
