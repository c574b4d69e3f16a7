import { z } from 'zod';
import { apiModule } from './operation.ts';
import { byExternalData, parameter, standard } from './parameters.ts';
import {
  contactToCreate,
  createdLocation,
  customFieldToSet,
  externalDataChanges,
  location,
  newExternalData,
  sentGeoAddress,
} from './shared.ts';
import { decimal, flag, id, text } from './values.ts';

const newLocation = z.strictObject({
  name: text,
  address: sentGeoAddress,
  contacts: z.array(contactToCreate).nullish(),
  customFields: z.array(customFieldToSet).nullish(),
  tagTypeIds: z.array(id).nullish(),
  externalData: newExternalData.nullish(),
  coordinatesSource: z.enum(['None', 'System', 'User', 'Imported']).nullish(),
  coordinatesVerificationStatus: z.enum(['Unverified', 'InProgress', 'Failed', 'Verified']).nullish(),
  customerId: id,
});

const addressChanges = z.strictObject({
  street: text,
  unit: text,
  city: text,
  state: text,
  zip: text,
  country: text,
  latitude: decimal.nullish(),
  longitude: decimal.nullish(),
});

const locationChanges = z.strictObject({
  customerId: id.optional(),
  name: text.optional(),
  address: addressChanges.optional(),
  active: flag.optional(),
  taxZoneId: id.optional(),
  customFields: z.array(customFieldToSet).optional(),
  tagTypeIds: z.array(id).optional(),
  externalData: externalDataChanges.optional(),
});

const exportedLocation = location;

const crm = apiModule('crm/v2');

export const locationOperations = {
  listLocations: crm.list('locations', {
    scope: 'crm.locations',
    query: {
      ...standard,
      ...byExternalData,
      ids: parameter.ids,
      name: parameter.text,
      customerId: parameter.id,
      street: parameter.text,
      unit: parameter.text,
      city: parameter.text,
      state: parameter.text,
      zip: parameter.text,
      country: parameter.text,
      latitude: parameter.decimal,
      longitude: parameter.decimal,
      active: parameter.active,
      sort: parameter.sort('Id', 'ModifiedOn', 'CreatedOn'),
    },
    row: location,
  }),
  getLocation: crm.get('locations/{id}', { scope: 'crm.locations', reply: location }),
  createLocation: crm.post('locations', {
    scope: 'crm.locations',
    body: newLocation,
    reply: createdLocation,
  }),
  updateLocation: crm.patch('locations/{id}', {
    scope: 'crm.locations',
    body: locationChanges,
    reply: location,
  }),
  exportLocations: crm.feed('export/locations', { scope: 'crm.locations', row: exportedLocation }),
};
