import { describe, expect, it } from 'vitest';
import type { StoredRow } from '#integrations/crm/servicetitan/sandbox/Collection.ts';
import { generateTenant } from '#integrations/crm/servicetitan/sandbox/generator/generateTenant.ts';
import { TenantDraft } from '#integrations/crm/servicetitan/sandbox/generator/TenantDraft.ts';
import type { CustomerContactRow } from '#integrations/crm/servicetitan/sandbox/rows/crmRows.ts';
import { silentLogger } from '#integrations/crm/servicetitan/sandbox/SandboxLogger.ts';
import { Database } from '#integrations/crm/servicetitan/sandbox/storage/Database.ts';
import { openTenantTables } from '#integrations/crm/servicetitan/sandbox/storage/tenantTables.ts';
import { createCustomer } from '#integrations/crm/servicetitan/sandbox/office/customers.ts';
import { currentOpportunity } from '#integrations/crm/servicetitan/sandbox/story/opportunity.ts';
import { resourceNames, type TenantRecords } from '#integrations/crm/servicetitan/sandbox/TenantRecords.ts';
import { sandboxTenants } from '#integrations/crm/servicetitan/sandbox/tenants.ts';

const anchor = new Date('2026-05-15T18:30:00Z');
const dayMs = 86_400_000;

function generate({ seed = 1, customers = 200, index = 0, years = 1 }): TenantRecords {
  const tenant = sandboxTenants[index] ?? sandboxTenants[0];
  const database = Database.temporary();
  generateTenant(database, { tenant, index, seed, customers, years, anchor, logger: silentLogger });
  return openTenantTables(database, tenant.id);
}

function rowsOf(records: TenantRecords) {
  return resourceNames.map((name) => ({ name, changes: records[name].changesAfter(0).toArray() }));
}

function storedRows(records: TenantRecords): StoredRow[] {
  return resourceNames.flatMap((name): StoredRow[] => records[name].where(() => true));
}

/** Customers by a contact's value: the owners of each phone number or mail address. */
function ownersByContact(records: TenantRecords, type: CustomerContactRow['type']): Map<string, Set<number>> {
  const owners = new Map<string, Set<number>>();
  for (const { value, customerId } of records.customer_contacts.where((row) => row.type === type)) {
    owners.set(value, (owners.get(value) ?? new Set()).add(customerId));
  }
  return owners;
}

