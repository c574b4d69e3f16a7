import type { HeldOutcome } from '../repositories/heldOutcomes.ts';
import { Batcher } from './Batcher.ts';

/**
 * Does something to rows that a worker holds, many of them with one call; false: the row is not the worker's any more.
 * What another transaction holds right then is left out of the batch, which must not wait, and done alone, which may.
 */
export function holdTogether<Item>(
  most: number,
  send: (items: Item[]) => Promise<readonly HeldOutcome[]>,
): (item: Item) => Promise<boolean> {
  const batcher = new Batcher(most, send);
  return async (item) => {
    let outcome: HeldOutcome | undefined = await batcher.call(item);
    while (outcome === 'busy') [outcome] = await send([item]);
    return outcome === 'done';
  };
}
