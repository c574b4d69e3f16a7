import { schedules } from '@trigger.dev/sdk';
import type { Context } from '#backend/context.ts';
import { taskContext } from './taskContext.ts';

export const dueWorkCron = '* * * * *';

export interface DueWorkSummary {
  steps: number;
  messagesSent: number;
  /** Not taken by the mail server yet; they are tried again. */
  messagesDelayed: number;
  messagesFailed: number;
}

/** Does the flow steps that are due and sends the messages that they queued, until neither is left. */
export async function runDueWork(context: Context): Promise<DueWorkSummary> {
  const total = { steps: 0, messagesSent: 0, messagesDelayed: 0, messagesFailed: 0 };
  for (;;) {
    const { steps } = await context.flowRuns.runDueSteps();
    const { sent, delayed, failed } = await context.messages.deliverDueMessages();
    total.steps += steps;
    total.messagesSent += sent;
    total.messagesDelayed += delayed;
    total.messagesFailed += failed;
    if (steps === 0) return total;
  }
}

export const dueWork = schedules.task({
  id: 'due-work',
  cron: dueWorkCron,
  maxDuration: 600,
  run: async () => runDueWork(await taskContext()),
});
