import { z } from 'zod';
import { requireRow } from '../office/Desk.ts';
import { changeService, createService, deleteService } from '../office/services.ts';
import { showStoredService } from '../resources/pricebookResources.ts';
import { externalDataChanges, newExternalData } from '../rows/externalData.ts';
import { flag, text } from '../rows/members.ts';
import { asset, type ServiceRow, skuLink } from '../rows/pricebookRows.ts';
import { ids, money } from './bodyMembers.ts';
import { checkLinks } from './checkLinks.ts';
import { givenMembers } from './givenMembers.ts';
import { type Call, pathId, readBody, type Route } from './route.ts';

const path = 'pricebook/v2/tenant/:tenant/services';
const scope = 'pb.services';

const changesBody = z.object({
  code: text.min(1).nullish(),
  displayName: text.nullish(),
  description: text.nullish(),
  warranty: z.object({ duration: z.int(), description: text.nullable().default(null) }).nullish(),
  categories: ids.nullish(),
  price: money.nullish(),
  memberPrice: money.nullish(),
  addOnPrice: money.nullish(),
  addOnMemberPrice: money.nullish(),
  taxable: flag.nullish(),
  account: text.nullish(),
  hours: money.nullish(),
  isLabor: flag.nullish(),
  recommendations: ids.nullish(),
  upgrades: ids.nullish(),
  assets: z.array(asset).nullish(),
  serviceMaterials: z.array(skuLink).nullish(),
  serviceEquipment: z.array(skuLink).nullish(),
  active: flag.nullish(),
  crossSaleGroup: text.nullish(),
  paysCommission: flag.nullish(),
  bonus: money.nullish(),
  commissionBonus: money.nullish(),
  budgetCostCode: text.nullish(),
  budgetCostType: text.nullish(),
  externalData: externalDataChanges.nullish(),
});

const newServiceBody = changesBody.extend({
  code: text.min(1),
  description: text,
  externalData: newExternalData.nullish(),
});

function serviceOf(call: Call): ServiceRow {
  return requireRow(call.desk.records.pricebook_services, 'Service', pathId(call));
}

export const pricebookRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    status: 201,
    handle: (call) => {
      const body = givenMembers(readBody(call, newServiceBody));
      checkLinks(call.desk.records, { categories: body.categories });
      return showStoredService(createService(call.desk, body), call);
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const service = serviceOf(call);
      const body = givenMembers(readBody(call, changesBody));
      checkLinks(call.desk.records, { categories: body.categories });
      return showStoredService(changeService(call.desk, service, body), call);
    },
  },
  {
    method: 'DELETE',
    path: `${path}/:id`,
    scope,
    status: 204,
    handle: (call) => deleteService(call.desk, serviceOf(call)),
  },
];
