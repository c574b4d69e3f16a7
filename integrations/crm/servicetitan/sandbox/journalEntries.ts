import { z } from 'zod';

const resource = z.string();

/** The first line: from it the generated records are made again, so they need no lines of their own. */
export const journalHeader = z.object({
  kind: z.literal('sandbox'),
  format: z.literal(1),
  seed: z.int(),
  customers: z.int(),
  anchor: z.iso.datetime(),
});

export const journalEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('put'),
    tenant: z.int(),
    resource,
    row: z.unknown(),
    quiet: z.boolean().default(false),
  }),
  z.object({ kind: z.literal('clear'), tenant: z.int() }),
  z.object({
    kind: z.literal('tenant'),
    id: z.int(),
    name: z.string(),
    timeZone: z.string(),
    clientId: z.string(),
    clientSecret: z.string(),
    scopes: z.array(z.string()),
  }),
  z.object({ kind: z.literal('clock'), frozenAt: z.iso.datetime().nullable(), offsetMs: z.number() }),
]);

export type JournalHeader = z.infer<typeof journalHeader>;
export type JournalEntry = z.infer<typeof journalEntry>;
