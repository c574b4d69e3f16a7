import { systemClock, type Clock } from '#integrations/clock.ts';
import { IntegrationError } from '#integrations/errors.ts';
import { makeCalls, type Calls } from '#integrations/crm/servicetitan/operations/calls.ts';
import type { CallInput } from '#integrations/crm/servicetitan/operations/address.ts';
import type { Operation } from '#integrations/crm/servicetitan/operations/operation.ts';
import { readFeed } from '#integrations/crm/servicetitan/operations/readFeed.ts';
import { readList } from '#integrations/crm/servicetitan/operations/readList.ts';
import { runSingle } from '#integrations/crm/servicetitan/operations/runSingle.ts';
import type { RejectedRecord } from '#integrations/crm/servicetitan/operations/setAside.ts';
import { ServiceTitanTransport } from '#integrations/crm/servicetitan/ServiceTitanTransport.ts';

export interface Connection {
  readonly url: string;
  readonly tenantId: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly appKey: string;
  readonly bookingProviderId: number;
  readonly clock?: Clock;
}

export interface CallOptions {
  readonly pageSize?: number | undefined;
  readonly includeTotal?: boolean | undefined;
  readonly from?: string | null | undefined;
  readonly includeRecentChanges?: boolean | undefined;
  /** How many pages to read; all if not said. */
  readonly pages?: number | undefined;
}

/** What a call gave: the records of all pages, or the one answer. */
interface Outcome {
  readonly records: readonly unknown[];
  readonly rejected: readonly RejectedRecord[];
}

export interface Attempt {
  readonly records: readonly unknown[];
  /** Why it failed, or which records it set aside. */
  readonly problems: readonly string[];
}

/** The product's own client, asked for any operation of its table. */
export class ConformClient {
  readonly calls: Calls;
  readonly #transport: ServiceTitanTransport;
  readonly #settings: { bookingProviderId: number };

  constructor(connection: Connection) {
    const { url, bookingProviderId, clock = systemClock, ...credentials } = connection;
    // Waiting for the rate limit would take minutes, so time passes in the waiting itself.
    let elapsedMs = 0;
    this.#settings = { bookingProviderId };
    this.#transport = new ServiceTitanTransport({
      config: {
        ...credentials,
        environment: 'sandbox',
        authUrl: url,
        apiUrl: url,
        bookingProviderId,
        applicationGuid: undefined,
      },
      clock,
      stopwatch: () => elapsedMs,
      sleep: (milliseconds) => {
        elapsedMs += milliseconds;
        return Promise.resolve();
      },
    });
    this.calls = makeCalls(this.#transport, this.#settings);
  }

  /** Makes the call as the product would, and reads it to its end; a failure of the integration is a problem. */
  async tryCall(
    operation: { name: string; operation: Operation },
    input: CallInput,
    options: CallOptions = {},
  ): Promise<Attempt> {
    try {
      const { records, rejected } = await this.#call(operation, input, options);
      return { records, problems: [...new Set(rejected.flatMap(({ issues }) => issues))] };
    } catch (error) {
      if (!(error instanceof IntegrationError)) throw error;
      // The ids in an address would make the same problem look like many.
      return { records: [], problems: [error.message.replaceAll(/\/\d+/g, '/…')] };
    }
  }

  async #call(
    { name, operation }: { name: string; operation: Operation },
    input: CallInput,
    { pageSize, includeTotal, from = null, includeRecentChanges, pages }: CallOptions,
  ): Promise<Outcome> {
    const deps = { transport: this.#transport, settings: this.#settings };
    switch (operation.kind) {
      case 'list':
        return await gather(readList(deps, { operation, input, options: { pageSize, includeTotal } }), pages);
      case 'feed':
        return await gather(readFeed(deps, { operation, options: { from, includeRecentChanges } }), pages);
      case 'single': {
        const answer = await runSingle(
          { ...deps, calls: this.calls },
          { name, operation, input, options: {} },
        );
        return { records: [answer], rejected: [] };
      }
    }
  }
}

async function gather(
  pages: AsyncIterable<{ records: unknown[]; rejected: RejectedRecord[] }>,
  most = Number.POSITIVE_INFINITY,
): Promise<Outcome> {
  const records: unknown[] = [];
  const rejected: RejectedRecord[] = [];
  let read = 0;
  for await (const page of pages) {
    records.push(...page.records);
    rejected.push(...page.rejected);
    read += 1;
    if (read >= most) break;
  }
  return { records, rejected };
}
