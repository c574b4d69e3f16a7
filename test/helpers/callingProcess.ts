import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { systemClock } from '#backend/clock.ts';
import { createLogger } from '#backend/logger.ts';
import { createDatabase } from '#backend/repositories/database.ts';
import { CredentialCipher } from '#backend/services/CredentialCipher.ts';
import { DatabaseRateBudget } from '#backend/services/DatabaseRateBudget.ts';
import { DatabaseTokenStore } from '#backend/services/DatabaseTokenStore.ts';
import { callPriorities } from '#integrations/calls/callPriority.ts';
import { SharedCalls } from '#integrations/calls/SharedCalls.ts';
import { resolveServiceTitanConfig } from '#integrations/crm/servicetitan/ServiceTitanConfig.ts';
import { ServiceTitanTransport } from '#integrations/crm/servicetitan/ServiceTitanTransport.ts';

export const callingInput = z.object({
  supabaseUrl: z.string(),
  secretKey: z.string(),
  encryptionKey: z.string(),
  sandboxUrl: z.string(),
  tenant: z.object({ id: z.number(), clientId: z.string(), clientSecret: z.string(), appKey: z.string() }),
  priority: z.enum(callPriorities),
  /** How many calls are under way at once. */
  concurrency: z.number(),
  /** How long each caller rests between two calls. */
  restMs: z.number(),
  seconds: z.number(),
});

/** Calls the sandbox for a while as one process of the product would, and says how it went as a line of JSON. */
async function run(input: z.output<typeof callingInput>) {
  let databaseCalls = 0;
  const counted: typeof fetch = (...request) => {
    databaseCalls += 1;
    return fetch(...request);
  };
  const database = createDatabase({ url: input.supabaseUrl, key: input.secretKey, fetch: counted });
  const logger = createLogger('warn');
  const cipher = new CredentialCipher(input.encryptionKey);
  const clock = { now: () => new Date(systemClock.now().getTime() + offsetMs) };
  let offsetMs = 0;
  const shared = new SharedCalls({
    clock,
    logger,
    tokens: new DatabaseTokenStore({ database, cipher }),
    rates: new DatabaseRateBudget({ database, logger }),
  });
  const { id: tenantId, ...credentials } = input.tenant;
  const config = resolveServiceTitanConfig(
    { environment: 'sandbox', tenantId, ...credentials },
    { authUrl: input.sandboxUrl, apiUrl: input.sandboxUrl },
  );
  const transport = new ServiceTitanTransport({ config, clock, logger, shared, priority: input.priority });
  process.on('message', (message) => {
    offsetMs = z.number().parse(message);
  });
  const until = performance.now() + input.seconds * 1000;
  const waits: number[] = [];
  let failures = 0;
  const call = async () => {
    const startedAt = performance.now();
    try {
      await transport.request({
        method: 'GET',
        path: 'settings/v2/tenant/{tenant}/business-units',
        query: { pageSize: 1 },
        schema: z.unknown(),
        repeatable: true,
      });
    } catch {
      failures += 1;
    }
    waits.push(performance.now() - startedAt);
  };
  const caller = async () => {
    while (performance.now() < until) {
      await call();
      if (input.restMs > 0) await wait(input.restMs);
    }
  };
  await Promise.all(Array.from({ length: input.concurrency }, caller));
  const sorted = waits.toSorted((a, b) => a - b);
  return {
    priority: input.priority,
    calls: waits.length,
    failures,
    databaseCallsPerSecond: round(databaseCalls / input.seconds),
    medianMs: round(sorted[Math.floor(sorted.length / 2)] ?? 0),
    longestMs: round(sorted.at(-1) ?? 0),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

if (import.meta.main) {
  const outcome = await run(callingInput.parse(JSON.parse(process.argv[2] ?? '{}')));
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
  process.disconnect();
}
