import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { z } from 'zod';
import { systemClock } from '#backend/clock.ts';
import type { Config } from '#backend/config.ts';
import { createContext } from '#backend/context.ts';
import { Worker } from '#backend/Worker.ts';
import { runDueWork } from '#trigger/dueWork.ts';
import { syncConnection } from '#trigger/serviceTitanSync.ts';
import { tellSteps } from './crashSteps.ts';

/**
 * timers: what the clock has made of states; due: steps and messages; poll: whatever can be read, until nothing is left
 * to do; schedule: what is due to be read, and nothing else.
 */
const phases = ['timers', 'due', 'poll', 'schedule'] as const;

/** What the parent asks for: one phase of work at a moment, and the steps at whose next occurrence to die. */
export const task = z.object({
  phase: z.enum(phases),
  now: z.iso.datetime(),
  /** How far the machine's time is ahead of what it says: so leases of the dead run out. */
  systemAheadMs: z.number(),
  lethal: z.record(z.string(), z.number()),
  /** Steps at which somebody has died: whoever comes to any other dies there. Null: nobody does. */
  diedAt: z.array(z.string()).nullable(),
});
export type Task = z.infer<typeof task>;

export const outcome = z.object({
  /** Steps that occurred here since the last outcome. */
  steps: z.array(z.string()),
  errors: z.array(z.string()),
});
export type Outcome = z.infer<typeof outcome>;

const start = z.object({
  config: z.custom<Config>(),
  smtpPort: z.number(),
  readingFunctions: z.array(z.string()),
});

async function serve(): Promise<void> {
  const { config, smtpPort, readingFunctions } = start.parse(JSON.parse(process.argv[2] ?? '{}'));
  let now = new Date(0);
  let systemAheadMs = 0;
  let lethal = new Map<string, number>();
  let diedAt: Set<string> | null = null;
  let steps = new Set<string>();
  tellSteps({ smtpPort, readingFunctions }, (step) => {
    steps.add(step);
    const left = lethal.get(step);
    if (left !== undefined) lethal.set(step, left - 1);
    const isNew = diedAt !== null && !diedAt.has(step);
    if (left !== 1 && !isNew) return;
    // The pipe outlives this process; what was sent by other ways might not.
    writeSync(1, `${step}\n`);
    process.kill(process.pid, 'SIGKILL');
  });
  const context = await createContext(config, undefined, {
    clock: { now: () => now },
    systemClock: { now: () => new Date(systemClock.now().getTime() + systemAheadMs) },
  });
  const worker = new Worker(context, { syncConnection, runDueWork });
  const work = {
    timers: async () => {
      for (const { id } of await context.connections.listPolled())
        await context.states.deriveConnection(id, { only: 'people' });
      return [];
    },
    due: async () => {
      await runDueWork(context);
      return [];
    },
    poll: async () => (await worker.workUntilIdle({})).errors,
    schedule: async () => {
      await worker.syncDueConnections();
      return [];
    },
  };
  process.on('message', (message) => {
    const asked = task.parse(message);
    now = new Date(asked.now);
    ({ systemAheadMs } = asked);
    lethal = new Map(Object.entries(asked.lethal));
    diedAt = asked.diedAt && new Set(asked.diedAt);
    steps = new Set();
    work[asked.phase]()
      .catch((error: unknown) => [error instanceof Error ? (error.stack ?? error.message) : String(error)])
      .then((errors) => process.send?.({ errors, steps: [...steps] } satisfies Outcome))
      .catch(() => process.exit(1));
  });
  process.once('disconnect', () => process.exit());
  // Nobody here ends in a way that would leave it behind.
  flushCompileCache();
  process.send?.('ready');
}

if (import.meta.main) await serve();
