import type { RunRequest } from './runRequests.ts';

/** What one run takes on; with more than this waiting, several work side by side. */
export const stepsPerRun = 500;
const messagesPerRun = 500;
const maxRuns = 10;
/** Long enough for every retry of the run that asks. */
const keyLifetime = '1h';

/** A run that does steps that are due. */
export function stepsRequest(key: readonly string[]): RunRequest {
  return {
    task: 'flow-steps',
    payload: { limit: stepsPerRun },
    key,
    options: { idempotencyKeyTTL: keyLifetime },
  };
}

/** A run that sends messages that are due. */
export function messagesRequest(key: readonly string[]): RunRequest {
  return {
    task: 'deliver-messages',
    payload: { limit: messagesPerRun },
    key,
    options: { idempotencyKeyTTL: keyLifetime },
  };
}

/** The runs for the steps and messages that wait: as many as there is work for, up to ten of each kind. */
export function planDueWork(due: { steps: number; messages: number }, at: Date): RunRequest[] {
  const time = at.toISOString();
  const count = (waiting: number, perRun: number) => Math.min(maxRuns, Math.ceil(waiting / perRun));
  return [
    ...Array.from({ length: count(due.steps, stepsPerRun) }, (_, index) => stepsRequest([time, `${index}`])),
    ...Array.from({ length: count(due.messages, messagesPerRun) }, (_, index) =>
      messagesRequest([time, `${index}`]),
    ),
  ];
}
