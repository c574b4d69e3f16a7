import { Readable } from 'node:stream';
import { createTransport, type Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool';
import { z } from 'zod';
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

/** Most of a mail's time is spent waiting, for the server and for the database: so many wait together. */
const defaultConnections = 40;
const connectionCount = z.coerce.number().int().min(1).max(100).catch(defaultConnections);

class Withdrawn extends Error {}

/** Sends mails to one SMTP server over a few kept connections. */
export class SmtpSender {
  /** So many mails may be on the wire at once. */
  readonly connections: number;
  readonly #transport: Transporter<SMTPPool.SentMessageInfo, SMTPPool.Options>;
  /** By the headers of the mail, an object of its own: two tries of one message may be on their way at once. */
  readonly #handOvers = new WeakMap<object, () => Promise<void>>();

  /** `url`: smtp://user:password@host:port, or smtps://; with ?maxConnections=5 where the server allows fewer. */
  constructor(url: string) {
    this.connections = connectionsOf(url);
    this.#transport = createTransport({
      url,
      pool: true,
      maxConnections: this.connections,
      maxMessages: 100,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 60_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    this.#transport.use('stream', (mail, next) => {
      const handOver = this.#handOvers.get(mail.data.headers ?? {});
      if (!handOver) {
        next(new Error('Nobody can be asked whether this mail may go out.'));
        return;
      }
      // The server asks for the text (354) before anybody reads from this: that is the moment between "surely not
      // arrived" and "may have arrived".
      mail.message.processFunc((source) =>
        Readable.from(afterHandOver(source, handOver), { objectMode: false }),
      );
      next();
    });
  }

  /** Never throws: what became of the mail is the answer. */
  async send(mail: OutgoingMail): Promise<SendOutcome> {
    let handedOver = false;
    const { from, to, subject, text, html, messageId, date } = mail;
    const headers = { ...mail.headers };
    this.#handOvers.set(headers, async () => {
      if (!(await mail.handOver())) throw new Withdrawn();
      handedOver = true;
    });
    try {
      await this.#transport.sendMail({ from, to, subject, text, html, messageId, date, headers });
      return { type: 'sent' };
    } catch (error) {
      if (error instanceof Withdrawn) return { type: 'withdrawn' };
      return readSmtpError(error, handedOver);
    }
  }

  close(): void {
    this.#transport.close();
  }
}

async function* afterHandOver(source: Readable, handOver: () => Promise<void>): AsyncGenerator<Buffer> {
  // In one piece: a mail is small, and each piece would cost a write of its own.
  const [pieces] = await Promise.all([source.toArray(), handOver()]);
  yield Buffer.concat(z.array(z.instanceof(Uint8Array)).parse(pieces));
}

function connectionsOf(url: string): number {
  const given = URL.canParse(url) ? new URL(url).searchParams.get('maxConnections') : null;
  return connectionCount.parse(given ?? defaultConnections);
}
