import { expect, test } from 'vitest';
import { stableShare } from '#backend/flow/stableShare.ts';

test('a person always gets the same share, and shares are spread evenly', () => {
  const shares = Array.from({ length: 20_000 }, (_, index) => stableShare(`customer:${index} split`));
  expect(shares).toEqual(
    Array.from({ length: 20_000 }, (_, index) => stableShare(`customer:${index} split`)),
  );
  expect(shares.every((share) => share >= 0 && share < 1)).toBe(true);
  const tenths = Array.from(
    { length: 10 },
    (_, tenth) => shares.filter((share) => Math.floor(share * 10) === tenth).length,
  );
  for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200);
});

test('two splits part people independently of each other', () => {
  const both = Array.from(
    { length: 4000 },
    (_, index) => stableShare(`customer:${index} a`) < 0.5 && stableShare(`customer:${index} b`) < 0.5,
  );
  expect(Math.abs(both.filter(Boolean).length - 1000)).toBeLessThan(120);
});
