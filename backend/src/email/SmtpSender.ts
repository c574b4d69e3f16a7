import { Readable } from 'node:stream';
import { createTransport, type Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool';
import { readSmtpError, type SendOutcome } from './readSmtpError.ts';

export interface OutgoingMail {
  from: { name: string; address: string };
  to: string;
  subject: string;
  text: string;
  html: string;
  /** With its angle brackets; the same for every try. */
  messageId: string;
  date: Date;
  headers: Record<string, string>;
  /** Asked when the mail server is ready for the text and has nothing of it yet; false withdraws the mail. */
  handOver(): Promise<boolean>;
}

class Withdrawn extends Error {}

/** Sends mails to one SMTP server over a few kept connections. */
export class SmtpSender {
  readonly #transport: Transporter<SMTPPool.SentMessageInfo, SMTPPool.Options>;
  readonly #handOvers = new Map<string, () => Promise<void>>();

  /** `url`: smtp://user:password@host:port, or smtps:// */
  constructor(url: string) {
    this.#transport = createTransport({
      url,
      pool: true,
      maxConnections: 5,
      maxMessages: 100,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 60_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    this.#transport.use('stream', (mail, next) => {
      const handOver = this.#handOvers.get(mail.data.messageId ?? '');
      // The server asks for the text (354) before anybody reads from this: that is the moment between "surely not
      // arrived" and "may have arrived".
      if (handOver)
        mail.message.processFunc((source) =>
          Readable.from(afterHandOver(source, handOver), { objectMode: false }),
        );
      next();
    });
  }

  /** Never throws: what became of the mail is the answer. */
  async send(mail: OutgoingMail): Promise<SendOutcome> {
    let handedOver = false;
    this.#handOvers.set(mail.messageId, async () => {
      if (!(await mail.handOver())) throw new Withdrawn();
      handedOver = true;
    });
    const { from, to, subject, text, html, messageId, date, headers } = mail;
    try {
      await this.#transport.sendMail({ from, to, subject, text, html, messageId, date, headers });
      return { type: 'sent' };
    } catch (error) {
      if (error instanceof Withdrawn) return { type: 'withdrawn' };
      return readSmtpError(error, handedOver);
    } finally {
      this.#handOvers.delete(messageId);
    }
  }

  close(): void {
    this.#transport.close();
  }
}

async function* afterHandOver(source: Readable, handOver: () => Promise<void>): AsyncGenerator<Buffer> {
  await handOver();
  for await (const chunk of source) yield Buffer.from(chunk);
}
