import {
  backToContact,
  dayBeforeVisit,
  graceHour,
  lifecycleFlow,
  marketing,
  transactional,
  waitDays,
} from '#backend/flow/lifecycle/lifecycleFlow.ts';
import type { StateNumber } from '#backend/schemas/state.ts';

const text = { subject: 'To {{ customer.firstName }}', body: 'Hi {{ customer.firstName }}, yours, us.' };

function flow(triggerState: Exclude<StateNumber, 0>, ...steps: Parameters<typeof lifecycleFlow>[1]) {
  const name = `State ${triggerState}`;
  return lifecycleFlow({ templateKey: name, name, description: '', triggerState }, steps);
}

/** One flow for each state, with every type of waiting and few mails: what is tested is not how fast mails are written. */
export const crashFlows = [
  flow(1, marketing('at_once', text), waitDays(20), backToContact('Nobody answered.')),
  flow(2, transactional('at_once', text), dayBeforeVisit),
  flow(2.5, graceHour, marketing('after_grace', text)),
  flow(3, waitDays(2), marketing('after_days', text)),
  flow(4, transactional('at_once', text)),
  flow(5, dayBeforeVisit, transactional('before_visit', text)),
  flow(5.5, graceHour, marketing('after_grace', text)),
  flow(6, waitDays(2), marketing('after_days', text)),
];
