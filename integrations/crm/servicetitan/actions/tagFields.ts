import { z } from 'zod';
import { defaultedChoiceField, idField, optionalIdField } from '../../../fields.ts';
import { operations } from '../operations/operations.ts';
import { required } from '../required.ts';
import { scopeOf } from '../scopes.ts';

/** What adding and removing a tag have in common. */
export const tagInput = z.object({
  of: defaultedChoiceField(['customer', 'job'], 'customer', {
    title: 'Tag of',
    enumNames: ['The customer', 'The job'],
  }),
  tagTypeId: idField({ title: 'Tag', options: 'tag_types' }),
  customerId: optionalIdField({
    title: 'Customer number',
    description: 'Left empty: the customer of the run.',
    showIf: { of: 'customer' },
  }),
  jobId: optionalIdField({
    title: 'Job number',
    description: 'Left empty: the job of the run.',
    showIf: { of: 'job' },
  }),
});

export const tagOutput = z.object({
  tagTypeIds: z.array(z.int()).meta({ title: 'Tags afterwards' }),
  changed: z.boolean().meta({ title: 'Was not so already' }),
});

export const tagScopes = [
  scopeOf(operations.getCustomer),
  scopeOf(operations.addTags),
  scopeOf(operations.getJob),
  scopeOf(operations.updateJob),
];

/** Whose tags are meant. */
export function tagTarget({ of, customerId, jobId }: z.output<typeof tagInput>) {
  return of === 'job'
    ? { jobId: required(jobId, 'Job number') }
    : { customerId: required(customerId, 'Customer number') };
}
