import { Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import styles from './Page.module.css';

interface PageProps {
  title: string;
  children: ReactNode;
  description?: ReactNode;
  /** What stands before the title, such as the way back. */
  before?: ReactNode;
  actions?: ReactNode;
  /** Fills the window instead of scrolling with it: boards and canvases. wide: only where there is room for it. */
  full?: boolean | 'wide';
}

/** The frame of every screen: title, actions, content. */
export function Page({ title, description, before, actions, full = false, children }: PageProps) {
  useDocumentTitle(`${title} · Chou`);
  return (
    <div className={classOf(full)}>
      <header className={styles.header}>
        <div className={styles.lead}>
          {before}
          <div className={styles.titles}>
            <Title order={1}>{title}</Title>
            {description ? (
              <Text c="dimmed" size="sm" component="div">
                {description}
              </Text>
            ) : null}
          </div>
        </div>
        {actions ? <div className={styles.actions}>{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}

function classOf(full: boolean | 'wide'): string {
  if (full === false) return `${styles.page}`;
  return `${styles.page} ${full === 'wide' ? styles.fullWide : styles.full}`;
}
