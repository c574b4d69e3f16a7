import { batch, idempotencyKeys, type TriggerOptions } from '@trigger.dev/sdk';

/** A run that is wanted, once for its key. */
export interface RunRequest {
  task: string;
  payload: Readonly<Record<string, string | number | boolean>>;
  /** Together with the task: what makes it this run and no other, whoever asks and however often. */
  key: readonly string[];
  options?: Pick<TriggerOptions, 'concurrencyKey' | 'priority' | 'idempotencyKeyTTL'>;
}

/** Trigger.dev takes a thousand at once; older servers take half of that. */
const runsAtOnce = 500;

/** Asks for runs; those that were asked for before by the same key are not done again. */
export async function requestRuns(requests: readonly RunRequest[]): Promise<void> {
  for (let start = 0; start < requests.length; start += runsAtOnce) {
    const items = requests.slice(start, start + runsAtOnce).map(async ({ task, payload, key, options }) => ({
      id: task,
      payload,
      options: {
        ...options,
        // A key's scope is the run that asks unless it says otherwise: two runs of a schedule would ask twice.
        idempotencyKey: await idempotencyKeys.create([...key], { scope: 'global' }),
      },
    }));
    await batch.trigger(await Promise.all(items));
  }
}
