import { z } from 'zod';
import { reviewStatus } from '../rows/invoiceRows.ts';
import { flag, text, timestamp } from '../rows/members.ts';
import { id, money } from './bodyMembers.ts';

export const invoiceItemBody = z.object({
  id: id.nullish(),
  skuId: id.nullish(),
  skuName: text.nullish(),
  technicianId: id.nullish(),
  description: text,
  quantity: money,
  unitPrice: money.nullish(),
  cost: money.nullish(),
  isAddOn: flag.nullish(),
  signature: text.nullish(),
  technicianAcknowledgementSignature: text.nullish(),
  installedOn: timestamp.nullish(),
  inventoryWarehouseName: text.nullish(),
  skipUpdatingMembershipPrices: flag.nullish(),
  itemGroupName: text.nullish(),
  itemGroupRootId: id.nullish(),
  inventoryLocationId: id.nullish(),
  durationBillingId: id.nullish(),
  budgetCodeId: id.nullish(),
});

const invoiceMembers = z.object({
  number: text.nullish(),
  typeId: id.nullish(),
  invoicedOn: timestamp.nullish(),
  subtotal: money.nullish(),
  tax: money.nullish(),
  taxZoneId: id.nullish(),
  summary: text.nullish(),
  royaltyStatus: z.enum(['Pending', 'Sent', 'Failed']).nullish(),
  royaltyDate: timestamp.nullish(),
  royaltySentOn: timestamp.nullish(),
  royaltyMemo: text.nullish(),
  exportId: text.nullish(),
  reviewStatus: reviewStatus.nullish(),
  assignedToId: id.nullish(),
  budgetCodeId: id.nullish(),
  items: z.array(invoiceItemBody).nullish(),
});

export const adjustmentBody = invoiceMembers.extend({ adjustmentToId: id });

export const invoiceChangesBody = invoiceMembers.extend({
  dueDate: timestamp.nullish(),
  payments: z
    .array(
      z.object({
        id,
        settlementStatus: z.enum(['NotSettled', 'Settled']).nullish(),
        settlementDate: timestamp.nullish(),
      }),
    )
    .nullish(),
});
export type InvoiceMembers = z.infer<typeof invoiceMembers> & {
  readonly dueDate?: string | null | undefined;
};

export const customFieldsBody = z.object({
  operations: z.array(
    z.object({
      objectId: id,
      customFields: z.array(z.object({ name: text.min(1), value: text.nullish() })),
    }),
  ),
});
