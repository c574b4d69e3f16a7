import { expect, test } from 'vitest';
import { nodeSummary } from '../../../../frontend/src/components/flow-builder/nodeSummary.ts';
import { templateWords } from '../../../../frontend/src/components/flow-builder/templateWords.ts';

test.each([
  ['Hello {{ customer.firstName }}', 'Hello [first name]'],
  ['See you on {{ appointment.date }}', 'See you on [appointment date]'],
  [
    '{% if appointment.date != "" %}On {{ appointment.date }}{% else %}Soon{% endif %}!',
    'On [appointment date]!',
  ],
  ['{{ workspace.phone | remove: " " }}', '[phone]'],
  ['No template', 'No template'],
])('the template %s reads %s', (template, words) => {
  expect(templateWords(template)).toBe(words);
});

test.each([
  ['trigger', { state: 2 }, 'When it becomes: Sales appointment booked'],
  ['wait', { amount: 1, unit: 'days' }, '1 day'],
  ['wait', { amount: 4, unit: 'hours' }, '4 hours'],
  ['wait', { unit: 'hours' }, 'Not set up yet'],
  ['wait_until', { hours: 24, direction: 'before', whenPast: 'end' }, 'Until 24 hours before it'],
  ['condition', { field: 'job.total', operator: 'greater', value: 1000 }, 'Job total is greater than 1000'],
  ['condition', { field: 'appointment.exists', operator: 'exists' }, 'Appointment exists'],
  ['send_email', { subject: ' ' }, 'Not set up yet'],
] as const)('a node %s with %o says: %s', (type, values, words) => {
  expect(nodeSummary(type, values)).toBe(words);
});
