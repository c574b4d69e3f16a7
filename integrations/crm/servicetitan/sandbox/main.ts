import { type CommandLine, CommandLineError, readCommandLine, usage } from './commandLine.ts';
import type { SandboxLogger } from './SandboxLogger.ts';
import { type Sandbox, startSandbox } from './startSandbox.ts';

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

async function run({ start, help: _help, ...options }: CommandLine): Promise<void> {
  const sandbox = await startSandbox({ ...options, ...(start && { start }), logger });
  const stop = () => {
    process.exitCode = 0;
    void sandbox.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  introduce(sandbox);
}

try {
  const commandLine = readCommandLine(process.argv.slice(2));
  if (commandLine.help) write(usage);
  else await run(commandLine);
} catch (error) {
  const isUsers = error instanceof CommandLineError;
  if (isTaken(error)) process.stderr.write('The port is in use: choose another with --port.\n');
  else process.stderr.write(isUsers ? `${error.message}\n\n${usage}` : `${describe({ err: error })}\n`);
  process.exitCode = isUsers ? 2 : 1;
}
