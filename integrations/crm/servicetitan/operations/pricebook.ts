import { z } from 'zod';
import { apiModule, nothing } from './operation.ts';
import { byExternalData, parameter, standard } from './parameters.ts';
import { category, externalData, externalDataChanges, newExternalData } from './shared.ts';
import { decimal, flag, id, optional, text, timestamp, whole, word } from './values.ts';

const skuWarranty = z.object({ duration: whole, description: optional(text) });

const skuAsset = z.object({
  alias: optional(text),
  fileName: optional(text),
  isDefault: flag,
  type: word('Other', 'Image', 'Video', 'Attachment', 'VideoFile'),
  url: text,
});

const skuLink = z.object({ skuId: id, quantity: decimal });

const savedService = z.object({
  id,
  code: text,
  displayName: optional(text),
  description: text,
  warranty: optional(skuWarranty),
  categories: z.array(category),
  price: decimal,
  memberPrice: decimal,
  addOnPrice: decimal,
  addOnMemberPrice: decimal,
  taxable: flag,
  account: optional(text),
  hours: decimal,
  isLabor: optional(flag),
  recommendations: z.array(id),
  upgrades: z.array(id),
  assets: z.array(skuAsset),
  serviceMaterials: z.array(skuLink),
  serviceEquipment: z.array(skuLink),
  active: flag,
  crossSaleGroup: optional(text),
  paysCommission: flag,
  bonus: decimal,
  commissionBonus: decimal,
  modifiedOn: timestamp,
  source: optional(text),
  externalId: optional(text),
  externalData: optional(z.array(externalData)),
  businessUnitId: optional(id),
  cost: decimal,
  createdOn: timestamp,
  soldByCommission: decimal,
  defaultAssetUrl: optional(text),
  budgetCostCode: optional(text),
  budgetCostType: optional(text),
});

const service = savedService.extend({ calculatedPrice: optional(decimal), useStaticPrices: optional(flag) });

const sentSkuLink = z.strictObject({ skuId: id, quantity: decimal });

const sentSkuWarranty = z.strictObject({ duration: whole, description: text.nullish() });

const sentSkuAsset = z.strictObject({
  type: z.enum(['Other', 'Image', 'Video', 'Attachment', 'VideoFile']),
  alias: text.nullish(),
  url: text,
  isDefault: flag.nullish(),
});

const newService = z.strictObject({
  serviceMaterials: z.array(sentSkuLink).nullish(),
  serviceEquipment: z.array(sentSkuLink).nullish(),
  recommendations: z.array(id).nullish(),
  upgrades: z.array(id).nullish(),
  code: text,
  displayName: text.nullish(),
  description: text,
  warranty: sentSkuWarranty.nullish(),
  categories: z.array(id).nullish(),
  price: decimal.nullish(),
  memberPrice: decimal.nullish(),
  addOnPrice: decimal.nullish(),
  addOnMemberPrice: decimal.nullish(),
  taxable: flag.nullish(),
  account: text.nullish(),
  intacctGlGroupAccount: text.nullish(),
  hours: decimal.nullish(),
  isLabor: flag.nullish(),
  assets: z.array(sentSkuAsset).nullish(),
  active: flag.nullish(),
  crossSaleGroup: text.nullish(),
  paysCommission: flag.nullish(),
  bonus: decimal.nullish(),
  commissionBonus: decimal.nullish(),
  externalData: newExternalData.nullish(),
  budgetCostCode: text.nullish(),
  budgetCostType: text.nullish(),
});

const serviceChanges = z.strictObject({
  code: text.optional(),
  displayName: text.optional(),
  description: text.optional(),
  warranty: sentSkuWarranty.optional(),
  categories: z.array(id).optional(),
  price: decimal.optional(),
  memberPrice: decimal.optional(),
  addOnPrice: decimal.optional(),
  addOnMemberPrice: decimal.optional(),
  taxable: flag.optional(),
  account: text.optional(),
  intacctGlGroupAccount: text.optional(),
  hours: decimal.optional(),
  isLabor: flag.optional(),
  recommendations: z.array(id).optional(),
  upgrades: z.array(id).optional(),
  assets: z.array(sentSkuAsset).optional(),
  serviceMaterials: z.array(sentSkuLink).optional(),
  serviceEquipment: z.array(sentSkuLink).optional(),
  active: flag.optional(),
  crossSaleGroup: text.optional(),
  paysCommission: flag.optional(),
  bonus: decimal.optional(),
  commissionBonus: decimal.optional(),
  externalData: externalDataChanges.nullish(),
  budgetCostCode: text.optional(),
  budgetCostType: text.optional(),
});

const pricebook = apiModule('pricebook/v2');

export const pricebookOperations = {
  listServices: pricebook.list('services', {
    scope: 'pb.services',
    query: {
      ...standard,
      ...byExternalData,
      calculatePrices: parameter.flag,
      sort: parameter.sort(
        'Id',
        'Code',
        'DisplayName',
        'CreatedOn',
        'ModifiedOn',
        'Price',
        'MemberPrice',
        'AddOnPrice',
        'AddOnMemberPrice',
        'MaterialsCost',
        'PrimaryVendor',
        'Cost',
        'Manufacturer',
        'Priority',
      ),
      ids: parameter.ids,
      active: parameter.active,
      searchText: z.string().min(2).max(200).optional(),
    },
    row: service,
  }),
  getService: pricebook.get('services/{id}', {
    scope: 'pb.services',
    query: z.strictObject({ calculatePrices: parameter.flag, externalDataApplicationGuid: parameter.guid }),
    reply: service,
  }),
  createService: pricebook.post('services', { scope: 'pb.services', body: newService, reply: savedService }),
  updateService: pricebook.patch('services/{id}', {
    scope: 'pb.services',
    body: serviceChanges,
    reply: savedService,
  }),
  deleteService: pricebook.delete('services/{id}', { scope: 'pb.services', reply: nothing }),
  exportServices: pricebook.feed('export/services', { scope: 'pb.services', row: savedService }),
};
