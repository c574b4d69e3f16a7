import { writeFile } from 'node:fs/promises';
import { openEmbeddedDatabase } from './embedded/EmbeddedDatabase.ts';
import { makeEmbeddedSecrets } from './embedded/embeddedSecrets.ts';
import { describeSchema } from './describeSchema.ts';

const database = await openEmbeddedDatabase(null, await makeEmbeddedSecrets());
try {
  await writeFile(
    new URL('../../supabase/schema.sql', import.meta.url),
    await describeSchema((text) => database.sql(text)),
  );
} finally {
  await database.close();
}
