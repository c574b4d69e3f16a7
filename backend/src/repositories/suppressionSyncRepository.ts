import { z } from 'zod';
import type { SuppressionRecord } from '#integrations/crm/servicetitan/schemas/suppressions.ts';
import type { ConnectionRow } from './connectionRepository.ts';
import { done, rowsOf, type Database } from './database.ts';

const reasons = new Map([
  ['Unsubscribe', 'unsubscribe'],
  ['Bounce', 'bounce'],
  ['SpamReport', 'spam_report'],
  ['ManualUnsubscribe', 'manual'],
  ['NeverEmail', 'never_email'],
]);

/** Takes over what ServiceTitan's suppression list says since the last read; what it lifts is lifted here if it came from there. */
export async function pullSuppressions(
  database: Database,
  connection: ConnectionRow,
  rows: readonly SuppressionRecord[],
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const newest = new Map(
    rows
      .toSorted((a, b) => (a.modifiedOn < b.modifiedOn ? -1 : 1))
      .map((row) => [row.email.trim().toLowerCase(), row]),
  );
  const active = [...newest].filter(([, row]) => row.active);
  const lifted = [...newest].filter(([, row]) => !row.active).map(([email]) => email);
  if (active.length > 0) {
    await done(
      database.from('suppressions').upsert(
        active.map(([email, row]) => ({
          workspace_id: connection.workspace_id,
          connection_id: connection.id,
          email,
          reason: reasons.get(row.reason ?? '') ?? 'never_email',
          source: 'servicetitan',
          written_back_at: at,
          created_at: row.createdOn,
        })),
        { onConflict: 'workspace_id,email', ignoreDuplicates: true },
      ),
    );
  }
  if (lifted.length > 0) {
    await done(
      database
        .from('suppressions')
        .delete()
        .eq('workspace_id', connection.workspace_id)
        .eq('connection_id', connection.id)
        .eq('source', 'servicetitan')
        .in('email', lifted),
    );
  }
  const last = [...newest.values()]
    .map((row) => row.modifiedOn)
    .toSorted()
    .at(-1);
  await done(
    database.from('sync_cursors').upsert(
      {
        connection_id: connection.id,
        workspace_id: connection.workspace_id,
        resource: 'suppressions',
        last_read_at: at,
        ...(last ? { last_modified_on: last } : {}),
      },
      { onConflict: 'connection_id,resource' },
    ),
  );
}

/** Addresses of people who unsubscribed here and of whom the connection's tenant does not know yet; 100 at a time. */
export async function pendingWriteBacks(database: Database, connectionId: string): Promise<string[]> {
  const rows = await rowsOf(
    database
      .from('suppressions')
      .select('email')
      .eq('connection_id', connectionId)
      .eq('source', 'unsubscribe')
      .is('written_back_at', null)
      .limit(100),
    z.array(z.object({ email: z.string() })),
  );
  return rows.map((row) => row.email);
}

export async function markWrittenBack(
  database: Database,
  workspaceId: string,
  emails: readonly string[],
  now: Date,
): Promise<void> {
  await done(
    database
      .from('suppressions')
      .update({ written_back_at: now.toISOString() })
      .eq('workspace_id', workspaceId)
      .in('email', [...emails]),
  );
}
