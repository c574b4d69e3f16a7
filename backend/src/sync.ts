import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runDueWork } from '#trigger/dueWork.ts';
import { syncConnection } from '#trigger/serviceTitanSync.ts';
import { readConfig, type Config } from './config.ts';
import { createContext } from './context.ts';
import { askServer } from './embedded/askServer.ts';
import { openEmbedded } from './embedded/openEmbedded.ts';
import { seedDemo } from './embedded/seedDemo.ts';
import { exitWithReason } from './exitWithReason.ts';
import { Worker, type WorkSummary } from './Worker.ts';

const options = {
  connection: { type: 'string' },
  'until-idle': { type: 'boolean', default: false },
} as const;

const answer = z.looseObject({ errors: z.array(z.string()) });

interface Work {
  connection: string | undefined;
  untilIdle: boolean;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options, strict: true });
  const work = { connection: values.connection, untilIdle: values['until-idle'] };
  const config = readConfig(process.env);
  const request = {
    ...(work.connection === undefined ? {} : { connection: work.connection }),
    untilIdle: work.untilIdle,
  };
  const summary = (await askServer(config, '/api/work', request, answer)) ?? (await workHere(config, work));
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  if (summary.errors.length === 0) return;
  process.stderr.write(`${summary.errors.join('\n')}\n`);
  process.exitCode = 1;
}

async function workHere(config: Config, work: Work): Promise<WorkSummary> {
  const context = await createContext(config, openEmbedded);
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

main().catch(exitWithReason);
