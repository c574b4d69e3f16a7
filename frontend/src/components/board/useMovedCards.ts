import { useState } from 'react';
import type { BoardReply } from '#backend/schemas/api.ts';
import { findMovedCards } from './findMovedCards.ts';

interface Seen {
  board: BoardReply;
  filterKey: string;
  moved: ReadonlySet<string>;
}

/** The cards that moved with the latest change of the board; none after another filter was chosen. */
export function useMovedCards(board: BoardReply, filterKey: string): ReadonlySet<string> {
  const [seen, setSeen] = useState<Seen>({ board, filterKey, moved: new Set() });
  if (seen.board !== board || seen.filterKey !== filterKey) {
    const moved = seen.filterKey === filterKey ? findMovedCards(seen.board, board) : new Set<string>();
    setSeen({ board, filterKey, moved });
    return moved;
  }
  return seen.moved;
}
