import { AppShell } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useNow, useSession } from '../../session.ts';
import { formatDateTime } from '../../time.ts';
import { ChouMark } from '../common/ChouMark.tsx';
import { AccountMenu } from './AccountMenu.tsx';
import { AlertsButton } from './AlertsButton.tsx';
import { GlobalSearch } from './GlobalSearch.tsx';
import styles from './Shell.module.css';
import { ThemeToggle } from './ThemeToggle.tsx';

export function TopBar() {
  const { workspace, clockMoved } = useSession();
  return (
    <AppShell.Header>
      <div className={styles.bar}>
        <Link to="/customers/board" className={styles.brand} aria-label={`Chou, ${workspace.name}`}>
          <ChouMark size={26} />
          <span className={styles.brandName}>Chou</span>
        </Link>
        <span className={styles.workspace}>{workspace.name}</span>
        <GlobalSearch />
        {clockMoved ? <MovedClock zone={workspace.timeZone} /> : null}
        <AlertsButton />
        <ThemeToggle />
        <AccountMenu />
      </div>
    </AppShell.Header>
  );
}

function MovedClock({ zone }: { zone: string }) {
  const now = useNow();
  const words = formatDateTime(now.toISOString(), zone, now);
  return (
    <Link to="/sandbox" className={styles.clock} title={`The clock was moved: it is ${words} ${zone}`}>
      <IconClock size={14} aria-hidden />
      <span>
        <span className="visually-hidden">The clock was moved: </span>
        <span className={styles.clockWords}>{words}</span>
      </span>
    </Link>
  );
}
