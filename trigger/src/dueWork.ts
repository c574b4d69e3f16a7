import type { Context } from '#backend/context.ts';
import type { RunDueStepsReply } from '#backend/services/FlowRunService.ts';
import type { DeliveryReply } from '#backend/services/MessageDelivery.ts';

export interface DueWorkSummary {
  steps: number;
  messagesSent: number;
  /** Not taken by the mail server yet; they are tried again. */
  messagesDelayed: number;
  messagesFailed: number;
}

/** Does the flow steps that are due, no more than `limit`. */
export async function runDueSteps(context: Context, limit?: number): Promise<RunDueStepsReply> {
  return context.flowRuns.runDueSteps(limit === undefined ? {} : { maxSteps: limit });
}

/** Sends the messages that are due, no more than `limit`. */
export async function deliverDueMessages(context: Context, limit?: number): Promise<DeliveryReply> {
  return context.messages.deliverDueMessages(limit === undefined ? {} : { maxMessages: limit });
}

/** Does the flow steps that are due and sends the messages that they queued, until neither is left. */
export async function runDueWork(context: Context): Promise<DueWorkSummary> {
  const total = { steps: 0, messagesSent: 0, messagesDelayed: 0, messagesFailed: 0 };
  for (;;) {
    const { steps } = await runDueSteps(context);
    const { sent, delayed, failed } = await deliverDueMessages(context);
    total.steps += steps;
    total.messagesSent += sent;
    total.messagesDelayed += delayed;
    total.messagesFailed += failed;
    if (steps === 0) return total;
  }
}
