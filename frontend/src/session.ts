import { useQuery } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import type { SessionReply } from '#backend/schemas/api.ts';
import { queries } from './queries.ts';

export const SessionContext = createContext<SessionReply | null>(null);

/** The signed-in user, workspace and mode; only below the shell. */
export function useSession(): SessionReply {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession needs the shell above it.');
  return session;
}

/** The product's clock, which may be moved away from the browser's; ticks twice a minute. */
export function useNow(): Date {
  const { data, dataUpdatedAt } = useQuery(queries.session());
  const [browserNow, setBrowserNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setBrowserNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const offset = data ? new Date(data.now).getTime() - dataUpdatedAt : 0;
  return new Date(Math.max(browserNow, dataUpdatedAt) + offset);
}

/** Viewers look; everybody else may change things. */
export function useCanEdit(): boolean {
  return useSession().role !== 'viewer';
}
