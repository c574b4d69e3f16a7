import type { StateNumber } from '../schemas/state.ts';

interface StateDefinition {
  value: StateNumber;
  key: string;
  /** The title of the flow that entering the state starts; null where it starts none. */
  flow: string | null;
  /** It speaks of one visit: another job is another entry, and its news is fresh while the visit lies ahead. */
  hangsOnJob: boolean;
  /** Estimates hold it, and its reset counts from the youngest of them. */
  heldByEstimates: boolean;
}

/** The states of a journey, in the order in which an opportunity passes them. */
export const states = [
  { value: 0, key: 'contact', flow: null, hangsOnJob: false, heldByEstimates: false },
  { value: 1, key: 'lead', flow: 'Email Followup', hangsOnJob: false, heldByEstimates: false },
  {
    value: 2,
    key: 'sales_appointment_booked',
    flow: 'What to Expect',
    hangsOnJob: true,
    heldByEstimates: false,
  },
  {
    value: 2.5,
    key: 'sales_appointment_canceled',
    flow: 'Sorry We Missed You',
    hangsOnJob: false,
    heldByEstimates: false,
  },
  { value: 3, key: 'estimates_created', flow: 'Unsold Estimates', hangsOnJob: false, heldByEstimates: true },
  { value: 4, key: 'estimates_sold', flow: 'Schedule the Install', hangsOnJob: false, heldByEstimates: true },
  {
    value: 5,
    key: 'install_scheduled',
    flow: 'What to Expect: Install',
    hangsOnJob: true,
    heldByEstimates: false,
  },
  {
    value: 5.5,
    key: 'install_canceled',
    flow: "Let's Reschedule",
    hangsOnJob: false,
    heldByEstimates: false,
  },
  { value: 6, key: 'install_complete', flow: 'Install Job Done', hangsOnJob: false, heldByEstimates: false },
] as const satisfies readonly StateDefinition[];

const byValue = new Map<StateNumber, (typeof states)[number]>(states.map((state) => [state.value, state]));

/** The row of the table for a state's number. */
export function stateOf(value: StateNumber): (typeof states)[number] {
  return byValue.get(value) ?? states[0];
}
