import { z } from 'zod';
import { UnsubscribeLinks } from '#backend/email/UnsubscribeLinks.ts';
import { createLogger } from '#backend/logger.ts';
import { createDatabase } from '#backend/repositories/database.ts';
import { FlowRunService } from '#backend/services/FlowRunService.ts';
import { findAction } from '#integrations/registry.ts';
import { answerQuestions } from './BenchProcess.ts';

const unsubscribeLinks = new UnsubscribeLinks(Buffer.alloc(32, 7), () => 'https://app.example.com');
const opening = z.object({ supabaseUrl: z.string(), secretKey: z.string() });
let now = new Date(0);
let steps: FlowRunService | undefined;

function open({ supabaseUrl, secretKey }: z.infer<typeof opening>): FlowRunService {
  const clock = { now: () => now };
  return new FlowRunService({
    database: createDatabase({ url: supabaseUrl, key: secretKey }),
    clock,
    systemClock: clock,
    logger: createLogger('warn'),
    findAction: (id) => findAction(id)?.action,
    unsubscribeUrl: (id) => unsubscribeLinks.url(id),
    runAction: async () => ({ ok: true }),
  });
}

/** Does all that is due at a moment. */
async function work(at: Date) {
  if (!steps) throw new Error('The worker is not open.');
  now = at;
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const done = await steps.runDueSteps();
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  return { steps: done.steps, parked: done.runsParked, ms, cpuMs: (user + system) / 1000, peakMb };
}

if (import.meta.main) {
  answerQuestions({
    open: async (input) => {
      steps = open(opening.parse(input));
    },
    work: async (input) => work(z.coerce.date().parse(input)),
    close: async () => {},
  });
}
