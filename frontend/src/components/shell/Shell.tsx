import { AppShell } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Outlet, useLocation } from 'react-router';
import { queries } from '../../queries.ts';
import { SessionContext } from '../../session.ts';
import { useLiveUpdates } from '../../useLiveUpdates.ts';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { NavRail } from './NavRail.tsx';
import { TopBar } from './TopBar.tsx';

/** What stands around every screen: rail, top bar, notifications, and the stream that keeps it all current. */
export function Shell() {
  const session = useQuery(queries.session());
  return (
    <QueryView query={session} skeleton={<RowsSkeleton />}>
      {(data) => (
        <SessionContext value={data}>
          <Frame embedded={data.embedded} />
        </SessionContext>
      )}
    </QueryView>
  );
}

function Frame({ embedded }: { embedded: boolean }) {
  useLiveUpdates();
  const { pathname } = useLocation();
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 76, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: { base: 56, sm: 0 } }}
      padding={0}
    >
      <a href="#content" className="skip-link">
        Skip to the content
      </a>
      <TopBar />
      <AppShell.Navbar aria-label="Main" visibleFrom="sm">
        <NavRail embedded={embedded} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} style={{ outline: 'none' }}>
        <Suspense key={pathname} fallback={<RowsSkeleton />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
      <AppShell.Footer hiddenFrom="sm">
        <nav aria-label="Main">
          <NavRail embedded={embedded} across />
        </nav>
      </AppShell.Footer>
      <Notifications position="bottom-right" limit={4} />
    </AppShell>
  );
}
