import {
  billingFrequency,
  membershipRow,
  membershipStatus,
  membershipStatusChangeRow,
  type MembershipTypeRow,
  membershipTypeRow,
} from '../rows/membershipRows.ts';
import { defineResource, type ShowContext } from './defineResource.ts';
import { choiceIs, type Filter, idIn, integerIs } from './filters.ts';
import { QueryReader } from './QueryReader.ts';
import { commonSorts } from './readList.ts';

export const memberships = defineResource({
  name: 'memberships',
  noun: 'Membership',
  scope: 'mem.memberships',
  select: (records) => records.memberships,
  schema: membershipRow.loose(),
  fill: (raw) => ({ followUpOn: raw['to'] ?? raw['createdOn'] ?? '0001-01-01' }),
  listPath: 'memberships/v2/tenant/:tenant/memberships',
  exportPaths: ['memberships/v2/tenant/:tenant/export/memberships'],
  hasGet: true,
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    customerIds: idIn((row) => row.customerId),
    status: choiceIs(membershipStatus.options, (row) => row.status),
    duration: integerIs((row) => row.duration),
    billingFrequency: choiceIs(billingFrequency.options, (row) => row.billingFrequency),
  },
});

export const membershipStatusChanges = defineResource({
  name: 'membership_status_changes',
  noun: 'Membership status change',
  scope: 'mem.memberships',
  select: (records) => records.membership_status_changes,
  schema: membershipStatusChangeRow.loose(),
  exportPaths: ['memberships/v2/tenant/:tenant/export/membership-status-changes'],
  internal: ['active', 'modifiedOn'],
  activeByDefault: 'shown',
  sorts: {},
  filters: {},
});

const parts = [
  'includeDurationBilling',
  'includeDiscounts',
  'includeRecurringServices',
  'includeTags',
] as const;

/** The parts of a type come only to who asks for them; the billings' ids have a list of their own. */
function showType(row: MembershipTypeRow, { query }: ShowContext): object {
  const wants = (part: (typeof parts)[number]): boolean => query.get(part)?.toLowerCase() === 'true';
  return {
    ...row,
    durationBilling: wants('includeDurationBilling')
      ? (row.durationBilling ?? []).map(({ id: _id, ...billing }) => billing)
      : null,
    discounts: wants('includeDiscounts') ? row.discounts : null,
    recurringServices: wants('includeRecurringServices') ? row.recurringServices : null,
    tagTypeIds: wants('includeTags') ? row.tagTypeIds : null,
  };
}

/** The parts narrow nothing, but a wrong value is refused. */
const partFlags = Object.fromEntries(
  parts.map((part): [string, Filter<MembershipTypeRow>] => [
    part,
    (reader) => {
      reader.flag(part);
      return undefined;
    },
  ]),
);

/** Types of which some billing passes. */
function someBilling(
  passes: (billing: { readonly billingFrequency: string; duration: number | null }) => boolean,
) {
  return (row: MembershipTypeRow): boolean => row.durationBilling?.some(passes) ?? false;
}

export const membershipTypes = defineResource({
  name: 'membership_types',
  noun: 'Membership type',
  scope: 'mem.membershiptypes',
  select: (records) => records.membership_types,
  schema: membershipTypeRow.loose(),
  listPath: 'memberships/v2/tenant/:tenant/membership-types',
  hasGet: true,
  show: showType,
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    ...partFlags,
    duration: (reader, name) => {
      const months = reader.integer(name);
      return months === undefined ? undefined : someBilling((billing) => billing.duration === months);
    },
    billingFrequency: (reader, name) => {
      const wanted = reader.choice(name, billingFrequency.options);
      return wanted && someBilling((billing) => billing.billingFrequency === wanted);
    },
  },
});

/** What a membership type can be sold as, with the ids that a sale names. */
export function durationBillingItems(
  { durationBilling, createdOn, createdById }: MembershipTypeRow,
  query: URLSearchParams,
) {
  const reader = new QueryReader(query);
  const wanted = reader.choice('active', ['True', 'Any', 'False']) ?? 'True';
  reader.check();
  if (wanted === 'False') return [];
  return (durationBilling ?? []).map((billing) =>
    Object.assign({}, billing, { importId: null, active: true, createdOn, createdById }),
  );
}
