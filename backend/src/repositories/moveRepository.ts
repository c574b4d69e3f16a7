import { z } from 'zod';
import { rowsOf, type Database } from './database.ts';

const flowMove = z.object({ flow_id: z.uuid(), version_id: z.uuid() });

/** The moves of runs that are not at their end. */
export async function listMoves(database: Database): Promise<{ flowId: string; versionId: string }[]> {
  const query = database.from('flow_moves').select('flow_id, version_id').order('requested_at');
  const rows = await rowsOf(query, z.array(flowMove));
  return rows.map((row) => ({ flowId: row.flow_id, versionId: row.version_id }));
}
