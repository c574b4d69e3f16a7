import { z } from 'zod';
import { connectionDiagnosis, type ConnectionDiagnosis } from '#integrations/ConnectionDiagnosis.ts';
import { done, rowsOf, type Database } from './database.ts';

// One that an older version stored in another form is no longer worth showing: the next check replaces it.
const diagnosisRow = z.object({ diagnosis: connectionDiagnosis.nullable().catch(null) });

/** What the last check of a connection found; null where there was none. */
export async function findDiagnosis(
  database: Database,
  connectionId: string,
): Promise<ConnectionDiagnosis | null> {
  const rows = await rowsOf(
    database.from('integration_connections').select('diagnosis').eq('id', connectionId),
    z.array(diagnosisRow),
  );
  return rows[0]?.diagnosis ?? null;
}

const namedDiagnosis = diagnosisRow.extend({ name: z.string() });

/** What the last check of each of a workspace's connections found. */
export async function listDiagnoses(database: Database, workspaceId: string) {
  const query = database
    .from('integration_connections')
    .select('name, diagnosis')
    .eq('workspace_id', workspaceId)
    .order('name');
  return rowsOf(query, z.array(namedDiagnosis));
}

export async function saveDiagnosis(
  database: Database,
  connectionId: string,
  diagnosis: ConnectionDiagnosis,
): Promise<void> {
  await done(database.from('integration_connections').update({ diagnosis }).eq('id', connectionId));
}
