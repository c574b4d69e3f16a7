import { z } from 'zod';
import { externalData } from './externalData.ts';
import {
  active,
  customFields,
  id,
  links,
  optionalLink,
  optionalText,
  optionalTimestamp,
  requiredLink,
  text,
  timestamp,
} from './members.ts';

/** Its jobs are not kept here: they name their project. */
export const projectRow = z.object({
  id,
  number: text.min(1),
  name: optionalText,
  summary: optionalText,
  /** The names are those of the ids; kept only where a record was loaded with a name and no id. */
  status: optionalText,
  subStatus: optionalText,
  statusId: optionalLink,
  subStatusId: optionalLink,
  customerId: requiredLink,
  locationId: requiredLink.default(0),
  projectTypeId: optionalLink,
  projectManagerIds: links,
  businessUnitIds: links,
  startDate: optionalTimestamp,
  targetCompletionDate: optionalTimestamp,
  actualCompletionDate: optionalTimestamp,
  modifiedOn: timestamp,
  createdOn: timestamp,
  customFields,
  externalData,
  active,
});
export type ProjectRow = z.infer<typeof projectRow>;

export const projectStatusRow = z.object({
  id,
  name: text,
  order: z.int().default(0),
  createdOn: timestamp,
  modifiedOn: timestamp,
  active,
});
export type ProjectStatusRow = z.infer<typeof projectStatusRow>;

export const projectSubStatusRow = projectStatusRow.extend({ statusId: requiredLink });
export type ProjectSubStatusRow = z.infer<typeof projectSubStatusRow>;

export const projectTypeRow = z.object({
  id,
  name: text,
  description: text.default(''),
  createdById: optionalLink,
  createdOn: timestamp,
  modifiedOn: timestamp,
  active,
});
export type ProjectTypeRow = z.infer<typeof projectTypeRow>;
