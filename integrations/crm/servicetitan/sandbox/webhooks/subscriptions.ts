import { z } from 'zod';
import { defaultAppName } from '../apps.ts';

/** Every event that ServiceTitan's documents name and this sandbox can bring about. */
export const webhookTypes = [
  'tn.jpm.job-scheduled',
  'tn.jpm.job-rescheduled',
  'tn.jpm.job-updated',
  'tn.jpm.job-completed',
  'tn.jpm.job-appointment-updated',
  'tn.crm.lead-created',
  'tn.crm.lead-updated',
  'tn.crm.booking-updated',
  'tn.dis.technician-dispatched',
  'tn.acc.invoice-updated',
  'tn.acc.invoice-posted',
  'tn.acc.invoice-exported',
  'tn.acc.invoice-batched',
  'tn.tlc.call-completed',
  'tn.tlc.call-updated',
] as const;

export type WebhookType = (typeof webhookTypes)[number];

const loopbackHost = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function isLoopback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return /^https?:$/.test(protocol) && loopbackHost.test(hostname);
}

/** What a request sets of its own, or could not be sent with. */
const reservedHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function hasNoCredentials(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

const types = z.enum(webhookTypes, { error: `must be one of ${webhookTypes.join(', ')}` });

export const subscriptionInput = z.strictObject({
  /** Id or name; without one, every tenant that has approved the app. */
  tenant: z.union([z.string().min(1), z.int()]).optional(),
  app: z.string().default(defaultAppName),
  url: z
    .string()
    .refine(
      isLoopback,
      'must be an http or https address of this machine (localhost, 127.0.0.1 or [::1]): nothing leaves it',
    )
    .refine(hasNoCredentials, 'must not carry a user or password'),
  /** Without any, all. */
  types: z.array(types).min(1).optional(),
  key: z
    .string()
    .min(32, 'must have 32 to 64 characters')
    .max(64, 'must have 32 to 64 characters')
    .optional(),
  header: z
    .string()
    .regex(/^[\w-]+$/, 'must be the name of a header')
    .refine(
      (name) => !reservedHeaders.has(name.toLowerCase()),
      'must be a header that is not set by HTTP itself',
    )
    .default('x-servicetitan-signature'),
  encoding: z.enum(['hex', 'base64']).optional(),
});

/** A subscription as it is kept. */
export const savedSubscription = z.object({
  id: z.int(),
  tenantId: z.int().nullable(),
  app: z.string(),
  url: z.string(),
  types: z.array(types).nullable(),
  key: z.string().nullable(),
  header: z.string(),
  /** Null where the switch signatureEncoding decides. */
  encoding: z.enum(['hex', 'base64']).nullable(),
});

export type Subscription = z.infer<typeof savedSubscription>;
