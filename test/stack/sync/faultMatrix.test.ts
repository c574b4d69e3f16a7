import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { seedDemo } from '#backend/embedded/seedDemo.ts';
import type { FaultInput } from '#integrations/crm/servicetitan/sandbox/api/Faults.ts';
import { startTestStack, type TestStack } from '#test/helpers/testStack.ts';

const faultReply = z.object({ faults: z.array(z.object({ hits: z.number() })) });

/** Every resource of both tenants, as it arrived: how many records, and a digest of all that they hold. */
type Arrived = Record<string, { records: number; digest: string }>;

/** A poll gives up after its retries; the next one goes on where it stood. */
const mostPolls = 12;

let stack: TestStack;
let undisturbed: Arrived;

beforeAll(async () => {
  stack = await startTestStack({ customers: 150, seed: 7, timeoutMs: 1000 });
  await readUnder([]);
  undisturbed = await arrived();
});

afterAll(async () => {
  await stack.close();
});

async function arrived(): Promise<Arrived> {
  const rows = await stack.embedded.database.sql<{ name: string; records: number; digest: string }>(
    `select c.name || ' ' || r.resource as name, count(*)::int as records,
        md5(string_agg(r.record_id || ':' || md5(r.data::text), ',' order by r.record_id)) as digest
       from public.servicetitan_records r
       join public.integration_connections c on c.id = r.connection_id
      group by 1`,
  );
  return Object.fromEntries(rows.map(({ name, records, digest }) => [name, { records, digest }]));
}

/** Connects both tenants anew and reads all there is; answers how many requests were spoiled. */
async function readUnder(faults: FaultInput[]): Promise<number> {
  const { context, embedded, sandbox, worker } = stack;
  await embedded.database.sql('delete from public.integration_connections');
  await seedDemo(context, embedded);
  sandbox.addFaults(...faults);
  for (let poll = 1; ; poll += 1) {
    const { status, errors } = await worker.work({ untilIdle: false });
    if (status === 'succeeded') break;
    if (poll === mostPolls) throw new Error(`Not read after ${poll} polls: ${errors.join(' ')}`);
    await embedded.sandbox.advance('PT10M');
  }
  const listed = faultReply.parse(await (await fetch(`${sandbox.url}/_sandbox/faults`)).json());
  sandbox.clearFaults();
  return listed.faults.reduce((sum, { hits }) => sum + hits, 0);
}

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
    // The first request, so that chance spares nobody, and a tenth of the others.
    const hits = await readUnder([
      { ...fault, times: 1 },
      { ...fault, share: 0.1 },
    ]);
    expect(hits).toBeGreaterThan(1);
    expect(await arrived()).toEqual(undisturbed);
  },
);
