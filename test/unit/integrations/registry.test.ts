import { expect, test } from 'vitest';
import { actionProviders, findAction, integrations } from '#integrations/registry.ts';

test('the actions are found by the ids that stored flows hold', () => {
  const ids = [
    'servicetitan_get_customer',
    'servicetitan_create_customer',
    'servicetitan_get_appointments',
    'servicetitan_get_jobs',
    'servicetitan_get_estimates',
    'servicetitan_create_booking',
    'servicetitan_update_state',
    'servicetitan_add_note',
    'servicetitan_add_tag',
    'servicetitan_remove_tag',
    'servicetitan_follow_up_lead',
    'servicetitan_create_task',
    'chou_notify_team',
    'chou_update_contact',
    'chou_http_request',
    'chou_start_flow',
  ];
  expect(ids.map((id) => findAction(id)?.provider.id)).toEqual(ids.map((id) => id.split('_', 1)[0]));
  expect(findAction('servicetitan_unknown')).toBeUndefined();
});

test('no two actions share an id', () => {
  const ids = actionProviders.flatMap((provider) => provider.actions.map((action) => action.id));
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
