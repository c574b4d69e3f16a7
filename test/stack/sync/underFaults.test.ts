import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FaultInput } from '#integrations/crm/servicetitan/sandbox/api/Faults.ts';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { Crew } from '#test/helpers/crashCrew.ts';
import { CustomerLives } from '#test/helpers/crashLife.ts';
import { differencesOf, outcomeOf } from '#test/helpers/crashOutcome.ts';
import { openCrashProduct, type CrashProduct } from '#test/helpers/crashProduct.ts';
import { bundleCrashProgram, type CrashProgram } from '#test/helpers/crashProgram.ts';

const seed = 11;
const customers = 150;
const minutesEach = 5;
const start = new Date('2026-03-02T20:00:00Z');
/** Together they spoil a tenth of all requests. */
const faults = [
  { kind: 'status', status: 500, share: 0.02 },
  { kind: 'status', status: 429, retryAfter: 1, share: 0.01 },
  { kind: 'cut', share: 0.02 },
  { kind: 'cut', after: true, share: 0.02 },
  { kind: 'malformed', share: 0.02 },
  { kind: 'revoke_token', share: 0.01 },
] as const satisfies readonly FaultInput[];

let sandbox: Sandbox;
let program: CrashProgram;
let undisturbed: CrashProduct;
let disturbed: CrashProduct;
let calm: Crew;
let pollers: Crew;
let workers: Crew;

beforeAll(async () => {
  [sandbox, program] = await Promise.all([
    startSandbox({ port: 0, seed, customers, start, freeze: true, requestsPerSecond: 10_000 }),
    bundleCrashProgram(),
  ]);
  const site = { sandboxUrl: sandbox.url, tenants: sandbox.tenants(), now: start };
  [undisturbed, disturbed] = await Promise.all([openCrashProduct(site), openCrashProduct(site)]);
  calm = new Crew({ program, product: undisturbed, workers: 1 });
  pollers = new Crew({ program, product: disturbed, workers: 2 });
  workers = new Crew({ program, product: disturbed, workers: 4 });
});

afterAll(async () => {
  await Promise.all([calm.close(), pollers.close(), workers.close()]);
  await Promise.all([undisturbed.close(), disturbed.close(), sandbox.close(), program.remove()]);
});

/** The undisturbed product works without faults, the other one under them, as long as they are switched on. */
async function work(isFaulty: boolean): Promise<void> {
  const now = sandbox.clock.now();
  await calm.work('schedule', now);
  await calm.work('due', now);
  if (isFaulty) sandbox.addFaults(...faults);
  await Promise.all([pollers.work('schedule', now), workers.work('due', now)]);
  sandbox.clearFaults();
  const { errors } = await workers.work('due', now);
  expect(errors).toEqual([]);
}

it('two pollers and four workers under a tenth of faults come to what one undisturbed worker comes to', async () => {
  await work(true);
  const lives = new CustomerLives(sandbox, { seed, customers });
  for (let minutes = 0; minutes < 60; minutes += minutesEach) {
    await sandbox.advance(minutesEach * 60_000);
    await lives.tell(20);
    await work(true);
  }
  // What a fault has put off is done when its time has come.
  for (let count = 0; count < 4; count += 1) {
    await sandbox.advance(30 * 60_000);
    await work(false);
  }
  expect(lives.told).toBeGreaterThan(150);
  const now = sandbox.clock.now();
  const [expected, actual] = await Promise.all([outcomeOf(undisturbed, now), outcomeOf(disturbed, now)]);
  expect(differencesOf(actual.rows, expected.rows)).toEqual([]);
  expect(differencesOf(actual.starts, expected.starts)).toEqual([]);
  expect(differencesOf(actual.messages, expected.messages)).toEqual([]);
  expect(expected.messages.length).toBeGreaterThan(50);
  expect(actual.unfinished).toEqual({ queue: 0, messages: 0, steps: 0 });
  expect([actual.miscounted, actual.resent]).toEqual([[], 0]);
}, 300_000);
