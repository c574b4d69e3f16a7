import { Link } from 'react-router';
import type { BoardReply } from '#backend/schemas/api.ts';
import { stateTitles } from '#backend/schemas/state.ts';
import { formatCount, formatMoneyShort } from '../../money.ts';
import { StateGlyph } from '../common/StateGlyph.tsx';
import styles from './Board.module.css';
import { BoardCard } from './BoardCard.tsx';

interface BoardSectionProps {
  column: BoardReply['columns'][number];
  moved: ReadonlySet<string>;
  /** The address of the list with everything in this state. */
  listAddress: string;
  showConnection: boolean;
}

/** One state: how many, worth what, and the cards that moved last. */
export function BoardSection({ column, moved, listAddress, showConnection }: BoardSectionProps) {
  const { state, count, cards, openTotal, soldTotal } = column;
  const title = stateTitles[state];
  const more = count - cards.length;
  return (
    <section className={styles.section} aria-label={title} data-state={state}>
      <header className={styles.head}>
        <StateGlyph state={state} />
        <h2>{title}</h2>
      </header>
      <p className={styles.totals} title={totalsInWords(openTotal, soldTotal)}>
        <strong>
          {formatCount(count)}
          <span className="visually-hidden"> {count === 1 ? 'journey' : 'journeys'}</span>
        </strong>
        <span>{totalsInWords(openTotal, soldTotal)}</span>
      </p>
      {cards.length === 0 ? (
        <p className={styles.none}>Nobody here</p>
      ) : (
        <ul className={styles.cards}>
          {cards.map((card) => (
            <li key={card.id}>
              <BoardCard card={card} moved={moved.has(card.id)} showConnection={showConnection} />
            </li>
          ))}
          {more > 0 ? (
            <li>
              <Link className={styles.more} to={listAddress}>
                Show all {formatCount(count)}
              </Link>
            </li>
          ) : null}
        </ul>
      )}
    </section>
  );
}

function totalsInWords(open: number, sold: number): string {
  const parts = [
    ...(open > 0 ? [`${formatMoneyShort(open)} open`] : []),
    ...(sold > 0 ? [`${formatMoneyShort(sold)} sold`] : []),
  ];
  return parts.length === 0 ? '' : parts.join(' · ');
}
