import { syncEnvVars } from '@trigger.dev/build/extensions/core';
import { defineConfig } from '@trigger.dev/sdk';

/** What the tasks are told by their environment, and so is set on Trigger.dev by each deployment that knows it. */
const taskVariables = [
  { name: 'CHOU_APP_URL', isSecret: false },
  { name: 'CHOU_ENCRYPTION_KEY', isSecret: true },
  { name: 'CHOU_HTTP_ALLOW', isSecret: false },
  { name: 'CHOU_OWNER_EMAIL', isSecret: false },
  { name: 'LOG_LEVEL', isSecret: false },
  { name: 'SERVICETITAN_API_URL', isSecret: false },
  { name: 'SERVICETITAN_AUTH_URL', isSecret: false },
  { name: 'SERVICETITAN_TIMEOUT_SECONDS', isSecret: false },
  { name: 'SMTP_URL', isSecret: true },
  { name: 'SUPABASE_ANON_KEY', isSecret: false },
  { name: 'SUPABASE_SERVICE_ROLE_KEY', isSecret: true },
  { name: 'SUPABASE_URL', isSecret: false },
] as const;

export default defineConfig({
  project: process.env['TRIGGER_PROJECT_REF'] ?? 'chou-servicetitan',
  runtime: 'node-24',
  dirs: ['./trigger/src/tasks'],
  maxDuration: 600,
  // The tasks' context, with its connections to the database and the mail server, is made once for each process.
  processKeepAlive: true,
  retries: {
    enabledInDev: false,
    default: { maxAttempts: 3, minTimeoutInMs: 2000, maxTimeoutInMs: 60_000, factor: 2, randomize: true },
  },
  build: {
    extensions: [
      syncEnvVars(() =>
        taskVariables.flatMap(({ name, isSecret }) => {
          const value = process.env[name];
          return value === undefined ? [] : [{ name, value, isSecret }];
        }),
      ),
    ],
  },
});
