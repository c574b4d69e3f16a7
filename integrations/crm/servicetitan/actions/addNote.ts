import { z } from 'zod';
import { defineAction } from '../../../action.ts';
import { defaultedChoiceField, optionalIdField, longTextField, switchField } from '../../../fields.ts';
import { operations } from '../operations/operations.ts';
import { required } from '../required.ts';
import { scopeOf } from '../scopes.ts';
import type { ServiceTitanService } from '../ServiceTitanService.ts';

const input = z.object({
  about: defaultedChoiceField(['customer', 'job'], 'customer', {
    title: 'Written on',
    enumNames: ['The customer', 'The job'],
  }),
  text: longTextField({
    title: 'Note',
    description: 'What the office and the technicians read.',
    format: 'template',
    sensitive: 'personal',
  }),
  pinToTop: switchField({ title: 'Pin to the top' }),
  customerId: optionalIdField({
    title: 'Customer number',
    description: 'Left empty: the customer of the run.',
    showIf: { about: 'customer' },
  }),
  jobId: optionalIdField({
    title: 'Job number',
    description: 'Left empty: the job of the run.',
    showIf: { about: 'job' },
  }),
});

const output = z.object({
  text: z.string().meta({ title: 'Note', sensitive: 'personal' }),
  created: z.boolean().meta({ title: 'Written by this try' }),
});

export const addNoteAction = defineAction<ServiceTitanService, typeof input, typeof output>({
  id: 'servicetitan_add_note',
  title: 'Add note',
  description: 'Writes a note on the customer or the job. Written once, however often the step is tried.',
  category: 'Customers',
  effect: 'write',
  scopes: [
    scopeOf(operations.listCustomerNotes),
    scopeOf(operations.createCustomerNote),
    scopeOf(operations.listJobNotes),
    scopeOf(operations.createJobNote),
  ],
  input,
  output,
  run: async ({ service, signal, idempotencyKey }, { about, text, pinToTop, customerId, jobId }) => {
    const subject =
      about === 'job'
        ? { jobId: required(jobId, 'Job number') }
        : { customerId: required(customerId, 'Customer number') };
    const { note, created } = await service.addNote(
      { about: subject, text, pinToTop, reference: idempotencyKey },
      signal,
    );
    return { text: note.text, created };
  },
});
