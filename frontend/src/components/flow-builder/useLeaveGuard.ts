import { useMutation } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import { useBlocker } from 'react-router';

/** Saves what is not saved yet before another screen comes; asks where that fails, or when the window is closed. */
export function useLeaveGuard({ isDirty, flush }: { isDirty: boolean; flush: () => Promise<unknown> }) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isDirty && currentLocation.pathname !== nextLocation.pathname,
  );
  const saving = useMutation({
    networkMode: 'always',
    mutationFn: flush,
    onSuccess: () => blocker.proceed?.(),
  });
  const saveAndGo = useEffectEvent(() => saving.mutate());
  useEffect(() => {
    if (blocker.state === 'blocked') saveAndGo();
  }, [blocker.state]);
  useEffect(() => {
    if (!isDirty) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isDirty]);
  return {
    isAsking: saving.isError && blocker.state === 'blocked',
    leave: () => blocker.proceed?.(),
    stay: () => blocker.reset?.(),
  };
}
