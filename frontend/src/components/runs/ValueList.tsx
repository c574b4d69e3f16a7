import { IconEyeOff } from '@tabler/icons-react';
import styles from './Runs.module.css';
import type { ValueLine } from './valueLines.ts';

/** Names and values, as deep as they go. */
export function ValueList({ lines }: { lines: readonly ValueLine[] }) {
  return (
    <dl className={styles.values}>
      {lines.map((line) => (
        <div key={line.path} data-nested={line.text === null}>
          <dt>{line.name}</dt>
          <dd data-hidden={line.isHidden}>
            {line.isHidden ? <IconEyeOff size={13} aria-hidden /> : null}
            {line.text ?? <ValueList lines={line.lines} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}
