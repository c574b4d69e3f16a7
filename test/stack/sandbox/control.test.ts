import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, readProblem, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const customers = 'crm/v2/tenant/{t}/customers';
const start = new Date('2026-01-01T00:00:00Z');

beforeEach(async () => {
  client = await openSandbox({ clock: { now: () => start } });
  await client.load('customers', [{ id: 1, name: 'Pat Placeholder' }]);
});
afterEach(async () => client.sandbox.close());

describe('the clock', () => {
  it('moves forward by a duration or to a moment, and dates what is written', async () => {
    expect(await client.control('POST', 'clock', { advance: 'P1D' })).toEqual({
      now: '2026-01-02T00:00:00.000Z',
      offsetMs: 86_400_000,
      frozen: false,
    });
    await client.control('POST', 'clock', { advance: 'P7DT1H30M' });
    await client.control('POST', 'clock', { set: '2026-02-01T12:00:00Z' });
    expect(await client.control('GET', 'clock')).toMatchObject({ now: '2026-02-01T12:00:00.000Z' });
    const changed = await client.json('PATCH', `${customers}/1`, { name: 'Kim' });
    expect(changed).toMatchObject({ modifiedOn: expect.stringMatching(/^2026-02-01T12:00:00\.\d{7}Z$/) });
  });

  it('changes no record by moving', async () => {
    await client.load('appointments', [
      { id: 1, jobId: 1, start: '2026-01-02', end: '2026-01-02T01:00:00Z' },
    ]);
    const before = await client.export('jpm/v2/tenant/{t}/export/appointments');
    await client.sandbox.advance(90 * 86_400_000);
    client.forgetToken();
    expect(await client.export('jpm/v2/tenant/{t}/export/appointments')).toEqual(before);
  });

  it('says by a growing number whether anything was written', async () => {
    const { changes: before } = await client.control('GET', 'clock');
    await client.control('POST', 'clock', { advance: 'PT1H' });
    expect(await client.control('GET', 'clock')).toMatchObject({ changes: before });
    await client.load('customers', [{ id: 2, name: 'Kim Sample' }]);
    expect(await client.control('GET', 'clock')).toMatchObject({ changes: Number(before) + 1 });
  });

  it('stands still and runs on', async () => {
    let now = start.getTime();
    const own = await openSandbox({ clock: { now: () => new Date(now) } });
    await own.control('POST', 'clock', { freeze: true });
    now += 60_000;
    expect(await own.control('GET', 'clock')).toMatchObject({
      now: '2026-01-01T00:00:00.000Z',
      frozen: true,
    });
    await own.control('POST', 'clock', { advance: 'PT1S' });
    await own.control('POST', 'clock', { freeze: false });
    now += 1000;
    expect(await own.control('GET', 'clock')).toMatchObject({
      now: '2026-01-01T00:00:02.000Z',
      frozen: false,
    });
    await own.sandbox.close();
  });

  it.each([
    [{ set: '2025-12-31T23:59:59Z' }, /only moves forward/],
    [{ advance: 'tomorrow' }, /advance must be an ISO 8601 duration/],
    [{ advance: '-P1D' }, /advance/],
    [{}, /advance or set or freeze is required/],
    [{ forward: 'P1D' }, /forward/],
    [{ advance: 'P999999999D' }, /advance must not lead beyond 9999-12-30/],
    [{ advance: `P${'9'.repeat(400)}D` }, /advance must not lead beyond 9999-12-30/],
    [{ set: '9999-12-30T00:00:01Z' }, /set must not lead beyond 9999-12-30/],
    [{ set: '9999-12-31T23:00:00-05:00' }, /set must be an ISO 8601 date/],
    [{ freeze: true, advance: 'P999999999D' }, /advance must not lead beyond/],
  ])('refuses %j', async (body, message) => {
    const answer = await client.send('POST', '/_sandbox/clock', body);
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(message)]);
    expect(await client.control('GET', 'clock')).toMatchObject({ now: start.toISOString(), frozen: false });
  });

  it('goes up to its last moment, and everything can still be asked there', async () => {
    await client.control('POST', 'clock', { set: '9999-12-30T00:00:00Z' });
    expect((await client.send('POST', '/_sandbox/clock', { advance: 'PT1S' })).status).toBe(400);
    expect(await client.ids(customers)).toEqual([1]);
    await expect(client.sandbox.advance(1)).rejects.toThrow(RangeError);
  });

  it('stands where it stood when the script entry that moved it is refused', async () => {
    const beyond = [{ at: '+1d' }, { advance: 'P999999999D' }];
    const answer = await client.send('POST', '/_sandbox/story-script', beyond);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({
      error: {
        issues: [{ index: 1, field: 'advance', message: expect.stringContaining('must not lead beyond') }],
      },
    });
    const unknown = [{ advance: 'P1D', event: 'sales_booked', tenant: 'NOWHERE' }];
    expect((await client.send('POST', '/_sandbox/story-script', unknown)).status).toBe(400);
    expect(await client.control('GET', 'clock')).toMatchObject({ now: '2026-01-02T00:00:00.000Z' });
  });
});

describe('requests that cannot be read', () => {
  it('are refused in the form that the others are', async () => {
    const nowhere = await client.call('GET', '/');
    expect([nowhere.status, readProblem(nowhere).status]).toEqual([404, 404]);
    const undecodable = await client.call('GET', `${customers}/%ZZ`);
    expect([undecodable.status, readProblem(undecodable).status]).toEqual([400, 400]);
    const control = await client.send('GET', '/_sandbox/tenants/%ZZ/customers');
    expect(control.status).toBe(400);
    expect(JSON.parse(control.text)).toMatchObject({ error: { issues: [] } });
  });

  it.each([
    ['page=9007199254740991&pageSize=5000', 'page'],
    ['ids=99999999999999999999999', 'ids'],
  ])('by the parameter: %s', async (query, field) => {
    const answer = await client.call('GET', `${customers}?${query}`);
    expect([answer.status, Object.keys(readProblem(answer).errors)]).toEqual([400, [field]]);
  });
});

