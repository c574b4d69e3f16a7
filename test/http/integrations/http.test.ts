import { createServer, type RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { callHttp, type HttpRequest } from '#integrations/http.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}/things?email=person%40example.com`;
}

function request(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    service: 'Example',
    method: 'GET',
    url,
    headers: { Authorization: 'Bearer very-secret' },
    repeatable: true,
    timeoutMs: 5000,
    maxBytes: 1000,
    ...more,
  };
}

test('an answer of any status is handed over with its headers in lower case', async () => {
  const url = await serve((_, response) => {
    response.writeHead(418, { 'Retry-After': '2' }).end('tea');
  });
  const reply = await callHttp(request(url));
  expect([reply.status, reply.text, reply.headers.get('retry-after')]).toEqual([418, 'tea', '2']);
});

test('an answer that does not come is given up after the timeout', async () => {
  const url = await serve(() => {});
  await expect(callHttp(request(url, { timeoutMs: 60 }))).rejects.toMatchObject({
    kind: 'unavailable',
    outcomeUnknown: false,
    message: expect.stringContaining('did not answer within 0.06 seconds'),
  });
});

test('an answer that stops in the middle is given up after the timeout', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200).write('{"a":');
  });
  await expect(callHttp(request(url, { timeoutMs: 100 }))).rejects.toMatchObject({ kind: 'unavailable' });
});

test.each([
  ['before the answer', false],
  ['in the middle of the answer', true],
])('a write whose connection is cut %s has an unknown outcome', async (_, begin) => {
  const url = await serve((incoming, response) => {
    incoming.resume().on('end', () => {
      if (!begin) return incoming.socket.destroy();
      response.writeHead(200, { 'Content-Length': '100' }).write('{"a":', () => incoming.socket.destroy());
      return undefined;
    });
  });
  const call = callHttp(request(url, { method: 'POST', body: '{}', repeatable: false }));
  await expect(call).rejects.toMatchObject({ kind: 'unavailable', outcomeUnknown: true });
});

test('a write that could not connect has certainly not been done', async () => {
  const url = await serve(() => {});
  closers.splice(0).forEach((close) => close());
  const call = callHttp(request(url, { method: 'POST', body: '{}', repeatable: false }));
  await expect(call).rejects.toMatchObject({ kind: 'unavailable', outcomeUnknown: false });
});

test('an answer that is too large is not read to its end', async () => {
  const url = await serve((_, response) => {
    response.end('x'.repeat(1_000_000));
  });
  await expect(callHttp(request(url))).rejects.toMatchObject({
    kind: 'unexpected',
    message: expect.stringContaining('more than 1 KiB'),
  });
});

test('a redirect is not followed', async () => {
  const paths: (string | undefined)[] = [];
  const url = await serve((incoming, response) => {
    paths.push(incoming.url);
    response.writeHead(302, { Location: '/elsewhere' }).end();
  });
  await expect(callHttp(request(url))).resolves.toMatchObject({ status: 302 });
  expect(paths).toHaveLength(1);
});

test('a call that is aborted says so, and neither secret nor query stands in the error', async () => {
  const controller = new AbortController();
  const url = await serve(() => controller.abort());
  const failure: unknown = await callHttp(request(url, { signal: controller.signal })).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('was stopped') });
  expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toMatch(/very-secret|person/);
});
