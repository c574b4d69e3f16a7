import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** Still encoded, without the query. */
  readonly path: string;
  /** Decoded, in the order in which they arrived. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Exchange {
  readonly request: RecordedRequest;
  readonly reply: RawReply;
}

/** Random filters make addresses longer than Node's server takes by itself. */
const longestHead = 1024 * 1024;

/** A server on loopback that keeps every request and its answer, which `respond` gives. */
export class RecordingServer {
  readonly #server: Server;
  #exchanges: Exchange[] = [];

  constructor(respond: (request: RecordedRequest) => Promise<RawReply>) {
    this.#server = createServer({ maxHeaderSize: longestHead }, (incoming, outgoing) => {
      this.#handle({ incoming, outgoing, respond }).catch((error: unknown) =>
        outgoing.destroy(toError(error)),
      );
    });
  }

  /** Gives the address once it listens. */
  async open(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    if (typeof address !== 'object' || !address) throw new Error('The recording server has no port.');
    return `http://127.0.0.1:${address.port}`;
  }

  /** What was exchanged since the last time, requests for tokens aside. */
  take(): Exchange[] {
    const taken = this.#exchanges.filter(({ request }) => request.path !== '/connect/token');
    this.#exchanges = [];
    return taken;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle({
    incoming,
    outgoing,
    respond,
  }: {
    incoming: IncomingMessage;
    outgoing: ServerResponse;
    respond: (request: RecordedRequest) => Promise<RawReply>;
  }): Promise<void> {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost');
    const request = {
      method: incoming.method ?? '',
      path: pathname,
      query: [...searchParams],
      headers: singleValues(incoming.headers),
      body: await text(incoming),
    };
    const reply = await respond(request);
    this.#exchanges.push({ request, reply });
    outgoing.writeHead(reply.status, reply.headers).end(reply.body);
  }
}

function singleValues(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
