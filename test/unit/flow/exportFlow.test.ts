import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { exportFlow, importGraph, readFlowFile } from '#backend/flow/exportFlow.ts';
import { drawFlow, when } from '#backend/flow/gallery/galleryFlow.ts';
import { listReferences } from '#backend/flow/mapReferences.ts';
import { draftGraph, type DraftGraph } from '#backend/schemas/flow.ts';
import { keyOfReference } from '#backend/schemas/flowFile.ts';
import { defaultSettings } from '#backend/schemas/flowSettings.ts';

const call = z.object({
  url: z.string(),
  jobTypeId: z.number().meta({ title: 'Job type', options: 'job_types' }),
  tags: z.array(z.number()).meta({ title: 'Tags', options: 'tag_types' }),
  token: z.string().meta({ title: 'Token', sensitive: 'secret' }),
});
const findInput = (actionId: string) => (actionId === 'call' ? { input: call } : undefined);
const nameOf = (kind: string, id: string | number) => `${kind} ${id}`;
const connection = '0b0e0f3a-0000-4000-8000-000000000001';

const graph: DraftGraph = drawFlow({
  trigger: {
    on: 'state_changed',
    states: [1],
    connectionIds: [connection],
    where: when({ field: 'job.type', operator: 'one_of', values: [11, 12] }),
  },
  settings: { exitWhen: when({ field: 'contact.tags', operator: 'one_of', values: [77] }) },
  steps: [
    {
      id: 'ask',
      type: 'condition',
      data: { if: when({ field: 'job.campaign', operator: 'one_of', values: ['5'] }) },
    },
    {
      id: 'call',
      type: 'action',
      data: {
        actionId: 'call',
        input: { url: 'https://example.com', jobTypeId: 11, tags: [77, 78], token: 'very secret' },
      },
    },
  ],
  ways: ['trigger > ask', 'ask yes> call'],
});

const exported = exportFlow({ name: 'Mine', description: 'It does.', graph }, { findInput, nameOf });

describe('an exported flow', () => {
  test('lists everything that is the workspace’s own, by name, each once', () => {
    expect(exported.references.map(({ kind, id, name }) => `${kind}:${id} ${name}`)).toEqual([
      'job_types:11 job_types 11',
      'job_types:12 job_types 12',
      `connections:${connection} connections ${connection}`,
      'campaigns:5 campaigns 5',
      'tag_types:77 tag_types 77',
      'tag_types:78 tag_types 78',
      'actions:call actions call',
    ]);
    expect(listReferences(graph, findInput).find(({ id }) => id === 11)?.usedBy).toEqual(['trigger', 'call']);
  });

  test('holds no secret, and says which are left out', () => {
    expect(JSON.stringify(exported)).not.toContain('very secret');
    expect(exported.leftOut).toEqual([{ nodeId: 'call', field: 'input.token' }]);
  });

  test('holds no secret of an action that is gone either: nobody knows its fields any more', () => {
    const gone = exportFlow(
      {
        name: 'Old',
        description: '',
        graph: drawFlow({
          trigger: { on: 'manual' },
          steps: [
            {
              id: 'call',
              type: 'action',
              data: { actionId: 'gone', input: { key: 'sealed.aa.bb', url: 'x' } },
            },
          ],
        }),
      },
      { findInput, nameOf },
    );
    expect(gone.leftOut).toEqual([{ nodeId: 'call', field: 'input.key' }]);
    expect(JSON.stringify(gone)).not.toContain('sealed');
  });

  test('comes back with what the mapping says in the place of each, and without what it leaves out', () => {
    const mapping = { 'job_types:11': 91, 'tag_types:77': null, 'campaigns:5': 6 };
    const back = importGraph(exported, mapping, findInput);
    const named = listReferences(back, findInput).map(({ kind, id }) => keyOfReference({ kind, id }));
    expect(named).toEqual([
      'job_types:91',
      'job_types:12',
      `connections:${connection}`,
      'campaigns:6',
      'tag_types:78',
      'actions:call',
    ]);
    expect(back.nodes.map(({ id }) => id)).toEqual(graph.nodes.map(({ id }) => id));
  });
});

