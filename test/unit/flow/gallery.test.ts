import { describe, expect, test } from 'vitest';
import { checkFlow } from '#backend/flow/checkFlows.ts';
import { galleryFlows } from '#backend/flow/gallery/galleryFlows.ts';
import { lifecycleFlows } from '#backend/flow/lifecycle/lifecycleFlows.ts';
import { validateGraph } from '#backend/flow/validateGraph.ts';
import { flowGraph } from '#backend/schemas/flow.ts';
import { findAction } from '#integrations/registry.ts';

const tools = { findAction: (id: string) => findAction(id)?.action };

test('the gallery has all lifecycle flows and at least six more, each under a key of its own', () => {
  const keys = galleryFlows.map(({ key }) => key);
  expect(keys).toEqual(expect.arrayContaining(lifecycleFlows.map(({ templateKey }) => templateKey)));
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.length).toBeGreaterThanOrEqual(lifecycleFlows.length + 6);
});

describe.each(galleryFlows.map((flow) => [flow.name, flow] as const))('%s', (_name, flow) => {
  test('is a finished flow that nothing is said against', () => {
    expect(flowGraph.parse(flow.graph)).toEqual(flow.graph);
    expect(validateGraph(flow.graph, { ...tools, postalAddress: 'Somewhere' })).toEqual([]);
  });

  test('does what its fixtures say', () => {
    const fixtures = flow.fixtures.map((fixture) => ({ source: fixture.name, fixture }));
    const check = checkFlow({ name: flow.name, graph: flow.graph, fixtures }, tools);
    expect(
      check.fixtures.flatMap(({ issues, result }) => [...issues, ...(result?.differences ?? [])]),
    ).toEqual([]);
    expect(check.fixtures.length).toBeGreaterThan(0);
  });

  test('has its steps apart from each other on the canvas', () => {
    const places = flow.graph.nodes.map(({ position }) => `${position.x} ${position.y}`);
    expect(new Set(places).size).toBe(places.length);
  });
});
