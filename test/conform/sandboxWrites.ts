import { IntegrationError } from '#integrations/errors.ts';
import type { Pair } from './checkDeclarations.ts';
import type { Exchange } from './RecordingServer.ts';
import type { SandboxUnderTest } from './SandboxUnderTest.ts';
import { matchPath } from './requestProblems.ts';
import { conflicts } from './writes/conflicts.ts';
import { writeSamples } from './writes/writeSamples.ts';

/** Makes every sample write; gives what failed, by the name of the write. */
export async function makeWrites({ client }: SandboxUnderTest): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  for (const [name, write] of Object.entries(writeSamples)) {
    try {
      await write(client.calls);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failed.set(name, error instanceof IntegrationError ? error.message : `${error.name}: ${error.message}`);
    }
  }
  return failed;
}

/** Makes the writes that the state of their record forbids; gives those that were not refused so. */
export async function provokeConflicts({ client }: SandboxUnderTest): Promise<Map<string, string>> {
  const wrong = new Map<string, string>();
  for (const [name, write] of Object.entries(conflicts)) {
    try {
      await write(client.calls);
      wrong.set(name, 'is done although the state of its record forbids it');
    } catch (error) {
      if (!(error instanceof IntegrationError)) throw error;
      if (error.status !== 409) wrong.set(name, `is refused with ${error.status}, not 409: ${error.message}`);
    }
  }
  return wrong;
}

/** The operation that a request was for: the most literal path that fits. */
export function pairOf({ request }: Exchange, pairs: readonly Pair[]): Pair | undefined {
  return pairs
    .filter(({ operation }) => operation.method === request.method && matchPath(operation.path, request.path))
    .toSorted((a, b) => a.operation.path.split('{').length - b.operation.path.split('{').length)[0];
}
