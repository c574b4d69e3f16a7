import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { parsePacket } from '@trigger.dev/core/v3';
import { z } from 'zod';

/** A run that was asked for. */
export interface AskedRun {
  id: string;
  task: string;
  payload: unknown;
  options: z.infer<typeof runOptions>;
}

const runOptions = z.looseObject({
  payloadType: z.string().default('application/json'),
  idempotencyKey: z.string().optional(),
  concurrencyKey: z.string().optional(),
  priority: z.number().optional(),
  debounce: z.object({ key: z.string(), delay: z.string(), maxDelay: z.string().optional() }).optional(),
});
const asked = z.object({ payload: z.string().optional(), options: runOptions });
const batchItem = asked.extend({ index: z.number(), task: z.string() });
const batchRequest = z.object({ runCount: z.number() });

/**
 * As much of Trigger.dev's API as asking for runs takes, on a local port: it keeps what is asked, gives one run to all
 * who ask by one idempotency key, and can be told to refuse.
 */
export class TriggerDevServer {
  /** The runs that there would be, in the order in which they were asked for. */
  readonly runs: AskedRun[] = [];
  /** How many items each batch had. */
  readonly batches: number[] = [];
  /** How many times a run was asked for that there was already. */
  repeated = 0;
  /** How many requests were refused. */
  refused = 0;
  /** The status that every request is answered with, instead of being carried out. */
  refuseWith: number | null = null;
  readonly url: string;
  readonly #server: ReturnType<typeof createServer>;
  readonly #byKey = new Map<string, AskedRun>();

  private constructor(server: ReturnType<typeof createServer>) {
    const address = server.address();
    this.url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
    this.#server = server;
    server.on('request', (request, response) => {
      this.#answer(request, response).catch(() => response.writeHead(500).end());
    });
  }

  static async start(): Promise<TriggerDevServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TriggerDevServer(server);
  }

  /** Forgets what was asked, but not the keys. */
  clear(): void {
    this.runs.length = 0;
    this.batches.length = 0;
    this.repeated = 0;
    this.refused = 0;
  }

  /** Forgets the keys as well, as when their time is over. */
  forget(): void {
    this.clear();
    this.#byKey.clear();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const reply = (status: number, value: unknown) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-trigger-jwt': 'token' })
        .end(JSON.stringify(value));
    const path = request.url ?? '';
    if (this.refuseWith !== null) {
      this.refused += 1;
      return void reply(this.refuseWith, { error: 'refused' });
    }
    const [, task] = /^\/api\/v1\/tasks\/([^/]+)\/trigger$/.exec(path) ?? [];
    const [, batch] = /^\/api\/v3\/batches\/([^/]+)\/items$/.exec(path) ?? [];
    if (task) return void reply(200, await this.#ask(task, asked.parse(JSON.parse(body))));
    if (path === '/api/v3/batches') {
      const { runCount } = batchRequest.parse(JSON.parse(body));
      return void reply(202, { id: `batch_${this.batches.push(runCount)}`, runCount, isCached: false });
    }
    // Traces and logs.
    if (path.startsWith('/v1/')) return void reply(200, {});
    if (!batch) return void reply(404, { error: 'There is no such path here.' });
    const items = body
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => batchItem.parse(JSON.parse(line)));
    for (const item of items) await this.#ask(item.task, item);
    reply(200, { id: batch, itemsAccepted: items.length, itemsDeduplicated: 0, sealed: true });
  }

  async #ask(
    task: string,
    { payload, options }: z.infer<typeof asked>,
  ): Promise<{ id: string; isCached: boolean }> {
    const key = options.idempotencyKey && `${task}:${options.idempotencyKey}`;
    const former = key ? this.#byKey.get(key) : undefined;
    if (former) {
      this.repeated += 1;
      return { id: former.id, isCached: true };
    }
    const content: unknown = await parsePacket({ data: payload, dataType: options.payloadType });
    const run = { id: `run_${this.#byKey.size}_${this.runs.length}`, task, payload: content, options };
    this.runs.push(run);
    if (key) this.#byKey.set(key, run);
    return { id: run.id, isCached: false };
  }
}
