import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../config.ts';
import type { CheckedFlow } from '../flow/checkFlows.ts';
import { readFlowFile } from '../flow/exportFlow.ts';

const flowEnding = '.flow.json';
const fixtureEnding = '.fixture.json';
const named = z.looseObject({ flow: z.string() });

/** A file that cannot be used; the message names it and says what to do. */
class FlowFolderError extends ConfigError {}

/** The flows of a folder, each with its fixtures: those that name it, or whose names begin with its. */
export async function readFlowFolder(folder: string): Promise<CheckedFlow[]> {
  const names = (await listFolder(folder)).toSorted();
  const flows = names.filter((name) => name.endsWith(flowEnding));
  if (flows.length === 0)
    throw new FlowFolderError(`${folder} has no flow: export one there as <name>${flowEnding}.`);
  const keys = flows.map((name) => name.slice(0, -flowEnding.length));
  const fixtures = await Promise.all(
    names
      .filter((name) => name.endsWith(fixtureEnding))
      .map(async (source) => {
        const fixture = await readJson(folder, source);
        return { source, fixture, key: keyOf(source, fixture, keys) };
      }),
  );
  const stray = fixtures.find(({ key }) => key === undefined);
  if (stray)
    throw new FlowFolderError(
      `${stray.source} belongs to no flow: name it <flow>.<what>${fixtureEnding}, or give it "flow".`,
    );
  return Promise.all(
    keys.map(async (key) => ({
      ...(await readFlow(folder, `${key}${flowEnding}`)),
      fixtures: fixtures.filter((candidate) => candidate.key === key),
    })),
  );
}

/** The flow that a fixture names, else the one with the longest name that its file's name begins with. */
function keyOf(source: string, fixture: unknown, keys: readonly string[]): string | undefined {
  const written = named.safeParse(fixture);
  if (written.success) return keys.find((key) => key === written.data.flow);
  const fitting = keys.filter((key) => source === `${key}${fixtureEnding}` || source.startsWith(`${key}.`));
  return fitting.toSorted((one, other) => other.length - one.length)[0];
}

async function readFlow(folder: string, name: string): Promise<Pick<CheckedFlow, 'name' | 'graph'>> {
  const read = readFlowFile(await readJson(folder, name));
  if ('file' in read) return { name: read.file.name, graph: read.file.graph };
  const issues = read.issues.map(({ field, message }) => `${field}: ${message}`);
  throw new FlowFolderError(`${name} is no exported flow. ${issues.slice(0, 3).join(' ')}`);
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new FlowFolderError(`The folder ${folder} cannot be read.`, { cause: error });
  }
}

async function readJson(folder: string, name: string): Promise<unknown> {
  const text = await readFile(join(folder, name), 'utf8');
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw new FlowFolderError(`${name} is not JSON.`, { cause: error });
  }
}
