import { expect, test } from 'vitest';
import { z } from 'zod';
import { outputsOf } from '#integrations/outputsOf.ts';
import { actionProviders } from '#integrations/registry.ts';
import { describeActions } from '#integrations/ActionSource.ts';

test('the single values of an answer are named, with titles, kinds and units', () => {
  const output = z.object({
    count: z.int().meta({ title: 'How many' }),
    wait: z.number().meta({ unit: 'days' }),
    next: z.object({ startsOn: z.string(), isFirst: z.boolean().nullable() }).nullable(),
    rows: z.array(z.object({ id: z.int() })),
    answer: z.record(z.string(), z.unknown()).nullable().meta({ title: 'Answer', isOpen: true }),
  });
  expect(outputsOf(output)).toEqual([
    { name: 'count', title: 'How many', kind: 'number' },
    { name: 'wait', title: 'Wait', kind: 'number', unit: 'days' },
    { name: 'next.startsOn', title: 'Next: Starts on', kind: 'text' },
    { name: 'next.isFirst', title: 'Next: Is first', kind: 'yes_no' },
    { name: 'answer', title: 'Answer', kind: 'text', isOpen: true },
  ]);
});

test('values that are computed from what comes in are known by what comes in', () => {
  const stamp = z.string().transform((text) => new Date(text));
  const id = z
    .int()
    .nullish()
    .transform((value) => value ?? null);
  expect(outputsOf(z.object({ stamp, id })).map(({ name, kind }) => [name, kind])).toEqual([
    ['stamp', 'text'],
    ['id', 'number'],
  ]);
});

test.each(
  actionProviders.flatMap((provider) => describeActions(provider)).map((each) => [each.id, each] as const),
)('%s says something that a later condition can ask for, in words', (_, { outputs }) => {
  expect(outputs.length).toBeGreaterThan(0);
  for (const { name, title } of outputs) {
    expect(name).toMatch(/^[A-Za-z]\w*(\.[A-Za-z]\w*)*$/);
    expect(title).toMatch(/^[A-Z]/);
  }
});
