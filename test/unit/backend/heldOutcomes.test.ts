import { describe, expect, test } from 'vitest';
import { AppError } from '#backend/errors.ts';
import { createDatabase } from '#backend/repositories/database.ts';
import { retryAfter } from '#backend/repositories/heldOutcomes.ts';
import { advanceMessages } from '#backend/repositories/messageRepository.ts';

const failure = (code?: string) => new AppError('internal', 'It failed.', { cause: { message: '', code } });

/** All delays until it is given up, in milliseconds. */
function delays(error: unknown, isPatient: boolean): number[] {
  const delay = (tries: number): number[] => {
    const next = retryAfter(error, { tries, isPatient });
    return next === null ? [] : [next, ...delay(tries + 1)];
  };
  return delay(0);
}

describe('a call about rows that a worker holds', () => {
  test.each([
    undefined,
    '',
    '40001',
    '40P01',
    '53300',
    '57P01',
    '57P02',
    '57P03',
    '08006',
    'PGRST000',
    'PGRST003',
  ])('is tried again after %s: a database that restarts or passes on is back soon', (code) => {
    expect(delays(failure(code), false)).toEqual([100, 1000, 5000]);
  });

  test.each(['42883', '57014', '22P02', '53100', 'PGRST202', 'PGRST100'])(
    'is given up after %s, which stays',
    (code) => {
      expect(delays(failure(code), true)).toEqual([]);
    },
  );

  test('is given up after what is no failure of the database', () => {
    expect(delays(new Error('A reply that cannot be read.'), true)).toEqual([]);
  });

  test('is tried for a minute when it must not be forgotten', () => {
    const total = delays(failure('57P01'), true).reduce((sum, delay) => sum + delay, 0);
    expect(total).toBeGreaterThanOrEqual(60_000);
  });

  test('succeeds on a database that was just shutting down', async () => {
    const row = { id: '00000000-0000-4000-8000-000000000001', holder: 'claim' };
    const replies = [
      Response.json({ code: '57P01', message: 'terminating connection' }, { status: 503 }),
      Response.json([{ ...row, outcome: 'done' }]),
    ];
    const database = createDatabase({
      url: 'http://localhost:1',
      key: 'x',
      fetch: async () => replies.shift() ?? Response.error(),
    });
    const outcomes = await advanceMessages(database, {
      messages: [{ ...row, type: 'finish', result: { status: 'sent', reason: null, toEmail: null } }],
      now: new Date(0),
      systemNow: new Date(0),
      leaseSeconds: 60,
    });
    expect(outcomes).toEqual(['done']);
    expect(replies).toEqual([]);
  });
});
