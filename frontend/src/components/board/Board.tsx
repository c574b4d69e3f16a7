import type { BoardReply } from '#backend/schemas/api.ts';
import type { BoardFilter } from '../../api.ts';
import styles from './Board.module.css';
import { boardLayout } from './boardLayout.ts';
import { BoardSection } from './BoardSection.tsx';
import { useMovedCards } from './useMovedCards.ts';

function listAddress(state: number, { search, connectionId }: BoardFilter): string {
  const params = new URLSearchParams({
    state: String(state),
    ...(search ? { search } : {}),
    ...(connectionId ? { connection: connectionId } : {}),
  });
  return `/customers?${params.toString()}`;
}

/** Every journey by its state. */
export function Board({ board, filter }: { board: BoardReply; filter: BoardFilter }) {
  const moved = useMovedCards(board, JSON.stringify(filter));
  const byState = new Map(board.columns.map((column) => [column.state, column]));
  return (
    <div className={styles.board}>
      {boardLayout.map((states) => (
        <div key={states.join()} className={styles.column}>
          {states.map((state) => (
            <BoardSection
              key={state}
              column={byState.get(state) ?? { state, count: 0, openTotal: 0, soldTotal: 0, cards: [] }}
              moved={moved}
              listAddress={listAddress(state, filter)}
              showConnection={!filter.connectionId}
            />
          ))}
        </div>
      ))}
    </div>
  );
}
