import { z } from 'zod';

const signatureEncoding = z.enum(['auto', 'hex', 'base64']);
export type SignatureEncoding = z.infer<typeof signatureEncoding>;

/** What is taken for granted until an administrator says otherwise. */
export const webhookDefaults = {
  enabled: true,
  headerName: 'x-servicetitan-signature',
  encoding: 'auto',
} as const;

/** PUT /api/connections/:id/webhook */
export const webhookRequest = z.object({
  enabled: z.boolean(),
  headerName: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[\w-]{1,100}$/, 'Enter the name of a header, such as x-servicetitan-signature.'),
  encoding: signatureEncoding,
  /** A new key, as the developer portal shows it, or "generate". The one before it counts for a day more. */
  key: z
    .string()
    .trim()
    .refine((key) => key === 'generate' || /^[\x21-\x7e]{32,64}$/.test(key), {
      message: 'A key has 32 to 64 letters, digits or signs.',
    })
    .optional(),
  /** "drop" ends the key before this one at once. */
  formerKey: z.enum(['keep', 'drop']).default('keep'),
});
export type WebhookRequest = z.input<typeof webhookRequest>;

/** GET and PUT /api/connections/:id/webhook, for administrators. */
export interface WebhookReply {
  /** Where ServiceTitan must send webhooks to. */
  address: string;
  enabled: boolean;
  headerName: string;
  encoding: SignatureEncoding;
  hasKey: boolean;
  /** Until when the key before the current one counts as well. */
  formerKeyUntil: string | null;
  /** Only in the answer to "generate", and never again. */
  generatedKey: string | null;
  lastReceivedAt: string | null;
  lastRefusal: { at: string; words: string } | null;
  /** Of the last 30 days, the latest first. */
  counts: { outcome: string; isRefusal: boolean; words: string; count: number; lastAt: string }[];
  /** The last ten that were verified. */
  recent: { id: string; type: string; happenedAt: string; receivedAt: string; repeats: number }[];
}
