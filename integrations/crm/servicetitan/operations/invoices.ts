import { z } from 'zod';
import { apiModule, nothing } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { named } from './shared.ts';
import { decimal, flag, id, optional, sentDate, sentTime, text, timestamp, whole, word } from './values.ts';

const salesTax = z.object({ id, name: optional(text), taxRate: decimal });

const invoiceAddress = z.object({
  street: optional(text),
  unit: optional(text),
  city: optional(text),
  state: optional(text),
  zip: optional(text),
  country: optional(text),
});

export const batch = z.object({ id, number: optional(text), name: optional(text) });

const invoiceJob = z.object({ id, number: optional(text), type: optional(text) });

const royalty = z.object({
  status: optional(text),
  date: optional(timestamp),
  sentOn: optional(timestamp),
  memo: optional(text),
});

const employeeInfo = z.object({ id, name: optional(text), modifiedOn: timestamp });

export const generalLedgerAccount = z.object({
  id,
  name: optional(text),
  number: optional(text),
  type: optional(text),
  detailType: optional(text),
});

const itemGroup = z.object({ rootId: id, name: optional(text) });

const invoiceItem = z.object({
  id,
  description: optional(text),
  quantity: optional(text),
  cost: optional(text),
  totalCost: optional(text),
  budgetCodeId: optional(id),
  inventoryLocationId: optional(id),
  inventoryLocation: optional(text),
  price: optional(text),
  type: word('Service', 'Material', 'Equipment', 'PriceModifier', 'Unspecified'),
  skuName: optional(text),
  skuId: id,
  total: optional(text),
  inventory: flag,
  taxable: flag,
  isChargeable: flag,
  generalLedgerAccount: optional(generalLedgerAccount),
  costOfSaleAccount: optional(generalLedgerAccount),
  assetAccount: optional(generalLedgerAccount),
  membershipTypeId: id,
  itemGroup: optional(itemGroup),
  displayName: optional(text),
  soldHours: optional(decimal),
  createdOn: timestamp,
  modifiedOn: timestamp,
  serviceDate: optional(timestamp),
  order: whole,
  businessUnit: optional(named),
  createdById: optional(id),
  displayInAmount: optional(flag),
  importId: optional(text),
  exportId: optional(text),
  inventoryStatus: optional(text),
  addOn: flag,
  memberPrice: optional(text),
  technicianId: optional(id),
  installedEquipmentId: optional(id),
  estimateItemId: optional(id),
});

const invoiceCustomField = z.object({ name: optional(text), value: optional(text) });

const invoice = z.object({
  id,
  syncStatus: optional(text),
  budgetCodeId: optional(id),
  referenceNumber: optional(text),
  invoiceDate: optional(timestamp),
  dueDate: optional(timestamp),
  subTotal: optional(text),
  salesTax: optional(text),
  salesTaxCode: optional(salesTax),
  taxZoneId: optional(id),
  total: optional(text),
  balance: optional(text),
  invoiceType: optional(named),
  customer: optional(named),
  customerAddress: optional(invoiceAddress),
  location: optional(named),
  locationAddress: optional(invoiceAddress),
  businessUnit: optional(named),
  termName: optional(text),
  createdBy: optional(text),
  batch: optional(batch),
  depositedOn: optional(timestamp),
  createdOn: timestamp,
  modifiedOn: optional(timestamp),
  adjustmentToId: optional(id),
  job: optional(invoiceJob),
  projectId: optional(id),
  royalty: optional(royalty),
  employeeInfo: optional(employeeInfo),
  commissionEligibilityDate: optional(text),
  sentStatus: word('NotSent', 'Sent', 'Opened'),
  reviewStatus: word(
    'NeedsReview',
    'OnHold',
    'Reviewed',
    'PendingApproval',
    'Rejected',
    'ReadyForBilling',
    'Invoiced',
  ),
  assignedTo: optional(named),
  summary: optional(text),
  items: optional(z.array(invoiceItem)),
  customFields: optional(z.array(invoiceCustomField)),
  active: flag,
  discountTotal: optional(text),
  importId: optional(text),
  exportId: optional(text),
  materialSkuId: optional(id),
  membershipId: optional(id),
  paidOn: optional(timestamp),
  invoiceConfiguration: word(
    'JobInvoice',
    'ProjectInvoice',
    'CounterSales',
    'MembershipInvoice',
    'InterestChargeInvoice',
    'ARImportInvoice',
  ),
});

const invoiceItemChanges = z.strictObject({
  skuId: id.nullish(),
  skuName: text.nullish(),
  technicianId: id.nullish(),
  description: text,
  quantity: decimal,
  unitPrice: decimal.nullish(),
  cost: decimal.nullish(),
  isAddOn: flag.nullish(),
  signature: text.nullish(),
  technicianAcknowledgementSignature: text.nullish(),
  installedOn: sentTime.nullish(),
  inventoryWarehouseName: text.nullish(),
  skipUpdatingMembershipPrices: flag.nullish(),
  itemGroupName: text.nullish(),
  itemGroupRootId: id.nullish(),
  inventoryLocationId: id.nullish(),
  durationBillingId: id.nullish(),
  budgetCodeId: id.nullish(),
  id: id.nullish(),
});

