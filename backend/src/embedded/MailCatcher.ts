import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { Clock } from '../clock.ts';
import type { MailboxMail, MailboxMailReply } from '../schemas/api.ts';

/** An SMTP server that keeps what it gets: mails go nowhere, and can be read in the mailbox. */
export interface MailCatcher {
  url: string;
  list(search: string | null): Promise<MailboxMail[]>;
  read(id: string): Promise<MailboxMailReply['mail'] | null>;
  close(): Promise<void>;
}

const maxBytes = 10_000_000;
const fileName = /^(\d{13})-[0-9a-f]{32}\.eml$/;

/** Starts the server on a free port of this machine; mails are files of `folder`. */
export async function startMailCatcher(options: { folder: string; clock: Clock }): Promise<MailCatcher> {
  await mkdir(options.folder, { recursive: true });
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: maxBytes,
    logger: false,
    // As long as mail servers do by RFC 5321. As short as the sender's own, both would hang up at once, and a mail that comes right then be put off.
    socketTimeout: 5 * 60_000,
    onData(stream, session, callback) {
      collect(stream)
        .then((bytes) => keep(options.folder, bytes, session.envelope.rcptTo, options.clock.now()))
        // The sender hears of it and tries again: a mail is accepted only once it is on the disk.
        .then(
          () => callback(null),
          (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
        );
    },
  });
  const port = await new Promise<number>((resolvePort, reject) => {
    server.server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.server.address();
      if (address === null || typeof address === 'string') reject(new Error('The mail server has no port.'));
      else resolvePort(address.port);
    });
  });
  return {
    url: `smtp://127.0.0.1:${port}`,
    list: async (search) => {
      const mails = [];
      for (const file of (await readdir(options.folder))
        .filter((name) => fileName.test(name))
        .toSorted()
        .toReversed()) {
        const mail = await parse(options.folder, file);
        const text = `${mail.subject} ${mail.to.join(' ')}`.toLowerCase();
        if (search && !text.includes(search.toLowerCase())) continue;
        const { html: _html, text: _text, headers: _headers, ...summary } = mail;
        mails.push(summary);
        if (mails.length === 200) break;
      }
      return mails;
    },
    read: async (id) => {
      const file = `${id}.eml`;
      if (!fileName.test(file) || !(await readdir(options.folder)).includes(file)) return null;
      return parse(options.folder, file);
    },
    close: () => new Promise((done) => server.close(() => done())),
  };
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** One file for each message and recipient: what is delivered again under its Message-ID is the same mail. */
async function keep(
  folder: string,
  bytes: Buffer,
  recipients: { address: string }[],
  now: Date,
): Promise<void> {
  const { messageId } = await PostalMime.parse(bytes);
  const identity = messageId ? `${messageId} ${recipients.map((to) => to.address).join(' ')}` : bytes;
  const digest = createHash('sha256').update(identity).digest('hex').slice(0, 32);
  if ((await readdir(folder)).some((file) => file.endsWith(`-${digest}.eml`))) return;
  const path = join(folder, `${String(now.getTime()).padStart(13, '0')}-${digest}.eml`);
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

async function parse(folder: string, file: string): Promise<MailboxMailReply['mail']> {
  const mail = await PostalMime.parse(await readFile(join(folder, file)));
  return {
    id: file.slice(0, -'.eml'.length),
    from: mail.from?.name ? `${mail.from.name} <${mail.from.address ?? ''}>` : (mail.from?.address ?? ''),
    to: (mail.to ?? []).map((address) => address.address ?? ''),
    subject: mail.subject ?? '',
    receivedAt: new Date(Number(file.slice(0, 13))).toISOString(),
    html: mail.html ?? null,
    text: mail.text ?? null,
    headers: mail.headers.map((header) => ({ name: header.key, value: header.value })),
  };
}
