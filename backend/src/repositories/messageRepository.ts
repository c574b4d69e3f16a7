import { z } from 'zod';
import { call, rowsOf, type Database } from './database.ts';
import { claimParameters, type Claim } from './flowRunRepository.ts';
import { heldOutcomes, type Held, type HeldOutcome } from './heldOutcomes.ts';
import { afterCursor, encodeCursor } from './pageCursor.ts';
import { dbState, isoTimeOrNull } from './rowFields.ts';

const claimedMessage = z.object({
  id: z.uuid(),
  holder: z.string(),
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
  /** Stands for all of the above that decides whether it may go out. */
  facts: z.string(),
});
/** A queued message that its holder alone may send, with all that decides whether it may go out. */
export type ClaimedMessage = z.infer<typeof claimedMessage>;

const claimReply = z.object({ messages: z.array(claimedMessage), skipped: z.number(), failed: z.number() });

export async function claimDueMessages(
  database: Database,
  claim: Claim,
): Promise<z.infer<typeof claimReply>> {
  return call(database, 'claim_due_messages', claimParameters(claim), claimReply);
}

export interface MessageResult {
  /** queued: to be tried again at `dueAt`. */
  status: 'sent' | 'skipped' | 'failed' | 'queued';
  reason: string | null;
  toEmail: string | null;
  dueAt?: Date;
}

/**
 * hand_over: the last word before the text goes to the mail server, by the facts that it was decided by; all but `done`
 * means that it must not go. finish: writes down what became of it.
 */
export type MessageAdvance = Held &
  ({ type: 'hand_over'; facts: string } | { type: 'finish'; result: MessageResult });

/** Brings claimed messages a step further; the outcomes are in their order. */
export async function advanceMessages(
  database: Database,
  options: {
    messages: MessageAdvance[];
    now: Date;
    systemNow: Date;
    leaseSeconds: number;
  },
): Promise<HeldOutcome[]> {
  const { messages } = options;
  const parameters = {
    p_results: messages.flatMap((message) => (message.type === 'finish' ? [resultRow(message)] : [])),
    p_messages: messages.flatMap((message) =>
      message.type === 'hand_over' ? [{ id: message.id, holder: message.holder, facts: message.facts }] : [],
    ),
    p_now: options.now.toISOString(),
    p_system_now: options.systemNow.toISOString(),
    p_lease_seconds: options.leaseSeconds,
  };
  // A mail that went out and is not known to have, goes out again.
  const isPatient = messages.some((message) => message.type === 'finish' && message.result.status === 'sent');
  return heldOutcomes(database, 'advance_messages', { parameters, items: messages, isPatient });
}

function resultRow({ id, holder, result }: Held & { result: MessageResult }): Record<string, string | null> {
  return {
    id,
    holder,
    status: result.status,
    reason: result.reason,
    to_email: result.toEmail,
    due_at: result.dueAt?.toISOString() ?? null,
  };
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
