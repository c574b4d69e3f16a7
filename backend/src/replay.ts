import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readConfig } from './config.ts';
import { createContext } from './context.ts';
import { askServer } from './embedded/askServer.ts';
import { openEmbedded } from './embedded/openEmbedded.ts';
import { exitWithReason } from './exitWithReason.ts';
import { replayConnections, replayReports, type ReplayReports } from './services/replayConnections.ts';

/** Derives everything anew and compares: exits with 1 when a stored journey says anything else. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { connection: { type: 'string' } }, strict: true });
  const config = readConfig(process.env);
  const request = values.connection === undefined ? {} : { connection: values.connection };
  const reports =
    (await askServer(config, '/api/replay', request, replayReports)) ?? (await replayHere(config, request));
  for (const { connection, compared, waiting, differing, differences } of reports) {
    for (const { root, field, stored, derived } of differences)
      print(`${connection} ${root} ${field}: stored ${asText(stored)}, derived ${asText(derived)}`);
    if (differing > differences.length) print(`${connection}: and ${differing - differences.length} more`);
    const apart = waiting > 0 ? `; ${waiting} more wait to be derived and were left out` : '';
    print(`${connection}: ${compared} journeys derived anew, ${differing} differences${apart}.`);
  }
  if (reports.some(({ differing }) => differing > 0)) process.exitCode = 1;
}

async function replayHere(
  config: ReturnType<typeof readConfig>,
  request: { connection?: string },
): Promise<ReplayReports> {
  const context = await createContext(config, openEmbedded);
  try {
    return await replayConnections(context, { workspaceId: null, name: request.connection });
  } finally {
    await context.close();
  }
}

function asText(value: unknown): string {
  return z.string().safeParse(value).data ?? JSON.stringify(value);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch(exitWithReason);