describe('generated records', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(rowsOf(generate({ seed: 5 }))).toEqual(rowsOf(generate({ seed: 5 })));
    expect(rowsOf(generate({ seed: 5 }))).not.toEqual(rowsOf(generate({ seed: 6 })));
  });

  it('tell the same of a customer, however many come after it', () => {
    const [few, many] = [generate({ customers: 60 }), generate({ customers: 90 })];
    const firsts = (records: TenantRecords) => records.customers.where(({ id }) => id < 1001 + 59);
    expect(firsts(few)).toHaveLength(59);
    expect(firsts(many)).toEqual(firsts(few));
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 4],
  ])('lie before the first moment, appointments aside (seed %i, %i years)', (seed, years) => {
    const rows = storedRows(generate({ seed, years }));
    const latest = anchor.toISOString();
    const earliest = new Date(anchor.getTime() - (411 + (years - 1) * 365) * dayMs).toISOString();
    const isWithin = ({ createdOn, modifiedOn = createdOn }: StoredRow) =>
      createdOn > earliest && createdOn <= modifiedOn && modifiedOn <= latest;
    expect(rows.length).toBeGreaterThan(1000);
    expect(rows.filter((row) => !isWithin(row))).toEqual([]);
  });

  it('stand in each feed in the order of their modification', () => {
    const records = generate({});
    for (const name of resourceNames) {
      const moments = records[name].changesAfter(0).map(({ row }): string => {
        const stored: StoredRow = row;
        return stored.modifiedOn ?? stored.createdOn;
      });
      const found = moments.toArray();
      expect(found).toEqual(found.toSorted());
    }
  });

  it('hold as many customers as asked for, from every part of their life', () => {
    const records = generate({});
    expect(records.customers.size).toBe(200);
    const stages = new Set(records.customers.values().map(({ id }) => currentOpportunity(records, id).stage));
    expect([...stages].toSorted()).toEqual([
      'booked',
      'canceled',
      'complete',
      'estimated',
      'install_canceled',
      'lead',
      'none',
      'scheduled',
      'sold',
      'visited',
    ]);
  });

  it('link only to what there is', () => {
    const records = generate({});
    for (const job of records.jobs.values()) {
      expect(records.customers.get(job.customerId)).toBeDefined();
      expect(records.locations.get(job.locationId)).toBeDefined();
      expect(records.job_types.get(job.jobTypeId)).toBeDefined();
      expect(records.appointments.get(job.firstAppointmentId)?.jobId).toBe(job.id);
    }
    const installs = records.jobs.where((job) => job.createdFromEstimateId !== null);
    for (const job of installs) expect(records.estimates.get(job.createdFromEstimateId)).toBeDefined();
    for (const estimate of records.estimates.values()) expect(records.jobs.get(estimate.jobId)).toBeDefined();
    for (const contact of records.customer_contacts.values()) {
      expect(records.customers.get(contact.customerId)).toBeDefined();
    }
  });

  it('invent only people who cannot exist', () => {
    const records = generate({});
    for (const { type, value } of records.customer_contacts.values()) {
      expect(value).toMatch(type === 'Email' ? /^[a-z0-9.]+@example\.(com|net|org)$/ : /555-01\d\d$/);
    }
  });

  it('share some ids, and not all, between tenants, and pass 2^31', () => {
    const [socal, dfw] = [generate({}), generate({ index: 1 })];
    const shared = socal.customers.where(({ id }) => dfw.customers.get(id) !== undefined).length;
    expect(shared).toBeGreaterThan(50);
    expect(shared).toBeLessThan(200);
    expect(dfw.estimates.where(({ id }) => id > 2 ** 31)).not.toEqual([]);
  });

  it('stay few when few are asked for', () => {
    expect(generate({ customers: 0 }).counts()).toMatchObject({
      customers: 0,
      leads: 0,
      job_types: 7,
      cancel_reasons: 7,
    });
    const nine = generate({ customers: 9 });
    expect(new Set(nine.customers.values().map(({ id }) => currentOpportunity(nine, id).stage)).size).toBe(9);
  });
});

