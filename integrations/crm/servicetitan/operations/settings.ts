import { z } from 'zod';
import { apiModule } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { externalData, externalDataChanges } from './shared.ts';
import { decimal, flag, id, optional, text, timestamp, word } from './values.ts';

const businessUnitAddress = z.object({
  street: optional(text),
  unit: optional(text),
  city: optional(text),
  state: optional(text),
  zip: optional(text),
  country: optional(text),
  latitude: optional(decimal),
  longitude: optional(decimal),
  isManualCoordinates: flag,
  isMilitary: flag,
});

const named = z.object({ id, name: text });

const businessUnitTenant = z.object({
  id,
  name: text,
  accountCode: optional(text),
  franchiseId: optional(text),
  conceptCode: optional(text),
  modifiedOn: timestamp,
});

const businessUnit = z.object({
  id,
  active: flag,
  name: text,
  officialName: optional(text),
  email: optional(text),
  currency: optional(text),
  phoneNumber: optional(text),
  invoiceHeader: optional(text),
  invoiceMessage: optional(text),
  defaultTaxRate: optional(decimal),
  authorizationParagraph: optional(text),
  acknowledgementParagraph: optional(text),
  address: optional(businessUnitAddress),
  materialSku: optional(text),
  quickbooksClass: optional(text),
  accountCode: optional(text),
  franchiseId: optional(text),
  conceptCode: optional(text),
  corporateContractNumber: optional(text),
  trade: optional(named),
  division: optional(named),
  tagTypeIds: optional(z.array(id)),
  tenant: optional(businessUnitTenant),
  createdOn: timestamp,
  modifiedOn: timestamp,
  externalData: optional(z.array(externalData)),
});

export const modification = z.object({ id });

const businessUnitChanges = z.strictObject({ externalData: externalDataChanges.optional() });

const tagType = z.object({
  id,
  name: text,
  color: text,
  code: text,
  importance: optional(word('Medium', 'High')),
  isConversionOpportunity: flag,
  allowToUseOnTimesheetActivity: flag,
  isVisibleOnDispatchBoard: flag,
  active: flag,
  createdOn: timestamp,
  modifiedOn: timestamp,
});

const settings = apiModule('settings/v2');

export const settingsOperations = {
  listBusinessUnits: settings.list('business-units', {
    scope: 'stt.businessunits',
    query: {
      ...standard,
      ids: parameter.ids,
      name: parameter.text,
      active: parameter.active,
      externalDataApplicationGuid: parameter.guid,
    },
    row: businessUnit,
  }),
  getBusinessUnit: settings.get('business-units/{id}', {
    scope: 'stt.businessunits',
    query: z.strictObject({ externalDataApplicationGuid: parameter.guid }),
    reply: businessUnit,
  }),
  updateBusinessUnit: settings.patch('business-units/{id}', {
    scope: 'stt.businessunits',
    body: businessUnitChanges,
    reply: modification,
  }),
  listTagTypes: settings.list('tag-types', {
    scope: 'stt.tagtypes',
    query: { ...standard, active: parameter.active, sort: parameter.text },
    row: tagType,
  }),
  exportBusinessUnits: settings.feed('export/business-units', {
    scope: 'stt.businessunits',
    row: businessUnit,
  }),
  exportTagTypes: settings.feed('export/tag-types', { scope: 'stt.tagtypes', row: tagType }),
};
