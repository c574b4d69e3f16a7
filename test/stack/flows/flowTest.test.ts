import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportFlow } from '#backend/flow/exportFlow.ts';
import { unsoldEstimates } from '#backend/flow/lifecycle/unsoldEstimates.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chou-flows-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = exportFlow(unsoldEstimates, { findInput: () => undefined, nameOf: () => '' });
const sold = {
  name: 'The estimate is sold on day 5',
  state: 3,
  estimates: [{ total: 900 }],
  future: [{ type: 'estimate_sold', afterHours: 120 }],
  expect: {
    messages: [
      { day: 2, subject: 'Any questions about your estimate?' },
      { day: 4, subject: 'Can we make the decision easier?' },
    ],
    status: 'ended',
  },
};

async function fill(name: string, files: Record<string, unknown>): Promise<string> {
  const place = await mkdtemp(join(folder, `${name}-`));
  for (const [path, content] of Object.entries(files))
    await writeFile(join(place, path), typeof content === 'string' ? content : JSON.stringify(content));
  return place;
}

function run(...parameters: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['backend/src/flowTest.ts', ...parameters], (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      resolve({ code, output: stdout + stderr });
    });
  });
}

describe('npm run flow:test', () => {
  test('without a folder checks the gallery, which passes', async () => {
    const { code, output } = await run();
    expect(output).toMatch(/15 flows, \d+ fixtures: 0 failed, 0 flows cannot be published/);
    expect(code).toBe(0);
  });

  test('passes exported flows whose fixtures come out as expected', async () => {
    const place = await fill('good', {
      'unsold.flow.json': file,
      'unsold.fixture.json': { ...sold, name: 'By its name' },
      'unsold.sold.fixture.json': sold,
      'other.fixture.json': { ...sold, flow: 'unsold', name: 'By what it says' },
    });
    const { code, output } = await run(place);
    expect(output).toContain('1 flows, 3 fixtures: 0 failed');
    expect(output).toContain('day 2: Any questions about your estimate?');
    expect(code).toBe(0);
  });

  test('fails with what came out otherwise', async () => {
    const late = { ...sold, future: [], expect: { messages: [{ day: 2, subject: 'Something else' }] } };
    const place = await fill('bad', { 'unsold.flow.json': file, 'unsold.fixture.json': late });
    const { code, output } = await run(place);
    expect(output).toContain('e-mail 1 should be "Something else" on day 2');
    // The clocks go forward in between: twenty days later by the clock is an hour earlier.
    expect(output).toContain('Day 19.96: e-mail "Your estimate is still here" is not expected.');
    expect(code).toBe(1);
  });

  test('fails with the field that a fixture has wrong, and with a flow that is not finished', async () => {
    const [trigger] = file.graph.nodes;
    const place = await fill('wrong', {
      'unsold.flow.json': file,
      'unsold.fixture.json': { ...sold, state: 7 },
      'empty.flow.json': { ...file, graph: { ...file.graph, nodes: [trigger], edges: [] } },
    });
    const { code, output } = await run(place);
    expect(output).toContain('FAIL unsold.fixture.json: state:');
    expect(output).toContain('Add what the flow is to do.');
    expect(code).toBe(1);
  });

  test('says in one line what cannot be read', async () => {
    const line = async (place: string) => {
      const { code, output } = await run(place);
      expect(code).toBe(1);
      return output.trim();
    };
    expect(await line(join(folder, 'nowhere'))).toContain('cannot be read');
    expect(await line(await fill('none', {}))).toContain('has no flow');
    expect(await line(await fill('text', { 'a.flow.json': 'text' }))).toBe('a.flow.json is not JSON.');
    expect(await line(await fill('stray', { 'a.flow.json': file, 'b.fixture.json': sold }))).toContain(
      'b.fixture.json belongs to no flow',
    );
  });
});
