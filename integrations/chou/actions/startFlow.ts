import { z } from 'zod';
import { defineAction } from '../../action.ts';
import { textField } from '../../fields.ts';
import type { ChouHost } from '../ChouHost.ts';

const input = z.object({ flowId: textField({ title: 'Flow', options: 'flows' }) });

const output = z.object({
  started: z.boolean().meta({ title: 'Was started' }),
  reason: z.string().nullable().meta({ title: 'Why it was not' }),
});

export const startFlowAction = defineAction<ChouHost, typeof input, typeof output>({
  id: 'chou_start_flow',
  title: 'Start another flow',
  description: 'Starts a flow whose trigger is “another flow” for the same customer. Its entry rules hold.',
  category: 'Flows',
  effect: 'write',
  input,
  output,
  run: async ({ service }, { flowId }) => await service.startFlow({ flowId }),
});
