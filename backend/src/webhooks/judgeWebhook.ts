import type { SignatureEncoding } from '../schemas/webhooks.ts';
import { isSigned } from './isSigned.ts';
import { readWebhookEvent, type WebhookEvent } from './webhookEvent.ts';
import type { WebhookRefusalReason } from './webhookRefusals.ts';

const dayMs = 24 * 3600_000;
const aheadMs = 10 * 60_000;

type WebhookVerdict = { event: WebhookEvent } | { refusal: WebhookRefusalReason };

/** Whether a webhook is to be believed. What is inside is looked at only when the signature says who wrote it. */
export function judgeWebhook(question: {
  receiver: { isEnabled: boolean; encoding: SignatureEncoding; tenantId: number };
  keys: readonly string[];
  signature: string | undefined;
  body: Buffer;
  now: Date;
}): WebhookVerdict {
  const { receiver, keys, signature, body, now } = question;
  if (!receiver.isEnabled) return { refusal: 'disabled' };
  if (keys.length === 0) return { refusal: 'no_key' };
  if (!signature) return { refusal: 'unsigned' };
  if (!isSigned({ body, signature, encoding: receiver.encoding, keys }))
    return { refusal: 'wrong_signature' };
  const event = readWebhookEvent(body);
  if (!event) return { refusal: 'malformed' };
  if (event.data.tenantId !== receiver.tenantId) return { refusal: 'other_tenant' };
  const age = now.getTime() - event.time.getTime();
  return age > dayMs || age < -aheadMs ? { refusal: 'replayed' } : { event };
}
