import { z } from 'zod';
import { defineAction } from '../../action.ts';
import { optionalEmailField, optionalTextField, switchField } from '../../fields.ts';
import type { ChouHost } from '../ChouHost.ts';

const input = z
  .object({
    name: optionalTextField({ title: 'Name', description: 'Left empty: as it is.', sensitive: 'personal' }),
    email: optionalEmailField({
      title: 'E-mail address',
      description: 'Left empty: as it is.',
      sensitive: 'personal',
    }),
    phone: optionalTextField({
      title: 'Phone number',
      description: 'Left empty: as it is.',
      sensitive: 'personal',
    }),
    optOut: switchField({
      title: 'Opt out of marketing',
      description: 'Of the address that the contact has then; ServiceTitan is told, too.',
    }),
  })
  .refine(({ name, email, phone, optOut }) => optOut || (name ?? email ?? phone) !== undefined, {
    message: 'Enter what is to be changed.',
    path: ['name'],
  });

const output = z.object({ changed: z.boolean().meta({ title: 'Was not so already' }) });

export const updateContactAction = defineAction<ChouHost, typeof input, typeof output>({
  id: 'chou_update_contact',
  title: 'Update contact',
  description: 'Sets what is known of the contact here. It holds here, whatever ServiceTitan says.',
  category: 'Contacts',
  effect: 'write',
  input,
  output,
  run: async ({ service }, change) => await service.updateContact(change),
});
