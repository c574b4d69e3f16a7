import { z } from 'zod';

/** Some of ServiceTitan's times carry no zone; they are in UTC all the same. */
const moment = z.iso
  .datetime({ offset: true, local: true })
  .transform((text) => new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`));

/** A webhook's body: CloudEvents 1.0. Of what happened only its kind is read: the records themselves are polled. */
const webhookEvent = z.object({
  specversion: z.literal('1.0'),
  /** Of this delivery; another attempt may have another one. */
  id: z.string().min(1).max(200),
  /** Of what happened: the same in every attempt. */
  userassignedid: z.string().min(1).max(200),
  type: z.string().min(1).max(200),
  time: moment,
  source: z.string().min(1).max(500),
  datacontenttype: z.string().regex(/^application\/json\b/i),
  data: z.looseObject({ tenantId: z.int() }),
});
export type WebhookEvent = z.infer<typeof webhookEvent>;

/** The event in a body; null when it is none. */
export function readWebhookEvent(body: Buffer): WebhookEvent | null {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
  const parsed = webhookEvent.safeParse(json);
  return parsed.success && isStorable(parsed.data) ? parsed.data : null;
}

function isStorable({ userassignedid, type }: WebhookEvent): boolean {
  return [userassignedid, type].every((text) => !text.includes('\0') && text.isWellFormed());
}
