import { z } from 'zod';
import type { AlertsReply } from '../schemas/runApi.ts';
import { call, rowsOf, type Database } from './database.ts';
import { isoTime } from './rowFields.ts';

const alertRow = z.object({
  id: z.uuid(),
  kind: z.enum(['run_parked', 'run_stuck']),
  flow_id: z.uuid().nullable(),
  flow_name: z.string().nullable(),
  run_id: z.uuid().nullable(),
  contact_id: z.uuid().nullable(),
  customer_name: z.string(),
  message: z.string(),
  created_at: isoTime,
});

/** What somebody has to see to, newest first. */
export async function listAlerts(
  database: Database,
  workspaceId: string,
  limit: number,
): Promise<AlertsReply['alerts']> {
  const query = database
    .from('alert_summaries')
    .select('*')
    .eq('workspace_id', workspaceId)
    .is('closed_at', null)
    .order('created_at', { ascending: false })
    .order('id')
    .limit(limit);
  const rows = await rowsOf(query, z.array(alertRow));
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    flowId: row.flow_id,
    flowName: row.flow_name,
    runId: row.run_id,
    contactId: row.contact_id,
    customerName: row.customer_name,
    message: row.message,
    createdAt: row.created_at,
  }));
}

/** False: there is no such alert. */
export async function closeAlert(
  database: Database,
  alert: { workspaceId: string; alertId: string; actor: string; now: Date },
): Promise<boolean> {
  const parameters = {
    p_workspace: alert.workspaceId,
    p_alert: alert.alertId,
    p_actor: alert.actor,
    p_now: alert.now.toISOString(),
  };
  return call(database, 'close_alert', parameters, z.boolean());
}

const digest = z.object({
  workspaceId: z.uuid(),
  alerts: z.array(
    z.object({ id: z.uuid(), flowName: z.string().nullable(), message: z.string(), createdAt: isoTime }),
  ),
});
/** What the owners and administrators of a workspace are to be told of. */
export type Digest = z.infer<typeof digest>;

export async function listDueDigests(database: Database, now: Date): Promise<Digest[]> {
  const parameters = { p_now: now.toISOString(), p_limit: 100 };
  return call(database, 'due_digests', parameters, z.array(digest));
}

export async function markMailed(database: Database, alertIds: string[], now: Date): Promise<void> {
  const parameters = { p_alerts: alertIds, p_now: now.toISOString() };
  await call(database, 'mark_alerts_mailed', parameters, z.unknown());
}
