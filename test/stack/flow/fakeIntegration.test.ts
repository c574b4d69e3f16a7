import { afterAll, beforeAll, expect, test } from 'vitest';
import { validateGraph } from '#backend/flow/validateGraph.ts';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { defaultSettings } from '#backend/schemas/flowSettings.ts';
import { ConnectionOverview } from '#backend/services/ConnectionOverview.ts';
import { createActionRunner } from '#backend/services/createActionRunner.ts';
import { actionSource, findActionIn, type ActionSource } from '#integrations/ActionSource.ts';
import { actionProviders } from '#integrations/registry.ts';
import { sayAction } from '#test/helpers/fakeActions/sayAction.ts';
import { FakeIntegration } from '#test/helpers/FakeIntegration.ts';
import { FlowWorld, start, type Journey } from './FlowWorld.ts';

let world: FlowWorld;
let journey: Journey;
// The one line.
const fake = new FakeIntegration([sayAction]);
const source = actionSource(fake, () => fake.service);
const clock = { now: () => start };

beforeAll(async () => {
  world = await FlowWorld.open();
  journey = await world.addJourney({ state: 1 });
});
afterAll(() => world.close());

function runnerOf(sources: readonly ActionSource[]) {
  return createActionRunner({
    database: world.database,
    clock,
    sources,
    states: { setState: () => Promise.reject(new Error('No state is set here.')) },
  });
}

function graphWith(input: Record<string, unknown>): DraftGraph {
  const position = { x: 0, y: 0 };
  return {
    nodes: [
      { id: 'trigger', type: 'trigger', position, data: { on: 'manual' } },
      { id: 'say', type: 'action', position, data: { actionId: 'fake_say', input } },
    ],
    edges: [{ id: 'e1', source: 'trigger', target: 'say' }],
    notes: [],
    settings: defaultSettings,
  };
}

test('the catalogue that the palette is filled from has it, with its form and its outputs', async () => {
  const overview = new ConnectionOverview({
    database: world.database,
    clock,
    systemClock: clock,
    providers: [...actionProviders, source],
  });
  const { integrations } = await overview.catalogue(world.workspaceId);
  expect(integrations.map(({ id }) => id)).toEqual(['servicetitan', 'chou', 'fake']);
  expect(integrations.at(-1)?.actions).toEqual([
    {
      id: 'fake_say',
      title: 'Say something',
      description: 'Says some words.',
      category: 'Words',
      effect: 'write',
      inputSchema: expect.objectContaining({
        required: ['words'],
        properties: {
          words: expect.objectContaining({ title: 'Words', type: 'string', format: 'template' }),
          times: expect.objectContaining({ title: 'How often', type: 'number', default: 1, unit: 'times' }),
          tagTypeId: expect.objectContaining({ title: 'Tag', options: 'tag_types' }),
        },
      }),
      outputs: [
        { name: 'said', title: 'What was said', kind: 'text' },
        { name: 'customer', title: 'Customer', kind: 'number' },
      ],
    },
  ]);
});

test('what the product does by itself can be used without a connection', async () => {
  const overview = new ConnectionOverview({ database: world.database, clock, systemClock: clock });
  const { integrations } = await overview.catalogue(world.workspaceId);
  const own = integrations.find(({ id }) => id === 'chou');
  expect(own).toMatchObject({ name: 'Chou', needsConnection: false, connections: [] });
  expect(own?.actions.map(({ id }) => id)).toEqual([
    'chou_notify_team',
    'chou_update_contact',
    'chou_start_flow',
    'chou_http_request',
  ]);
});

test('a flow with it is checked by its own fields', () => {
  const catalogue = {
    findAction: (id: string) => findActionIn([source], id),
    postalAddress: '1 Test Street',
  };
  expect(validateGraph(graphWith({ words: 'Hello {{ customer.firstName }}' }), catalogue)).toEqual([]);
  expect(validateGraph(graphWith({ words: '', times: 7 }), catalogue)).toEqual([
    expect.objectContaining({ nodeId: 'say', field: 'input.words' }),
    expect.objectContaining({ nodeId: 'say', field: 'input.times' }),
  ]);
});

test('a run does it', async () => {
  const run = {
    id: journey.id,
    workspaceId: world.workspaceId,
    connectionId: world.connectionId,
    journeyId: journey.id,
    contactId: journey.contactId,
  };
  const request = {
    actionId: 'fake_say',
    input: { words: 'Hello', times: '2' },
    idempotencyKey: 'run:1',
    run,
  };
  await expect(runnerOf([source])(request)).resolves.toEqual({ said: 'Hello Hello', customer: null });
  expect(fake.service.said).toEqual(['Hello Hello']);
  await expect(runnerOf([])(request)).rejects.toThrow('does not exist');
});
