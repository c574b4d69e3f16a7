import { z } from 'zod';
import { conditions } from '../conditions.ts';
import { conditionWords } from './conditionWords.ts';
import { defineNode, onlyOutput } from './defineNode.ts';

export const conditionNode = defineNode({
  title: 'Condition',
  description: 'Goes one of two ways',
  group: 'Logic',
  keywords: ['if', 'branch', 'decide', 'filter'],
  data: z.object({
    if: conditions
      .refine(({ groups }) => groups.length > 0, { message: 'Add what is asked.' })
      .meta({ title: 'If', editor: 'conditions' }),
  }),
  initial: {
    if: {
      match: 'all',
      groups: [{ match: 'all', rules: [{ field: 'appointment.exists', operator: 'exists' }] }],
    },
  },
  outputs: () => [
    { id: 'yes', title: 'Yes' },
    { id: 'no', title: 'No' },
  ],
  sentence: (data, names) => `If ${conditionWords(data.if, names)}`,
});

const share = z.object({
  id: z.string().regex(/^[a-z][a-z0-9]{0,9}$/),
  title: z.string().trim().min(1, 'Give each way a name.').max(40),
  percent: z.number().min(0).max(100),
});

const shares = z
  .array(share)
  .min(2, 'A split has at least two ways.')
  .max(8, 'A split has at most eight ways.')
  .refine((ways) => new Set(ways.map(({ id }) => id)).size === ways.length, {
    message: 'Two ways have the same id.',
  })
  .refine((ways) => Math.abs(ways.reduce((sum, { percent }) => sum + percent, 0) - 100) < 0.01, {
    message: 'The shares must add up to 100 %.',
  });

export const splitNode = defineNode({
  title: 'Split',
  description: 'By share; the same person always goes the same way',
  group: 'Logic',
  keywords: ['a/b test', 'random', 'percent', 'experiment'],
  data: z.object({ shares: shares.meta({ title: 'Ways', editor: 'shares' }) }),
  initial: {
    shares: [
      { id: 'a', title: 'A', percent: 50 },
      { id: 'b', title: 'B', percent: 50 },
    ],
  },
  outputs: ({ shares: entered }) => {
    const known = z.array(z.looseObject({ id: z.string(), title: z.string() })).safeParse(entered);
    return known.success ? known.data.map(({ id, title }) => ({ id, title })) : [];
  },
  sentence: ({ shares: ways }) =>
    `Split: ${ways.map(({ title, percent }) => `${title} ${percent} %`).join(', ')}`,
});

export const goToNode = defineNode({
  title: 'Go to',
  description: 'Goes on at another step, also an earlier one',
  group: 'Logic',
  keywords: ['jump', 'loop', 'repeat'],
  data: z.object({
    target: z.string().min(1, 'Choose the step to go on at.').meta({ title: 'Go on at', editor: 'node' }),
  }),
  initial: { target: '' },
  outputs: () => [],
  sentence: ({ target }, names) => `Go to "${names.node(target) ?? 'a step that is gone'}"`,
});

export const endNode = defineNode({
  title: 'End',
  description: 'The flow is done for this customer',
  group: 'Logic',
  keywords: ['stop', 'finish', 'exit'],
  data: z.object({}),
  initial: {},
  outputs: () => [],
  sentence: () => 'End',
});

const actionValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.union([z.string(), z.number()])),
]);

export const actionNode = defineNode({
  title: 'Action',
  description: 'Does something in a connected product',
  group: 'Actions',
  keywords: [],
  data: z.object({
    actionId: z.string().min(1, 'Choose an action.'),
    /** Values for the action's input; texts may be templates. */
    input: z.record(z.string(), actionValue),
  }),
  initial: { actionId: '', input: {} },
  outputs: () => onlyOutput,
  sentence: ({ actionId }, names) => names.action(actionId) ?? 'An action that does not exist any more',
});
export type ActionValue = z.infer<typeof actionValue>;
