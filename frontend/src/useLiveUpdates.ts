import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ChangeEvent } from '#backend/schemas/api.ts';
import { outdatedKeys } from './liveInvalidation.ts';

const debounceMs = 150;

function readChange(event: Event): ChangeEvent | undefined {
  if (!(event instanceof MessageEvent) || typeof event.data !== 'string') return undefined;
  const change: ChangeEvent = JSON.parse(event.data);
  return change;
}

/** Keeps what is on the screen current: one event stream for the whole application. */
export function useLiveUpdates(): void {
  const queryClient = useQueryClient();

  useEffect(() => {
    const source = new EventSource('/api/events');
    const pending = new Map<string, string[]>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wasOpen = false;

    const flush = () => {
      timer = undefined;
      const keys = [...pending.values()];
      pending.clear();
      for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey });
    };
    source.addEventListener('change', (event) => {
      const change = readChange(event);
      if (!change) return;
      for (const key of outdatedKeys(change)) pending.set(key.join('/'), key);
      timer ??= setTimeout(flush, debounceMs);
    });
    source.addEventListener('open', () => {
      // The stream was away: the server may have restarted and forgotten what was missed.
      if (wasOpen) void queryClient.invalidateQueries();
      wasOpen = true;
    });
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [queryClient]);
}
