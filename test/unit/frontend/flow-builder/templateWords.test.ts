import { expect, test } from 'vitest';
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
