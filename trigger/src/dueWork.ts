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

/**
 * What comes before the steps: flows that time has made due begin, people go on in new versions, and alerts are told.
 * What fails is tried again with the next round, and holds up nothing else.
 */
export async function prepareDueWork(
  context: Context,
): Promise<{ started: number; moved: number; told: number }> {
  const { flowStarts, runMover, alerts } = context;
  const attempt = async (work: () => Promise<number>, what: string) => {
    try {
      return await work();
    } catch (error) {
      context.logger.error({ err: error }, `${what} failed; it is tried again.`);
      return 0;
    }
  };
  const started = await attempt(async () => (await flowStarts.startDue()).started, 'Starting flows');
  const moved = await attempt(() => runMover.continueMoves(), 'Moving runs to another version');
  const told = await attempt(() => alerts.mailDigests(), 'Mailing alerts');
  return { started, moved, told };
}

/** Does the flow steps that are due, no more than `limit`. */
export async function runDueSteps(context: Context, limit?: number): Promise<RunDueStepsReply> {
  return context.flowRuns.runDueSteps(limit === undefined ? {} : { maxSteps: limit });
}

/** Sends the messages that are due, no more than `limit`. */
export async function deliverDueMessages(context: Context, limit?: number): Promise<DeliveryReply> {
  return context.messages.deliverDueMessages(limit === undefined ? {} : { maxMessages: limit });
}

/** Starts the flows that are due, does the steps that are, and sends the messages that they queued, until neither is left. */
export async function runDueWork(context: Context): Promise<DueWorkSummary> {
  const total = { steps: 0, messagesSent: 0, messagesDelayed: 0, messagesFailed: 0 };
  await prepareDueWork(context);
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
