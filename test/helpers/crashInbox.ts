import { once } from 'node:events';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';

/** A real SMTP server that takes everything and keeps who got what, by Message-ID. */
export class CountingInbox {
  /** How often each Message-ID was accepted. */
  readonly accepted = new Map<string, number>();
  readonly #server: SMTPServer;

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      closeTimeout: 100,
      onData: (stream, _session, done) => this.#take(stream, done),
    });
    // Senders die in the middle of a word here.
    this.#server.on('error', () => undefined);
  }

  static async open(): Promise<CountingInbox> {
    const inbox = new CountingInbox();
    inbox.#server.listen(0, '127.0.0.1');
    await once(inbox.#server.server, 'listening');
    return inbox;
  }

  get port(): number {
    const address = this.#server.server.address();
    if (address === null || typeof address === 'string') throw new Error('The mail server does not listen.');
    return address.port;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(resolve);
    });
  }

  /** A text that was cut off ends in an error and is nobody's mail. */
  #take(stream: SMTPServerDataStream, done: () => void): void {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('error', () => undefined);
    stream.once('end', () => {
      const [, id = 'none'] = /^message-id:\s*(<[^>]+>)/im.exec(Buffer.concat(chunks).toString()) ?? [];
      this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1);
      done();
    });
  }
}
