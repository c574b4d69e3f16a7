import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { operations } from '#integrations/crm/servicetitan/operations/operations.ts';
import type { SandboxTenant } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import type { FloorStore } from './FloorStore.ts';

/** What ServiceTitan lets one app ask of one tenant in a second: no reader can be faster than that. */
const callsPerSecond = 60;
const batchSize = 2000;

/** The feeds that a backfill reads. */
const feeds = {
  customers: operations.exportCustomers,
  customer_contacts: operations.exportCustomerContacts,
  bookings: operations.exportBookings,
  leads: operations.exportLeads,
  jobs: operations.exportJobs,
  appointments: operations.exportAppointments,
  canceled_logs: operations.exportJobCanceledLogs,
  estimates: operations.exportEstimates,
} as const;

const tokenReply = z.object({ access_token: z.string() });
const feedReply = z.object({
  hasMore: z.boolean(),
  continueFrom: z.string(),
  data: z.array(z.looseObject({ id: z.number() })),
});
type Row = z.infer<typeof feedReply>['data'][number];
const openBooking = z.object({ status: z.enum(['New', 'Accepted']), jobId: z.null() });

/**
 * What no backfill can do without, and nothing else: the same pages fetched by plain HTTP and JSON.parse, and upserted in
 * the same batches by one bare SQL statement into one table.
 */
export async function measureFloor(tenant: { url: string; access: SandboxTenant }, store: FloorStore) {
  const api = await openApi(tenant);
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  let [records, storeMs] = [0, 0];
  const put = async (resource: string, rows: readonly Row[]) => {
    const at = performance.now();
    await store.put(resource, JSON.stringify(rows));
    storeMs += performance.now() - at;
    records += rows.length;
  };
  for (const [resource, { path, takesActive }] of Object.entries(feeds)) {
    let gathered: Row[] = [];
    for (let from: string | null = null; ;) {
      const query = new URLSearchParams({ includeRecentChanges: 'true' });
      if (from !== null) query.set('from', from);
      if (takesActive) query.set('active', 'Any');
      const page = feedReply.parse(await api.get(`${path}?${query}`));
      if (resource === 'bookings') await addContacts(page.data, api);
      gathered.push(...page.data);
      while (gathered.length >= batchSize || (!page.hasMore && gathered.length > 0)) {
        await put(resource, gathered.slice(0, batchSize));
        gathered = gathered.slice(batchSize);
      }
      if (!page.hasMore) break;
      from = page.continueFrom;
    }
  }
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - startedAt) / 1000;
  api.close();
  return {
    records,
    seconds,
    storeSeconds: storeMs / 1000,
    /** Spent waiting until ServiceTitan would take the next call. */
    limitSeconds: api.waitedMs / 1000,
    cpuSeconds: (user + system) / 1e6,
    calls: api.calls,
  };
}

/** Who made a booking that nobody has taken up yet is read by a call of its own: the feed does not say. */
async function addContacts(bookings: readonly Row[], api: Api): Promise<void> {
  for (const booking of bookings) {
    if (!openBooking.safeParse(booking).success) continue;
    const path = operations.listContactsOfBooking.path.replace('{id}', String(booking.id));
    booking['contacts'] = await api.get(`${path}?pageSize=500`);
  }
}

type Api = Awaited<ReturnType<typeof openApi>>;

async function openApi({ url, access }: { url: string; access: SandboxTenant }) {
  const { id, clientId, clientSecret, appKey } = access;
  const agent = new Agent({ keepAlive: true });
  const made: number[] = [];
  let waitedMs = 0;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const reply = await fetch(`${url}/connect/token`, { method: 'POST', body });
  const { access_token: token } = tokenReply.parse(await reply.json());
  const headers = { authorization: `Bearer ${token}`, 'st-app-key': appKey };
  return {
    get calls() {
      return made.length;
    },
    get waitedMs() {
      return waitedMs;
    },
    /** Waits until ServiceTitan would take one more call. */
    get: async (path: string): Promise<unknown> => {
      const oldest = made.at(-callsPerSecond) ?? Number.NEGATIVE_INFINITY;
      const waitMs = oldest + 1000 - performance.now();
      if (waitMs > 0) {
        await wait(waitMs);
        waitedMs += waitMs;
      }
      made.push(performance.now());
      const address = `${url}/${path.replace('{tenant}', String(id))}`;
      const parsed: unknown = JSON.parse(await getText(address, { agent, headers }));
      return parsed;
    },
    close: () => agent.destroy(),
  };
}

function getText(url: string, options: { agent: Agent; headers: Record<string, string> }): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url, options, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('error', reject);
      reply.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (reply.statusCode === 200) resolve(text);
        else reject(new Error(`${url}: ${reply.statusCode} ${text.slice(0, 200)}`));
      });
    });
    call.on('error', reject);
    call.end();
  });
}
