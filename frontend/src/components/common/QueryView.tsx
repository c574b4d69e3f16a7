import type { ReactNode } from 'react';
import { ErrorState } from './ErrorState.tsx';

interface QueryLike<Data> {
  data: Data | undefined;
  error: Error | null;
  refetch: () => unknown;
}

interface QueryViewProps<Data> {
  query: QueryLike<Data>;
  skeleton: ReactNode;
  children: (data: Data) => ReactNode;
}

/** Draws what was read; until then its skeleton, or the error with a retry when there is nothing to show. */
export function QueryView<Data>({ query, skeleton, children }: QueryViewProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div role="status">
      <span className="visually-hidden">Loading…</span>
      {skeleton}
    </div>
  );
}
