import { IconLayoutKanban, IconList } from '@tabler/icons-react';
import { Link, useLocation } from 'react-router';
import styles from './CustomersViews.module.css';

const views = [
  { to: '/customers/board', label: 'Board', icon: IconLayoutKanban },
  { to: '/customers', label: 'List', icon: IconList },
] as const;

/** Switches between the board and the list, keeping the filters. */
export function CustomersViews() {
  const { pathname, search } = useLocation();
  return (
    <nav className={styles.views} aria-label="Views of the customers">
      {views.map(({ to, label, icon: Shape }) => (
        <Link key={to} to={{ pathname: to, search }} aria-current={pathname === to ? 'page' : undefined}>
          <Shape size={16} aria-hidden />
          {label}
        </Link>
      ))}
    </nav>
  );
}
