import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '#backend/logger.ts';
import { TriggerPolls } from '#backend/services/TriggerPolls.ts';
import { requestRuns } from '#trigger/tasks/runRequests.ts';
import { TriggerDevServer } from '#test/helpers/TriggerDevServer.ts';

let server: TriggerDevServer;

beforeAll(async () => {
  server = await TriggerDevServer.start();
  vi.stubEnv('TRIGGER_SECRET_KEY', 'tr_prod_test');
  vi.stubEnv('TRIGGER_API_URL', server.url);
});

beforeEach(() => {
  server.forget();
  server.refuseWith = null;
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

describe('runs that are wanted', () => {
  const requests = Array.from({ length: 1201 }, (_, index) => ({
    task: 'flow-steps',
    payload: { limit: index },
    key: ['minute', `${index}`],
  }));

  it('are asked for in batches that Trigger.dev takes', async () => {
    await requestRuns(requests);
    expect(server.batches).toEqual([500, 500, 201]);
    expect(server.runs.map(({ payload }) => payload)).toEqual(requests.map(({ payload }) => payload));
  });

  it('are there once, however often they are asked for, as when the asking was interrupted half way', async () => {
    await requestRuns(requests.slice(0, 700));
    await requestRuns(requests);
    expect(server.runs).toHaveLength(1201);
    expect(server.repeated).toBe(700);
  });

  it('are apart where their tasks or their keys are', async () => {
    const [request] = requests;
    if (!request) throw new Error('There are some.');
    await requestRuns([
      request,
      { ...request, task: 'deliver-messages' },
      { ...request, key: ['minute', '0', '0'] },
    ]);
    expect(server.runs).toHaveLength(3);
  });

  it('cost no request when there are none', async () => {
    server.refuseWith = 500;
    await requestRuns([]);
    expect(server.refused).toBe(0);
  });
});

describe('polls that Trigger.dev does', () => {
  const polls = () => new TriggerPolls({ logger: createLogger('silent') });

  it('are one for what is asked for in quick succession, and apart for other resources, sources and connections', async () => {
    const requests = polls();
    requests.request('first', 'webhook', ['jobs', 'appointments']);
    requests.request('first', 'webhook', ['appointments', 'jobs']);
    requests.request('first', 'webhook', ['jobs']);
    requests.request('first', 'webhook');
    requests.request('first', 'manual');
    requests.request('second', 'webhook');
    await requests.idle();
    expect(new Set(server.runs.map(({ options }) => options.debounce?.key))).toEqual(
      new Set([
        'first:webhook:appointments+jobs',
        'first:webhook:jobs',
        'first:webhook:all',
        'first:manual:all',
        'second:webhook:all',
      ]),
    );
  });

  it('come with due work that is asked for once in quick succession', async () => {
    const requests = polls();
    requests.requestDueWork();
    await requests.idle();
    expect(server.runs.map(({ task, payload, options }) => [task, payload, options.debounce?.key])).toEqual([
      ['flow-steps', {}, 'due-work'],
    ]);
  });

  it('are left to the schedule when Trigger.dev takes none', async () => {
    server.refuseWith = 403;
    const requests = polls();
    requests.request('first', 'manual');
    await requests.idle();
    expect(server.refused).toBe(1);
    expect(server.runs).toEqual([]);
  });

  it('are asked for no more once the server stops, and what was asked for is still handed over', async () => {
    const requests = polls();
    requests.request('first', 'manual');
    await requests.stop();
    requests.request('second', 'manual');
    await requests.idle();
    expect(server.runs.map(({ options }) => options.concurrencyKey)).toEqual(['first']);
  });
});
