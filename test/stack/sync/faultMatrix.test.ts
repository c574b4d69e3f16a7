import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { FaultInput } from '#integrations/crm/servicetitan/sandbox/api/Faults.ts';
import { startTestStack, type TestStack } from '#test/helpers/testStack.ts';

const faultReply = z.object({ faults: z.array(z.object({ hits: z.number() })) });

/** Every resource of both tenants, as it arrived: how many records, and a digest of all that they hold. */
type Arrived = Record<string, { records: number; digest: string }>;

const customers = 2000;
/** A poll gives up after its retries; the next one goes on where it stood. */
const mostPolls = 12;

async function arrivedAt(stack: TestStack): Promise<Arrived> {
  const rows = await stack.embedded.database.sql<{ name: string; records: number; digest: string }>(
    `select c.name || ' ' || r.resource as name, count(*)::int as records,
        md5(string_agg(r.record_id || ':' || md5(r.data::text), ',' order by r.record_id)) as digest
       from public.servicetitan_records r
       join public.integration_connections c on c.id = r.connection_id
      group by 1`,
  );
  return Object.fromEntries(rows.map(({ name, records, digest }) => [name, { records, digest }]));
}

async function syncUnder(fault: FaultInput | null): Promise<{ arrived: Arrived; hits: number }> {
  const stack = await startTestStack({ customers, seed: 7, timeoutMs: 1000 });
  try {
    if (fault) stack.sandbox.addFaults({ ...fault, share: 0.1 });
    for (let poll = 1; ; poll += 1) {
      const { status, errors } = await stack.worker.work({ untilIdle: false });
      if (status === 'succeeded') break;
      if (poll === mostPolls) throw new Error(`Not read after ${poll} polls: ${errors.join(' ')}`);
      await stack.embedded.sandbox.advance('PT10M');
    }
    const { faults } = faultReply.parse(await (await fetch(`${stack.sandbox.url}/_sandbox/faults`)).json());
    return { arrived: await arrivedAt(stack), hits: faults.reduce((sum, { hits }) => sum + hits, 0) };
  } finally {
    await stack.close();
  }
}

let undisturbed: Arrived;

beforeAll(async () => {
  ({ arrived: undisturbed } = await syncUnder(null));
});

const faultsByName = {
  'a server error': { kind: 'status', status: 500 },
  'a service that is away': { kind: 'status', status: 503, retryAfter: 1 },
  'too many requests': { kind: 'status', status: 429, retryAfter: 1 },
  'a time-out of the gateway': { kind: 'status', status: 408 },
  'a refused token': { kind: 'revoke_token' },
  'a connection that is cut before the answer': { kind: 'cut' },
  'a connection that is cut amid the answer': { kind: 'cut', after: true },
  'no answer': { kind: 'hang' },
  "a proxy's page": { kind: 'html', status: 502 },
  'half an answer': { kind: 'malformed' },
} as const satisfies Record<string, FaultInput>;

it.each(Object.entries(faultsByName))(
  'under %s in a tenth of all requests the same data arrives',
  async (_, fault) => {
    const { arrived, hits } = await syncUnder(fault);
    expect(hits).toBeGreaterThan(0);
    expect(arrived).toEqual(undisturbed);
  },
);
