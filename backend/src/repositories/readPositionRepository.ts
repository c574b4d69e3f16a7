import { z } from 'zod';
import { readPaths, syncResources } from '../services/readOrder.ts';
import { rowsOf, type Database } from './database.ts';
import type { ReadKey } from './readRepository.ts';

const positionRow = z.object({
  connection_id: z.string(),
  resource: z.enum(syncResources),
  path: z.enum(readPaths),
  started_at: z.string().nullable(),
  pages_read: z.number(),
});

const drainedRow = z.object({ resource: z.string() });

/** So many that an answer stays below the thousand rows that Supabase gives at most. */
const connectionsAtOnce = 20;

/** The name of a read that goes over the whole of a resource. */
export function readName({ connectionId, resource, path }: ReadKey): string {
  return `${connectionId}/${resource}/${path}`;
}

/**
 * How far the feeds and full passes of these connections have come, by the read's name: a text that changes with every
 * page that is stored. What never began has none.
 */
export async function listReadPositions(
  database: Database,
  connectionIds: readonly string[],
): Promise<Map<string, string>> {
  const positions = new Map<string, string>();
  for (let start = 0; start < connectionIds.length; start += connectionsAtOnce) {
    const rows = await rowsOf(
      database
        .from('sync_cursors')
        .select('connection_id, resource, path, started_at, pages_read')
        .in('connection_id', connectionIds.slice(start, start + connectionsAtOnce))
        .in('path', ['feed', 'full']),
      z.array(positionRow),
    );
    for (const row of rows) {
      const name = readName({ connectionId: row.connection_id, resource: row.resource, path: row.path });
      positions.set(name, `${row.started_at ?? ''}+${row.pages_read}`);
    }
  }
  return positions;
}

/** The resources of a connection whose feed has been read to its end once; the first pass of the others is still to be done. */
export async function listDrainedFeeds(database: Database, connectionId: string): Promise<Set<string>> {
  const rows = await rowsOf(
    database
      .from('sync_cursors')
      .select('resource')
      .eq('connection_id', connectionId)
      .eq('path', 'feed')
      .not('completed_at', 'is', null),
    z.array(drainedRow),
  );
  return new Set(rows.map(({ resource }) => resource));
}