describe('generated records contain', () => {
  const records = generate({});
  const { customers, customer_contacts: contacts, jobs, appointments, estimates } = records;

  it('customers without an e-mail address, with one and with two', () => {
    const emails = customers
      .values()
      .map(({ id }) => contacts.ownedBy(id).filter(({ type }) => type === 'Email').length);
    expect(new Set(emails)).toEqual(new Set([0, 1, 2]));
  });

  it('two people in one house who share a phone number, and two who share a mail address', () => {
    for (const type of ['MobilePhone', 'Email'] as const) {
      const pairs = ownersByContact(records, type)
        .values()
        .map((owners) => [...owners].map((id) => customers.get(id)))
        .filter(([one, other]) => other !== undefined && one?.address.street === other.address.street)
        .toArray();
      expect(pairs).not.toEqual([]);
    }
  });

  it('people entered twice', () => {
    const names = new Map<string, number>();
    for (const { name, address } of customers.values()) {
      const key = `${name.toLowerCase()}/${address.street}`;
      names.set(key, (names.get(key) ?? 0) + 1);
    }
    expect([...names.values()].some((count) => count === 2)).toBe(true);
  });

  it('merges, also of one who had been merged into', () => {
    const merged = customers.where((row) => !row.active && row.mergedToId !== null);
    expect(merged.some((row) => customers.get(row.mergedToId)?.active)).toBe(true);
    expect(merged.some((row) => customers.get(row.mergedToId)?.mergedToId)).toBe(true);
  });

  it('opt-outs of each kind', () => {
    expect(customers.where((row) => row.doNotMail)).not.toEqual([]);
    expect(contacts.where((row) => row.preferences?.marketingUpdatesEnabled === false)).not.toEqual([]);
    expect(contacts.where((row) => row.phoneSettings?.doNotText ?? false)).not.toEqual([]);
    expect(records.suppressions.size).toBeGreaterThan(0);
  });

  it('names beyond ASCII, and with an apostrophe', () => {
    const names = customers
      .values()
      .map(({ name }) => name)
      .toArray()
      .join();
    for (const part of ['José', 'Søren', 'Łukasz', '陈', 'Nuñez', "O'Brien"]) expect(names).toContain(part);
  });

  it('records that one edit changed in bulk', () => {
    const moments = customers
      .values()
      .map(({ modifiedOn }) => modifiedOn)
      .toArray();
    const shared = moments.filter((moment, index) => moments.indexOf(moment) !== index);
    expect(shared.length).toBeGreaterThan(5);
  });

  it('recalls, change orders, holds, cancellations and work done on the spot', () => {
    expect(jobs.where((row) => row.recallForId !== null)).not.toEqual([]);
    expect(estimates.where((row) => row.isChangeOrder)).not.toEqual([]);
    expect(jobs.where((row) => row.jobStatus === 'Hold')).not.toEqual([]);
    expect(records.canceled_logs.size).toBeGreaterThan(5);
    expect(estimates.where((row) => row.items?.some((item) => item.invoiceItemId) ?? false)).not.toEqual([]);
  });

  it('an appointment rescheduled in the field: one Done, a new one ahead', () => {
    const rescheduled = jobs.where((job) => {
      const statuses = appointments.ownedBy(job.id).map(({ status }) => status);
      return job.jobStatus === 'InProgress' && statuses.join() === 'Done,Scheduled';
    });
    expect(rescheduled).not.toEqual([]);
  });

  it('up to three options of one visit', () => {
    const counts = jobs
      .values()
      .map(({ id }) => estimates.where((row) => row.jobId === id && !row.isChangeOrder).length);
    expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3]));
  });

  it('leads and bookings without a customer', () => {
    expect(records.leads.where((row) => row.customerId === null)).not.toEqual([]);
    expect(records.bookings.size).toBeGreaterThan(0);
  });
});

it('lets customers of long standing come back, in summer and winter more than in between', () => {
  const { jobs, customers, job_types: types } = generate({ customers: 600, years: 6 });
  const isOld = (moment: string) => moment < new Date(anchor.getTime() - 500 * dayMs).toISOString();
  const before = jobs.where((job) => isOld(job.createdOn));
  expect(before.length).toBeGreaterThan(600);
  expect(customers.values().some(({ id }) => jobs.ownedBy(id).length > 5)).toBe(true);
  const calls = before.filter((job) => types.get(job.jobTypeId)?.name === 'Service Call');
  const inMonths = (...months: number[]) =>
    calls.filter((job) => months.includes(Number(job.completedOn?.slice(5, 7)))).length;
  expect(inMonths(1, 6, 7, 8)).toBeGreaterThan(1.5 * inMonths(3, 4, 10, 11));
});

it('holds no record of a customer once it is handed in', () => {
  const draft = new TenantDraft(Database.temporary(), 1, {});
  const desk = { records: draft.records, now: '2026-01-01T00:00:00.0000000Z' };
  for (let number = 0; number < 50; number += 1) {
    createCustomer(desk, { name: 'Pat', address: {}, locations: [{ name: 'Home', address: {} }] });
    draft.handIn();
    expect(Object.values(draft.records.counts()).every((count) => count === 0)).toBe(true);
  }
  expect(draft.records.customers.nextId()).toBe(1051);
});
