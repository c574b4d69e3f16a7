import { describe, expect, test } from 'vitest';
import { facts } from '#backend/schemas/conditions.ts';
import { defaultSettings } from '#backend/schemas/flowSettings.ts';
import { noNames } from '#backend/schemas/nodes/defineNode.ts';
import { nodeDefinitions } from '#backend/schemas/nodes/nodeDefinitions.ts';
import { isPressed, keyWords } from '../../../../frontend/src/components/flow-builder/commands.ts';
import { fieldErrors } from '../../../../frontend/src/components/flow-builder/fieldErrors.ts';
import {
  questionsOf,
  readConditions,
  ruleAbout,
  withOperator,
} from '../../../../frontend/src/components/flow-builder/forms/conditionEdits.ts';
import { idsOf, optionItems } from '../../../../frontend/src/components/flow-builder/forms/optionItems.ts';
import {
  evenShares,
  newShareId,
  readShares,
  sumOf,
} from '../../../../frontend/src/components/flow-builder/forms/shareEdits.ts';
import {
  listPaletteItems,
  searchPalette,
} from '../../../../frontend/src/components/flow-builder/paletteItems.ts';
import { exampleOf } from '../../../../frontend/src/components/flow-builder/settingsWords.ts';

const trigger = nodeDefinitions.trigger.initial;

describe('the example of the entry and exit rules', () => {
  const words = (change: Partial<typeof defaultSettings>) =>
    exampleOf({ ...defaultSettings, ...change }, trigger, noNames).join(' ');

  test('follows who may come again', () => {
    expect(words({ again: 'each_time' })).toContain('she goes through it once more.');
    expect(words({ again: 'once' })).toContain('nothing starts: she was in it before');
    expect(words({ again: 'after_days', againAfterDays: 30 })).toContain('30 days have to pass');
    expect(words({ again: 'after_days', againAfterDays: 7 })).toContain('7 days have passed');
  });

  test('follows who leaves, and says when nobody does', () => {
    expect(words({ exitOnReply: true })).toContain('as soon as she is no longer in “Lead” or she replies');
    expect(words({ exitOnLeave: false })).toContain('she stays to the end');
    const sold = { field: 'estimate.soldTotal', operator: 'greater', value: 0 } as const;
    const exitWhen = { match: 'all', groups: [{ match: 'all', rules: [sold] }] } as const;
    expect(words({ exitWhen: { ...exitWhen, groups: [{ match: 'all', rules: [sold] }] } })).toContain(
      'Estimates: Total of the sold ones is above 0',
    );
  });
});

describe('conditions', () => {
  test('every fact has questions in words, and begins with one of them', () => {
    for (const field of Object.keys(facts)) {
      const questions = questionsOf(field, []);
      expect(questions.length).toBeGreaterThan(1);
      expect(questions.map(({ value }) => value)).toContain(ruleAbout(field, []).operator);
    }
  });

  test('another question keeps what still fits', () => {
    const rule = { field: 'job.type', operator: 'one_of', values: [7, 8] } as const;
    const many = { ...rule, values: [...rule.values] };
    expect(withOperator(many, 'none_of')).toEqual({ field: 'job.type', operator: 'none_of', values: [7, 8] });
    expect(withOperator(many, 'exists')).toEqual({ field: 'job.type', operator: 'exists' });
    expect(withOperator({ field: 'job.total', operator: 'greater', value: 5 }, 'less')).toEqual({
      field: 'job.total',
      operator: 'less',
      value: 5,
    });
  });

  test('what is stored with a step that is gone is still read', () => {
    const stored = {
      match: 'any',
      groups: [{ match: 'all', rules: [{ field: 'gone', operator: 'exists' }] }],
    };
    expect(readConditions(stored)).toEqual(stored);
    expect(readConditions('nonsense')).toEqual({ match: 'all', groups: [] });
  });
});

describe('shares', () => {
  test('are shared evenly to a hundred', () => {
    const shares = readShares([
      { id: 'a' },
      { id: 'b', title: 'B', percent: 5 },
      { id: 'c', title: 'C', percent: 1 },
    ]);
    expect(evenShares(shares).map(({ percent }) => percent)).toEqual([34, 33, 33]);
    expect(sumOf(evenShares(shares))).toBe(100);
  });

  test('a new way never takes the id of another', () => {
    expect(newShareId(readShares([{ id: 'a' }, { id: 'c' }]))).toBe('b');
  });
});

describe('pickers', () => {
  const option = (id: number, name: string, connectionName: string) => ({
    id,
    name,
    connectionId: connectionName,
    connectionName,
  });
  const options = [option(1, 'Repair', 'SOCAL'), option(1, 'Install', 'DFW'), option(2, 'Install', 'SOCAL')];

  test('show one entry for each id with its tenants, and name what is gone', () => {
    expect(optionItems(options, [9])).toEqual([
      { value: '2', label: 'Install · SOCAL' },
      { value: '1', label: 'Repair · SOCAL / Install · DFW' },
      { value: '9', label: 'Not there any more (9)' },
    ]);
  });

  test('give ids back as they are: numbers stay numbers', () => {
    expect(idsOf(['1', '9', 'abc'], options)).toEqual([1, 9, 'abc']);
  });
});

test('the palette finds steps by title, description and other words, titles first', () => {
  const items = listPaletteItems([]);
  expect(searchPalette(items, '').length).toBe(Object.keys(nodeDefinitions).length - 2);
  expect(searchPalette(items, 'a/b').map(({ key }) => key)).toEqual(['split']);
  expect(searchPalette(items, 'wait')[0]?.key).toBe('wait');
  expect(searchPalette(items, 'end')[0]?.key).toBe('end');
  expect(searchPalette(items, 'nothing like this')).toEqual([]);
});

describe('keys', () => {
  const press = (key: string, held: Partial<KeyboardEvent> = {}) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    ...held,
  });

  test('a combination is pressed only with exactly its keys', () => {
    expect(isPressed('mod+Z', press('z', { ctrlKey: true }))).toBe(true);
    expect(isPressed('mod+Z', press('z', { metaKey: true }))).toBe(true);
    expect(isPressed('mod+Z', press('Z', { ctrlKey: true, shiftKey: true }))).toBe(false);
    expect(isPressed('mod+shift+Z', press('Z', { ctrlKey: true, shiftKey: true }))).toBe(true);
    expect(isPressed('Delete', press('Delete', { ctrlKey: true }))).toBe(false);
  });

  test('a sign counts wherever it stands on the keyboard', () => {
    expect(isPressed('?', press('?', { shiftKey: true }))).toBe(true);
    expect(keyWords('mod+shift+Z')).toEqual(['Ctrl', 'Shift', 'Z']);
  });
});

test('problems stand at their field, however deep, and advice at none', () => {
  const problem = (field: string | null, message: string, severity: 'error' | 'advice' = 'error') => ({
    nodeId: 'a',
    field,
    message,
    severity,
  });
  expect(
    fieldErrors([
      problem('input.summary', 'Too long.'),
      problem('shares.0.title', 'Name it.'),
      problem('shares', 'Add up.'),
      problem(null, 'General.'),
      problem('body', 'Perhaps.', 'advice'),
    ]),
  ).toEqual({ summary: 'Too long.', shares: 'Name it. Add up.' });
});
