import * as fc from 'fast-check';
import type { Schema } from './jsonSchema.ts';

type Text = fc.Arbitrary<string>;

const two = (value: number) => String(value).padStart(2, '0');

const days: Text = fc.oneof(
  fc
    .record({
      year: fc.integer({ min: 1970, max: 2100 }),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 28 }),
    })
    .map(({ year, month, day }) => `${year}-${two(month)}-${two(day)}`),
  // The leap day, a month's and a year's end, and what .NET writes for a date that was never set.
  fc.constantFrom('2024-02-29', '2026-01-31', '2025-12-31', '0001-01-01', '9999-12-30'),
);

const times: Text = fc.oneof(
  fc
    .record({
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
      second: fc.integer({ min: 0, max: 59 }),
    })
    .map(({ hour, minute, second }) => `${two(hour)}:${two(minute)}:${two(second)}`),
  fc.constantFrom('00:00:00', '23:59:59'),
);

const fractions: Text = fc
  .array(fc.integer({ min: 0, max: 9 }), { maxLength: 7 })
  .map((digits) => (digits.length === 0 ? '' : `.${digits.join('')}`));

/** With 0 to 7 fractional digits, and a Z or an offset. */
const moments: Text = fc
  .tuple(days, times, fractions, fc.constantFrom('Z', 'Z', '+00:00', '-07:00', '+05:30'))
  .map(([day, time, fraction, zone]) => `${day}T${time}${fraction}${zone}`);

const spans: Text = fc
  .tuple(fc.constantFrom('', '1.', '-'), times, fractions)
  .map(([sign, time, fraction]) => `${sign}${time}${fraction}`);

const mails: Text = fc.constantFrom(
  'pat@example.com',
  "o'neil+tag@mail.example.org",
  'UPPER.case_1@example.co.uk',
  'a%b@x-y.example',
);

/** Empty, long, and beyond ASCII, with what breaks careless encoding. */
export const anyText: Text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', ' ', '+', 'a&b=c#d?e/f', '%2B', '"quoted"\n<b>\\', 'Zoë 🏠 الدفء', '0', 'null'),
  fc.constant('long '.repeat(500)),
);

const byFormat: Readonly<Record<string, Text>> = {
  'date-time': moments,
  date: days,
  email: mails,
  guid: fc.uuid(),
  uuid: fc.uuid(),
  duration: spans,
};

/** Texts as a schema describes them. */
export function texts({
  format,
  pattern,
  minLength = 0,
  maxLength = Number.POSITIVE_INFINITY,
}: Schema): Text {
  const formatted = format === undefined ? undefined : byFormat[format];
  const matches = pattern === undefined ? undefined : new RegExp(pattern);
  if (formatted) return matches ? formatted.filter((text) => matches.test(text)) : formatted;
  if (matches) return fc.stringMatching(matches);
  return anyText
    .map((text) => cut(text.padEnd(minLength, '*'), maxLength))
    .filter((text) => lengthOf(text) >= minLength);
}

/** JSON Schema counts code points. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function cut(text: string, length: number): string {
  return lengthOf(text) > length ? Array.from(text).slice(0, length).join('') : text;
}
