import { expect, test } from 'vitest';
import { maskQuoted, maskValue } from '#integrations/crm/servicetitan/maskQuoted.ts';

test.each([
  ['"Fictional Fiona" is taken', '"…" is taken'],
  ["'Fictional O'Fiona' is taken", "'…' is taken"],
  ['“Fictional” and „Fiona“ and «Finn»', '“…” and “…” and “…”'],
  ['‘Fiona’s’ is taken', '‘…’ is taken'],
  ["The tenant's app doesn't exist", "The tenant's app doesn't exist"],
  ['"Fictional Fio', '"…"'],
  ['Phone number 5550100100 is not valid', 'Phone number … is not valid'],
  ['At most 5000 per page', 'At most 5000 per page'],
])('%s', (text, masked) => {
  expect(maskQuoted(text)).toBe(masked);
});

test.each([
  ['The value for Fictional Fiona, 12 Example Street is in use.', 'The value for …, … … is in use.'],
  ['Fictional Fiona is no number.', '… is no number.'],
  ['Must be an ID. Give another.', 'Must be an ID. Give another.'],
])('of a value: %s', (text, masked) => {
  expect(maskValue(text)).toBe(masked);
});
