import { z } from 'zod';
import {
  active,
  externalData,
  flag,
  id,
  links,
  optionalMoney,
  optionalText,
  text,
  timestamp,
} from './members.ts';

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
