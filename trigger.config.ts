import { defineConfig } from '@trigger.dev/sdk';

export default defineConfig({
  project: process.env['TRIGGER_PROJECT_REF'] ?? 'chou-servicetitan',
  runtime: 'node-22',
  dirs: ['./trigger/src'],
  maxDuration: 1800,
  retries: {
    enabledInDev: false,
    default: { maxAttempts: 3, minTimeoutInMs: 2000, maxTimeoutInMs: 60_000, factor: 2, randomize: true },
  },
});
