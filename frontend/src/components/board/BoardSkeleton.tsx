import { Skeleton } from '@mantine/core';
import styles from './Board.module.css';
import { boardLayout } from './boardLayout.ts';

/** The board's columns before their cards are there. */
export function BoardSkeleton() {
  return (
    <div className={styles.board}>
      {boardLayout.map((states) => (
        <div key={states.join()} className={styles.column}>
          {states.map((state) => (
            <Skeleton key={state} className={styles.section} radius="lg" mih={140} />
          ))}
        </div>
      ))}
    </div>
  );
}
