import { isDeepStrictEqual } from 'node:util';
import postgres from 'postgres';
import { z } from 'zod';
import { createDatabase, type Database } from '#backend/repositories/database.ts';
import { installFlows } from '#backend/repositories/flowRepository.ts';
import { loadJourneyContexts } from '#backend/repositories/flowRunRepository.ts';
import { simulateRun } from '#backend/flow/simulateRun.ts';
import {
  expectedOf,
  happen,
  happeningsOf,
  livedOf,
  type Passage,
  type PassageStore,
} from '#test/helpers/flowPassages.ts';
import { randomOf, type Random } from '#test/unit/flow/randomFlows.ts';
import type { FutureEvent } from '#backend/schemas/future.ts';
import { BenchProcess } from './BenchProcess.ts';
import { flowOfBench } from './flowsGraph.ts';
import { seedCustomers } from './seedCustomers.ts';

const days = 90;
const hourMs = 3_600_000;
/** A Monday morning in Los Angeles; clocks are put back within the 90 days. */
const start = new Date('2026-10-05T16:00:00Z');
/** People enter one after the other, hour by hour. */
const entryHours = 120;
const chunk = 500;

const worked = z.object({
  steps: z.number(),
  parked: z.number(),
  ms: z.number(),
  cpuMs: z.number(),
  peakMb: z.number(),
});
type Worked = z.infer<typeof worked>;

interface MeasuredFlows {
  runs: number;
  days: number;
  /** Runs that are not as the pure function says. */
  differences: number;
  examples: { expected: unknown; found: unknown }[];
  /** How the runs ended, and how many so. */
  ends: Record<string, number>;
  steps: number;
  messages: number;
  moments: number;
  stepsPerSecond: number;
  cpuMsPerStep: number;
  peakMb: number;
  seconds: number;
}

/**
 * So many people go through a flow in 90 days of moved time on real PostgreSQL, one worker doing what is due from moment to
 * moment, and things happening to them meanwhile. Each way and its end are compared with the pure function's.
 */
export async function measureFlows(runs: number): Promise<MeasuredFlows> {
  const server = new BenchProcess(new URL('./postgresProcess.ts', import.meta.url));
  const worker = new BenchProcess(new URL('./flowsWorkerProcess.ts', import.meta.url));
  const shape = z.object({ databaseUrl: z.string(), supabaseUrl: z.string(), secretKey: z.string() });
  const { databaseUrl, ...access } = await server.ask('open', { countStatements: false }, shape);
  const client = postgres(databaseUrl, { max: 4, onnotice: () => {} });
  try {
    const database = createDatabase({ url: access.supabaseUrl, key: access.secretKey });
    const sql: PassageStore['sql'] = async <Row>(
      text: string,
      ...parameters: (string | number | Date | null)[]
    ) => [...(await client.unsafe<Row[]>(text, parameters))];
    await worker.ask('open', access, z.unknown());
    const { store, passages } = await prepare(database, sql, runs);
    const startedAt = performance.now();
    const total = await live({ store, passages, work: (at) => worker.ask('work', at, worked) });
    const seconds = (performance.now() - startedAt) / 1000;
    return { ...(await compare(store, passages)), ...rates(total), runs, days, seconds: Math.round(seconds) };
  } finally {
    await client.end();
    await worker.close();
    await server.close();
  }
}

async function prepare(database: Database, sql: PassageStore['sql'], runs: number) {
  const workspaceId = await seedCustomers({ sql, customers: runs, state: 3, now: start });
  const flow = { templateKey: 'bench', name: 'Bench', description: '', graph: flowOfBench };
  await installFlows(database, { workspaceId, flows: [flow], author: 'bench', now: start });
  await sql(
    `select count(start_run(f.id, j, gen_random_uuid(), 'state_changed', '{}', w.at, w.at, w.at))
     from flows f, customer_servicetitan_state j, lateral (select $1::timestamptz + make_interval(hours => (j.root_id % $2)::int) as at) w`,
    start,
    entryHours,
  );
  await sql('analyze');
  const rows = await sql<{
    run: string;
    journey: string;
    connection: string;
    contact: string;
    email: string;
    at: Date;
    number: number;
  }>(
    `select r.id as run, j.id as journey, j.connection_id as connection, c.id as contact, c.email, r.started_at as at, c.source_id::int as number
     from flow_runs r join customer_servicetitan_state j on j.id = r.journey_id join contacts c on c.id = j.contact_id order by c.source_id`,
  );
  const passages: Passage[] = [];
  for (let first = 0; first < rows.length; first += chunk) {
    const some = rows.slice(first, first + chunk);
    const known = await loadJourneyContexts(database, {
      workspaceId,
      journeyIds: some.map(({ journey }) => journey),
    });
    for (const row of some) {
      const about = known[row.journey];
      if (!about) throw new Error('A journey is not known.');
      const future = futureOf(randomOf(row.number));
      const passage = { graph: flowOfBench, start: new Date(row.at), future };
      const until = new Date(start.getTime() + days * 24 * hourMs);
      const expected = simulateRun({
        ...about,
        ...passage,
        until,
        perform: () => ({ output: { ok: true } }),
      });
      const journey = { id: row.journey, contactId: row.contact, email: row.email };
      passages.push({ ...passage, run: row.run, journey, expected });
    }
  }
  return { store: { sql, workspaceId, connectionId: rows[0]?.connection ?? '' }, passages };
}

