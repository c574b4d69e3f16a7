import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { listConnections } from '../repositories/connectionRepository.ts';
import type { Database } from '../repositories/database.ts';
import { replayConnection } from './replayConnection.ts';

export const replayReports = z.array(
  z.object({
    connection: z.string(),
    compared: z.number(),
    waiting: z.number(),
    differing: z.number(),
    differences: z.array(
      z.object({ root: z.string(), field: z.string(), stored: z.unknown(), derived: z.unknown() }),
    ),
  }),
);
export type ReplayReports = z.infer<typeof replayReports>;

/** Replays the connections of a workspace, or of all, or those of one name among them. */
export async function replayConnections(
  deps: { database: Database; clock: Clock },
  wanted: { workspaceId: string | null; name: string | undefined },
): Promise<ReplayReports> {
  const { workspaceId, name } = wanted;
  const connections = (await listConnections(deps.database, workspaceId)).filter(
    (connection) => name === undefined || connection.name === name,
  );
  if (name !== undefined && connections.length === 0)
    throw new AppError('not_found', `--connection ${name}: there is no connection of this name.`);
  const reports: ReplayReports = [];
  for (const connection of connections) {
    const report = await replayConnection(deps.database, connection.id, deps.clock.now());
    reports.push({ connection: connection.name, ...report });
  }
  return reports;
}
