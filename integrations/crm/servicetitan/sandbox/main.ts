import { readFileSync } from 'node:fs';
import { type CommandLine, CommandLineError, readCommandLine, usage } from './commandLine.ts';
import { ControlError } from './control/ControlError.ts';
import type { SandboxLogger } from './SandboxLogger.ts';
import { type Sandbox, startSandbox } from './startSandbox.ts';
import { DataFolderError } from './storage/DataFolder.ts';

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

const logger: SandboxLogger = {
  info: (details, message) => write(`${message} ${JSON.stringify(details)}`),
  warn: (details, message) => process.stderr.write(`${message} ${JSON.stringify(details)}\n`),
  error: (details, message) => process.stderr.write(`${message} ${describe(details)}\n`),
};

function describe(details: object): string {
  return 'err' in details && details.err instanceof Error
    ? (details.err.stack ?? '')
    : JSON.stringify(details);
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function introduce(sandbox: Sandbox): void {
  write(`ServiceTitan sandbox at ${sandbox.url} (control plane: ${sandbox.url}/_sandbox)`);
  write(`its time is ${sandbox.clock.now().toISOString()}`);
  for (const { id, name, clientId, clientSecret, appKey, bookingProviderId } of sandbox.tenants()) {
    write(
      `${name}: tenant ${id}, client id ${clientId}, client secret ${clientSecret}, app key ${appKey}, booking provider ${bookingProviderId}`,
    );
  }
}

async function run({ start, story, help: _help, ...options }: CommandLine): Promise<void> {
  const script = story === null ? null : readStory(story);
  const sandbox = await startSandbox({ ...options, ...(start && { start }), logger });
  const stop = () => {
    process.exitCode = 0;
    void sandbox.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  introduce(sandbox);
  if (script === null) return;
  try {
    for (const { entry, at, outcome } of await sandbox.playScript(script))
      write(
        `${at} entry ${entry}: ${outcome ? `${outcome.event} of ${outcome.customerName}` : 'time passed'}`,
      );
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

/** The script of a file, before anything is started for it. */
function readStory(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandLineError(
      `--story ${path} cannot be read: ${error instanceof Error ? error.message : ''}`,
    );
  }
}

try {
  const commandLine = readCommandLine(process.argv.slice(2));
  if (commandLine.help) write(usage);
  else await run(commandLine);
} catch (error) {
  process.stderr.write(complaint(error));
  process.exitCode = error instanceof CommandLineError ? 2 : 1;
}

/** What the user reads: what to do where that is known, else where it went wrong. */
function complaint(error: unknown): string {
  if (isTaken(error)) return 'The port is in use: choose another with --port.\n';
  if (error instanceof CommandLineError) return `${error.message}\n\n${usage}`;
  if (error instanceof ControlError || error instanceof DataFolderError) return `${error.message}\n`;
  return `${describe({ err: error })}\n`;
}
