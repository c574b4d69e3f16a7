import { z } from 'zod';
import { externalDataChanges, newExternalData } from '../rows/externalData.ts';
import { customerType, flag, text } from '../rows/members.ts';
import { customFieldValues, id, ids, money, newAddress, newContact, newNote } from './bodyMembers.ts';

const newPlace = z.object({
  name: text.min(1),
  address: newAddress,
  contacts: z.array(newContact).nullish(),
  customFields: customFieldValues.nullish(),
  tagTypeIds: ids.nullish(),
  externalData: newExternalData.nullish(),
  coordinatesSource: z.enum(['None', 'System', 'User', 'Imported']).nullish(),
  coordinatesVerificationStatus: z.enum(['Unverified', 'InProgress', 'Failed', 'Verified']).nullish(),
});

export const newLocationBody = newPlace.extend({ customerId: id });

export const newCustomerBody = z.object({
  name: text.min(1),
  type: customerType.nullish(),
  address: newAddress,
  doNotMail: flag.nullish(),
  doNotService: flag.nullish(),
  nationalAccount: flag.nullish(),
  contacts: z.array(newContact).nullish(),
  locations: z.array(newPlace).min(1),
  customFields: customFieldValues.nullish(),
  tagTypeIds: ids.nullish(),
  externalData: newExternalData.nullish(),
  taxExempt: flag.nullish(),
  paymentTermId: id.nullish(),
  creditLimit: money.nullish(),
  creditLimitBalance: money.nullish(),
});

/** Unlike a new address, a changed one must be whole, coordinates included. */
export const customerChangesBody = z
  .object({
    name: text.min(1),
    type: customerType,
    address: newAddress.extend({ unit: text, latitude: money, longitude: money }),
    customFields: customFieldValues,
    externalData: externalDataChanges,
    doNotMail: flag,
    doNotService: flag,
    nationalAccount: flag,
    active: flag,
    tagTypeIds: ids,
    taxExempt: flag,
    paymentTermId: id,
    creditLimit: money,
    creditLimitBalance: money,
  })
  .partial();

export const locationChangesBody = z
  .object({
    customerId: id,
    name: text.min(1),
    address: newAddress.extend({ unit: text, latitude: money.nullish(), longitude: money.nullish() }),
    active: flag,
    taxZoneId: id,
    customFields: customFieldValues,
    tagTypeIds: ids,
    externalData: externalDataChanges,
  })
  .partial();

export const customerNoteBody = newNote.extend({ addToLocations: flag.nullish() });
export const locationNoteBody = newNote.extend({ addToCustomer: flag.nullish() });

export const tagsBody = z.object({ customerIds: ids.min(1), tagTypeIds: ids.min(1) });
