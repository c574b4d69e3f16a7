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
  const newest = new Map(
    rows
      .toSorted((a, b) => (a.modifiedOn < b.modifiedOn ? -1 : 1))
      .map((row) => [row.email.trim().toLowerCase(), row]),
  );
  const parameters = {
    p_connection: connection.id,
    p_rows: [...newest].map(([email, row]) => ({
      email,
      reason: reasons.get(row.reason ?? '') ?? 'never_email',
      active: row.active,
      created_at: row.createdOn,
      modified_on: row.modifiedOn,
    })),
    p_now: now.toISOString(),
  };
  await done(database.rpc('pull_suppressions', parameters));
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
  connectionId: string,
  emails: readonly string[],
  now: Date,
): Promise<void> {
  const parameters = { p_connection: connectionId, p_emails: [...emails], p_now: now.toISOString() };
  await done(database.rpc('mark_written_back', parameters));
}
