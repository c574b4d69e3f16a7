import { z } from 'zod';

const text = z.string().nullish().catch(undefined);

/** A granted token. */
export const tokenReply = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().catch(900),
});

/** A refused token, in the form of RFC 6749. */
export const tokenRefusal = z.object({ error: text, error_description: text });

/** ServiceTitan's error body. Read leniently: a proxy's page may stand in its place. */
export const problemReply = z.object({
  title: text,
  traceId: text,
  errors: z.record(z.string(), z.array(z.string())).nullish().catch(undefined),
});

export type Problem = z.output<typeof problemReply>;

/** A page of a list. */
export const listReply = z.object({
  hasMore: z.boolean(),
  totalCount: z.number().nullish(),
  data: z.array(z.unknown()),
});

/** A page of an export feed. */
export const exportReply = z.object({
  hasMore: z.boolean(),
  continueFrom: z.string().nullish(),
  data: z.array(z.unknown()),
});