const name = fc.stringMatching(/^[A-Za-z][\w-]{0,8}$/);
const rule = fc.record({
  field: fc.constantFrom('job.type', 'contact.tags', 'job.total', 'contact.connection', 'steps.a.outcome'),
  operator: fc.constantFrom('one_of', 'none_of', 'exists'),
  values: fc.array(fc.oneof(fc.integer(), fc.string({ maxLength: 20 })), { maxLength: 4 }),
});
const anyConditions = fc.record({
  match: fc.constantFrom('all', 'any'),
  groups: fc.array(
    fc.record({
      match: fc.constantFrom('all', 'any'),
      rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
});
const anyData = fc.oneof(
  fc.record({
    type: fc.constant('trigger'),
    data: fc.record({
      on: fc.constantFrom('state_changed', 'manual'),
      connectionIds: fc.array(fc.uuid(), { maxLength: 3 }),
      where: anyConditions,
    }),
  }),
  fc.record({
    type: fc.constantFrom('wait_event', 'condition'),
    data: fc.record({ if: anyConditions, until: anyConditions }),
  }),
  fc.record({
    type: fc.constant('action'),
    data: fc.record({
      actionId: fc.constantFrom('call', 'other'),
      input: fc.record({
        jobTypeId: fc.oneof(fc.integer(), fc.constant('{{ job.type }}')),
        tags: fc.array(fc.integer(), { maxLength: 3 }),
      }),
    }),
  }),
  // Drafts may be unfinished in any way.
  fc.record({
    type: fc.constantFrom('send_email', 'action', 'trigger', 'split'),
    data: fc.dictionary(name, fc.jsonValue(), { maxKeys: 4 }),
  }),
);
const anyGraph = fc
  .record({
    nodes: fc.uniqueArray(
      fc.record({ id: name, position: fc.record({ x: fc.integer(), y: fc.integer() }), node: anyData }),
      { maxLength: 8, selector: ({ id }) => id },
    ),
    exitWhen: anyConditions,
  })
  .map(({ nodes, exitWhen }) =>
    draftGraph.parse(
      // As it is stored: what came by JSON.
      JSON.parse(
        JSON.stringify({
          nodes: nodes.map(({ node, ...rest }) => ({ ...rest, ...node })),
          edges: [],
          settings: { ...defaultSettings, exitWhen },
        }),
      ),
    ),
  );

test('whatever is exported and imported with every name standing for itself is the same graph', () => {
  fc.assert(
    fc.property(anyGraph, (some) => {
      const file = exportFlow({ name: 'Any', description: '', graph: some }, { findInput, nameOf });
      const read = readFlowFile(JSON.parse(JSON.stringify(file)));
      if (!('file' in read)) throw new Error(JSON.stringify(read.issues));
      const identity = Object.fromEntries(
        file.references.map((reference) => [keyOfReference(reference), reference.id]),
      );
      expect(importGraph(read.file, identity, findInput)).toEqual(some);
    }),
    { numRuns: 500 },
  );
});

describe('a file that somebody hands in', () => {
  test('is refused by its format first', () => {
    expect(readFlowFile({ nodes: [] })).toEqual({
      issues: [
        { field: 'file.format', message: 'This is not an exported flow: "format" is not "chou-flow".' },
      ],
    });
    expect(readFlowFile('text')).toMatchObject({ issues: [{ field: 'file' }] });
    expect(readFlowFile({ ...exported, formatVersion: 2 })).toMatchObject({
      issues: [{ field: 'file.formatVersion' }],
    });
  });

  test('is refused when two steps have one id', () => {
    const [first, second, ...rest] = exported.graph.nodes;
    const nodes = [first, { ...second, id: first?.id }, ...rest];
    expect(readFlowFile({ ...exported, graph: { ...exported.graph, nodes } })).toEqual({
      issues: [
        {
          field: 'file.graph.nodes.1.id',
          message: '"trigger" is there twice: give each an id of its own.',
        },
      ],
    });
  });

  test('is refused with the path of each thing that is wrong', () => {
    const broken = {
      ...exported,
      graph: { ...graph, nodes: [{ ...graph.nodes[0], id: '1 bad', type: 'robot' }] },
    };
    const read = readFlowFile(broken);
    expect('issues' in read && read.issues.map(({ field }) => field)).toEqual([
      'file.graph.nodes.0.id',
      'file.graph.nodes.0.type',
    ]);
  });
});
