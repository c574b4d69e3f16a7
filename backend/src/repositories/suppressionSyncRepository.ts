import { z } from 'zod';
import type { SuppressionRecord } from '#integrations/crm/servicetitan/schemas/suppressions.ts';
import { done, rowsOf, type Database } from './database.ts';

const reasons = new Map([
  ['Unsubscribe', 'unsubscribe'],
  ['Bounce', 'bounce'],
  ['SpamReport', 'spam_report'],
  ['ManualUnsubscribe', 'manual'],
  ['NeverEmail', 'never_email'],
]);

interface PulledSuppressions {
  rows: readonly SuppressionRecord[];
  /** Addresses of which nothing else could be read: better not mailed. */
  unclear: readonly string[];
  /** The newest change of the whole read, once it is complete; null leaves the place of the next read where it was. */
  readUpTo: string | null;
}

/** Takes over a page of ServiceTitan's suppression list; what it lifts is lifted here if it came from there. */
export async function pullSuppressions(
  database: Database,
  connectionId: string,
  { rows, unclear, readUpTo }: PulledSuppressions,
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const listed = rows
    .toSorted((a, b) => (a.modifiedOn < b.modifiedOn ? -1 : 1))
    .map(({ email, reason, active, createdOn }) => ({
      email,
      reason: reasons.get(reason ?? '') ?? 'never_email',
      active,
      created_at: createdOn,
    }));
  const doubtful = unclear.map((email) => ({ email, reason: 'never_email', active: true, created_at: at }));
  // The last of an address counts.
  const suppressions = new Map([...listed, ...doubtful].map((row) => [row.email, row]));
  const parameters = {
    p_connection: connectionId,
    // A row without an address only says how far was read.
    p_rows: [...suppressions.values(), { modified_on: readUpTo }],
    p_now: at,
  };
  await done(database.rpc('pull_suppressions', parameters));
}

/** Addresses of people who unsubscribed here and of whom the connection's tenant does not know yet; 100 at a time, those that it refused last. */
export async function pendingWriteBacks(database: Database, connectionId: string): Promise<string[]> {
  const rows = await rowsOf(
    database
      .from('suppressions')
      .select('email')
      .eq('connection_id', connectionId)
      .eq('source', 'unsubscribe')
      .is('written_back_at', null)
      .order('refused_at', { nullsFirst: true })
      .order('created_at')
      .limit(100),
    z.array(z.object({ email: z.string() })),
  );
  return rows.map((row) => row.email);
}

export async function markWrittenBack(
  database: Database,
  connectionId: string,
  { taken, refused, now }: { taken: readonly string[]; refused: readonly string[]; now: Date },
): Promise<void> {
  const parameters = {
    p_connection: connectionId,
    p_taken: taken,
    p_refused: refused,
    p_now: now.toISOString(),
  };
  await done(database.rpc('mark_written_back', parameters));
}
