import type { ReadOutcome, ReadRequest } from '#backend/services/ReadOutcome.ts';
import type { ReadPath, SyncResource } from '#backend/services/readOrder.ts';
import { startTestStack, type TestStack } from '#test/helpers/testStack.ts';

type Options = Parameters<typeof startTestStack>[0];

interface CursorRow {
  cursor: string | null;
  last_modified_on: string | null;
  failures: number;
  completed_at: string | null;
  started_at: string | null;
  next_read_at: string | null;
  holder: string | null;
  records_read: number;
  start_mark: number | null;
  done_mark: number | null;
}

/** A test stack whose SOCAL is read resource by resource. */
export class ReadWorld {
  readonly stack: TestStack;
  readonly connectionId: string;

  private constructor(stack: TestStack) {
    this.stack = stack;
    this.connectionId = stack.connections.socal.id;
  }

  static async start(options: Options = {}): Promise<ReadWorld> {
    return new ReadWorld(await startTestStack(options));
  }

  async close(): Promise<void> {
    await this.stack.close();
  }

  async read(
    resource: SyncResource,
    path: ReadPath,
    options: Partial<ReadRequest> = {},
  ): Promise<ReadOutcome> {
    const { connectionId } = this;
    const request = { connectionId, resource, path, source: 'poll', isForced: true, ...options } as const;
    return this.stack.context.syncs.readResource(request);
  }

  async sql<Row>(text: string): Promise<Row[]> {
    return this.stack.embedded.database.sql<Row>(text);
  }

  async cursor(resource: SyncResource, path: ReadPath): Promise<CursorRow | undefined> {
    const [row] = await this.sql<CursorRow>(
      `select *, records_read::int, start_mark::int, done_mark::int from public.sync_cursors where connection_id = '${this.connectionId}' and resource = '${resource}' and path = '${path}'`,
    );
    return row;
  }

  async count(resource: SyncResource): Promise<number> {
    const [row] = await this.sql<{ count: number }>(
      `select count(*)::int as count from public.servicetitan_records where connection_id = '${this.connectionId}' and resource = '${resource}'`,
    );
    return row?.count ?? 0;
  }

  /** Customers with these ids, which nothing else is known of. */
  async addCustomers(count: number, firstId = 900_001): Promise<void> {
    const records = Array.from({ length: count }, (_, index) => ({
      id: firstId + index,
      name: `Fictional ${firstId + index}`,
    }));
    await this.stack.sandbox.load({ tenant: 'SOCAL', resource: 'customers', records });
  }

  /** Asks the sandbox's control plane. */
  async control(path: string, body: unknown): Promise<void> {
    const reply = await fetch(`${this.stack.sandbox.url}/_sandbox/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(await reply.text());
  }

  /** Moves time without working. */
  async pass(duration: string): Promise<void> {
    await this.stack.embedded.sandbox.advance(duration);
    await this.stack.embedded.sandbox.catchUp(
      () => Promise.resolve({ step: null, reset: null }),
      () => Promise.resolve(),
    );
  }
}
