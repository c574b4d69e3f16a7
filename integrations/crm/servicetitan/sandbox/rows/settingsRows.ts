import { z } from 'zod';
import { externalData } from './externalData.ts';
import { active, flag, id, links, optionalMoney, optionalText, text, timestamp } from './members.ts';

const named = z.object({ id: z.int(), name: optionalText }).nullable().default(null);

export const businessUnitRow = z.object({
  id,
  active,
  name: text,
  officialName: optionalText,
  email: optionalText,
  currency: text.nullable().default('USD'),
  phoneNumber: optionalText,
  invoiceHeader: optionalText,
  invoiceMessage: optionalText,
  defaultTaxRate: optionalMoney,
  authorizationParagraph: optionalText,
  acknowledgementParagraph: optionalText,
  address: z
    .object({
      street: optionalText,
      unit: optionalText,
      city: optionalText,
      state: optionalText,
      zip: optionalText,
      country: optionalText,
      latitude: optionalMoney,
      longitude: optionalMoney,
      isManualCoordinates: flag.default(false),
      isMilitary: flag.default(false),
    })
    .nullable()
    .default(null),
  materialSku: optionalText,
  quickbooksClass: optionalText,
  accountCode: optionalText,
  franchiseId: optionalText,
  conceptCode: optionalText,
  corporateContractNumber: optionalText,
  trade: named,
  division: named,
  tagTypeIds: links.nullable(),
  tenant: z
    .object({
      id: z.int(),
      name: text,
      accountCode: optionalText,
      franchiseId: optionalText,
      conceptCode: optionalText,
      modifiedOn: timestamp,
    })
    .nullable()
    .default(null),
  createdOn: timestamp,
  modifiedOn: timestamp,
  externalData: externalData.nullable(),
});
export type BusinessUnitRow = z.infer<typeof businessUnitRow>;

export const tagTypeRow = z.object({
  id,
  name: text,
  color: text.default('#808080'),
  code: text.default(''),
  importance: z.enum(['Medium', 'High']).nullable().default(null),
  isConversionOpportunity: flag.default(false),
  allowToUseOnTimesheetActivity: flag.default(false),
  isVisibleOnDispatchBoard: flag.default(false),
  active,
  createdOn: timestamp,
  modifiedOn: timestamp,
});
export type TagTypeRow = z.infer<typeof tagTypeRow>;

/** Why somebody called, and with that why a lead or booking came to nothing. */
export const callReasonRow = z.object({
  id,
  name: text,
  isLead: flag.default(false),
  active,
  createdOn: timestamp,
  modifiedOn: timestamp,
});
export type CallReasonRow = z.infer<typeof callReasonRow>;
