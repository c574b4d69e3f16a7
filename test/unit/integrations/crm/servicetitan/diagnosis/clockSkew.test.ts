import { expect, test } from 'vitest';
import { clockSkewOf } from '#integrations/crm/servicetitan/diagnosis/clockSkew.ts';

const noon = Date.UTC(2026, 2, 2, 12);

function skewOf(date: string | undefined, times: { sent: number; received: number }): number | null {
  const headers = new Map(date === undefined ? [] : [['date', date]]);
  return clockSkewOf(
    { status: 200, headers, text: '' },
    { sentAt: new Date(noon + times.sent), receivedAt: new Date(noon + times.received) },
  );
}

const date = new Date(noon).toUTCString();

test.each([
  ['a slow answer', { sent: -30_000, received: 30_000 }, 0],
  ['a part of a second', { sent: 500, received: 700 }, 0],
  ['a server that is ahead', { sent: -200_000, received: -190_000 }, 190_000],
  ['a server that is behind', { sent: 200_999, received: 210_000 }, -200_000],
])('%s', (_, times, skew) => {
  expect(skewOf(date, times)).toBe(skew);
});

test('no date, or one that is none, tells nothing', () => {
  expect(skewOf(undefined, { sent: 0, received: 0 })).toBeNull();
  expect(skewOf('soon', { sent: 0, received: 0 })).toBeNull();
});
