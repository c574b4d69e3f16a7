import { z } from 'zod';
import { defineAction } from '../../../action.ts';
import { namedNumberField, textField } from '../../../fields.ts';
import { customerStates } from '../customerStates.ts';
import type { ServiceTitanService } from '../ServiceTitanService.ts';

const input = z.object({
  state: namedNumberField(customerStates, {
    title: 'State',
    description: 'Where the journey of the run stands now.',
  }),
  reason: textField({
    title: 'Reason',
    description: 'Shown in the timeline of the customer.',
    format: 'template',
  }),
});

const output = z.object({
  from: z.number().meta({ title: 'State before' }),
  to: z.number().meta({ title: 'State afterwards' }),
});

export const updateStateAction = defineAction<ServiceTitanService, typeof input, typeof output>({
  id: 'servicetitan_update_state',
  title: 'Set customer state',
  description: 'Sets the state of the journey; it holds until something new happens in ServiceTitan.',
  category: 'Customers',
  effect: 'state',
  input,
  output,
  run: async ({ host }, change) => await host.updateState(change),
});
