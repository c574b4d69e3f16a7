import { z } from 'zod';
import { done, rowsOf, type Database } from './database.ts';
import { isoTime } from './rowFields.ts';

const connectionSettings = z.object({
  clericalReasonIds: z.array(z.number()).default([]),
  otherEstimateMinimum: z.number().default(1000),
});
type ConnectionSettings = z.infer<typeof connectionSettings>;

const connectionRow = z.object({
  id: z.uuid(),
  workspace_id: z.uuid(),
  integration_id: z.string(),
  name: z.string(),
  environment: z.enum(['production', 'integration', 'sandbox']),
  tenant_id: z.number(),
  time_zone: z.string(),
  status: z.enum(['connected', 'paused', 'error']),
  status_reason: z.string().nullable(),
  settings: connectionSettings,
  live_from: z.string(),
  backfilled_at: z.string().nullable(),
  updated_at: z.string(),
});
export type ConnectionRow = z.infer<typeof connectionRow>;

/** The connections of a workspace by name; of all workspaces with null. */
export async function listConnections(
  database: Database,
  workspaceId: string | null,
): Promise<ConnectionRow[]> {
  const query = database.from('integration_connections').select('*').order('name');
  return rowsOf(workspaceId ? query.eq('workspace_id', workspaceId) : query, z.array(connectionRow));
}

export async function findConnection(database: Database, id: string): Promise<ConnectionRow | null> {
  const rows = await rowsOf(
    database.from('integration_connections').select('*').eq('id', id),
    z.array(connectionRow),
  );
  return rows[0] ?? null;
}

export interface SavedConnection {
  workspaceId: string;
  name: string;
  environment: ConnectionRow['environment'];
  tenantId: number;
  timeZone: string;
  settings: ConnectionSettings;
  liveFrom: Date;
  backfillFrom: Date | null;
}

/** Adds a connection, or renews the one of the same tenant and environment: its live_from and settings stay. */
export async function saveConnection(
  database: Database,
  connection: SavedConnection,
  now: Date,
): Promise<ConnectionRow> {
  const at = now.toISOString();
  const existing = await rowsOf(
    database
      .from('integration_connections')
      .select('*')
      .eq('workspace_id', connection.workspaceId)
      .eq('integration_id', 'servicetitan')
      .eq('environment', connection.environment)
      .eq('tenant_id', connection.tenantId),
    z.array(connectionRow),
  );
  const values = {
    name: connection.name,
    time_zone: connection.timeZone,
    status: 'connected',
    status_reason: null,
    updated_at: at,
  };
  const [former] = existing;
  if (former) {
    return rowsOf(
      database.from('integration_connections').update(values).eq('id', former.id).select().single(),
      connectionRow,
    );
  }
  return rowsOf(
    database
      .from('integration_connections')
      .insert({
        ...values,
        settings: connection.settings,
        workspace_id: connection.workspaceId,
        integration_id: 'servicetitan',
        environment: connection.environment,
        tenant_id: connection.tenantId,
        live_from: connection.liveFrom.toISOString(),
        backfill_from: connection.backfillFrom?.toISOString() ?? null,
        created_at: at,
      })
      .select()
      .single(),
    connectionRow,
  );
}

const credentialRow = z.object({ key_id: z.string(), ciphertext: z.string(), updated_at: isoTime });
export type CredentialRow = z.infer<typeof credentialRow>;

export async function findCredentials(
  database: Database,
  connectionId: string,
): Promise<CredentialRow | null> {
  const rows = await rowsOf(
    database
      .from('connection_credentials')
      .select('key_id,ciphertext,updated_at')
      .eq('connection_id', connectionId),
    z.array(credentialRow),
  );
  return rows[0] ?? null;
}

export async function saveCredentials(
  database: Database,
  credentials: { connectionId: string; workspaceId: string; keyId: string; ciphertext: string },
  now: Date,
): Promise<void> {
  await done(
    database.from('connection_credentials').upsert(
      {
        connection_id: credentials.connectionId,
        workspace_id: credentials.workspaceId,
        key_id: credentials.keyId,
        ciphertext: credentials.ciphertext,
        updated_at: now.toISOString(),
      },
      { onConflict: 'connection_id' },
    ),
  );
}
