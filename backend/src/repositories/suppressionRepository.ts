import { z } from 'zod';
import { call, type Database } from './database.ts';

const unsubscribed = z.object({ workspaceName: z.string(), email: z.string() }).nullable();

/** Suppresses the address that the message went to; a second time changes nothing. Null when the message is gone. */
export async function unsubscribeMessage(
  database: Database,
  messageId: string,
  now: Date,
): Promise<z.infer<typeof unsubscribed>> {
  return call(
    database,
    'unsubscribe_message',
    { p_message: messageId, p_now: now.toISOString() },
    unsubscribed,
  );
}
