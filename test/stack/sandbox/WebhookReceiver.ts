import { createServer, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';

const envelope = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  userassignedid: z.string().min(1),
  type: z.string(),
  time: z.iso.datetime(),
  source: z.literal('https://webhooks.servicetitan.io'),
  datacontenttype: z.literal('application/json'),
  data: z.looseObject({ tenantId: z.int(), tenantName: z.string() }),
});

export interface ReceivedHook {
  readonly raw: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly event: z.infer<typeof envelope>;
}

/** A real HTTP server on loopback that takes webhooks, or refuses the next so many. */
export class WebhookReceiver {
  readonly hooks: ReceivedHook[] = [];
  readonly url: string;
  /** The statuses of the next answers; 200 once they are used up. */
  answers: number[] = [];
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}/hooks`;
  }

  static async open(): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The receiver has no port.');
    const receiver = new WebhookReceiver(server, address.port);
    server.on('request', (request, response) => {
      void buffer(request).then((raw) => {
        const event = envelope.parse(JSON.parse(raw.toString()));
        receiver.hooks.push({ raw, headers: request.headers, event });
        response.writeHead(receiver.answers.shift() ?? 200).end();
      });
    });
    return receiver;
  }

  types(): string[] {
    return this.hooks.map(({ event }) => event.type);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
  }
}
