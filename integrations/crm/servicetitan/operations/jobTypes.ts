import { z } from 'zod';
import { apiModule } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { externalData, externalDataChanges, newExternalData } from './shared.ts';
import { decimal, flag, id, optional, text, timestamp, whole } from './values.ts';

const jobType = z.object({
  id,
  name: text,
  businessUnitIds: z.array(id),
  skills: z.array(text),
  tagTypeIds: z.array(id),
  priority: text,
  duration: id,
  soldThreshold: optional(decimal),
  class: text,
  summary: text,
  noCharge: flag,
  enforceRecurringServiceEventSelection: optional(flag),
  invoiceSignaturesRequired: flag,
  modifiedOn: timestamp,
  createdOn: timestamp,
  externalData: z.array(externalData),
  active: flag,
  isSmartDispatched: flag,
});

const newJobType = z.strictObject({
  name: text,
  businessUnitIds: z.array(id).nullish(),
  skills: z.array(text).nullish(),
  tagTypeIds: z.array(id).nullish(),
  priority: text.nullish(),
  duration: whole.nullish(),
  soldThreshold: decimal.nullish(),
  class: text.nullish(),
  summary: text.nullish(),
  noCharge: flag.nullish(),
  enforceRecurringServiceEventSelection: flag.nullish(),
  invoiceSignaturesRequired: flag.nullish(),
  externalData: newExternalData.nullish(),
});

const jobTypeChanges = z.strictObject({
  name: text.optional(),
  businessUnitIds: z.array(id).optional(),
  skills: z.array(text).optional(),
  tagTypeIds: z.array(id).optional(),
  priority: text.optional(),
  duration: whole.optional(),
  soldThreshold: decimal.nullish(),
  class: text.optional(),
  summary: text.optional(),
  noCharge: flag.optional(),
  enforceRecurringServiceEventSelection: flag.optional(),
  invoiceSignaturesRequired: flag.optional(),
  externalData: externalDataChanges.optional(),
});

const jpm = apiModule('jpm/v2');

export const jobTypeOperations = {
  listJobTypes: jpm.list('job-types', {
    scope: 'jpm.jobtypes',
    query: {
      ...standard,
      name: parameter.text,
      minDuration: parameter.whole,
      maxDuration: parameter.whole,
      priority: parameter.text,
      ids: parameter.ids,
      active: parameter.active,
      orderBy: parameter.text,
      orderByDirection: parameter.text,
      externalDataApplicationGuid: parameter.guid,
    },
    row: jobType,
  }),
  getJobType: jpm.get('job-types/{id}', {
    scope: 'jpm.jobtypes',
    query: z.strictObject({ externalDataApplicationGuid: parameter.guid }),
    reply: jobType,
  }),
  createJobType: jpm.post('job-types', { scope: 'jpm.jobtypes', body: newJobType, reply: jobType }),
  updateJobType: jpm.patch('job-types/{id}', { scope: 'jpm.jobtypes', body: jobTypeChanges, reply: jobType }),
};
