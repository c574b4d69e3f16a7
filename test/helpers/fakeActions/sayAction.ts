import { z } from 'zod';
import { defineAction } from '#integrations/action.ts';
import { defaultedNumberField, optionalIdField, textField } from '#integrations/fields.ts';
import type { FakeService } from '../FakeIntegration.ts';

const input = z.object({
  words: textField({ title: 'Words', format: 'template' }),
  times: defaultedNumberField(1, { min: 1, max: 3 }, { title: 'How often', unit: 'times' }),
  tagTypeId: optionalIdField({ title: 'Tag', options: 'tag_types' }),
});
const output = z.object({
  said: z.string().meta({ title: 'What was said' }),
  customer: z.number().nullable(),
});

/** All that a new action takes: this file, and its line in the list of the integration. */
export const sayAction = defineAction<FakeService, typeof input, typeof output>({
  id: 'fake_say',
  title: 'Say something',
  description: 'Says some words.',
  category: 'Words',
  effect: 'write',
  input,
  output,
  run: ({ service }, { words, times }) => {
    const said = Array.from({ length: times }, () => words).join(' ');
    service.said.push(said);
    return Promise.resolve({ said, customer: null });
  },
});
