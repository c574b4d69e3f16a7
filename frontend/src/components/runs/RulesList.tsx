import { IconCheck, IconX } from '@tabler/icons-react';
import { placed } from '../common/placed.ts';
import styles from './Runs.module.css';

interface RulesListProps {
  rules: readonly { words: string; saw: string; holds: boolean }[];
}

/** Each rule that was asked, with the value that it saw. */
export function RulesList({ rules }: RulesListProps) {
  if (rules.length === 0) return null;
  return (
    <ul className={styles.rules} aria-label="What was asked">
      {placed(rules).map(({ key, thing: { words, saw, holds } }) => (
        <li key={key}>
          {holds ? (
            <IconCheck size={14} color="var(--chou-ok)" aria-label="True" />
          ) : (
            <IconX size={14} color="var(--chou-bad)" aria-label="Not true" />
          )}
          <span>
            {words} <em>(it was {saw})</em>
          </span>
        </li>
      ))}
    </ul>
  );
}
