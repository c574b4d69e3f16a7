import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './api.ts';

function isFinal(error: Error): boolean {
  return error instanceof ApiError && error.status < 500;
}

/** The cache of what was read; a request refused for want of a session is reported to `onSignedOut`. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const report = (error: Error) => {
    if (error instanceof ApiError && error.status === 401) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: report }),
    mutationCache: new MutationCache({ onError: report }),
    defaultOptions: {
      queries: { staleTime: 15_000, retry: (count, error) => !isFinal(error) && count < 2 },
    },
  });
}
