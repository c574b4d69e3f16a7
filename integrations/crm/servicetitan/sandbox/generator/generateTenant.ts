import { dayMs } from '../durations.ts';
import { createBooking } from '../office/bookings.ts';
import type { NewCustomer } from '../office/customers.ts';
import { createLead } from '../office/leads.ts';
import { suppress } from '../office/suppressions.ts';
import { Random } from '../random.ts';
import { hoursAfter } from '../story/localTime.ts';
import { inventCustomer } from '../story/inventCustomer.ts';
import { resourceTable } from '../resources/resourceTable.ts';
import { resourceNames, TenantRecords } from '../TenantRecords.ts';
import type { SandboxTenant } from '../tenants.ts';
import { toTimestamp } from '../timestamps.ts';
import { History, type HistoryInput } from './History.ts';
import { writeReferenceData } from './referenceData.ts';
import { type Scenario, scenarios } from './scenarios.ts';

export interface GenerateInput {
  readonly tenant: SandboxTenant;
  /** The tenant's place among the sandbox's: later ones start their ids higher, so that ids overlap only in part. */
  readonly index: number;
  readonly seed: number;
  readonly customers: number;
  readonly anchor: Date;
}

/** Fills a tenant with people and their past. The same input gives the same records, in the same feed order. */
export function generateTenant(target: TenantRecords, input: GenerateInput): void {
  const { tenant, seed, customers, anchor } = input;
  const random = new Random(seed, 'tenant', tenant.id);
  const records = new TenantRecords(() => {}, firstIdsFor(input));
  const history: HistoryInput = { records, anchor, timeZone: tenant.timeZone, random };
  writeReferenceData({ records, now: toTimestamp(new Date(anchor.getTime() - 410 * dayMs)) });
  for (const scenario of dealScenarios(customers, random)) writeCustomer(history, scenario);
  if (customers > 0) writeStrangers(history, customers);
  for (const name of resourceNames) resourceTable[name].copy(records, target);
}

/** Estimates of later tenants pass 2^31, as real ids may. */
function firstIdsFor({ index, customers }: GenerateInput) {
  if (index === 0) return {};
  const shift = index * Math.ceil(customers / 3);
  return {
    customers: 1001 + shift,
    jobs: 20_001 + shift,
    leads: 7001 + shift,
    estimates: 2_147_483_600 + shift,
  };
}

/** As many of each scenario as its weight says; a small tenant gets one of each state first. */
function dealScenarios(count: number, random: Random): Scenario[] {
  const total = scenarios.reduce((sum, scenario) => sum + scenario.weight, 0);
  const least = count >= scenarios.length ? 1 : 0;
  const dealt = scenarios.flatMap((scenario, index) => {
    const share = Math.max(least, Math.floor((count * scenario.weight) / total));
    return Array.from({ length: count < scenarios.length ? Number(index < count) : share }, () => scenario);
  });
  while (dealt.length < count) dealt.push(random.pick(scenarios));
  return random.shuffle(dealt).slice(0, count);
}

function writeCustomer(history: HistoryInput, { since, write }: Scenario): void {
  const { random, records, timeZone } = history;
  const emails = random.pick([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
  const members: Partial<NewCustomer> = {
    type: random.chance(0.06) ? 'Commercial' : 'Residential',
    doNotMail: random.chance(0.05),
    doNotService: random.chance(0.01),
  };
  const newCustomer = inventCustomer(random, {
    timeZone,
    number: records.customers.nextId(),
    emails,
    members,
  });
  const past = new History(history, newCustomer, random.between(since[0], since[1]));
  write(past);
  const email = newCustomer.contacts?.find((contact) => contact.type === 'Email')?.value;
  if (email && random.chance(0.03)) suppress(past.scene(random.between(1, 200)).desk, [email], 'Unsubscribe');
}

/** People of whom the office knows no customer yet: leads and online bookings. */
function writeStrangers({ records, anchor, timeZone, random }: HistoryInput, customers: number): void {
  const deskAt = (daysAgo: number) => ({
    records,
    now: toTimestamp(new Date(anchor.getTime() - Math.round(daysAgo * dayMs)), random.int(0, 9999)),
  });
  for (let index = 0; index < Math.ceil(customers / 40); index += 1) {
    const person = inventCustomer(random, { timeZone, number: 900_000 + index });
    const email = person.contacts?.find((contact) => contact.type === 'Email')?.value ?? null;
    const desk = deskAt(random.between(0.2, 40));
    createLead(desk, {
      leadCustomerName: person.name,
      leadEmail: email,
      summary: 'Filled in the form',
      campaignId: 2,
    });
  }
  for (let index = 0; index < Math.ceil(customers / 50); index += 1) {
    const { name, contacts, address } = inventCustomer(random, { timeZone, number: 950_000 + index });
    const desk = deskAt(random.between(0.2, 20));
    const booking = createBooking(desk, {
      name,
      contacts,
      address: { street: null, unit: null, city: null, state: null, zip: null, country: null, ...address },
      source: 'Website',
      summary: 'Booked online: new system',
      isFirstTimeClient: true,
      externalId: `web-${index + 1}`,
      start: hoursAfter(desk.now, 72),
    });
    if (random.chance(0.3))
      createLead(desk, { bookingId: booking.id, leadCustomerName: name, campaignId: 3 });
  }
}
