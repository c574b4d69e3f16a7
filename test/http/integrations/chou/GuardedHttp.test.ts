import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { readAllowedNetwork } from '#integrations/chou/addressGuard.ts';
import { GuardedHttp, type GuardedRequest, type Resolve } from '#integrations/chou/GuardedHttp.ts';

interface Heard {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A server on this machine that answers as told, and remembers what it heard. */
async function listen(answer: (heard: Heard, response: ServerResponse) => void) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      heard.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { heard, port, url: `http://127.0.0.1:${port}` };
}

const request = {
  method: 'GET',
  headers: {},
  secretHeaders: {},
  repeatable: true,
  timeoutMs: 2000,
  maxBytes: 1000,
} as const satisfies Omit<GuardedRequest, 'url'>;

const neverAsked: Resolve = () => Promise.reject(new Error('Nobody asks for a name here.'));
const here = [readAllowedNetwork('127.0.0.1')];

test.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://127.0.0.1./',
  'http://0.0.0.0/',
  'http://100.64.0.1/',
  'http://168.63.129.16/',
  'http://10.0.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::]/',
  'http://[fe80::1]/',
  'http://[fd00:ec2::254]/',
  'http://[2002:7f00:1::]/',
  'http://[64:ff9b::a9fe:a9fe]/',
])('%s is not called', async (url) => {
  const http = new GuardedHttp({ resolve: neverAsked });
  await expect(http.call({ ...request, url })).rejects.toMatchObject({
    kind: 'forbidden',
    message: expect.stringContaining('CHOU_HTTP_ALLOW'),
  });
});

test.each([
  ['only', ['127.0.0.1']],
  ['also', ['1.1.1.1', '10.0.0.1']],
])('a name that %s leads into a private network is not called', async (_, addresses) => {
  const http = new GuardedHttp({ resolve: () => Promise.resolve(addresses) });
  await expect(http.call({ ...request, url: 'http://inside.example/' })).rejects.toMatchObject({
    kind: 'forbidden',
  });
});

test('a public address is called on usual ports only', async () => {
  const http = new GuardedHttp({ resolve: () => Promise.resolve(['1.1.1.1']) });
  await expect(http.call({ ...request, url: 'http://mail.example:25/' })).rejects.toMatchObject({
    kind: 'forbidden',
  });
});

test('a name is resolved once, and the connection goes to what was checked', async () => {
  const { heard, port } = await listen((_, response) => response.end('hello'));
  let asked = 0;
  // The second answer would lead elsewhere, as that of a name server that wants to get in.
  const resolve: Resolve = () => {
    asked += 1;
    return Promise.resolve(asked === 1 ? ['127.0.0.1'] : ['127.0.0.2']);
  };
  const http = new GuardedHttp({ allowed: here, resolve });
  const reply = await http.call({ ...request, url: `http://rebind.example:${port}/path` });
  expect([asked, reply.status, reply.text]).toEqual([1, 200, 'hello']);
  expect(heard[0]?.headers.host).toBe(`rebind.example:${port}`);
});

test('a redirect into a private network is not followed', async () => {
  const { heard, url } = await listen((_, response) =>
    response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end(),
  );
  const http = new GuardedHttp({ allowed: here, resolve: neverAsked });
  await expect(http.call({ ...request, url })).rejects.toMatchObject({ kind: 'forbidden' });
  expect(heard).toHaveLength(1);
});

test('a redirect to another scheme is not followed', async () => {
  const { url } = await listen((_, response) =>
    response.writeHead(301, { location: 'file:///etc/passwd' }).end(),
  );
  const http = new GuardedHttp({ allowed: here, resolve: neverAsked });
  await expect(http.call({ ...request, url })).rejects.toThrow('Only http:// and https://');
});

test('secrets do not follow a redirect to another host', async () => {
  const there = await listen((_, response) => response.end('there'));
  const first = await listen(({ path }, response) =>
    path === '/moved'
      ? response.writeHead(302, { location: '/here' }).end()
      : response.writeHead(302, { location: there.url }).end(),
  );
  const http = new GuardedHttp({ allowed: here, resolve: neverAsked });
  const reply = await http.call({
    ...request,
    url: `${first.url}/moved`,
    headers: { 'X-Kind': 'lead' },
    secretHeaders: { Authorization: 'Bearer secret-1' },
  });
  expect(reply.text).toBe('there');
  expect(first.heard.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer secret-1',
    'Bearer secret-1',
  ]);
  expect(there.heard[0]?.headers['x-kind']).toBe('lead');
  expect(there.heard[0]?.headers.authorization).toBeUndefined();
});

test('secrets stay at home once another host has been asked, even when it leads back', async () => {
  const first = await listen(({ path }, response) =>
    path === '/' ? response.writeHead(302, { location: there.url }).end() : response.end(`back at ${path}`),
  );
  const there = await listen((_, response) =>
    response.writeHead(302, { location: `${first.url}/admin` }).end(),
  );
  const http = new GuardedHttp({ allowed: here, resolve: neverAsked });
  const reply = await http.call({ ...request, url: `${first.url}/`, secretHeaders: { 'X-Key': 'secret-1' } });
  expect(reply.text).toBe('back at /admin');
  expect(first.heard.map(({ headers }) => headers['x-key'])).toEqual(['secret-1', undefined]);
});

test('a name or password in the address is refused, and not repeated', async () => {
  const http = new GuardedHttp({ resolve: neverAsked });
  const calling = http.call({ ...request, url: 'https://user:hidden@example.com/' });
  await expect(calling).rejects.toThrow('secret header');
  await expect(calling).rejects.not.toThrow('hidden');
});

test('what is sent is not sent on: the new address is to be entered', async () => {
  const { url } = await listen((_, response) =>
    response.writeHead(307, { location: 'https://new.example.com/hook?key=1' }).end(),
  );
  const http = new GuardedHttp({ allowed: here, resolve: neverAsked });
  const calling = http.call({ ...request, url, method: 'POST', body: '{}', repeatable: false });
  await expect(calling).rejects.toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining('new.example.com'),
  });
  await expect(calling).rejects.not.toThrow('key=1');
});

test('going in circles ends', async () => {
  const { heard, url } = await listen((_, response) => response.writeHead(302, { location: '/' }).end());
  const http = new GuardedHttp({ allowed: here, resolve: neverAsked });
  await expect(http.call({ ...request, url })).rejects.toThrow('in circles');
  expect(heard).toHaveLength(4);
});

test('a name that nobody knows, and one without addresses, may be known later', async () => {
  for (const resolve of [neverAsked, () => Promise.resolve([])]) {
    const http = new GuardedHttp({ resolve });
    await expect(http.call({ ...request, url: 'http://gone.example/' })).rejects.toMatchObject({
      kind: 'unavailable',
      outcomeUnknown: false,
    });
  }
});

test('an answer that never ends is given up', async () => {
  const { url } = await listen((_, response) => response.end('x'.repeat(5000)));
  const http = new GuardedHttp({ allowed: here, resolve: neverAsked });
  await expect(http.call({ ...request, url })).rejects.toMatchObject({ kind: 'unexpected' });
});
