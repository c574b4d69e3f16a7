import { z } from 'zod';
import { externalDataChanges, newExternalData } from '../rows/externalData.ts';
import { text, timestamp } from '../rows/members.ts';
import { customFieldValues, id, ids } from './bodyMembers.ts';

export const newProjectBody = z.object({
  locationId: id,
  customerId: id.nullish(),
  projectTypeId: id.nullish(),
  projectManagerIds: ids.nullish(),
  businessUnitIds: ids.nullish(),
  name: text.nullish(),
  summary: text.nullish(),
  statusId: id.nullish(),
  subStatusId: id.nullish(),
  startDate: timestamp.nullish(),
  targetCompletionDate: timestamp.nullish(),
  actualCompletionDate: timestamp.nullish(),
  customFields: customFieldValues.nullish(),
  externalData: newExternalData.nullish(),
});

export const projectChangesBody = z
  .object({
    projectManagerIds: ids,
    jobIds: ids,
    businessUnitIds: ids,
    name: text,
    summary: text,
    statusId: id,
    subStatusId: id,
    projectTypeId: id.nullable(),
    startDate: timestamp,
    targetCompletionDate: timestamp,
    actualCompletionDate: timestamp,
    customFields: customFieldValues,
    externalData: externalDataChanges,
  })
  .partial();
