import { z } from 'zod';
import { generalLedgerAccount, namedLink, nulls, seldomLink } from './accountingMembers.ts';
import { amount } from './amounts.ts';
import { active, flag, id, money, requiredLink, text, timestamp } from './members.ts';

/** Members that are rarely more than null: kept only where set, since every job has an invoice. */
const seldomOnItems = {
  budgetCodeId: seldomLink,
  inventoryLocationId: seldomLink,
  inventoryLocation: text.nullish(),
  generalLedgerAccount: generalLedgerAccount.nullish(),
  costOfSaleAccount: generalLedgerAccount.nullish(),
  assetAccount: generalLedgerAccount.nullish(),
  itemGroup: z.object({ rootId: id, name: text.nullish() }).nullish(),
  soldHours: money.nullish(),
  serviceDate: timestamp.nullish(),
  businessUnit: namedLink.nullish(),
  createdById: seldomLink,
  displayInAmount: flag.nullish(),
  importId: text.nullish(),
  exportId: text.nullish(),
  inventoryStatus: text.nullish(),
  memberPrice: amount.nullish(),
  technicianId: seldomLink,
  installedEquipmentId: seldomLink,
  estimateItemId: seldomLink,
};

export const invoiceItem = z.object({
  id,
  description: text.nullable().default(''),
  quantity: amount.nullable().default('1.00'),
  cost: amount.nullable().default('0.00'),
  totalCost: amount.nullable().default('0.00'),
  price: amount.nullable().default('0.00'),
  type: z.enum(['Service', 'Material', 'Equipment', 'PriceModifier', 'Unspecified']).default('Service'),
  skuName: text.nullable().default(''),
  skuId: requiredLink.default(0),
  total: amount.nullable().default('0.00'),
  inventory: flag.default(false),
  taxable: flag.default(true),
  isChargeable: flag.default(true),
  membershipTypeId: requiredLink.default(0),
  displayName: text.nullable().default(''),
  createdOn: timestamp,
  modifiedOn: timestamp,
  order: z.int().default(0),
  addOn: flag.default(false),
  /** Shown by the feed of items alone. */
  active,
  ...seldomOnItems,
});
export type InvoiceItem = z.infer<typeof invoiceItem>;

export const unsetItemMembers = nulls(seldomOnItems);
