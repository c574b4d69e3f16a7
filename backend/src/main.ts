import { createServer, type Server } from 'node:http';
import { parseArgs } from 'node:util';
import { runDueWork } from '#trigger/dueWork.ts';
import { housekeepingCron, tidyUp } from '#trigger/housekeeping.ts';
import { syncConnection } from '#trigger/serviceTitanSync.ts';
import { everyMinute } from '#trigger/tasks/everyMinute.ts';
import { createApp } from './app.ts';
import { buildFrontend } from './buildFrontend.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { createContext, type Context } from './context.ts';
import { deleteDataFolder } from './embedded/dataFolder.ts';
import { openEmbedded } from './embedded/openEmbedded.ts';
import { seedDemo, signInLink } from './embedded/seedDemo.ts';
import { exitWithReason } from './exitWithReason.ts';
import { startScheduler, type ScheduledWork } from './scheduler.ts';
import { TriggerPolls } from './services/TriggerPolls.ts';
import { Worker } from './Worker.ts';

const options = {
  json: { type: 'boolean', default: false },
  fresh: { type: 'boolean', default: false },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options, strict: true });
  const config = readConfig(process.env);
  if (values.fresh) {
    if (config.mode === 'production')
      throw new ConfigError('--fresh deletes embedded data; with SUPABASE_URL there is none.');
    await deleteDataFolder(config.dataDir);
  }
  const [context] = await Promise.all([createContext(config, openEmbedded), buildFrontend()]);
  const polls = runsOnTriggerDev(config) ? new TriggerPolls({ logger: context.logger }) : undefined;
  const worker = new Worker(context, { syncConnection, runDueWork }, polls);
  const server = createServer(createApp(context, worker));
  const stopWork: (() => Promise<void>)[] = [];
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    server.close();
    server.closeAllConnections();
    const stopped = worker.stop();
    for (const stopPart of stopWork) await stopPart();
    await worker.requests.stop();
    await stopped;
    await context.close();
  };
  const stopOnSignal = () => void stop().then(() => process.exit(0));
  process.on('SIGINT', stopOnSignal);
  process.on('SIGTERM', stopOnSignal);
  try {
    const port = await listen(server, config.port, config.host);
    context.setAppUrl(`http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${port}`);
    if (context.embedded) {
      await seedDemo(context, context.embedded);
      await worker.workUntilIdle({});
      await context.embedded.announce(context.appUrl());
    }
    const scheduler = startScheduler(schedule(context, worker), context.logger);
    stopWork.push(() => scheduler.stop());
    await announce(context, values.json);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The tasks that Trigger.dev would run; this process runs them where nobody else does. */
function schedule(context: Context, worker: Worker): ScheduledWork[] {
  const { config, embedded } = context;
  if (runsOnTriggerDev(config)) return [];
  const works: ScheduledWork[] = [
    { name: 'servicetitan-sync', cron: everyMinute.pattern, run: () => worker.syncDueConnections() },
    { name: 'due-work', cron: everyMinute.pattern, run: () => worker.runDueWork() },
    { name: 'housekeeping', cron: housekeepingCron, run: () => tidyUp(context) },
  ];
  if (!embedded) return works;
  // The sandbox's clock jumps and its stories want to be seen at once: looking every second stands for a webhook.
  const look = async () => {
    const news = await embedded.sandbox.look();
    const isBehind = news.clockMoved || news.recordsChanged || embedded.sandbox.isBehind;
    if (isBehind) await worker.workUntilIdle({});
    else await worker.runDueWork();
  };
  return [
    ...works.filter(({ name }) => name !== 'due-work'),
    { name: 'sandbox-news', cron: '* * * * * *', run: look },
  ];
}

function runsOnTriggerDev(config: Config): boolean {
  return config.mode === 'production' && config.triggerDev;
}

async function announce(context: Context, asJson: boolean): Promise<void> {
  const { embedded, config } = context;
  const url = context.appUrl();
  if (!embedded || config.mode === 'production') {
    process.stdout.write(
      asJson ? `${JSON.stringify({ url })}\n` : `Chou for ServiceTitan is ready at ${url}\n`,
    );
    return;
  }
  const facts = {
    url,
    signInUrl: await signInLink(context, embedded),
    apiToken: embedded.secrets.apiToken,
    sandboxUrl: embedded.sandboxUrls.apiUrl,
    smtpUrl: config.smtpUrl ?? embedded.mail?.url ?? '',
    dataDir: config.dataDir,
  };
  if (asJson) {
    process.stdout.write(`${JSON.stringify(facts)}\n`);
    return;
  }
  process.stdout.write(
    [
      '',
      '  Chou for ServiceTitan is ready.',
      '',
      `  Application   ${facts.url}`,
      `  Sign in       ${facts.signInUrl}`,
      '                (works once; start again for another)',
      `  Sandbox       ${facts.sandboxUrl}`,
      `  Mail server   ${withoutPassword(facts.smtpUrl)}`,
      `  Data          ${facts.dataDir}`,
      '',
      '  Ctrl-C stops it. npm start -- --fresh begins anew.',
      '',
      '',
    ].join('\n'),
  );
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  parsed.password = '';
  return parsed.href;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(
        isTaken
          ? new ConfigError(`PORT ${port} is in use by another program. Set PORT to a free one.`)
          : error,
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}

main().catch(exitWithReason);
