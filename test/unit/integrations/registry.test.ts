import { expect, test } from 'vitest';
import { findAction, integrations } from '#integrations/registry.ts';

test('the seven actions are found by the ids that stored flows hold', () => {
  const ids = [
    'servicetitan_get_customer',
    'servicetitan_create_customer',
    'servicetitan_get_appointments',
    'servicetitan_get_jobs',
    'servicetitan_get_estimates',
    'servicetitan_create_booking',
    'servicetitan_update_state',
  ];
  expect(ids.map((id) => findAction(id)?.integration.id)).toEqual(ids.map(() => 'servicetitan'));
  expect(findAction('servicetitan_unknown')).toBeUndefined();
});

test('no two actions share an id', () => {
  const ids = integrations.flatMap((integration) => integration.actions.map((action) => action.id));
  expect(new Set(ids).size).toBe(ids.length);
});

test('the catalogue can be sent as JSON, and every field has a title for its form', () => {
  for (const integration of integrations) {
    const entry = integration.describe();
    expect(JSON.parse(JSON.stringify(entry))).toEqual(entry);
    for (const schema of [entry.credentialSchema, ...entry.actions.map((action) => action.inputSchema)]) {
      for (const field of Object.values(schema.properties ?? {})) expect(field).toHaveProperty('title');
    }
  }
});

test('the form of the credentials hides what is secret and asks only for what is needed', () => {
  const { credentialSchema } = integrations[0].describe();
  expect(credentialSchema).toMatchObject({
    required: ['tenantId', 'clientId', 'clientSecret', 'appKey'],
    properties: {
      environment: { enum: ['production', 'integration', 'sandbox'], default: 'production' },
      tenantId: { type: 'integer' },
      clientSecret: { writeOnly: true },
      appKey: { writeOnly: true },
    },
  });
});

test('the states of the update action have names', () => {
  const action = integrations[0].describe().actions.find(({ id }) => id === 'servicetitan_update_state');
  expect(action?.inputSchema.properties?.['state']).toMatchObject({
    enum: [0, 1, 2, 2.5, 3, 4, 5, 5.5, 6],
    enumNames: expect.arrayContaining(['Contact', 'Install complete']),
  });
});
