import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase, type EmbeddedDatabase } from '#backend/embedded/EmbeddedDatabase.ts';
import { makeEmbeddedSecrets } from '#backend/embedded/embeddedSecrets.ts';
import { createDatabase, type Database } from '#backend/repositories/database.ts';
import { copyDatabaseTemplate } from './copyDatabaseTemplate.ts';

export interface TestDatabase {
  embedded: EmbeddedDatabase;
  /** supabase-js as the service role, as the product uses it. */
  database: Database;
  close(): Promise<void>;
}

/** The embedded database, with every migration applied and nothing in it. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'chou-test-'));
  copyDatabaseTemplate(folder);
  const embedded = await openEmbeddedDatabase(folder, await makeEmbeddedSecrets());
  const database = createDatabase({ url: embedded.url, key: embedded.secretKey, fetch: embedded.fetch });
  return {
    embedded,
    database,
    close: async () => {
      await embedded.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
