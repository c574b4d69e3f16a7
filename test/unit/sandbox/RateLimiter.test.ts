import { expect, it } from 'vitest';
import { RateLimiter } from '#integrations/crm/servicetitan/sandbox/api/RateLimiter.ts';

it('admits so many requests in any second, per key, and does not count the refused ones', () => {
  let now = 0;
  const limiter = new RateLimiter(2, () => now);
  expect([1, 2, 3].map(() => limiter.admits('SOCAL'))).toEqual([true, true, false]);
  expect(limiter.admits('DFW')).toBe(true);
  now = 999;
  expect(limiter.admits('SOCAL')).toBe(false);
  now = 1000;
  expect([1, 2, 3].map(() => limiter.admits('SOCAL'))).toEqual([true, true, false]);
});

it('follows a lower limit for as long as it is given', () => {
  const limiter = new RateLimiter(3, () => 0);
  expect(limiter.admits('SOCAL', 1)).toBe(true);
  expect(limiter.admits('SOCAL', 1)).toBe(false);
  expect(limiter.admits('SOCAL')).toBe(true);
});
