import { afterEach, expect, it, vi } from 'vitest';
import { taskContext } from '#trigger/taskContext.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const environment = {
  CHOU_APP_URL: 'https://chou.company.example',
  CHOU_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
  CHOU_OWNER_EMAIL: 'owner@company.example',
  SMTP_URL: 'smtp://127.0.0.1:1',
  SUPABASE_URL: 'http://127.0.0.1:1',
  SUPABASE_ANON_KEY: 'public',
  SUPABASE_SERVICE_ROLE_KEY: 'secret',
};

it('a task gets its context, one for the process, although it could not be made the first time', async () => {
  vi.stubEnv('SUPABASE_URL', '');
  await expect(taskContext()).rejects.toThrow('SUPABASE_URL must be set');
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const context = await taskContext();
  expect(await taskContext()).toBe(context);
  expect(context.embedded).toBeNull();
  await context.close();
});
