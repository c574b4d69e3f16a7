import { fork } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { z } from 'zod';
import { startSandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { createDatabase } from '#backend/repositories/database.ts';
import type { callingInput } from './callingProcess.ts';
import { startRealPostgres } from './realPostgres.ts';

type Input = z.input<typeof callingInput>;
export type Caller = Pick<Input, 'priority' | 'concurrency' | 'restMs'>;

const outcome = z.object({
  priority: z.string(),
  calls: z.number(),
  failures: z.number(),
  databaseCallsPerSecond: z.number(),
  medianMs: z.number(),
  longestMs: z.number(),
});

const arrival = z.object({ request: z.object({ url: z.string() }) });

/**
 * Lets processes call one tenant of a sandbox, with one PostgreSQL between them, and tells what arrived there. With
 * `stepMs`, every clock is moved on by so much each second.
 */
export async function callTogether(options: {
  callers: readonly Caller[];
  seconds: number;
  stepMs?: number;
}) {
  const [postgres, sandbox] = await Promise.all([
    startRealPostgres(),
    startSandbox({ port: 0, seed: 1, customers: 0 }),
  ]);
  // The first request of all grants the roles their rights, which cannot be done twice at the same time.
  await createDatabase({ url: postgres.supabaseUrl, key: postgres.secretKey }).from('leases').select();
  const arrivals: number[] = [];
  let tokenRequests = 0;
  const onRequest = (message: unknown) => {
    const url = arrival.safeParse(message).data?.request.url ?? '';
    if (url.includes('/v2/tenant/')) arrivals.push(performance.now());
    if (url.startsWith('/connect/token')) tokenRequests += 1;
  };
  subscribe('http.server.request.start', onRequest);
  const [tenant] = sandbox.tenants();
  if (!tenant) throw new Error('The sandbox has no tenant.');
  const { supabaseUrl, secretKey } = postgres;
  const { seconds } = options;
  const common = {
    supabaseUrl,
    secretKey,
    seconds,
    sandboxUrl: sandbox.url,
    encryptionKey: Buffer.alloc(32, 7).toString('base64'),
    tenant,
  };
  try {
    const running = options.callers.map((caller) => start({ ...common, ...caller }));
    let movedMs = 0;
    const timer = setInterval(() => {
      movedMs += options.stepMs ?? 0;
      sandbox.clock.advance(options.stepMs ?? 0);
      // Who has just ended needs no time any more.
      for (const { child } of running) if (child.connected) child.send(movedMs, () => undefined);
    }, 1000);
    const processes = await Promise.all(running.map(({ outcome: ended }) => ended));
    clearInterval(timer);
    const counters = z
      .object({ byStatus: z.record(z.string(), z.number()) })
      .parse(await (await fetch(`${sandbox.url}/_sandbox/counters`)).json());
    return {
      processes,
      tokenRequests,
      movedMs,
      byStatus: counters.byStatus,
      perSecond: round(((arrivals.length - 1) * 1000) / ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0))),
      mostInAnySecond: mostInAnySecond(arrivals),
    };
  } finally {
    unsubscribe('http.server.request.start', onRequest);
    await Promise.all([postgres.close(), sandbox.close()]);
  }
}

function start(input: Input) {
  const script = new URL('./callingProcess.ts', import.meta.url);
  const child = fork(script, [JSON.stringify(input)], { silent: true, execArgv: [] });
  const chunks: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
  const ended = new Promise<z.output<typeof outcome>>((resolve, reject) => {
    child.once('close', (code) => {
      const text = Buffer.concat(chunks).toString();
      if (code === 0) resolve(outcome.parse(JSON.parse(text)));
      else reject(new Error(`A calling process ended with ${code}: ${Buffer.concat(errors).toString()}`));
    });
  });
  return { child, outcome: ended };
}

/** The most that arrived within any second, wherever it begins. */
function mostInAnySecond(arrivals: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [index, at] of arrivals.entries()) {
    while (at - (arrivals[first] ?? at) >= 1000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
