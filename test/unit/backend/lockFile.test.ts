import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.string().optional(),
      optionalDependencies: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

const { packages } = lockFile.parse(
  JSON.parse(readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8')),
);

it('the lock file holds every optional package that it names: npm ci refuses one that does not', () => {
  const names = Object.keys(packages);
  const missing = Object.values(packages)
    .flatMap((entry) => Object.keys(entry.optionalDependencies))
    .filter((name) => !names.some((path) => path.endsWith(`node_modules/${name}`)));
  expect(missing).toEqual([]);
});

it('the lock file names no address to download from', () => {
  expect(Object.values(packages).filter((entry) => entry.resolved !== undefined)).toEqual([]);
});
