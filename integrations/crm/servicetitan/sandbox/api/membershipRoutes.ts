import { z } from 'zod';
import { requireRow } from '../office/Desk.ts';
import { changeMembership, sellMembership } from '../office/memberships.ts';
import { durationBillingItems } from '../resources/membershipResources.ts';
import { text, timestamp } from '../rows/members.ts';
import { membershipStatus } from '../rows/membershipRows.ts';
import { id, money } from './bodyMembers.ts';
import { checkLinks } from './checkLinks.ts';
import { pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'memberships/v2/tenant/:tenant/memberships';
const typesPath = 'memberships/v2/tenant/:tenant/membership-types';
const scope = 'mem.memberships';

const recurringServiceAction = z.enum(['None', 'Single', 'All']);
const link = id.nullable();

const saleBody = z.object({
  customerId: id,
  businessUnitId: id,
  saleTaskId: id,
  durationBillingId: id,
  recurringServiceAction,
  locationId: id.nullish(),
  recurringLocationId: id.nullish(),
});

const changesBody = z
  .object({
    businessUnitId: id,
    nextScheduledBillDate: timestamp.nullable(),
    status: membershipStatus,
    memo: text,
    from: timestamp,
    to: timestamp.nullable(),
    soldById: link,
    billingTemplateId: link,
    locationId: link,
    recurringServiceAction,
    recurringLocationId: link,
    paymentMethodId: link,
    paymentTypeId: link,
    renewalMembershipTaskId: link,
    initialDeferredRevenue: money,
    cancellationBalanceInvoiceId: link,
    cancellationInvoiceId: link,
  })
  .partial();

export const membershipRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: `${path}/sale`,
    scope,
    handle: (call) => {
      // Recurring services are not kept here, so there is nothing to do for the action asked for.
      const { recurringServiceAction: _action, ...sale } = readBody(call, saleBody);
      checkLinks(call.desk.records, sale);
      return sellMembership(call.desk, sale);
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const { records } = call.desk;
      const membership = requireRow(records.memberships, 'Membership', pathId(call));
      const { recurringServiceAction: _action, ...changes } = readBody(call, changesBody);
      const { businessUnitId, locationId } = changes;
      checkLinks(records, { businessUnitId, locationId });
      return { id: changeMembership(call.desk, membership, sentMembers(changes)).id };
    },
  },
  {
    method: 'GET',
    path: `${path}/:id/status-changes`,
    scope,
    handle: (call) => {
      const { records } = call.desk;
      const membership = requireRow(records.memberships, 'Membership', pathId(call));
      return records.membership_status_changes
        .ownedBy(membership.id)
        .map(({ id: changeId, oldStatus, newStatus, note, createdOn, createdById }) => ({
          id: changeId,
          oldStatus,
          newStatus,
          note,
          createdOn,
          createdById,
        }));
    },
  },
  {
    method: 'GET',
    path: `${typesPath}/:id/duration-billing-items`,
    scope: 'mem.membershiptypes',
    handle: (call) => {
      const { membership_types: types } = call.desk.records;
      return durationBillingItems(requireRow(types, 'Membership type', pathId(call)), call.query);
    },
  },
];
