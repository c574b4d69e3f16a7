import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkFlow } from '#backend/flow/checkFlows.ts';
import { unsoldEstimates } from '#backend/flow/lifecycle/unsoldEstimates.ts';
import { flowFixture } from '#backend/schemas/flowFile.ts';
import { futureEvent } from '#backend/schemas/future.ts';
import { findAction } from '#integrations/registry.ts';

const page = readFileSync(new URL('../../../docs/flow-tests.md', import.meta.url), 'utf8');

describe('the page about testing flows', () => {
  test('has an example that passes', () => {
    const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    const fixture: unknown = JSON.parse(example);
    const check = checkFlow(
      { ...unsoldEstimates, fixtures: [{ source: 'the example', fixture }] },
      { findAction: (id) => findAction(id)?.action },
    );
    expect(check).toMatchObject({ isGood: true, fixtures: [{ issues: [], result: { differences: [] } }] });
  });

  test('names every field of a fixture, and everything that can happen', () => {
    const fields = Object.keys(flowFixture.shape);
    const events = futureEvent.options.flatMap(({ shape }) => [...shape.type.values]);
    expect([...fields, ...events].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
