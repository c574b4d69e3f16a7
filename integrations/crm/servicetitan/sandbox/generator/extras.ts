import { logCall } from '../office/calls.ts';
import type { Desk } from '../office/Desk.ts';
import { installEquipment } from '../office/equipment.ts';
import { changeMembership, startMembership } from '../office/memberships.ts';
import { optOut } from '../office/optOuts.ts';
import { createPayment } from '../office/payments.ts';
import type { JobRow } from '../rows/jobRows.ts';
import { toTimestamp } from '../timestamps.ts';
import type { History } from './History.ts';

/** What a customer's past leaves beside its jobs: payments, equipment, calls, a membership. */
export function enrichCustomer(history: History): void {
  const { records, customer, random } = history;
  const jobs = records.jobs.ownedBy(customer.id).filter((job) => job.jobStatus === 'Completed');
  if (jobs.length > 0) payInvoices(history);
  for (const job of jobs) {
    if (job.createdFromEstimateId && random.chance(0.6)) leaveEquipment(history, job);
  }
  const [first] = jobs;
  if (first && random.chance(0.2)) join(history, first);
  logLeads(history);
  for (const { value, phoneSettings, modifiedOn } of records.customer_contacts.ownedBy(customer.id)) {
    if (!phoneSettings?.doNotText) continue;
    optOut(
      { records, now: modifiedOn },
      { contactNumbers: [internationalNumber(value)], optOutType: 'Marketing' },
    );
  }
}

function internationalNumber(value: string): string {
  return `+1${value.replaceAll(/\D/g, '').slice(-10)}`;
}

function deskAt({ records }: History, now: string): Desk {
  return { records, now };
}

/** Most bills are paid on the day. What that does to the customer's dates was done by later events already. */
function payInvoices(history: History): void {
  const { records, random } = history;
  const before = records.customers.get(history.customer.id);
  if (!before) return;
  const types = [...records.payment_types.values()];
  for (const invoice of records.invoices.ownedBy(before.id)) {
    if (Number(invoice.balance) <= 0 || !random.chance(0.85)) continue;
    const splits = [{ invoiceId: invoice.id }];
    createPayment(deskAt(history, invoice.modifiedOn), {
      typeId: random.pick(types).id,
      splits,
      status: 'Posted',
    });
  }
  const balance = records.customers.get(before.id)?.balance ?? before.balance;
  if (balance !== before.balance) records.customers.putQuietly({ ...before, balance });
}

function leaveEquipment(history: History, { locationId, createdFromEstimateId, modifiedOn }: JobRow): void {
  const { records, random } = history;
  const location = records.locations.get(locationId);
  const estimate = records.estimates.get(createdFromEstimateId);
  if (!location || !estimate) return;
  const name = estimate.name ?? 'System';
  const type = records.equipment_types
    .values()
    .find((row) => name.toLowerCase().includes(row.name.toLowerCase()));
  installEquipment(deskAt(history, modifiedOn), location, {
    name,
    equipmentTypeId: type?.id,
    installedOn: modifiedOn,
    serialNumber: `SN${random.int(1_000_000, 9_999_999)}`,
    manufacturer: random.pick(['Northwind', 'Contoso', 'Fabrikam']),
  });
}

function join(history: History, { locationId, businessUnitId, modifiedOn }: JobRow): void {
  const { records, customer, random, anchor } = history;
  const type = random.pick([...records.membership_types.values()]);
  const [billing] = type.durationBilling ?? [];
  if (!billing) return;
  const members = { customerId: customer.id, locationId, businessUnitId };
  const membership = startMembership(deskAt(history, modifiedOn), { type, billing }, members);
  if (membership.to && membership.to < toTimestamp(anchor)) {
    changeMembership(deskAt(history, membership.to), membership, { status: 'Expired' });
  }
}

/** Some leads came by telephone. */
function logLeads(history: History): void {
  const { records, customer, random } = history;
  const from = records.customer_contacts
    .ownedBy(customer.id)
    .find((row) => row.type === 'MobilePhone')?.value;
  for (const lead of records.leads.ownedBy(customer.id)) {
    if (from === undefined || !random.chance(0.4)) continue;
    logCall(deskAt(history, lead.createdOn), {
      from,
      to: records.campaigns.get(lead.campaignId)?.campaignPhoneNumbers?.[0] ?? '',
      duration: `00:0${random.int(1, 9)}:${random.int(10, 59)}`,
      type: lead.status === 'Converted' ? 'Booked' : 'Unbooked',
      reason: { id: records.call_reasons.values().next().value?.id ?? 0, name: 'Wants a quote' },
      customerId: customer.id,
      locationId: lead.locationId,
      campaignId: lead.campaignId,
      lead: { id: lead.id },
    });
  }
}
