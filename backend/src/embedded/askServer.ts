import axios from 'axios';
import { z } from 'zod';
import { ConfigError, type Config } from '../config.ts';
import { findHolder } from './dataFolder.ts';
import { loadEmbeddedSecrets } from './embeddedSecrets.ts';

const refusal = z.object({ error: z.object({ message: z.string() }) });

/** The embedded database belongs to one process: when a server has it, that server does the work. Null: none has it. */
export async function askServer<Answer>(
  config: Config,
  path: string,
  body: object,
  answer: z.ZodType<Answer>,
): Promise<Answer | null> {
  if (config.mode === 'production') return null;
  const holder = await findHolder(config.dataDir);
  if (!holder?.url) return null;
  const { apiToken } = await loadEmbeddedSecrets(config.dataDir);
  const reply = await axios.post(`${holder.url}${path}`, body, {
    headers: { authorization: `Bearer ${apiToken}` },
    timeout: 600_000,
    validateStatus: () => true,
  });
  if (reply.status !== 200)
    throw new ConfigError(
      refusal.safeParse(reply.data).data?.error.message ?? `The server answered ${reply.status}.`,
    );
  return answer.parse(reply.data);
}
