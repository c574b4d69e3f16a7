import { z } from 'zod';
import type { SignatureEncoding } from '../schemas/webhooks.ts';
import { call, done, type Database } from './database.ts';
import { dbTimeOrNull, isoTime, isoTimeOrNull } from './rowFields.ts';

const encoding = z.enum(['auto', 'hex', 'base64']);
const receiverRow = z.object({
  connectionId: z.uuid(),
  tenantId: z.number(),
  isEnabled: z.boolean().nullable(),
  headerName: z.string().nullable(),
  encoding: encoding.nullable(),
  keys: z.array(z.object({ keyId: z.string(), ciphertext: z.string(), validUntil: dbTimeOrNull })),
});
/** A connection with what its webhooks are verified by; settings are null where nobody made any. */
export type WebhookReceiverRow = z.infer<typeof receiverRow>;

export async function listWebhookReceivers(database: Database): Promise<WebhookReceiverRow[]> {
  return call(database, 'list_webhook_receivers', {}, z.array(receiverRow));
}

/** Counts a verified webhook; false when what it tells of was told before. */
export async function rememberWebhook(
  database: Database,
  webhook: { connectionId: string; occurrenceId: string; type: string; happenedAt: Date; now: Date },
): Promise<boolean> {
  return call(
    database,
    'remember_webhook',
    {
      p_connection: webhook.connectionId,
      p_occurrence: webhook.occurrenceId,
      p_type: webhook.type,
      p_happened_at: webhook.happenedAt.toISOString(),
      p_now: webhook.now.toISOString(),
    },
    z.boolean(),
  );
}

export interface CountedRefusal {
  connectionId: string;
  reason: string;
  count: number;
  lastAt: Date;
}

/** Adds what was counted in memory; each connection and reason once. */
export async function countWebhookRefusals(
  database: Database,
  refusals: readonly CountedRefusal[],
): Promise<void> {
  const rows = refusals.map((refusal) => ({ ...refusal, lastAt: refusal.lastAt.toISOString() }));
  await done(database.rpc('count_webhook_refusals', { p_refusals: rows }));
}

const webhooksRow = z.object({
  settings: z.object({ isEnabled: z.boolean(), headerName: z.string(), encoding }).nullable(),
  keys: z.array(
    z.object({ slot: z.enum(['current', 'former']), createdAt: isoTime, validUntil: isoTimeOrNull }),
  ),
  counts: z.array(z.object({ outcome: z.string(), count: z.number(), lastAt: isoTime })),
  recent: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      happenedAt: isoTime,
      receivedAt: isoTime,
      repeats: z.number(),
    }),
  ),
});
export type WebhooksRow = z.infer<typeof webhooksRow>;

/** Settings, keys without their text, counts since a day, and the last ones that came. */
export async function readWebhooks(
  database: Database,
  connectionId: string,
  since: Date,
): Promise<WebhooksRow> {
  const parameters = { p_connection: connectionId, p_since: since.toISOString().slice(0, 10) };
  return call(database, 'read_webhooks', parameters, webhooksRow);
}

/** Saves the settings and, when there is one, a new key, which takes the place of the current one. */
export async function saveWebhooks(
  database: Database,
  saved: {
    connectionId: string;
    isEnabled: boolean;
    headerName: string;
    encoding: SignatureEncoding;
    key: { keyId: string; ciphertext: string } | null;
    /** Until when the key before a new one counts; null: it and any former one end at once. */
    formerUntil: Date | null;
    actor: string;
    now: Date;
  },
): Promise<void> {
  await done(
    database.rpc('save_webhooks', {
      p_connection: saved.connectionId,
      p_enabled: saved.isEnabled,
      p_header: saved.headerName,
      p_encoding: saved.encoding,
      p_key_id: saved.key?.keyId ?? null,
      p_ciphertext: saved.key?.ciphertext ?? null,
      p_former_until: saved.formerUntil?.toISOString() ?? null,
      p_actor: saved.actor,
      p_now: saved.now.toISOString(),
    }),
  );
}

/** Forgets webhooks, and how many there were, of before. */
export async function trimWebhooks(database: Database, before: Date): Promise<void> {
  await done(database.rpc('trim_webhooks', { p_before: before.toISOString() }));
}
