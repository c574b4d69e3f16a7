import { expect, test } from 'vitest';
import { z } from 'zod';
import { nodeDataSchemas } from '#backend/schemas/flow.ts';
import { readSchemaFields } from '../../../../frontend/src/components/flow-builder/schemaFields.ts';

test('every built-in node has a form, with a title for each field', () => {
  const kinds = Object.fromEntries(
    Object.entries(nodeDataSchemas)
      .filter(([type]) => type !== 'action')
      .map(([type, schema]) => [
        type,
        readSchemaFields(z.toJSONSchema(schema)).map(({ name, kind }) => `${name} ${kind}`),
      ]),
  );
  expect(kinds).toEqual({
    trigger: ['state choice'],
    send_email: ['subject text', 'body longText', 'class choice'],
    wait: ['amount number', 'unit choice'],
    wait_until: ['hours number', 'direction choice', 'whenPast choice'],
    condition: ['field choice', 'operator choice', 'value text'],
    end: [],
  });
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
