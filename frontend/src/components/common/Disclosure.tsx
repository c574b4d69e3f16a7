import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useId, useState, type ReactNode } from 'react';
import styles from './Disclosure.module.css';

/** A button that shows more below itself; what it shows is made only once it is asked for. */
export function Disclosure({ label, children }: { label: string; children: () => ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <div>
      <button
        type="button"
        className={styles.button}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <Chevron size={14} aria-hidden />
        {label}
      </button>
      <div id={id} hidden={!isOpen} className={styles.content}>
        {isOpen ? children() : null}
      </div>
    </div>
  );
}
