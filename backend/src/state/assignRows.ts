import { appendTo } from './compare.ts';
import { compareRoots, keyOf, type JourneyRoot } from './roots.ts';

interface Assignment<J, R> {
  /** The row of each journey that has one. */
  rowOf: Map<J, R>;
  /** Rows that no journey carries on, with the journey that their root joined; null: the root is gone. */
  leftOver: Map<R, J | null>;
}

/**
 * A row follows its journey: it belongs to the journey that its root founded; where its root joined another one, to
 * that, if it has no row of its own and no row with a smaller root joined it too.
 */
export function assignRows<
  J extends { root: JourneyRoot; members: readonly JourneyRoot[] },
  R extends { root: JourneyRoot },
>(journeys: readonly J[], rows: readonly R[]): Assignment<J, R> {
  const journeyOf = new Map<string, J>();
  for (const journey of journeys) {
    for (const member of journey.members) journeyOf.set(keyOf(member), journey);
  }
  const candidates = new Map<J, R[]>();
  const leftOver = new Map<R, J | null>();
  for (const row of rows) {
    const journey = journeyOf.get(keyOf(row.root));
    if (journey) appendTo(candidates, journey, row);
    else leftOver.set(row, null);
  }
  const rowOf = new Map<J, R>();
  for (const [journey, joined] of candidates) {
    const isOwn = ({ root }: R) => keyOf(root) === keyOf(journey.root);
    const [first, ...others] = joined.toSorted(
      (one, other) => Number(isOwn(other)) - Number(isOwn(one)) || compareRoots(one.root, other.root),
    );
    if (first) rowOf.set(journey, first);
    for (const row of others) leftOver.set(row, journey);
  }
  return { rowOf, leftOver };
}
