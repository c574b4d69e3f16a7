import { z } from 'zod';
import { systemClock } from '#backend/clock.ts';
import { SmtpSender } from '#backend/email/SmtpSender.ts';
import { UnsubscribeLinks } from '#backend/email/UnsubscribeLinks.ts';
import { createLogger } from '#backend/logger.ts';
import { createDatabase } from '#backend/repositories/database.ts';
import { MessageService } from '#backend/services/MessageService.ts';

/** Sends what is due as one process of the product would, at a moment of the product's clock. */
const input = z.object({
  supabaseUrl: z.string(),
  secretKey: z.string(),
  smtpUrl: z.string(),
  now: z.coerce.date(),
});

if (import.meta.main) {
  const { supabaseUrl, secretKey, smtpUrl, now } = input.parse(JSON.parse(process.argv[2] ?? '{}'));
  const sender = new SmtpSender(smtpUrl);
  const messages = new MessageService({
    database: createDatabase({ url: supabaseUrl, key: secretKey }),
    clock: { now: () => now },
    systemClock,
    sender,
    unsubscribeLinks: new UnsubscribeLinks(Buffer.alloc(32, 7), () => 'https://app.example.com'),
    logger: createLogger('silent'),
  });
  await messages.deliverDueMessages();
  sender.close();
}
