import { expect, test } from 'vitest';
import { z } from 'zod';
import { nodeDefinitions } from '#backend/schemas/flow.ts';
import {
  initialValues,
  isShown,
  readSchemaFields,
} from '../../../../frontend/src/components/flow-builder/schemaFields.ts';
import {
  chooseBranch,
  readSchemaUnion,
} from '../../../../frontend/src/components/flow-builder/schemaUnion.ts';

function schemaOf(type: keyof typeof nodeDefinitions): unknown {
  return z.toJSONSchema(nodeDefinitions[type].data, { io: 'input' });
}

test('every built-in node has a form, each field of a kind that is drawn', () => {
  const plain = Object.keys(nodeDefinitions).filter((type) => type !== 'action' && type !== 'trigger');
  const kinds = Object.fromEntries(
    plain.flatMap((type) => {
      if (!isNodeType(type)) return [];
      const fields = readSchemaFields(schemaOf(type));
      return [[type, fields.map(({ name, kind }) => `${name} ${kind}`)]];
    }),
  );
  expect(kinds).toEqual({
    send_email: ['subject text', 'body longText', 'class choice'],
    wait: ['amount number', 'unit choice'],
    wait_time: ['time time', 'weekdays choices', 'spreadMinutes number'],
    wait_until: ['hours number', 'direction choice', 'whenPast choice'],
    wait_event: ['until conditions', 'amount number', 'unit choice'],
    condition: ['if conditions'],
    split: ['shares shares'],
    go_to: ['target node'],
    end: [],
  });
});

function isNodeType(type: string): type is keyof typeof nodeDefinitions {
  return Object.hasOwn(nodeDefinitions, type);
}

test('the trigger is one of several forms, each complete as soon as it is chosen', () => {
  const union = readSchemaUnion(schemaOf('trigger'));
  expect(union?.discriminator).toBe('on');
  expect(union?.branches.map(({ value }) => value)).toEqual([
    'state_changed',
    'lead_received',
    'appointment',
    'schedule',
    'manual',
    'flow',
  ]);
  for (const { value, schema } of union?.branches ?? []) {
    const chosen = { on: value, ...initialValues(schema) };
    // Which states are meant has to be chosen; everything else has a value that is most often right.
    const issues = nodeDefinitions.trigger.data.safeParse(chosen).error?.issues ?? [];
    expect(issues.map(({ path }) => path.join('.'))).toEqual(
      value === 'state_changed' || value === 'schedule' ? ['states'] : [],
    );
  }
});

test('another trigger keeps what it asks for in the same words, and not a filter of another meaning', () => {
  const union = readSchemaUnion(schemaOf('trigger'));
  const where = { match: 'all', groups: [{ match: 'all', rules: [] }] };
  const entered = { on: 'state_changed', states: [1], connectionIds: ['c1'], where };
  expect(union && chooseBranch(union, 'appointment', entered)).toEqual({
    on: 'appointment',
    hours: 24,
    direction: 'before',
    states: [],
    connectionIds: ['c1'],
    where,
  });
});

test('a field that hangs on another is shown only with its value', () => {
  const union = readSchemaUnion(schemaOf('trigger'));
  const schedule = union?.branches.find(({ value }) => value === 'schedule');
  const weekday = readSchemaFields(schedule?.schema).find(({ name }) => name === 'weekday');
  expect(weekday && isShown(weekday, { every: 'week' })).toBe(true);
  expect(weekday && isShown(weekday, { every: 'day' })).toBe(false);
});

test('names of choices come from the schema, secrets are hidden, defaults fill what is left out', () => {
  const fields = readSchemaFields({
    type: 'object',
    required: ['state', 'clientSecret', 'environment'],
    properties: {
      state: { type: 'number', enum: [0, 2.5], enumNames: ['Contact', 'Canceled'], title: 'State' },
      clientSecret: { type: 'string', writeOnly: true },
      environment: { type: 'string', enum: ['production'], default: 'production' },
      customerId: { type: 'integer' },
    },
  });
  expect(fields).toMatchObject([
    {
      title: 'State',
      kind: 'choice',
      required: true,
      choices: [
        { value: 0, name: 'Contact' },
        { value: 2.5, name: 'Canceled' },
      ],
    },
    { title: 'Client secret', kind: 'secret', required: true },
    { kind: 'choice', required: false, mayBeEmpty: false },
    { title: 'Customer id', kind: 'number', required: false, mayBeEmpty: true },
  ]);
});

test('lists of the tenant’s names are pickers, of one or of many; an unknown list is a text', () => {
  const fields = readSchemaFields({
    type: 'object',
    properties: {
      jobTypeId: { type: 'integer', options: 'job_types' },
      tagIds: { type: 'array', items: { type: 'integer' }, options: 'tag_types' },
      other: { type: 'string', options: 'planets' },
      headers: { type: 'string', format: 'lines' },
    },
  });
  expect(fields.map(({ kind, options, isList }) => [kind, options, isList])).toEqual([
    ['option', 'job_types', false],
    ['options', 'tag_types', true],
    ['text', null, false],
    ['lines', null, false],
  ]);
});