/** Half of the people are left alone; the others answer, opt out or enter another state, at a full hour of the first weeks. */
function futureOf(random: Random): FutureEvent[] {
  const kind = random();
  const afterHours = Math.floor(random() * 50 * 24);
  if (kind < 0.25) return [{ type: 'replied', afterHours }];
  if (kind < 0.35) return [{ type: 'unsubscribed', afterHours }];
  if (kind < 0.5) return [{ type: 'state_entered', afterHours, state: 4 }];
  return [];
}

/** From one moment at which something is due or happens to the next. */
async function live({
  store,
  passages,
  work,
}: {
  store: PassageStore;
  passages: readonly Passage[];
  work(at: Date): Promise<Worked>;
}): Promise<Worked & { moments: number }> {
  const events = happeningsOf(passages);
  const end = start.getTime() + days * 24 * hourMs;
  const total = { steps: 0, parked: 0, ms: 0, cpuMs: 0, peakMb: 0, moments: 0 };
  let next = 0;
  for (;;) {
    const [due] = await store.sql<{ at: Date | null }>(
      `select min(s.due_at) as at from flow_steps s where s.status = 'pending'`,
    );
    const at = Math.min(due?.at ? new Date(due.at).getTime() : Infinity, events[next]?.at ?? Infinity);
    if (at > end) return total;
    for (let one = events[next]; one && one.at <= at; one = events[next]) {
      next += 1;
      await happen(store, one.passage, one.event);
    }
    const done = await work(new Date(at));
    total.moments += 1;
    total.steps += done.steps;
    total.parked += done.parked;
    total.ms += done.ms;
    total.cpuMs += done.cpuMs;
    total.peakMb = Math.max(total.peakMb, done.peakMb);
    if (total.moments % 200 === 0) {
      process.stderr.write(
        `Day ${Math.round((at - start.getTime()) / 24 / hourMs)}: ${total.steps} steps…\n`,
      );
      await store.sql('analyze flow_steps');
    }
  }
}

async function compare(store: PassageStore, passages: readonly Passage[]) {
  const lived = await livedOf(store);
  const different = passages
    .map((passage) => ({ expected: expectedOf(passage), found: lived.get(passage.run) ?? null }))
    .filter(({ expected, found }) => !isDeepStrictEqual(expected, found));
  const ends: Record<string, number> = {};
  for (const { status, reason } of lived.values()) {
    const words = reason === null ? status : `${status}: ${reason}`;
    ends[words] = (ends[words] ?? 0) + 1;
  }
  const messages = lived.values().reduce((sum, one) => sum + one.messages, 0);
  return { differences: different.length, examples: different.slice(0, 3), ends, messages };
}

function rates({ steps, ms, cpuMs, peakMb, moments }: Worked & { moments: number }) {
  return {
    steps,
    moments,
    stepsPerSecond: Math.round(steps / (ms / 1000)),
    cpuMsPerStep: Math.round((cpuMs / steps) * 1000) / 1000,
    peakMb: Math.round(peakMb),
  };
}

/** What was measured, line by line. */
export function flowsReportOf(measured: MeasuredFlows): string {
  const { runs, ends, differences, examples } = measured;
  return [
    `${runs} runs through ${measured.days} days of moved time on postgres, in ${measured.seconds} s`,
    `  steps        ${measured.steps}, ${measured.stepsPerSecond}/s, ${measured.cpuMsPerStep} ms of the worker's CPU each`,
    `  messages     ${measured.messages}`,
    `  ends         ${Object.entries(ends)
      .map(([words, count]) => `${count} ${words}`)
      .join(', ')}`,
    `  worker       ${measured.peakMb} MB at most`,
    `  differences  ${differences} from the pure function: ${differences === 0 ? 'met' : 'MISSED'}`,
    ...examples.map((example) => `    ${JSON.stringify(example)}`),
  ].join('\n');
}
