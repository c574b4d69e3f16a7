import nock from 'nock';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { resolveServiceTitanConfig } from '#integrations/crm/servicetitan/ServiceTitanConfig.ts';
import { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';

export const authUrl = 'https://auth.sandbox.example.com';
export const apiUrl = 'https://api.sandbox.example.com';
export const tenantId = 410387862;

/** No test leaves the machine, and every answer that a test prepared was asked for. */
export function isolateNetwork(): void {
  beforeAll(() => nock.disableNetConnect());
  afterEach(() => {
    const left = nock.pendingMocks();
    nock.cleanAll();
    if (left.length > 0) throw new Error(`Never asked for: ${left.join(', ')}`);
  });
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });
}

/** A service whose time moves only when it waits or when the test moves it. */
export function startService(credentials: Record<string, unknown> = {}) {
  const waits: number[] = [];
  let elapsed = 0;
  const startedAt = Date.UTC(2026, 10, 20, 12);
  const service = new ServiceTitanService({
    config: resolveServiceTitanConfig(
      {
        environment: 'sandbox',
        tenantId,
        clientId: 'cid.fictional',
        clientSecret: 'cs1.fictional',
        appKey: 'ak1.fictional',
        ...credentials,
      },
      { authUrl, apiUrl },
    ),
    clock: { now: () => new Date(startedAt + elapsed) },
    stopwatch: () => elapsed,
    random: () => 0,
    timeoutMs: 2000,
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      elapsed += milliseconds;
      return Promise.resolve();
    },
  });
  return {
    service,
    waits,
    advance: (milliseconds: number) => {
      elapsed += milliseconds;
    },
  };
}

/** Grants the given tokens, one per request, in order. */
export function grantTokens(...tokens: string[]): void {
  for (const token of tokens) {
    nock(authUrl)
      .post('/connect/token', (body: unknown) => JSON.stringify(body).includes('client_credentials'))
      .reply(200, { access_token: token, expires_in: 900, token_type: 'Bearer', scope: '' });
  }
}

/** ServiceTitan's interface as one of its tokens sees it. */
export function api(token = 't1') {
  return nock(apiUrl, { reqheaders: { authorization: `Bearer ${token}`, 'st-app-key': 'ak1.fictional' } });
}

export function path(rest: string): string {
  const [module = '', ...parts] = rest.split('/');
  return `/${module}/v2/tenant/${tenantId}/${parts.join('/')}`;
}

export function problem(status: number, title: string, errors: Record<string, string[]> = {}) {
  return { type: 'https://example.com/problem', title, status, traceId: `trace-${status}`, errors, data: {} };
}

export function list(data: unknown[], hasMore = false) {
  return { page: 1, pageSize: 500, hasMore, totalCount: null, data };
}

const times = { createdOn: '2026-11-01T10:00:00Z', modifiedOn: '2026-11-02T10:00:00.1234567Z' };

export function customerRow(id: number) {
  return { id, active: true, name: `Fictional ${id}`, doNotMail: false, doNotService: false, ...times };
}

export function jobRow(id: number, more: object = {}) {
  return { id, jobNumber: String(id), jobStatus: 'Scheduled', ...times, ...more };
}

export function estimateRow(id: number, more: object = {}) {
  return {
    id,
    subtotal: 100,
    tax: 8.25,
    status: { value: 0, name: 'Open' },
    active: true,
    ...times,
    ...more,
  };
}

export function bookingRow(id: number, externalId: string) {
  return { id, status: 'New', externalId, ...times };
}
