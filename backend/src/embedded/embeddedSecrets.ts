import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateApiKey } from '@supabase/lite';
import { z } from 'zod';

const embeddedSecrets = z.object({
  publishableKey: z.string(),
  secretKey: z.string(),
  jwtSecret: z.string(),
  encryptionKey: z.string(),
  apiToken: z.string(),
});

/** What an embedded installation makes for itself on its first start, because there is nobody to configure it. */
export type EmbeddedSecrets = z.infer<typeof embeddedSecrets>;

/** New random secrets. */
export async function makeEmbeddedSecrets(): Promise<EmbeddedSecrets> {
  return {
    publishableKey: (await generateApiKey('publishable')).key,
    secretKey: (await generateApiKey('secret')).key,
    jwtSecret: randomBytes(32).toString('base64url'),
    encryptionKey: randomBytes(32).toString('base64'),
    apiToken: `chou_${randomBytes(24).toString('base64url')}`,
  };
}

/** The secrets of the data folder; made on the first call, readable by their owner only. */
export async function loadEmbeddedSecrets(folder: string): Promise<EmbeddedSecrets> {
  const file = join(folder, 'secrets.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (text !== null) return embeddedSecrets.parse(JSON.parse(text));
  const secrets = await makeEmbeddedSecrets();
  await mkdir(folder, { recursive: true });
  // Renamed into place: a crash here must not leave half a key behind.
  await writeFile(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return secrets;
}
