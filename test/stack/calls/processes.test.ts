import { expect, it } from 'vitest';
import { callTogether } from '#test/helpers/callTogether.ts';

it('processes that call all they can stay within the limit together, and people go first', async () => {
  const backfill = { priority: 'backfill', concurrency: 20, restMs: 0 } as const;
  const person = { priority: 'person', concurrency: 1, restMs: 300 } as const;
  const result = await callTogether({ callers: [backfill, backfill, backfill, person], seconds: 8 });
  expect(result.mostInAnySecond).toBeLessThanOrEqual(60);
  expect(Object.keys(result.byStatus)).toEqual(['200']);
  expect(result.tokenRequests).toBe(1);
  const waited = result.processes.find(({ priority }) => priority === 'person');
  for (const { calls, failures, medianMs, priority } of result.processes) {
    expect(failures).toBe(0);
    expect(calls).toBeGreaterThan(0);
    if (priority === 'backfill') expect(waited?.medianMs).toBeLessThan(medianMs);
  }
});