const sentInvoice = z.strictObject({
  number: text.nullish(),
  typeId: id.nullish(),
  invoicedOn: sentTime.nullish(),
  subtotal: decimal.nullish(),
  tax: decimal.nullish(),
  taxZoneId: id.nullish(),
  summary: text.nullish(),
  royaltyStatus: z.enum(['Pending', 'Sent', 'Failed']).nullish(),
  royaltyDate: sentTime.nullish(),
  royaltySentOn: sentTime.nullish(),
  royaltyMemo: text.nullish(),
  exportId: text.nullish(),
  reviewStatus: z
    .enum(['NeedsReview', 'OnHold', 'Reviewed', 'PendingApproval', 'Rejected', 'ReadyForBilling', 'Invoiced'])
    .nullish(),
  assignedToId: id.nullish(),
  budgetCodeId: id.nullish(),
  items: z.array(invoiceItemChanges).nullish(),
});

const newAdjustmentInvoice = sentInvoice.extend({ adjustmentToId: id });

const paymentSettlementChanges = z.strictObject({
  id,
  settlementStatus: z.enum(['NotSettled', 'Settled']).nullish(),
  settlementDate: sentTime.nullish(),
});

const invoiceChanges = sentInvoice.extend({
  dueDate: sentDate.nullish(),
  payments: z.array(paymentSettlementChanges).nullish(),
});

const sentCustomFieldPair = z.strictObject({ name: text.max(255), value: text.nullish() });

const sentCustomFieldOperation = z.strictObject({ objectId: id, customFields: z.array(sentCustomFieldPair) });

const customFieldChanges = z.strictObject({ operations: z.array(sentCustomFieldOperation) });

const exportedInvoiceItem = invoiceItem.extend({ active: flag, invoiceId: id });

const accounting = apiModule('accounting/v2');

export const invoiceOperations = {
  listInvoices: accounting.list('invoices', {
    scope: 'acc.invoices',
    query: {
      ...standard,
      ids: parameter.ids,
      activeState: parameter.activeState,
      statuses: parameter.choices('Pending', 'Posted', 'Exported'),
      batchId: parameter.id,
      batchNumber: parameter.whole,
      'customField.Fields': parameter.fields,
      'customField.Operator': parameter.choice('And', 'Or'),
      jobId: parameter.id,
      jobNumber: parameter.text,
      businessUnitId: parameter.id,
      customerId: parameter.id,
      invoicedOnOrAfter: parameter.time,
      invoicedOnBefore: parameter.time,
      adjustmentToId: parameter.id,
      number: parameter.text,
      totalGreater: parameter.decimal,
      totalLess: parameter.decimal,
      'balanceFilter.Balance': parameter.decimal,
      'balanceFilter.Comparer': parameter.choice('Equals', 'NotEquals', 'Greater', 'Less'),
      dueDateBefore: parameter.time,
      dueDateOnOrAfter: parameter.time,
      orderBy: parameter.text,
      orderByDirection: parameter.text,
      reviewStatuses: parameter.choices(
        'NeedsReview',
        'OnHold',
        'Reviewed',
        'PendingApproval',
        'Rejected',
        'ReadyForBilling',
        'Invoiced',
      ),
      assignedToIds: parameter.idsOneByOne,
      invoiceConfigurations: parameter.choices(
        'JobInvoice',
        'ProjectInvoice',
        'CounterSales',
        'MembershipInvoice',
        'InterestChargeInvoice',
        'ARImportInvoice',
      ),
      sort: parameter.text,
    },
    row: invoice,
  }),
  createAdjustmentInvoice: accounting.post('invoices', {
    scope: 'acc.invoices',
    body: newAdjustmentInvoice,
    reply: id,
  }),
  updateInvoice: accounting.patch('invoices/{id}', {
    scope: 'acc.invoices',
    body: invoiceChanges,
    reply: nothing,
    repeatable: false,
  }),
  updateInvoiceItems: accounting.patch('invoices/{invoiceId}/items', {
    scope: 'acc.invoices',
    body: invoiceItemChanges,
    reply: nothing,
    repeatable: false,
  }),
  deleteInvoiceItem: accounting.delete('invoices/{invoiceId}/items/{itemId}', {
    scope: 'acc.invoices',
    reply: nothing,
  }),
  updateInvoiceCustomFields: accounting.patch('invoices/custom-fields', {
    scope: 'acc.invoices',
    body: customFieldChanges,
    reply: nothing,
  }),
  exportInvoices: accounting.feed('export/invoices', { scope: 'acc.invoices', row: invoice }),
  exportInvoiceItems: accounting.feed('export/invoice-items', {
    scope: 'acc.invoices',
    row: exportedInvoiceItem,
  }),
};
