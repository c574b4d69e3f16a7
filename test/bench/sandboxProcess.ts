import { z } from 'zod';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { sandboxTenants } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { answerQuestions } from './BenchProcess.ts';

/** The sandbox in a process of its own, with one tenant and no limit of calls. */
export const sandboxInput = z.object({ dataDir: z.string(), customers: z.number(), seed: z.number() });

let sandbox: Sandbox | undefined;

if (import.meta.main) {
  answerQuestions({
    open: async (input) => {
      const options = sandboxInput.parse(input);
      const tenants = [sandboxTenants[0]];
      sandbox = await startSandbox({ ...options, port: 0, tenants, requestsPerSecond: Infinity });
      return { url: sandbox.url };
    },
    close: async () => {
      await sandbox?.close();
    },
  });
}
