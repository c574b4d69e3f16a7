import { invalid } from '../api/ApiError.ts';
import {
  type DurationBilling,
  type MembershipRow,
  membershipRow,
  membershipStatusChangeRow,
  type MembershipTypeRow,
} from '../rows/membershipRows.ts';
import { invoiceRow } from '../rows/invoiceRows.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { toTimestamp } from '../timestamps.ts';
import type { Desk } from './Desk.ts';
import { withItem } from './invoiceItems.ts';
import { midnight, restate } from './invoices.ts';

export interface MembershipSale {
  readonly customerId: number;
  readonly businessUnitId: number;
  readonly saleTaskId: number;
  readonly durationBillingId: number;
  readonly locationId?: number | null | undefined;
  readonly recurringLocationId?: number | null | undefined;
}

const billingMonths = { OneTime: 0, Monthly: 1, EveryOtherMonth: 2, Quarterly: 3, BiAnnual: 6, Annual: 12 };

function monthsAfter(moment: string, months: number): string {
  const date = new Date(moment);
  date.setUTCMonth(date.getUTCMonth() + months);
  return toTimestamp(date);
}

function findBilling(
  records: TenantRecords,
  durationBillingId: number,
): { type: MembershipTypeRow; billing: DurationBilling } | undefined {
  for (const type of records.membership_types.values()) {
    const billing = type.durationBilling?.find((row) => row.id === durationBillingId);
    if (billing && type.active) return { type, billing };
  }
  return undefined;
}

/** A membership that runs from now. */
export function startMembership(
  { records, now }: Desk,
  { type, billing }: { type: MembershipTypeRow; billing: DurationBilling },
  members: Partial<MembershipRow> & { readonly customerId: number },
): MembershipRow {
  const { duration, billingFrequency } = billing;
  const to = duration ? monthsAfter(now, duration) : null;
  const billingEvery = billingMonths[billingFrequency];
  return records.memberships.put(
    membershipRow.parse({
      ...members,
      id: records.memberships.nextId(),
      membershipTypeId: type.id,
      billingFrequency,
      renewalBillingFrequency: billingFrequency,
      duration,
      renewalDuration: duration,
      from: now,
      to,
      nextScheduledBillDate: billingEvery > 0 ? monthsAfter(now, billingEvery) : null,
      followUpOn: to ?? now,
      createdOn: now,
      modifiedOn: now,
    }),
  );
}

/** Sells a membership on an invoice of its own. */
export function sellMembership(
  desk: Desk,
  sale: MembershipSale,
): { invoiceId: number; customerMembershipId: number } {
  const { records, now } = desk;
  const found = findBilling(records, sale.durationBillingId);
  if (!found)
    throw invalid({ durationBillingId: [`There is no duration billing ${sale.durationBillingId}.`] });
  const { customerId, businessUnitId, locationId, recurringLocationId } = sale;
  const place = { locationId: locationId ?? null, recurringLocationId: recurringLocationId ?? null };
  const membership = startMembership(desk, found, { customerId, businessUnitId, ...place });
  const id = records.invoices.nextId();
  const invoice = invoiceRow.parse({
    id,
    referenceNumber: String(id),
    invoiceConfiguration: 'MembershipInvoice',
    invoiceDate: midnight(now),
    dueDate: midnight(now),
    customerId,
    businessUnitId,
    locationId,
    membershipId: membership.id,
    createdOn: now,
    modifiedOn: now,
  });
  const { name } = found.type;
  const item = { skuId: sale.saleTaskId, description: name, quantity: 1, unitPrice: found.billing.salePrice };
  const items = withItem(desk, invoice, item).map((row) =>
    Object.assign({}, row, { membershipTypeId: found.type.id }),
  );
  restate(desk, invoice, { items });
  return { invoiceId: id, customerMembershipId: membership.id };
}

/** Changes a membership; a new status is kept on record, and one that is deleted goes inactive. */
export function changeMembership(
  { records, now }: Desk,
  membership: MembershipRow,
  changes: Partial<MembershipRow>,
): MembershipRow {
  const { status } = changes;
  if (status !== undefined && status !== membership.status) {
    records.membership_status_changes.put(
      membershipStatusChangeRow.parse({
        id: records.membership_status_changes.nextId(),
        membershipId: membership.id,
        oldStatus: membership.status,
        newStatus: status,
        createdOn: now,
      }),
    );
  }
  const canceledNow = status === 'Canceled' && membership.status !== 'Canceled';
  const cancellationDate = canceledNow ? now : membership.cancellationDate;
  const active = status === undefined ? membership.active : status !== 'Deleted';
  return records.memberships.put({ ...membership, ...changes, cancellationDate, active, modifiedOn: now });
}
