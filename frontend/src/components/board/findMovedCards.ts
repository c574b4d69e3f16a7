import type { BoardReply } from '#backend/schemas/api.ts';
import type { StateNumber } from '#backend/schemas/state.ts';

type CardPlaces = ReadonlyMap<string, StateNumber>;

/** Where every card of the board stands. */
function placesOf(board: BoardReply): CardPlaces {
  return new Map(board.columns.flatMap(({ cards }) => cards.map(({ id, state }) => [id, state] as const)));
}

/**
 * The cards that stand elsewhere than before. One that was not among the shown ones counts when it changed after the
 * newest change known before: the others only came into sight because a card above them left.
 */
export function findMovedCards(before: BoardReply, after: BoardReply): Set<string> {
  const places = placesOf(before);
  const newest = newestChange(before);
  const moved = after.columns
    .flatMap(({ cards }) => cards)
    .filter(({ id, state, stateChangedAt }) =>
      places.has(id) ? places.get(id) !== state : Date.parse(stateChangedAt) > newest,
    );
  return new Set(moved.map(({ id }) => id));
}

function newestChange(board: BoardReply): number {
  const times = board.columns.flatMap(({ cards }) =>
    cards.map(({ stateChangedAt }) => Date.parse(stateChangedAt)),
  );
  return times.reduce((newest, time) => Math.max(newest, time), 0);
}
