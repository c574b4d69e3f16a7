import { parseArgs } from 'node:util';
import axios from 'axios';
import { z } from 'zod';
import { runDueWork } from '#trigger/dueWork.ts';
import { syncConnection } from '#trigger/serviceTitanSync.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { createContext } from './context.ts';
import { findHolder } from './embedded/dataFolder.ts';
import { loadEmbeddedSecrets } from './embedded/embeddedSecrets.ts';
import { seedDemo } from './embedded/seedDemo.ts';
import { AppError } from './errors.ts';
import { Worker, type WorkSummary } from './Worker.ts';

const options = {
  connection: { type: 'string' },
  'until-idle': { type: 'boolean', default: false },
} as const;

interface Work {
  connection: string | undefined;
  untilIdle: boolean;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options, strict: true });
  const work = { connection: values.connection, untilIdle: values['until-idle'] };
  const config = readConfig(process.env);
  const summary = (await askServer(config, work)) ?? (await workHere(config, work));
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  if (summary.errors.length === 0) return;
  process.stderr.write(`${summary.errors.join('\n')}\n`);
  process.exitCode = 1;
}

async function workHere(config: Config, work: Work): Promise<WorkSummary> {
  const context = await createContext(config);
  const stop = () => void context.close().then(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    if (context.embedded) await seedDemo(context, context.embedded);
    return await new Worker(context, { syncConnection, runDueWork }).work(work);
  } finally {
    await context.close();
  }
}

const answer = z.looseObject({ errors: z.array(z.string()) });
const refusal = z.object({ error: z.object({ message: z.string() }) });

/** The embedded database belongs to one process: when a server has it, that server does the work. */
async function askServer(config: Config, work: Work): Promise<{ errors: string[] } | null> {
  if (config.mode === 'production') return null;
  const holder = await findHolder(config.dataDir);
  if (!holder?.url) return null;
  const { apiToken } = await loadEmbeddedSecrets(config.dataDir);
  const reply = await axios.post(
    `${holder.url}/api/work`,
    { ...(work.connection === undefined ? {} : { connection: work.connection }), untilIdle: work.untilIdle },
    { headers: { authorization: `Bearer ${apiToken}` }, timeout: 600_000, validateStatus: () => true },
  );
  if (reply.status !== 200)
    throw new ConfigError(
      refusal.safeParse(reply.data).data?.error.message ?? `The server answered ${reply.status}.`,
    );
  return answer.parse(reply.data);
}

main().catch((error: unknown) => {
  const isExpected =
    error instanceof ConfigError ||
    error instanceof AppError ||
    (error instanceof TypeError && 'code' in error);
  process.stderr.write(
    isExpected ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
});
