import { defineConfig } from 'vitest/config';

// One project per kind of test; each kind has its own folder below test/.
export default defineConfig({
  test: {
    // Most of the time goes by in waiting: for databases, child processes and the pace of calls.
    maxWorkers: 3,
    projects: [
      // Pure functions: nothing stays in a module that the next file could meet.
      {
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false, testTimeout: 30_000 },
      },
      { test: { name: 'http', include: ['test/http/**/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'stack',
          globalSetup: ['test/makeDatabaseTemplate.ts'],
          include: ['test/stack/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          globalSetup: ['test/makeDatabaseTemplate.ts'],
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
