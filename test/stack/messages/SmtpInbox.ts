import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  to: string[];
  mail: Email;
  header(name: string): string | undefined;
}

/** What the server does; each may take its time and answers null, or the code that it refuses with. */
export interface SmtpBehavior {
  onRecipient?: () => Promise<number | null>;
  /** When it has the whole text. hang_up: it cuts the connection without a word. */
  onText?: () => Promise<number | 'hang_up' | null>;
}

type Done = (error?: Error | null) => void;

/** A real SMTP server on a free port that keeps what it is given. */
export class SmtpInbox {
  readonly mails: ReceivedMail[] = [];
  readonly #behavior: SmtpBehavior;
  readonly #server: SMTPServer;
  readonly #sockets = new Set<Socket>();

  private constructor(behavior: SmtpBehavior) {
    this.#behavior = behavior;
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      closeTimeout: 100,
      onRcptTo: (_address, _session, done) => void this.#takeRecipient(done),
      onData: (stream, session, done) => void this.#takeText(stream, session, done),
    });
    // Clients that hang up are what some tests are about.
    this.#server.on('error', () => undefined);
    this.#server.server.on('connection', (socket) => this.#sockets.add(socket));
  }

  static async open(behavior: SmtpBehavior = {}): Promise<SmtpInbox> {
    const inbox = new SmtpInbox(behavior);
    inbox.#server.listen(0, '127.0.0.1');
    await once(inbox.#server.server, 'listening');
    return inbox;
  }

  get url(): string {
    const address = this.#server.server.address();
    if (address === null || typeof address === 'string') throw new Error('The mail server does not listen.');
    return `smtp://127.0.0.1:${address.port}`;
  }

  get subjects(): (string | undefined)[] {
    return this.mails.map(({ mail }) => mail.subject);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(resolve);
    });
  }

  async #takeRecipient(done: Done): Promise<void> {
    const code = (await this.#behavior.onRecipient?.()) ?? null;
    done(code === null ? null : refusal(code));
  }

  async #takeText(stream: SMTPServerDataStream, session: SMTPServerSession, done: Done): Promise<void> {
    const text = await readAll(stream);
    // A sender that went away in the middle of the text has sent nothing.
    if (text === null) return;
    const answer = (await this.#behavior.onText?.()) ?? null;
    if (answer === 'hang_up') {
      for (const socket of this.#sockets) socket.destroy();
      return;
    }
    if (answer !== null) {
      done(refusal(answer));
      return;
    }
    const mail = await PostalMime.parse(text);
    this.mails.push({
      to: session.envelope.rcptTo.map((recipient) => recipient.address),
      mail,
      header: (name) => mail.headers.find((header) => header.key === name.toLowerCase())?.value,
    });
    done();
  }
}

function refusal(code: number): Error {
  return Object.assign(new Error('No.'), { responseCode: code });
}

async function readAll(stream: Readable): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.once('error', () => resolve(null));
  });
}
