import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { WebhookReply, WebhookRequest } from '#backend/schemas/webhooks.ts';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';

type StoryEvent = Parameters<TestStack['sandbox']['story']>[0]['event'];

const deliveries = z.object({
  deliveries: z.array(
    z.looseObject({
      id: z.int(),
      status: z.string(),
      attempts: z.array(z.object({ status: z.int().nullable() })),
    }),
  ),
});
export const firstKey = 'first-key-of-forty-characters-0123456789';
const usual = {
  enabled: true,
  headerName: 'x-servicetitan-signature',
  encoding: 'auto',
} as const satisfies WebhookRequest;

/** The product's server with the sandbox's webhooks of SOCAL coming to it over real HTTP. */
export class WebhookWorld {
  readonly stack: TestStack;
  readonly #server: Awaited<ReturnType<typeof serveTestStack>>;

  private constructor(stack: TestStack, server: Awaited<ReturnType<typeof serveTestStack>>) {
    this.stack = stack;
    this.#server = server;
  }

  static async open(): Promise<WebhookWorld> {
    const stack = await startTestStack();
    await stack.work();
    return new WebhookWorld(stack, await serveTestStack(stack));
  }

  get connectionId(): string {
    return this.stack.connections.socal.id;
  }

  get address(): string {
    return `${this.#server.url}/api/webhooks/servicetitan/${this.connectionId}`;
  }

  get api(): string {
    return `${this.#server.url}/api/connections/${this.connectionId}/webhook`;
  }

  async settings(): Promise<WebhookReply> {
    const response = await fetch(this.api, { headers: this.#headers });
    return await response.json();
  }

  async save(changes: Partial<WebhookRequest>): Promise<WebhookReply> {
    const response = await this.put({ ...usual, ...changes });
    if (response.status !== 200) throw new Error(await response.text());
    return await response.json();
  }

  async put(body: unknown): Promise<Response> {
    return fetch(this.api, { method: 'PUT', headers: this.#headers, body: JSON.stringify(body) });
  }

  /** Lets the sandbox tell this server of everything in SOCAL; without a subscription it tells nobody. */
  async subscribe(subscription: Record<string, unknown> | null): Promise<void> {
    const all = subscription ? [{ tenant: 'SOCAL', url: this.address, ...subscription }] : [];
    await this.control('PUT', 'webhooks', all);
  }

  /** Something happens in ServiceTitan; resolves when what it made known was worked off. */
  async happen(event: StoryEvent, customerId?: number) {
    const outcome = await this.stack.sandbox.story({
      tenant: 'SOCAL',
      event,
      ...(customerId === undefined ? {} : { customerId }),
    });
    await this.settled();
    return outcome;
  }

  /** All deliveries, once nothing is being sent and nothing that was asked for is still being polled. */
  async settled() {
    const reply = await this.control('GET', 'webhooks/deliveries?settled=true');
    await this.stack.worker.requests.idle();
    return deliveries.parse(reply).deliveries;
  }

  async forgetDeliveries(): Promise<void> {
    await fetch(`${this.stack.sandbox.url}/_sandbox/webhooks/deliveries`, { method: 'DELETE' });
  }

  async control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.stack.sandbox.url}/_sandbox/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return await response.json();
  }

  /** How many requests ServiceTitan was asked so far. */
  async requests(): Promise<number> {
    const reply = z.object({ requests: z.array(z.unknown()) }).parse(await this.control('GET', 'requests'));
    return reply.requests.length;
  }

  /** Sends a webhook by hand. */
  async send(
    body: string | Buffer,
    { key = firstKey, headers }: { key?: string; headers?: Record<string, string> } = {},
  ): Promise<number> {
    const signature = createHmac('sha256', key).update(body).digest('hex');
    const response = await fetch(this.address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(headers ?? { 'x-servicetitan-signature': signature }),
      },
      body: new Uint8Array(Buffer.from(body)),
    });
    await response.arrayBuffer();
    return response.status;
  }

  /** How often each outcome was counted. */
  async counts(): Promise<Record<string, number>> {
    const { counts } = await this.settings();
    return Object.fromEntries(counts.map(({ outcome, count }) => [outcome, count]));
  }

  async close(): Promise<void> {
    await this.#server.close();
    await this.stack.close();
  }

  get #headers() {
    return {
      authorization: `Bearer ${this.stack.embedded.secrets.apiToken}`,
      'content-type': 'application/json',
    };
  }
}

/** A webhook's body as ServiceTitan writes it. */
export function webhookBody(world: WebhookWorld, members: Record<string, unknown> = {}): string {
  return JSON.stringify({
    specversion: '1.0',
    id: crypto.randomUUID(),
    userassignedid: crypto.randomUUID(),
    type: 'tn.jpm.job-updated',
    time: world.stack.context.clock.now().toISOString(),
    source: 'https://webhooks.servicetitan.io',
    datacontenttype: 'application/json',
    data: { job: { id: 1 }, tenantId: world.stack.connections.socal.tenantId, tenantName: 'SOCAL' },
    ...members,
  });
}
