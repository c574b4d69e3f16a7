import { openEmbeddedDatabase, type EmbeddedDatabase } from '#backend/embedded/EmbeddedDatabase.ts';
import { makeEmbeddedSecrets } from '#backend/embedded/embeddedSecrets.ts';
import { createDatabase, type Database } from '#backend/repositories/database.ts';

export interface TestDatabase {
  embedded: EmbeddedDatabase;
  /** supabase-js as the service role, as the product uses it. */
  database: Database;
  close(): Promise<void>;
}

/** The embedded database in memory, with every migration applied and nothing in it. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const embedded = await openEmbeddedDatabase(null, await makeEmbeddedSecrets());
  const database = createDatabase({ url: embedded.url, key: embedded.secretKey, fetch: embedded.fetch });
  return { embedded, database, close: () => embedded.close() };
}
