import { z } from 'zod';
import { tokenOf } from '#test/helpers/tokenOf.ts';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';

type Method = 'GET' | 'POST' | 'PUT';

/** The product's API over a stack with a few customers, asked as the screens do. */
export class FlowApi {
  readonly stack: TestStack;
  readonly #server: { url: string; close(): Promise<void> };
  readonly #tokens: { marketer: string; viewer: string };

  private constructor(
    stack: TestStack,
    server: { url: string; close(): Promise<void> },
    tokens: { marketer: string; viewer: string },
  ) {
    this.stack = stack;
    this.#server = server;
    this.#tokens = tokens;
  }

  static async open(options: { customers?: number } = {}): Promise<FlowApi> {
    const stack = await startTestStack({ customers: options.customers ?? 0 });
    const server = await serveTestStack(stack);
    const tokens = { marketer: await tokenOf(stack, 'marketer'), viewer: await tokenOf(stack, 'viewer') };
    return new FlowApi(stack, server, tokens);
  }

  get<Reply>(path: string): Promise<Reply> {
    return this.#ask<Reply>('GET', path);
  }

  post<Reply>(path: string, body: unknown = {}): Promise<Reply> {
    return this.#ask<Reply>('POST', path, body);
  }

  put<Reply>(path: string, body: unknown): Promise<Reply> {
    return this.#ask<Reply>('PUT', path, body);
  }

  /** What is refused, with the status. */
  async refusal(
    method: Method,
    path: string,
    body?: unknown,
    role: 'marketer' | 'viewer' = 'marketer',
  ): Promise<Refusal & { status: number }> {
    const response = await this.#send(method, path, body, role);
    const { error } = refusal.parse(await response.json());
    return { ...error, status: response.status };
  }

  async status(path: string, role: 'marketer' | 'viewer'): Promise<number> {
    const response = await this.#send('GET', path, undefined, role);
    await response.text();
    return response.status;
  }

  sql<Row extends object>(text: string, ...values: unknown[]): Promise<Row[]> {
    return this.stack.embedded.database.sql<Row>(text, ...values);
  }

  async close(): Promise<void> {
    await this.#server.close();
    await this.stack.close();
  }

  async #ask<Reply>(method: Method, path: string, body?: unknown): Promise<Reply> {
    const response = await this.#send(method, path, body, 'marketer');
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return z.custom<Reply>().parse(await response.json());
  }

  #send(method: Method, path: string, body: unknown, role: 'marketer' | 'viewer'): Promise<Response> {
    return fetch(`${this.#server.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#tokens[role]}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

const refusal = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  }),
});
type Refusal = z.infer<typeof refusal>['error'];
