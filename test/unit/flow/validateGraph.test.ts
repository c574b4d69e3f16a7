import { describe, expect, test } from 'vitest';
import { lifecycleFlows } from '#backend/flow/lifecycle/lifecycleFlows.ts';
import { validateGraph } from '#backend/flow/validateGraph.ts';
import { defaultSettings } from '#backend/schemas/flowSettings.ts';
import { flowGraph, type DraftGraph } from '#backend/schemas/flow.ts';
import { findAction } from '#integrations/registry.ts';
import { action, chain, condition, edge, end, graphOf, mail, trigger, wait } from './graphs.ts';

const catalogue = { findAction: (id: string) => findAction(id)?.action, postalAddress: '1 Test Street' };

function problems(graph: DraftGraph, options: { postalAddress?: string } = {}): string[] {
  return validateGraph(graph, { ...catalogue, ...options }).map(({ nodeId, field, message }) =>
    [nodeId, field, message].filter((part) => part !== null).join(' | '),
  );
}

/** A draft whose trigger names these states, whatever they are. */
function draftOn(states: number[]): DraftGraph {
  const { data, ...node } = trigger();
  return { ...chain(trigger(), mail('a')), nodes: [{ ...node, data: { ...data, states } }, mail('a')] };
}

test.each(lifecycleFlows)('$name can be published as it comes', ({ graph }) => {
  expect(problems(graph)).toEqual([]);
  expect(flowGraph.parse(graph)).toEqual(graph);
});

test('a path may simply end, and two ways may meet again', () => {
  const graph = graphOf(
    [trigger(), condition('c'), mail('a'), mail('b'), end('e')],
    'trigger > c',
    'c yes> a',
    'c no> b',
    'a > e',
    'b > e',
  );
  expect(problems(graph)).toEqual([]);
  expect(problems(chain(trigger(), mail('a')))).toEqual([]);
});

describe('what is wrong with a graph is named', () => {
  const cases: [string, DraftGraph, string[]][] = [
    ['no trigger', graphOf([mail('a')]), ['Add a trigger: it says when the flow starts.']],
    ['nothing but a trigger', chain(trigger()), ['Add what the flow is to do.']],
    [
      'two triggers',
      graphOf([trigger(), { ...trigger(), id: 'other' }, mail('a')], 'trigger > a'),
      ['other | A flow has one trigger only; remove this one.'],
    ],
    [
      'a node apart',
      graphOf([trigger(), mail('a'), mail('b')], 'trigger > a'),
      ['b | Nothing leads here. Connect it or remove it.'],
    ],
    [
      'a circle',
      graphOf([trigger(), mail('a'), wait('b', 1)], 'trigger > a', 'a > b', 'b > a'),
      ['a | The way leads back to here. To repeat steps, use "Go to".'],
    ],
    [
      'a condition with one way',
      graphOf([trigger(), condition('c'), mail('a')], 'trigger > c', 'c yes> a'),
      ['c | "No" leads nowhere: the flow ends there.'],
    ],
    [
      'two ways out of a mail',
      graphOf([trigger(), mail('a'), mail('b'), mail('c')], 'trigger > a', 'a > b', 'a > c'),
      ['a | Only one node can follow. Use a condition or a split to part the way.'],
    ],
    ['something after an end', chain(trigger(), end('e'), mail('a')), ['e | Nothing can follow an end.']],
    [
      'a way back to the trigger',
      graphOf([trigger(), mail('a')], 'trigger > a', 'a > trigger'),
      [
        'trigger | Nothing can lead to the trigger. To begin anew, use "Go to" with the step after it.',
        'trigger | The way leads back to here. To repeat steps, use "Go to".',
      ],
    ],
    [
      'a connection to nowhere',
      graphOf([trigger(), mail('a')], 'trigger > a', 'a > gone'),
      ['A connection leads to a node that does not exist.'],
    ],
    [
      'a trigger on state 0',
      draftOn([0]),
      ['trigger | states.0 | States: this is not one of the possible values.'],
    ],
    [
      'a template that cannot be read',
      chain(trigger(), mail('a', { subject: 'Hi {{ customer.name' })),
      ['a | subject | This template cannot be read: output "{{ customer.name" not closed, line:1, col:4'],
    ],
    [
      'an unknown name',
      chain(trigger(), mail('a', { body: 'Hi {{ customer.fristName }}' })),
      ['a | body | There is no {{ customer.fristName }}.'],
    ],
    [
      'an unknown filter',
      chain(trigger(), mail('a', { body: '{{ customer.name | shout }}' })),
      ['a | body | This template cannot be read: undefined filter: shout, line:1, col:1'],
    ],
    [
      'a partial',
      chain(trigger(), mail('a', { body: '{% render "/etc/passwd" %}' })),
      ['a | body | This template cannot be read: tag "render" not found, line:1, col:1'],
    ],
    [
      'an unknown action',
      chain(trigger(), action('a', 'gone')),
      ['a | actionId | This action does not exist any more. Choose another.'],
    ],
    [
      'a condition without its value',
      graphOf(
        [trigger(), condition('c', { field: 'job.total', operator: 'greater' }), mail('a')],
        'trigger > c',
        'c yes> a',
        'c no> a',
      ),
      ['c | if | Job: Total: enter what to compare with.'],
    ],
  ];
  test.each(cases)('%s', (_name, graph, expected) => {
    expect(problems(graph)).toEqual(expected);
  });

  test('an unfinished node, field by field', () => {
    const graph = {
      nodes: [
        trigger(),
        { id: 'a', type: 'send_email' as const, position: { x: 0, y: 0 }, data: { subject: '' } },
      ],
      edges: [edge('trigger > a')],
      notes: [],
      settings: defaultSettings,
    };
    expect(problems(graph).map((problem) => problem.split(' | ')[1])).toEqual(['subject', 'body', 'class']);
  });

  test('a marketing mail without the company’s postal address', () => {
    const graph = chain(trigger(), mail('a', { class: 'marketing' }));
    expect(problems(graph)).toEqual([]);
    expect(problems(graph, { postalAddress: ' ' })).toHaveLength(1);
  });

  test('an action’s input, but not what a template will fill in', () => {
    expect(
      problems(chain(trigger(), action('a', 'servicetitan_update_state', { state: 7, reason: 'x' }))),
    ).toHaveLength(1);
    expect(
      problems(
        chain(
          trigger(),
          action('a', 'servicetitan_update_state', { state: 0, reason: '{{ customer.name }}' }),
        ),
      ),
    ).toEqual([]);
    expect(
      problems(
        chain(trigger(), action('a', 'servicetitan_update_state', { state: 0, reason: '{{ nobody }}' })),
      ),
    ).toEqual(['a | input.reason | There is no {{ nobody }}.']);
  });

  test('a way of ten thousand nodes is walked', () => {
    const nodes = Array.from({ length: 10_000 }, (_, index) => mail(`n${index}`));
    expect(problems(chain(trigger(), ...nodes))).toEqual([]);
  });
});
