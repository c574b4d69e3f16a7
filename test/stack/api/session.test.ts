import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '#backend/clock.ts';
import { createDatabase } from '#backend/repositories/database.ts';
import { SessionService } from '#backend/services/SessionService.ts';

/** An auth service that answers every request alike. */
let server: Server;
let answer = { status: 500, body: {} };
let url = '';

beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

function openSessions(): SessionService {
  const database = createDatabase({ url, key: 'key' });
  return new SessionService({
    database,
    createAuthClient: () => database,
    clock: systemClock,
    systemClock,
    ownerEmail: 'owner@demo.example',
    firstWorkspace: {
      name: '',
      slug: '',
      timeZone: '',
      senderName: '',
      senderEmail: '',
      postalAddress: '',
      phone: '',
      website: '',
      reviewUrl: '',
    },
    onWorkspaceCreated: async () => {},
  });
}

const tokens = { accessToken: 'a.b.c', refreshToken: 'r' };

it('does not take an auth service that fails for "not signed in"', async () => {
  answer = { status: 500, body: { message: 'out of order' } };
  await expect(openSessions().identify(tokens)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(openSessions().verify('token')).rejects.toMatchObject({ code: 'unavailable' });
  answer = { status: 429, body: { code: 'over_request_rate_limit', message: 'slow down' } };
  await expect(openSessions().identify(tokens)).rejects.toMatchObject({ code: 'rate_limited' });
});

it('takes a refusal for "not signed in"', async () => {
  answer = { status: 403, body: { code: 'bad_jwt', message: 'no' } };
  expect(await openSessions().identify(tokens)).toBeNull();
  await expect(openSessions().verify('token')).rejects.toMatchObject({ code: 'unauthenticated' });
});
