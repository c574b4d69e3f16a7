import { expect, it } from 'vitest';
import { customerState } from '#backend/state/customerState.ts';
import { deriveJourneys } from '#backend/state/deriveJourneys.ts';
import { journeySettings } from '#backend/state/settings.ts';
import { suggestClassification } from '#backend/state/suggestClassification.ts';
import { ControlError } from '#integrations/crm/servicetitan/sandbox/control/ControlError.ts';
import { openStore } from '#integrations/crm/servicetitan/sandbox/openStore.ts';
import { Random } from '#integrations/crm/servicetitan/sandbox/random.ts';
import { silentLogger } from '#integrations/crm/servicetitan/sandbox/SandboxLogger.ts';
import type { Store } from '#integrations/crm/servicetitan/sandbox/Store.ts';
import { storyEvents } from '#integrations/crm/servicetitan/sandbox/story/storyInput.ts';
import { tellStory } from '#integrations/crm/servicetitan/sandbox/story/tellStory.ts';
import type { TenantRecords } from '#integrations/crm/servicetitan/sandbox/TenantRecords.ts';
import { sandboxTenants } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { recordSchemas } from '#integrations/crm/servicetitan/schemas/records.ts';

const stateAfter = {
  lead_received: 1,
  sales_booked: 2,
  sales_canceled: 2.5,
  estimate_created: 3,
  estimate_sold: 4,
  install_scheduled: 5,
  install_canceled: 5.5,
  install_completed: 6,
} as const;

const [tenant] = sandboxTenants;

async function open(seed: number, customers: number): Promise<{ store: Store; records: TenantRecords }> {
  const { store } = openStore({
    seed,
    customers,
    years: 1,
    dataDir: null,
    baseClock: { now: () => new Date('2026-05-15T18:30:00Z') },
    start: null,
    isFrozen: false,
    tenants: [tenant],
    logger: silentLogger,
  });
  const records = store.tenant(tenant.id)?.records;
  if (!records) throw new Error('the tenant is missing');
  return { store, records };
}

/** The journeys of the whole tenant, by what the product makes of the records. */
function journeysOf(records: TenantRecords, now: Date) {
  const all = () => true;
  const clerical = records.cancel_reasons.where(({ name }) => /duplicate|test|mistake/i.test(name));
  return deriveJourneys({
    now,
    settings: journeySettings.parse({
      jobTypes: suggestClassification(records.job_types.where(all)),
      businessUnits: {},
      tags: {},
      clericalReasonIds: clerical.map(({ id }) => id),
    }),
    records: {
      customers: records.customers.where(all).map((row) => recordSchemas.customers.parse(row)),
      leads: records.leads.where(all).map((row) => recordSchemas.leads.parse(row)),
      bookings: records.bookings.where(all).map((row) => recordSchemas.bookings.parse(row)),
      jobs: records.jobs.where(all).map((row) => recordSchemas.jobs.parse(row)),
      appointments: records.appointments.where(all).map((row) => recordSchemas.appointments.parse(row)),
      canceledLogs: records.canceled_logs.where(all).map((row) => recordSchemas.canceled_logs.parse(row)),
      estimates: records.estimates.where(all).map((row) => recordSchemas.estimates.parse(row)),
    },
  });
}

it('has customers in every state from the start', async () => {
  const { store, records } = await open(1, 200);
  const states = new Map<number, number>();
  for (const { state } of journeysOf(records, store.clock.now()))
    states.set(state, (states.get(state) ?? 0) + 1);
  expect([...states.keys()].toSorted((one, other) => one - other)).toEqual([0, 1, 2, 2.5, 3, 4, 5, 5.5, 6]);
  expect(Math.min(...states.values())).toBeGreaterThanOrEqual(4);
});

it.each([1, 2, 3])(
  'ends every story in the state that it is about, or refuses to tell it (seed %i)',
  async (seed) => {
    const { store, records } = await open(seed, 60);
    const random = new Random(seed, 'test');
    const wrong: unknown[] = [];
    let told = 0;
    for (let round = 0; round < 150; round += 1) {
      const event = random.pick(storyEvents);
      const someone = random.pick(records.customers.where(() => true)).id;
      const customerId = random.chance(0.6) ? someone : null;
      store.clock.advance(random.int(0, 3 * 86_400_000));
      try {
        const outcome = tellStory(store, { tenant: tenant.id, event, customerId }, seed);
        told += 1;
        const journeys = journeysOf(records, store.clock.now()).filter(
          (row) => row.customerId === outcome.customerId,
        );
        const state = customerState(journeys);
        if (state !== stateAfter[event]) wrong.push({ round, event, state, customerId, outcome });
      } catch (error) {
        if (!(error instanceof ControlError && error.status === 409)) throw error;
      }
    }
    expect(wrong).toEqual([]);
    expect(told).toBeGreaterThan(80);
  },
);
