import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readAllowedNetwork } from '#integrations/chou/addressGuard.ts';
import { httpRequestAction } from '#integrations/chou/actions/httpRequest.ts';
import type { ChouHost } from '#integrations/chou/ChouHost.ts';
import { GuardedHttp } from '#integrations/chou/GuardedHttp.ts';
import { IntegrationError } from '#integrations/errors.ts';

interface Heard {
  method: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}
let heard: Heard[] = [];
let answers: { status: number; body?: string; headers?: Record<string, string>; cut?: boolean }[] = [];
let url = '';
let calledOnce = 0;
/** Of those, which may be called again. */
let freed = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, headers } = request;
    heard.push({ method, headers, body: Buffer.concat(chunks).toString('utf8') });
    const answer = answers.shift() ?? { status: 200 };
    if (answer.cut) request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/hook`;
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
beforeEach(() => {
  heard = [];
  answers = [];
  calledOnce = 0;
  freed = 0;
});

function notAsked(): never {
  throw new Error('This is not asked for here.');
}

const host: ChouHost = {
  http: new GuardedHttp({ allowed: [readAllowedNetwork('127.0.0.1')] }),
  callOnce: async (send) => {
    calledOnce += 1;
    try {
      return await send();
    } catch (error) {
      if (error instanceof IntegrationError && !error.outcomeUnknown) freed += 1;
      throw error;
    }
  },
  notifyTeam: notAsked,
  updateContact: notAsked,
  startFlow: notAsked,
  openSecret: (sealed) => (sealed === 'sealed.x' ? 'Bearer secret-1' : notAsked()),
};

async function run(input: object) {
  return await httpRequestAction.run(
    {
      service: host,
      clock: { now: () => new Date('2026-11-20T12:00:00Z') },
      idempotencyKey: 'run:1:node:hook:1',
      host: { updateState: notAsked },
    },
    { url, ...input },
  );
}

test('lines are sent as JSON, with the key of the step and the secret header', async () => {
  answers = [{ status: 201, body: '{"id": 7, "state": {"name": "new"}}' }];
  await expect(
    run({
      body: 'email: person@example.com\ncustomer.name: Ann "the first"',
      headers: 'X-Kind: lead',
      secretHeader: 'Authorization',
      secretValue: 'sealed.x',
    }),
  ).resolves.toEqual({ status: 201, ok: true, answer: { id: 7, state: { name: 'new' } } });
  expect(heard[0]?.method).toBe('POST');
  expect(JSON.parse(heard[0]?.body ?? '')).toEqual({
    email: 'person@example.com',
    customer: { name: 'Ann "the first"' },
  });
  expect(heard[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'idempotency-key': 'run:1:node:hook:1',
    'x-kind': 'lead',
    authorization: 'Bearer secret-1',
  });
});

test('lines are sent as a form; a read sends none', async () => {
  await run({ bodyFormat: 'form', body: 'name: Ann & Bo\nage: 7' });
  expect(heard[0]?.body).toBe('name=Ann+%26+Bo&age=7');
  expect(heard[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  await expect(run({ method: 'GET', body: 'name: Ann' })).resolves.toMatchObject({
    status: 200,
    answer: null,
  });
  expect(heard[1]).toMatchObject({ method: 'GET', body: '' });
});

test.each([
  [400, 'invalid', false],
  [401, 'forbidden', false],
  [404, 'not_found', false],
  [429, 'rate_limited', false],
  [500, 'unavailable', true],
  [503, 'unavailable', false],
])(
  'an answer of %i to a POST fails as %s; whether it was done is unknown: %s',
  async (status, kind, outcomeUnknown) => {
    answers = [{ status, body: 'Fictional Person is wrong' }];
    const running = run({ body: 'name: Fictional Person' });
    await expect(running).rejects.toMatchObject({ kind, status, outcomeUnknown });
    await expect(running).rejects.not.toThrow(/Fictional/);
    // Whoever keeps it from a second call is told the same.
    expect(freed).toBe(outcomeUnknown ? 0 : 1);
  },
);

test('a server that knows repeats, and what can be done twice, are asked again after a lost answer', async () => {
  answers = [{ status: 200, cut: true }];
  await expect(run({})).rejects.toMatchObject({ kind: 'unavailable', outcomeUnknown: true });
  answers = [{ status: 200, cut: true }];
  await expect(run({ knowsKey: true })).rejects.toMatchObject({ kind: 'unavailable', outcomeUnknown: false });
  answers = [{ status: 500 }];
  await expect(run({ method: 'PUT' })).rejects.toMatchObject({ kind: 'unavailable', outcomeUnknown: false });
});

test('only what cannot be done twice is kept from a second call', async () => {
  await run({});
  expect(calledOnce).toBe(1);
  await run({ knowsKey: true });
  await run({ method: 'PUT' });
  expect(calledOnce).toBe(1);
});

test('the pause that is asked for is kept', async () => {
  answers = [{ status: 429, headers: { 'retry-after': '90' } }];
  await expect(run({})).rejects.toMatchObject({ retryAfterMs: 90_000 });
});

test('a refusal is an answer where the flow goes on with it', async () => {
  answers = [{ status: 409, body: '["known"]' }];
  await expect(run({ anyStatus: true })).resolves.toEqual({ status: 409, ok: false, answer: null });
});

test('a secret header without its value is not left out silently', async () => {
  await expect(run({ secretHeader: 'Authorization' })).rejects.toThrow('or neither');
  expect(heard).toEqual([]);
});

test('a key among the plain headers is refused before anything is sent', async () => {
  await expect(run({ headers: 'Authorization: Bearer x' })).rejects.toThrow('Secret header');
  expect(heard).toEqual([]);
});
