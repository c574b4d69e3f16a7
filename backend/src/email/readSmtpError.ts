import { z } from 'zod';

/**
 * What became of a mail. `unknown`: the server had the text and never said whether it took it.
 * `delayed`: it has surely not gone out; `server`: the trouble is with the server or the way to it, not with this mail.
 */
export type SendOutcome =
  | { type: 'sent' }
  | { type: 'withdrawn' }
  | { type: 'refused'; code: number }
  | { type: 'delayed'; detail: string; server: boolean }
  | { type: 'unknown' };

const smtpError = z.object({
  code: z.string().optional(),
  responseCode: z.number().optional(),
  command: z.string().optional(),
});

const mailCommands = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

/** Reads an error of nodemailer. */
export function readSmtpError(failure: unknown, handedOver: boolean): SendOutcome {
  const { code = 'error', responseCode, command = '' } = smtpError.catch({}).parse(failure);
  const isAboutMail = mailCommands.has(command);
  if (responseCode !== undefined && responseCode >= 500 && isAboutMail)
    return { type: 'refused', code: responseCode };
  if (responseCode !== undefined)
    return { type: 'delayed', detail: String(responseCode), server: !isAboutMail };
  // An address that cannot be put on an envelope stays like that.
  if (code === 'EENVELOPE') return { type: 'refused', code: 553 };
  return handedOver ? { type: 'unknown' } : { type: 'delayed', detail: code, server: true };
}