describe('faults', () => {
  it.each([[{ retryAfter: 'a\r\nb' }], [{ retryAfter: 'später' }]])('refuse %j', async (members) => {
    const answer = await client.send('POST', '/_sandbox/faults', {
      kind: 'status',
      status: 429,
      ...members,
    });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('retryAfter')]);
  });

  async function fault(...faults: unknown[]): Promise<void> {
    await client.call('GET', customers);
    await client.control('POST', 'faults', faults);
  }

  it('answer with a status and Retry-After, so many times', async () => {
    await fault({ kind: 'status', status: 429, retryAfter: 1.5, path: '/crm', times: 2 });
    const answer = await client.call('GET', customers);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1.5']);
    expect(readProblem(answer).status).toBe(429);
    expect((await client.call('GET', 'jpm/v2/tenant/{t}/jobs')).status).toBe(200);
    expect((await client.call('GET', customers)).status).toBe(429);
    expect((await client.call('GET', customers)).status).toBe(200);
    expect(await client.control('GET', 'faults')).toMatchObject({ faults: [{ hits: 2 }] });
    expect(await client.control('DELETE', 'faults')).toEqual({ faults: [] });
  });

  it('answer with HTML and with half a body', async () => {
    await fault({ kind: 'html', status: 503, times: 1 }, { kind: 'malformed', times: 1 });
    const html = await client.call('GET', customers);
    expect([html.status, html.headers.get('content-type')]).toEqual([
      503,
      expect.stringContaining('text/html'),
    ]);
    const half = await client.call('GET', customers);
    expect(half.status).toBe(200);
    expect(() => JSON.parse(half.text)).toThrow(SyntaxError);
  });

  it('cut the connection before the request counts, or after', async () => {
    await fault({ kind: 'cut', method: 'patch', times: 1 });
    await expect(client.call('PATCH', `${customers}/1`, { name: 'Lost' })).rejects.toThrow(
      /fetch failed|terminated/,
    );
    expect(await client.json('GET', `${customers}/1`)).toMatchObject({ name: 'Pat Placeholder' });
    await fault({ kind: 'cut', method: 'PATCH', after: true, times: 1 });
    await expect(client.call('PATCH', `${customers}/1`, { name: 'Kept' })).rejects.toThrow(
      /fetch failed|terminated/,
    );
    expect(await client.json('GET', `${customers}/1`)).toMatchObject({ name: 'Kept' });
  });

  it('hang until the caller gives up', async () => {
    await fault({ kind: 'hang', path: '^/crm/.*/customers$', times: 1 });
    const waiting = fetch(`${client.sandbox.url}/crm/v2/tenant/1/customers`, {
      signal: AbortSignal.timeout(150),
    });
    await expect(waiting).rejects.toThrow(/timeout/);
    expect((await client.call('GET', customers)).status).toBe(200);
  });

  it('revoke the tokens that are out', async () => {
    await fault({ kind: 'revoke_token', times: 1 });
    expect((await client.call('GET', customers)).status).toBe(401);
    client.forgetToken();
    expect((await client.call('GET', customers)).status).toBe(200);
  });

  it('lower the limit of requests per second', async () => {
    await fault({ kind: 'rate_limit', limit: 0 });
    expect((await client.call('GET', customers)).status).toBe(429);
    await client.control('DELETE', 'faults');
    expect((await client.call('GET', customers)).status).toBe(200);
  });

  it('meet a share of the requests, the same ones every time', async () => {
    const statuses = async () => {
      const own = await openSandbox({ seed: 3 });
      own.sandbox.addFaults({ kind: 'status', status: 500, share: 0.5 });
      const answers = [];
      for (let index = 0; index < 40; index += 1) answers.push((await own.send('GET', '/x')).status);
      await own.sandbox.close();
      return answers;
    };
    const first = await statuses();
    expect(new Set(first)).toEqual(new Set([500, 404]));
    expect(await statuses()).toEqual(first);
  });

  it.each([
    [{ kind: 'explode' }, /must be one of status, cut/],
    [{ kind: 'status' }, /status is required/],
    [{ kind: 'cut', path: '(' }, /path/],
    [{ kind: 'cut', share: 2 }, /share/],
  ])('refuse %j', async (body, message) => {
    const answer = await client.send('POST', '/_sandbox/faults', body);
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(message)]);
  });
});

describe('the request log', () => {
  it('tells what was asked, and counts by operation and status until it is reset', async () => {
    await client.call('GET', `${customers}?page=1`);
    await client.call('GET', `${customers}/99`);
    const { requests } = await client.control('GET', 'requests');
    expect(requests).toMatchObject([
      { method: 'POST', path: '/connect/token', status: 200 },
      { method: 'GET', query: 'page=1', status: 200, at: '2026-01-01T00:00:00.000Z' },
      { method: 'GET', path: '/crm/v2/tenant/410387862/customers/99', status: 404 },
    ]);
    expect(await client.control('GET', 'counters')).toEqual({
      total: 3,
      byOperation: {
        'POST /connect/token': 1,
        'GET /crm/v2/tenant/:tenant/customers': 1,
        'GET /crm/v2/tenant/:tenant/customers/:id': 1,
      },
      byStatus: { 200: 2, 404: 1 },
    });
    await client.control('DELETE', 'counters');
    expect(await client.control('GET', 'counters')).toMatchObject({ total: 0 });
  });
});
