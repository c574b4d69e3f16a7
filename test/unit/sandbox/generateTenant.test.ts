import { describe, expect, it } from 'vitest';
import { generateTenant } from '#integrations/crm/servicetitan/sandbox/generator/generateTenant.ts';
import { currentOpportunity } from '#integrations/crm/servicetitan/sandbox/story/opportunity.ts';
import type { StoredRow } from '#integrations/crm/servicetitan/sandbox/Collection.ts';
import { resourceNames, TenantRecords } from '#integrations/crm/servicetitan/sandbox/TenantRecords.ts';
import { sandboxTenants } from '#integrations/crm/servicetitan/sandbox/tenants.ts';

const anchor = new Date('2026-05-15T18:30:00Z');

function generate({ seed = 1, customers = 200, index = 0 }): TenantRecords {
  const tenant = sandboxTenants[index] ?? sandboxTenants[0];
  const records = new TenantRecords();
  generateTenant(records, { tenant, index, seed, customers, anchor });
  return records;
}

function rowsOf(records: TenantRecords) {
  return resourceNames.map((name) => ({ name, changes: records[name].changesAfter(0).toArray() }));
}

describe('generated records', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(rowsOf(generate({ seed: 5 }))).toEqual(rowsOf(generate({ seed: 5 })));
    expect(rowsOf(generate({ seed: 5 }))).not.toEqual(rowsOf(generate({ seed: 6 })));
  });

  it.each([1, 2, 3])('lie before the first moment, appointments aside (seed %i)', (seed) => {
    const records = generate({ seed });
    const latest = anchor.toISOString();
    const earliest = new Date(anchor.getTime() - 411 * 86_400_000).toISOString();
    const rows = resourceNames.flatMap((name): StoredRow[] => records[name].where(() => true));
    const isWithin = ({ createdOn, modifiedOn = createdOn }: StoredRow) =>
      createdOn > earliest && createdOn <= modifiedOn && modifiedOn <= latest;
    expect(rows.length).toBeGreaterThan(1000);
    expect(rows.filter((row) => !isWithin(row))).toEqual([]);
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

  it('contain the traps: no e-mail, two of them, opt-outs, merges, recalls, change orders, work done on the spot', () => {
    const records = generate({});
    const emails = records.customers
      .values()
      .map(({ id }) => records.customer_contacts.ownedBy(id).filter(({ type }) => type === 'Email').length)
      .toArray();
    expect(new Set(emails)).toEqual(new Set([0, 1, 2]));
    expect(records.customers.where((row) => row.doNotMail)).not.toEqual([]);
    expect(records.customers.where((row) => !row.active && row.mergedToId !== null)).not.toEqual([]);
    expect(records.jobs.where((row) => row.recallForId !== null)).not.toEqual([]);
    expect(records.estimates.where((row) => row.isChangeOrder)).not.toEqual([]);
    expect(
      records.estimates.where((row) => row.items?.some((item) => item.invoiceItemId) ?? false),
    ).not.toEqual([]);
    expect(records.leads.where((row) => row.customerId === null)).not.toEqual([]);
    expect(records.bookings.size).toBeGreaterThan(0);
    expect(records.suppressions.size).toBeGreaterThan(0);
  });

  it('invent only people who cannot exist', () => {
    const records = generate({});
    for (const { type, value } of records.customer_contacts.values()) {
      expect(value).toMatch(type === 'Email' ? /@example\.(com|net|org)$/ : /555-01\d\d$/);
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
