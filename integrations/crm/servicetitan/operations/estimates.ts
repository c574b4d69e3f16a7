import { z } from 'zod';
import { apiModule, nothing } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { decimal, flag, id, optional, text, timestamp, whole, word } from './values.ts';

const estimateStatus = z.object({ value: whole, name: text });

const sku = z.object({
  id,
  name: text,
  displayName: text,
  type: text,
  soldHours: decimal,
  generalLedgerAccountId: id,
  generalLedgerAccountName: text,
  modifiedOn: timestamp,
});

const estimateItem = z.object({
  id,
  sku,
  skuAccount: text,
  description: text,
  membershipTypeId: optional(id),
  qty: decimal,
  unitRate: decimal,
  total: decimal,
  unitCost: decimal,
  totalCost: decimal,
  itemGroupName: text,
  itemGroupRootId: optional(id),
  createdOn: timestamp,
  modifiedOn: timestamp,
  chargeable: optional(flag),
  invoiceItemId: optional(id),
  budgetCodeId: optional(id),
});

const externalLink = z.object({ name: text, url: text });

const estimate = z.object({
  id,
  jobId: optional(id),
  projectId: optional(id),
  locationId: optional(id),
  customerId: optional(id),
  name: optional(text),
  jobNumber: optional(text),
  status: optional(estimateStatus),
  reviewStatus: word('None', 'NeedsApproval', 'Approved', 'NotApproved'),
  summary: optional(text),
  createdOn: timestamp,
  modifiedOn: timestamp,
  soldOn: optional(timestamp),
  soldBy: optional(id),
  active: flag,
  items: optional(z.array(estimateItem)),
  externalLinks: optional(z.array(externalLink)),
  subtotal: decimal,
  tax: decimal,
  businessUnitId: optional(id),
  businessUnitName: optional(text),
  isRecommended: flag,
  budgetCodeId: optional(id),
  isChangeOrder: flag,
  proposalTagName: optional(text),
});

const estimateItemToPut = z.strictObject({
  id: id.nullish(),
  skuId: id.nullish(),
  skuName: text.nullish(),
  parentItemId: id.nullish(),
  description: text.nullish(),
  isAddOn: flag.nullish(),
  quantity: decimal.nullish(),
  unitPrice: decimal.nullish(),
  skipUpdatingMembershipPrices: flag.nullish(),
  itemGroupName: text.nullish(),
  itemGroupRootId: id.nullish(),
  chargeable: flag.nullish(),
  useDefaultProjectLabels: flag.nullish(),
  budgetCodeId: id.nullish(),
  unitCost: decimal.optional(),
});

const sentExternalLink = z.strictObject({ name: text.nullish(), url: text.nullish() });

const estimateChanges = z.strictObject({
  name: text.nullish(),
  summary: text.nullish(),
  tax: decimal.nullish(),
  status: z.enum(['Open', 'Sold', 'Dismissed']).nullish(),
  reviewStatus: z.enum(['None', 'NeedsApproval', 'Approved', 'NotApproved']).nullish(),
  soldBy: id.nullish(),
  isRecommended: flag.nullish(),
  budgetCodeId: id.nullish(),
  items: z.array(estimateItemToPut).nullish(),
  externalLinks: z.array(sentExternalLink).nullish(),
  useDefaultProjectLabels: flag.nullish(),
});

const newEstimate = estimateChanges.extend({
  jobId: id.nullish(),
  projectId: id.nullish(),
  locationId: id.nullish(),
});

const sale = z.strictObject({ soldBy: id });

const putEstimateItem = estimateItem.extend({ estimateId: id });

const estimateStatusChanges = z.object({
  id,
  oldStatus: optional(text),
  newStatus: optional(text),
  createdOn: timestamp,
  createdById: optional(id),
});

const sales = apiModule('sales/v2');

export const estimateOperations = {
  listEstimates: sales.list('estimates', {
    scope: 'sal.estimates',
    query: {
      ...standard,
      jobId: parameter.id,
      projectId: parameter.id,
      jobNumber: parameter.text,
      totalGreater: parameter.decimal,
      totalLess: parameter.decimal,
      soldById: parameter.id,
      soldByEmployeeId: parameter.id,
      ids: parameter.ids,
      soldAfter: parameter.time,
      soldBefore: parameter.time,
      status: parameter.text,
      active: parameter.active,
      sort: parameter.text,
      orderBy: parameter.text,
      orderByDirection: parameter.text,
      locationId: parameter.id,
    },
    row: estimate,
  }),
  getEstimate: sales.get('estimates/{id}', { scope: 'sal.estimates', reply: estimate }),
  createEstimate: sales.post('estimates', { scope: 'sal.estimates', body: newEstimate, reply: estimate }),
  updateEstimate: sales.put('estimates/{id}', {
    scope: 'sal.estimates',
    body: estimateChanges,
    reply: estimate,
  }),
  sellEstimate: sales.put('estimates/{id}/sell', { scope: 'sal.estimates', body: sale, reply: estimate }),
  unsellEstimate: sales.put('estimates/{id}/unsell', { scope: 'sal.estimates', reply: nothing }),
  dismissEstimate: sales.put('estimates/{id}/dismiss', { scope: 'sal.estimates', reply: nothing }),
  putEstimateItem: sales.put('estimates/{id}/items', {
    scope: 'sal.estimates',
    body: estimateItemToPut,
    reply: putEstimateItem,
  }),
  deleteEstimateItem: sales.delete('estimates/{id}/items/{itemId}', {
    scope: 'sal.estimates',
    reply: nothing,
  }),
  listEstimateItems: sales.list('estimates/items', {
    scope: 'sal.estimates',
    query: {
      ...standard,
      estimateId: parameter.id,
      ids: parameter.ids,
      active: parameter.active,
      sort: parameter.text,
    },
    row: estimateItem,
  }),
  getEstimateStatusChanges: sales.get('status/estimates/{id}/changes', {
    scope: 'sal.estimates',
    reply: z.array(estimateStatusChanges),
  }),
  exportEstimates: sales.feed('export/estimates', { scope: 'sal.estimates', row: estimate }),
  exportEstimatesOldPath: sales.feed('estimates/export', { scope: 'sal.estimates', row: estimate }),
};
