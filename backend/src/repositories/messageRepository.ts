import { z } from 'zod';
import { call, rowsOf, type Database } from './database.ts';
import { claimParameters, type Claim } from './flowRunRepository.ts';
import { afterCursor, encodeCursor } from './pageCursor.ts';
import { dbState, isoTimeOrNull } from './rowFields.ts';

const claimedMessage = z.object({
  id: z.uuid(),
  class: z.enum(['transactional', 'marketing']),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  messageId: z.string(),
  attempts: z.number(),
  state: dbState.nullable(),
  sender: z.object({ name: z.string(), email: z.string(), postalAddress: z.string() }),
  contact: z
    .object({
      email: z.string().nullable(),
      active: z.boolean(),
      doNotMail: z.boolean(),
      doNotService: z.boolean(),
      marketingAllowed: z.boolean(),
      remindersAllowed: z.boolean(),
    })
    .nullable(),
  suppression: z.string().nullable(),
});
/** A queued message that this worker alone may send, with all that decides whether it may go out. */
export type ClaimedMessage = z.infer<typeof claimedMessage>;

const claimReply = z.object({ messages: z.array(claimedMessage), skipped: z.number(), failed: z.number() });

export async function claimDueMessages(
  database: Database,
  claim: Claim,
): Promise<z.infer<typeof claimReply>> {
  return call(database, 'claim_due_messages', claimParameters(claim), claimReply);
}

/** The last word before the text goes to the mail server; false: it must not. */
export async function handOverMessage(
  database: Database,
  { id, worker, systemNow }: { id: string; worker: string; systemNow: Date },
): Promise<boolean> {
  const parameters = { p_message: id, p_worker: worker, p_system_now: systemNow.toISOString() };
  return call(database, 'hand_over_message', parameters, z.boolean());
}

export interface MessageResult {
  /** queued: to be tried again at `dueAt`. */
  status: 'sent' | 'skipped' | 'failed' | 'queued';
  reason: string | null;
  toEmail: string | null;
  dueAt?: Date;
}

/** Writes down what became of a claimed message; false when the lease was lost. */
export async function finishMessage(
  database: Database,
  { id, worker, result, now }: { id: string; worker: string; result: MessageResult; now: Date },
): Promise<boolean> {
  const parameters = {
    p_message: id,
    p_worker: worker,
    p_status: result.status,
    p_reason: result.reason,
    p_to_email: result.toEmail,
    p_due_at: result.dueAt?.toISOString() ?? null,
    p_now: now.toISOString(),
  };
  return call(database, 'finish_message', parameters, z.boolean());
}

const summaryRow = z.object({
  id: z.uuid(),
  contact_id: z.uuid().nullable(),
  customer_name: z.string(),
  flow_id: z.uuid().nullable(),
  flow_name: z.string().nullable(),
  run_id: z.uuid().nullable(),
  subject: z.string(),
  to_email: z.string().nullable(),
  class: z.enum(['transactional', 'marketing']),
  status: z.enum(['queued', 'sent', 'skipped', 'failed']),
  reason: z.string().nullable(),
  created_at: z.string(),
  sent_at: isoTimeOrNull,
});
export type MessageRow = z.infer<typeof summaryRow>;
const summaryColumns = Object.keys(summaryRow.shape).join(', ');
const messageRow = summaryRow.extend({ html: z.string(), body_text: z.string(), message_id: z.string() });

export interface MessageFilter {
  status?: MessageRow['status'] | undefined;
  contactId?: string | undefined;
  search?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A page of messages, newest first. */
export async function listMessages(database: Database, workspaceId: string, filter: MessageFilter) {
  let query = database.from('message_summaries').select(summaryColumns).eq('workspace_id', workspaceId);
  if (filter.status) query = query.eq('status', filter.status);
  if (filter.contactId) query = query.eq('contact_id', filter.contactId);
  if (filter.search) query = query.ilike('search_text', `%${filter.search.replace(/[\\%_*]/g, '\\$&')}%`);
  if (filter.cursor) query = query.or(afterCursor(filter.cursor, 'created_at'));
  const ordered = query.order('created_at', { ascending: false }).order('id', { ascending: false });
  const rows = await rowsOf(ordered.limit(filter.limit + 1), z.array(summaryRow));
  const page = rows.slice(0, filter.limit);
  const last = rows.length > filter.limit ? page.at(-1) : undefined;
  return { rows: page, nextCursor: last ? encodeCursor(last.created_at, last.id) : null };
}

export async function findMessage(database: Database, workspaceId: string, id: string) {
  const query = database.from('message_summaries').select('*').eq('workspace_id', workspaceId).eq('id', id);
  const [row] = await rowsOf(query, z.array(messageRow));
  return row ?? null;
}
