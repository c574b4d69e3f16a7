import type { StateNumber } from '../schemas/state.ts';
import { compareText } from './compare.ts';
import type { JourneyRow } from './journeyRow.ts';
import { compareRoots } from './roots.ts';

/** One number for a customer: the state of its journey whose state other than 0 happened last; with none, 0. */
export function customerState(
  journeys: readonly Pick<JourneyRow, 'root' | 'state' | 'happenedAt'>[],
): StateNumber {
  const [last] = journeys
    .filter(({ state }) => state !== 0)
    .toSorted(
      (one, other) =>
        compareText(other.happenedAt ?? '', one.happenedAt ?? '') || compareRoots(one.root, other.root),
    );
  return last?.state ?? 0;
}
