import { loadavg } from 'node:os';
import { z } from 'zod';
import { stateResources } from '#backend/services/readOrder.ts';
import { SmtpInbox } from '#test/stack/messages/SmtpInbox.ts';
import { measureFloor } from './floor.ts';
import { measureMessages } from './messages.ts';
import { Product, type Engine } from './Product.ts';
import { Tenant } from './Tenant.ts';

const seed = 1;
/** A poll looks at what changed in one customer of a hundred. */
const changedShare = 0.01;
const mails = 60;
const fastPath = stateResources.map((resource) => `'${resource}'`).join(', ');
const messages = 2000;

export type Measured = Awaited<ReturnType<typeof measureProduct>>;

/** What one connection of so many customers costs on one engine, and what nobody could save of that. */
export async function measureProduct(options: {
  engine: Engine;
  customers: number;
  profileDir: string | null;
}) {
  const { engine, customers, profileDir } = options;
  const mailed = new Signal();
  const [tenant, inbox] = await Promise.all([Tenant.open({ customers, seed }), openInbox(mailed)]);
  const product = await Product.open({ engine, sandboxUrl: tenant.url, smtpUrl: inbox.url, profileDir });
  try {
    const floorBefore = await measureOneFloor(tenant, product);
    await product.writeStatements('floor');
    const { id: tenantId, clientId, clientSecret, appKey, timeZone, bookingProviderId } = tenant.access;
    const connectionId = await product.connect({
      name: 'BENCH',
      environment: 'sandbox',
      timeZone,
      tenantId,
      clientId,
      clientSecret,
      appKey,
      bookingProviderId,
    });
    const world = { tenant, product, connectionId, customers };
    const backfill = await measureBackfill(world);
    await product.writeStatements('backfill');
    const idlePoll = await measureIdlePoll(world);
    const incremental = await measureIncremental(world);
    await product.writeStatements('incremental');
    const dueWork = await product.doDueWork();
    const changeToMailMs = await measureChangeToMail(world, mailed);
    const floorAfter = await measureOneFloor(tenant, product);
    const floorRecordsPerSecond =
      (floorBefore.records + floorAfter.records) / (floorBefore.seconds + floorAfter.seconds);
    return {
      engine,
      customers,
      backfill: {
        recordsPerSecond: round(backfill.recordsPerSecond),
        floorRecordsPerSecond: round(floorRecordsPerSecond),
        ratio: round(backfill.recordsPerSecond / floorRecordsPerSecond, 3),
      },
      messages: await measureMessages({ engine, messages }),
      incremental,
      idlePoll,
      changeToMailMs,
      cpuSeconds: round(backfill.cpuSeconds, 2),
      peakMb: round(backfill.peakMb),
      costPerCustomerMs: round((backfill.seconds * 1000) / customers, 3),
      details: {
        backfill,
        floor: [floorBefore, floorAfter],
        dueWork: { steps: dueWork.result.steps, ms: dueWork.ms },
      },
    };
  } finally {
    await product.close();
    await Promise.all([tenant.close(), inbox.close()]);
  }
}

interface World {
  tenant: Tenant;
  product: Product;
  connectionId: string;
  customers: number;
}

async function measureOneFloor(tenant: Tenant, product: Product) {
  const store = await product.openFloor();
  try {
    return await measureFloor(tenant, store);
  } finally {
    await store.close();
  }
}

/** From a connection that has read nothing to one whose every record is mirrored, derived and applied. */
async function measureBackfill({ tenant, product, connectionId }: World) {
  await tenant.takeCounters();
  const { ms, cpuSeconds, peakMb, calls, byName } = await product.backfill(connectionId);
  const { total: requests } = await tenant.takeCounters();
  const [stored] = await product.sql(
    `select (select count(*)::int from servicetitan_records) as records, (select count(*)::int from customer_servicetitan_state) as journeys`,
    z.object({ records: z.number(), journeys: z.number() }),
  );
  const { records = 0, journeys = 0 } = stored ?? {};
  const seconds = ms / 1000;
  /** Processes that wanted to run in the last minute: above the number of cores, others took part of the time. */
  const load = round(loadavg()[0] ?? 0, 1);
  return {
    records,
    journeys,
    seconds,
    recordsPerSecond: records / seconds,
    requests,
    cpuSeconds,
    peakMb,
    calls,
    load,
    byName,
  };
}

/** A poll that finds nothing new, after one that has read what the overlap shows again. */
async function measureIdlePoll(world: World) {
  await pollNow(world);
  const { requests, calls, ms, byName } = await pollNow(world);
  return { requests, sqlCalls: calls, ms: round(ms), byName };
}

/** A poll after something happened to one customer of a hundred. */
async function measureIncremental(world: World) {
  const { tenant, customers } = world;
  const ids = await tenant.customerIds();
  const wanted = Math.ceil(customers * changedShare);
  let told = 0;
  for (const id of spread(ids)) {
    if (told === wanted) break;
    if (await tenant.tell('sales_booked', id)) told += 1;
  }
  const { requests, result, ms, calls, cpuSeconds, byName } = await pollNow(world);
  const seconds = ms / 1000;
  return {
    requests,
    recordsPerSecond: round(result.records / seconds),
    transitionsPerSecond: round(result.transitions / seconds),
    customersChanged: told,
    ...result,
    ms: round(ms),
    cpuSeconds: round(cpuSeconds, 2),
    sqlCalls: calls,
    byName,
  };
}

/** From the moment before something happens in ServiceTitan to its e-mail at the mail server, one after the other. */
async function measureChangeToMail({ tenant, product, connectionId }: World, mailed: Signal) {
  await tenant.subscribe(await product.takeWebhooks(connectionId));
  const took: number[] = [];
  while (took.length < mails) {
    const arrived = mailed.next();
    const startedAt = performance.now();
    await tenant.tell('lead_received');
    took.push((await arrived) - startedAt);
  }
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  return { p50: at(0.5), p95: at(0.95), mails: sorted.length };
}

/** One poll as the schedule makes it every few minutes: of all that states hang on, by the fast path. */
async function pollNow({ tenant, product, connectionId }: World) {
  await product.sql(
    `update sync_cursors set next_read_at = null where path = 'list' and resource in (${fastPath})`,
    z.unknown(),
  );
  await tenant.takeCounters();
  const poll = await product.poll(connectionId);
  const { total: requests } = await tenant.takeCounters();
  return { ...poll, requests };
}

/** In an order in which neighbours stand far apart: a large step that shares no factor with any likely number of them. */
function spread(ids: readonly number[]): number[] {
  return ids.map((_, index) => ids[(index * 7919) % ids.length] ?? 0);
}

async function openInbox(mailed: Signal): Promise<SmtpInbox> {
  const inbox = await SmtpInbox.open({
    onText: async () => {
      mailed.notice();
      return null;
    },
  });
  return inbox;
}

/** Something that happens again and again, and the moments of it. */
class Signal {
  #next = Promise.withResolvers<number>();

  notice(): void {
    this.#next.resolve(performance.now());
    this.#next = Promise.withResolvers();
  }

  async next(): Promise<number> {
    return await this.#next.promise;
  }
}

function round(value: number, digits = 0): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
