import { describe, expect, it } from 'vitest';
import { SandboxRemote } from '#backend/embedded/SandboxRemote.ts';
import { createLogger } from '#backend/logger.ts';

const hourMs = 3600_000;
const now = new Date('2026-03-03T20:00:00Z');
const dayBefore = new Date(now.getTime() - 24 * hourMs);

function remoteHeldADayBefore(): SandboxRemote {
  const remote = new SandboxRemote({
    apiUrl: 'http://sandbox.invalid',
    systemClock: { now: () => now },
    logger: createLogger('silent'),
  });
  remote.resumeFrom(dayBefore);
  return remote;
}

describe('catching up with a clock that jumped', () => {
  it('never turns the clock back when several catch up at once, and lets all wait for its end', async () => {
    const remote = remoteHeldADayBefore();
    const seen: number[] = [];
    const catchUp = async (stepMs: number) => {
      await remote.catchUp(
        (after) => Promise.resolve({ step: new Date(after.getTime() + stepMs), reset: null }),
        () => {
          seen.push(remote.now().getTime());
          return Promise.resolve();
        },
      );
      return remote.now();
    };
    const ends = await Promise.all([catchUp(hourMs), catchUp(7 * hourMs), catchUp(2 * hourMs)]);
    expect(ends).toEqual([now, now, now]);
    expect(seen).toEqual(seen.toSorted((left, right) => left - right));
    expect(seen.at(-1)).toBe(now.getTime());
  });

  it('goes on with the next one after a catch-up that failed', async () => {
    const remote = remoteHeldADayBefore();
    const failing = remote.catchUp(
      () => Promise.reject(new Error('no database')),
      () => Promise.resolve(),
    );
    const following = remote.catchUp(
      () => Promise.resolve({ step: null, reset: null }),
      () => Promise.resolve(),
    );
    await expect(failing).rejects.toThrow('no database');
    await following;
    expect(remote.now()).toEqual(now);
  });
});
