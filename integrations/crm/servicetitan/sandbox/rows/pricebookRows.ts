import { z } from 'zod';
import { externalData } from './externalData.ts';
import {
  active,
  flag,
  id,
  links,
  money,
  optionalFlag,
  optionalLink,
  optionalMoney,
  optionalText,
  requiredLink,
  text,
  timestamp,
} from './members.ts';

const warranty = z.object({ duration: z.int().default(0), description: optionalText });
export const asset = z.object({
  alias: optionalText,
  fileName: optionalText,
  isDefault: flag.default(false),
  type: z.enum(['Other', 'Image', 'Video', 'Attachment', 'VideoFile']).default('Other'),
  url: text,
});
export const skuLink = z.object({ skuId: requiredLink, quantity: money });
const amount = money.default(0);

/** What everything in the pricebook has: a code, what it costs, and what is paid to whoever sells it. */
const sku = {
  id,
  code: text.min(1),
  displayName: optionalText,
  description: text.default(''),
  price: amount,
  memberPrice: amount,
  addOnPrice: amount,
  addOnMemberPrice: amount,
  account: optionalText,
  hours: amount,
  assets: z.array(asset).default([]),
  active,
  paysCommission: flag.default(false),
  bonus: amount,
  commissionBonus: amount,
  createdOn: timestamp,
  modifiedOn: timestamp,
  source: optionalText,
  externalId: optionalText,
  externalData: externalData.nullable(),
  cost: amount,
  defaultAssetUrl: optionalText,
  budgetCostCode: optionalText,
  budgetCostType: optionalText,
};

export const serviceRow = z.object({
  ...sku,
  warranty: warranty.nullable().default(null),
  categories: z.array(z.object({ id, name: text, active: flag })).default([]),
  taxable: flag.default(true),
  isLabor: optionalFlag,
  recommendations: links,
  upgrades: links,
  serviceMaterials: z.array(skuLink).default([]),
  serviceEquipment: z.array(skuLink).default([]),
  crossSaleGroup: optionalText,
  businessUnitId: optionalLink,
  soldByCommission: amount,
});
export type ServiceRow = z.infer<typeof serviceRow>;

const inventory = {
  categories: links,
  unitOfMeasure: optionalText,
  isInventory: flag.default(false),
  costOfSaleAccount: optionalText,
  assetAccount: optionalText,
  primaryVendor: z.null().default(null),
  otherVendors: z.array(z.never()).default([]),
  displayInAmount: flag.default(false),
  generalLedgerAccountId: optionalLink,
};

export const materialRow = z.object({
  ...sku,
  ...inventory,
  deductAsJobCost: flag.default(false),
  taxable: optionalFlag,
  isConfigurableMaterial: flag.default(false),
  chargeableByDefault: flag.default(true),
  variationsOrConfigurableMaterials: links.nullable(),
  businessUnitId: optionalLink,
  createdById: requiredLink.default(1),
  isOtherDirectCost: flag.default(false),
  costTypeId: optionalLink,
});
export type MaterialRow = z.infer<typeof materialRow>;

export const equipmentRow = z.object({
  ...sku,
  ...inventory,
  manufacturer: optionalText,
  model: optionalText,
  manufacturerWarranty: warranty.default({ duration: 0, description: null }),
  serviceProviderWarranty: warranty.default({ duration: 0, description: null }),
  recommendations: z
    .array(z.object({ skuId: requiredLink, type: z.enum(['Service', 'Material']) }))
    .default([]),
  upgrades: links,
  equipmentMaterials: z.array(skuLink).default([]),
  crossSaleGroup: optionalText,
  taxable: flag.default(true),
  isConfigurableEquipment: flag.default(false),
  variationsOrConfigurableEquipment: links.nullable(),
  typeId: optionalLink,
  dimensions: z
    .object({ height: optionalMoney, width: optionalMoney, depth: optionalMoney })
    .nullable()
    .default(null),
});
export type EquipmentRow = z.infer<typeof equipmentRow>;

export const pricebookCategoryRow = z.object({
  id,
  name: text,
  active,
  description: optionalText,
  image: optionalText,
  parentId: optionalLink,
  position: z.int().default(0),
  categoryType: z.enum(['Services', 'Materials']).default('Services'),
  subcategories: z.array(z.never()).nullable().default([]),
  businessUnitIds: links.nullable(),
  skuImages: z.array(text).nullable().default([]),
  skuVideos: z.array(text).nullable().default([]),
  source: optionalText,
  externalId: optionalText,
  hideInMobile: flag.default(false),
  createdOn: timestamp,
  modifiedOn: timestamp,
});
export type PricebookCategoryRow = z.infer<typeof pricebookCategoryRow>;
