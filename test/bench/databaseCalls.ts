import { z } from 'zod';
import type { Database } from '#backend/repositories/database.ts';

export interface DatabaseCalls {
  reset(): void;
  total(): number;
  /** How many there were of each table or function, and how long they took. */
  byName(): Record<string, { calls: number; ms: number }>;
}

const restClient = z.custom<{ fetch: typeof fetch }>(
  (value) => z.object({ fetch: z.function() }).safeParse(value).success,
);

/** Counts what is asked of the database through this client, which both engines are called by. */
export function countDatabaseCalls(database: Database): DatabaseCalls {
  const rest = restClient.parse(Reflect.get(database, 'rest'));
  const send = rest.fetch;
  let names = new Map<string, { calls: number; ms: number }>();
  rest.fetch = async (input, init) => {
    const startedAt = performance.now();
    try {
      return await send(input, init);
    } finally {
      const name = nameOf(input);
      const counted = names.get(name) ?? { calls: 0, ms: 0 };
      names.set(name, { calls: counted.calls + 1, ms: counted.ms + performance.now() - startedAt });
    }
  };
  return {
    reset: () => {
      names = new Map();
    },
    total: () => names.values().reduce((sum, { calls }) => sum + calls, 0),
    byName: () => Object.fromEntries(names),
  };
}

function nameOf(input: Parameters<typeof fetch>[0]): string {
  const address = input instanceof Request ? input.url : String(input);
  return new URL(address).pathname.replace('/rest/v1/', '').replace('rpc/', '');
}
