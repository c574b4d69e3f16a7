import { afterAll, beforeAll, expect, it } from 'vitest';
import { replayConnection } from '#backend/services/replayConnection.ts';
import { createDatabase } from '#backend/repositories/database.ts';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { Crew } from '#test/helpers/crashCrew.ts';
import { CrashJudge } from '#test/helpers/crashJudge.ts';
import { CustomerLives } from '#test/helpers/crashLife.ts';
import { differencesOf, outcomeOf } from '#test/helpers/crashOutcome.ts';
import { openCrashProduct, type CrashProduct } from '#test/helpers/crashProduct.ts';
import { bundleCrashProgram, type CrashProgram } from '#test/helpers/crashProgram.ts';
import type { Task } from '#test/helpers/crashWorker.ts';

/** Another CRASH_SEED is another life and other deaths, as far as processes let themselves be played again. */
const seed = Number(process.env['CRASH_SEED'] ?? 1);
/** CRASH_SIZE=full has more happen, four weeks at a time, and takes its time; the other has as many customers, deaths and years. */
const size =
  process.env['CRASH_SIZE'] === 'full'
    ? { customers: 1000, periods: 26, daysEach: 28, storiesEach: 200, mostMinutes: 180 }
    : { customers: 1000, periods: 6, daysEach: 122, storiesEach: 100, mostMinutes: 15 };
/** Customers are those of each of the two tenants. */
const { customers, periods, daysEach, storiesEach, mostMinutes } = size;
/** Who shall die by chance is sometimes done before. */
const mostExtraPeriods = 2;
/** What vanished is looked for so seldom here, because most of the time would go by with it. */
const periodsPerFullPass = 3;
const wantedDeaths = 200;
/** By chance, while all that there was is read for the first time. */
const backfillDeaths = 10;
const start = new Date('2024-03-04T20:00:00Z');

const judge = new CrashJudge(seed);
let sandbox: Sandbox;
let program: CrashProgram;
let undisturbed: CrashProduct;
let disturbed: CrashProduct;
let calm: Crew;
let doomed: Crew;

beforeAll(async () => {
  process.stdout.write(`The crash test's seed is ${seed}.\n`);
  [sandbox, program] = await Promise.all([
    startSandbox({ port: 0, seed, customers, start, freeze: true, requestsPerSecond: 100_000 }),
    bundleCrashProgram(),
  ]);
  const site = { sandboxUrl: sandbox.url, tenants: sandbox.tenants(), now: start };
  [undisturbed, disturbed] = await Promise.all([openCrashProduct(site), openCrashProduct(site)]);
  calm = new Crew({ program, product: undisturbed, workers: 1 });
  doomed = new Crew({ program, product: disturbed, workers: 2, judge });
});

afterAll(async () => {
  await Promise.all([calm.close(), doomed.close()]);
  await Promise.all([undisturbed.close(), disturbed.close(), sandbox.close(), program.remove()]);
});

/** Both products do what is to be done now. */
async function work(phase: Task['phase']): Promise<void> {
  const now = sandbox.clock.now();
  const [expected, actual] = await Promise.all([calm.work(phase, now), doomed.work(phase, now)]);
  judge.learn(phase, [...expected.steps, ...actual.steps]);
  expect([...expected.errors, ...actual.errors]).toEqual([]);
}

/** How many may die by chance in a period, so that all who shall have died at the end. */
function allowance(period: number): number {
  const left = Math.max(0, wantedDeaths - judge.count);
  return Math.ceil(left / Math.max(1, periods - period));
}

async function scheduleFullPasses(isNow: boolean): Promise<void> {
  const next = isNow ? `'${sandbox.clock.now().toISOString()}'` : `'infinity'`;
  for (const { postgres } of [undisturbed, disturbed])
    await postgres.sql(`update public.sync_cursors set next_read_at = ${next} where path = 'full'`);
}

it(
  'two years of deaths at every step end as if nobody had died',
  async () => {
    judge.allow(backfillDeaths);
    await work('poll');
    const lives = new CustomerLives(sandbox, { seed, customers });
    const isOver = (period: number) =>
      period >= periods && (judge.count >= wantedDeaths || period >= periods + mostExtraPeriods);
    for (let period = 0; !isOver(period); period += 1) {
      await lives.pass(daysEach);
      await scheduleFullPasses(period % periodsPerFullPass === 1 || period >= periods);
      judge.allow(allowance(period));
      // What the clock brings comes before what happens now: in one product it would otherwise be a matter of luck.
      await work('timers');
      await work('due');
      await lives.tell(storiesEach);
      await work('poll');
    }

    const now = sandbox.clock.now();
    const [expected, actual] = await Promise.all([outcomeOf(undisturbed, now), outcomeOf(disturbed, now)]);
    process.stdout.write(
      `${judge.count} deaths, ${lives.told} stories, ${actual.starts.length} starts, ${actual.messages.length} messages, ${actual.resent} of them twice.\n`,
    );
    expect(differencesOf(actual.rows, expected.rows)).toEqual([]);
    expect(differencesOf(actual.transitions, expected.transitions)).toEqual([]);
    expect(differencesOf(actual.starts, expected.starts)).toEqual([]);
    expect(new Set(actual.starts).size).toBe(actual.starts.length);
    expect(differencesOf(actual.messages, expected.messages)).toEqual([]);
    expect([...expected.miscounted, ...actual.miscounted]).toEqual([]);
    expect(expected.resent).toBe(0);
    expect([expected.unfinished, actual.unfinished]).toEqual([
      { queue: 0, messages: 0, steps: 0 },
      { queue: 0, messages: 0, steps: 0 },
    ]);
    expect(judge.spared).toEqual([]);
    expect(judge.count).toBeGreaterThanOrEqual(wantedDeaths);
    expect(await replayed(disturbed)).toEqual({ differences: [], waiting: 0 });
  },
  mostMinutes * 60_000,
);

/** What the stored rows say otherwise than the records do. */
async function replayed({
  config,
  postgres,
}: CrashProduct): Promise<{ differences: unknown[]; waiting: number }> {
  const database = createDatabase({ url: config.supabaseUrl, key: config.supabaseServiceRoleKey });
  const connections = await postgres.sql<{ id: string }>('select id from public.integration_connections');
  const reports = await Promise.all(
    connections.map(({ id }) => replayConnection(database, id, sandbox.clock.now())),
  );
  return {
    differences: reports.flatMap(({ differences }) => differences),
    waiting: reports.reduce((sum, { waiting }) => sum + waiting, 0),
  };
}
