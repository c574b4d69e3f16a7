import { stateTitles, type StateNumber } from '#backend/schemas/state.ts';
import styles from './badges.module.css';
import { StateGlyph } from './StateGlyph.tsx';

/** A journey's state in shape and words. */
export function StateBadge({ state }: { state: StateNumber }) {
  return (
    <span className={styles.state}>
      <StateGlyph state={state} size={14} />
      {stateTitles[state]}
    </span>
  );
}
