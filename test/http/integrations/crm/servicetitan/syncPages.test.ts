import { expect, test } from 'vitest';
import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import type { SyncPage } from '#integrations/crm/servicetitan/syncPages.ts';
import {
  api,
  customerRow,
  grantTokens,
  isolateNetwork,
  list,
  path,
  problem,
  startService,
} from './serviceTitanDouble.ts';

isolateNetwork();

async function readAll(service: ServiceTitanService, resource: Resource, from: string | null = null) {
  const pages: SyncPage[] = [];
  for await (const page of service.readPages(resource, { from })) pages.push(page);
  return pages;
}

function feed(data: unknown[], continueFrom: string | null, hasMore: boolean) {
  return { hasMore, continueFrom, data };
}

function jobType(id: number, modifiedOn: string) {
  return { id, name: `Kind ${id}`, active: true, createdOn: modifiedOn, modifiedOn };
}

test('a feed is read from the beginning, page by page, and ends with where to go on', async () => {
  const { service } = startService();
  grantTokens('t1');
  const feedPath = path('crm/export/customers');
  api()
    .get(feedPath)
    .query({ includeRecentChanges: true })
    .reply(200, feed([customerRow(1)], 'A', true));
  api()
    .get(feedPath)
    .query({ includeRecentChanges: true, from: 'A' })
    .reply(200, feed([customerRow(2)], 'B', false));
  const pages = await readAll(service, 'customers');
  expect(pages.map(({ continueFrom, hasMore, records }) => [continueFrom, hasMore, records.length])).toEqual([
    ['A', true, 1],
    ['B', false, 1],
  ]);
});

test('a page is asked for only when the one before has been taken', async () => {
  const { service } = startService();
  grantTokens('t1');
  api()
    .get(path('crm/export/customers'))
    .query(true)
    .reply(200, feed([], 'A', true));
  for await (const page of service.readPages('customers', { from: null })) {
    expect(page.hasMore).toBe(true);
    break;
  }
});

test('at its end a feed may name the same place again', async () => {
  const { service } = startService();
  grantTokens('t1');
  api()
    .get(path('crm/export/leads'))
    .query({ includeRecentChanges: true, from: 'A' })
    .reply(200, feed([], 'A', false));
  await expect(readAll(service, 'leads', 'A')).resolves.toEqual([
    { resource: 'leads', records: [], rejected: [], continueFrom: 'A', hasMore: false, keepsActive: false },
  ]);
});

test.each([
  ['the same place', ['A', 'A']],
  ['a place before the last', ['A', 'B', 'A']],
  ['no place', ['A', null]],
])('a feed that has more and names %s is stopped after its records were handed over', async (_, places) => {
  const { service } = startService();
  grantTokens('t1');
  for (const place of places) {
    api()
      .get(path('crm/export/customers'))
      .query(true)
      .reply(200, feed([customerRow(1)], place, true));
  }
  let records = 0;
  const reading = async () => {
    for await (const page of service.readPages('customers', { from: null })) records += page.records.length;
  };
  await expect(reading()).rejects.toMatchObject({ kind: 'unexpected', isPlaceRefused: true });
  expect(records).toBe(places.length);
});

test('a record that cannot be read is set aside and the others are kept', async () => {
  const { service } = startService();
  grantTokens('t1');
  const data = [customerRow(1), { ...customerRow(2), modifiedOn: 'Fictional Person' }, 'nothing'];
  api()
    .get(path('crm/export/customers'))
    .query(true)
    .reply(200, feed(data, 'A', false));
  const [page] = await readAll(service, 'customers');
  expect(page?.records).toMatchObject([{ id: 1, modifiedOn: '2026-11-02T10:00:00.1234567Z' }]);
  expect(page?.rejected).toEqual([
    { id: 2, issues: ['modifiedOn: expected an ISO 8601 time'], data: data[1] },
    { id: null, issues: [expect.stringContaining('expected object')], data: 'nothing' },
  ]);
});

test.each([
  ['customer_contacts', 'crm/export/customers/contacts', {}],
  ['leads', 'crm/export/leads', {}],
  ['bookings', 'crm/export/bookings', {}],
  ['jobs', 'jpm/export/jobs', {}],
  ['appointments', 'jpm/export/appointments', { active: 'Any' }],
  ['canceled_logs', 'jpm/export/job-canceled-logs', {}],
  ['estimates', 'sales/export/estimates', {}],
] as const)('%s come from %s', async (resource, feedPath, query) => {
  const { service } = startService();
  grantTokens('t1');
  api()
    .get(path(feedPath))
    .query({ includeRecentChanges: true, ...query })
    .reply(200, feed([], 'A', false));
  await expect(readAll(service, resource)).resolves.toMatchObject([{ resource, continueFrom: 'A' }]);
});

test.each([
  ['customers', 'crm/customers', { active: 'Any', sort: '+Id' }, false],
  ['customer_contacts', 'crm/customers/contacts', {}, true],
  ['leads', 'crm/leads', { sort: '+Id' }, true],
  ['bookings', 'crm/bookings', { sort: '+Id' }, true],
  ['jobs', 'jpm/jobs', { sort: '+Id' }, true],
  ['appointments', 'jpm/appointments', { active: 'Any', sort: '+Id' }, false],
  ['estimates', 'sales/estimates', { active: 'Any', sort: '+Id' }, false],
] as const)(
  '%s that were modified since a moment come from the list %s',
  async (resource, listPath, query, keepsActive) => {
    const { service } = startService();
    grantTokens('t1');
    const from = '2026-11-03T09:50:00.123Z';
    api()
      .get(path(listPath))
      .query({ page: 1, pageSize: 5000, modifiedOnOrAfter: from, ...query })
      .reply(200, list([]));
    const pages: SyncPage[] = [];
    for await (const page of service.readPages(resource, { by: 'list', from })) pages.push(page);
    expect(pages).toMatchObject([{ continueFrom: from, hasMore: false, keepsActive }]);
  },
);

test('records are counted, and found by their ids, where a list can be asked for that', async () => {
  const { service } = startService();
  grantTokens('t1');
  const asked = {
    active: 'Any',
    page: 1,
    pageSize: 1,
    includeTotal: true,
    modifiedOnOrAfter: '2026-01-01T00:00:00Z',
  };
  api()
    .get(path('crm/customers'))
    .query(asked)
    .reply(200, { ...list([customerRow(1)], true), totalCount: 42 });
  expect(await service.countRecords('customers', '2026-01-01T00:00:00Z')).toBe(42);
  expect(await service.countRecords('canceled_logs', null)).toBeNull();
  api()
    .get(path('crm/customers'))
    .query({ active: 'Any', page: 1, pageSize: 500, ids: '1,2' })
    .reply(200, list([customerRow(1)]));
  expect(await service.findRecords('customers', [1, 2])).toMatchObject({
    records: [{ id: 1 }],
    rejected: [],
  });
  expect(await service.findRecords('customer_contacts', [1])).toBeNull();
});

test.each([
  ['job_types', 'jpm/job-types', { orderBy: 'Id', orderByDirection: 'asc' }],
  ['business_units', 'settings/business-units', {}],
  ['tag_types', 'settings/tag-types', { sort: '+Id' }],
  ['campaigns', 'marketing/campaigns', { sort: '+Id' }],
  ['technicians', 'settings/technicians', {}],
  ['cancel_reasons', 'jpm/job-cancel-reasons', { sort: '+Id' }],
] as const)('%s come from the list %s, in its own order', async (resource, listPath, query) => {
  const { service } = startService();
  grantTokens('t1');
  api()
    .get(path(listPath))
    .query({ active: 'Any', page: 1, pageSize: 5000, ...query })
    .reply(200, list([jobType(1, '2026-11-03T10:00:00.1234567Z')]));
  const pages = await readAll(service, resource);
  expect(pages).toMatchObject([{ continueFrom: '2026-11-03T10:00:00.1234567Z', hasMore: false }]);
});

test.each([
  ['a refused place', 'A', 400, true],
  ['a refusal without a place', null, 400, false],
  ['an answer that nobody expected', 'A', 418, false],
])('only a feed’s place is marked as refused: %s', async (_, from, status, isPlaceRefused) => {
  const { service } = startService();
  grantTokens('t1');
  api().get(path('crm/export/customers')).query(true).reply(status, problem(status, 'Refused'));
  const refused = readAll(service, 'customers', from);
  await expect(refused).rejects.toMatchObject({ status, requestId: `trace-${status}`, isPlaceRefused });
});

test('the place in a list moves with its last page, to the newest time seen to seven digits', async () => {
  const { service } = startService();
  grantTokens('t1');
  const rows = [jobType(1, '2026-11-03T10:00:00.1234568Z'), jobType(2, '2026-11-03T10:00:00.1234567Z')];
  api().get(path('jpm/job-types')).query(true).reply(200, list(rows, true));
  api()
    .get(path('jpm/job-types'))
    .query(true)
    .reply(200, list([jobType(3, '2026-11-01T00:00:00Z')]));
  const pages = await readAll(service, 'job_types');
  expect(pages.map((page) => page.continueFrom)).toEqual([null, '2026-11-03T10:00:00.1234568Z']);
});

test('an empty answer of a list moves nothing', async () => {
  const { service } = startService();
  grantTokens('t1');
  const from = '2026-11-03T10:00:00.123Z';
  api()
    .get(path('settings/business-units'))
    .query({ active: 'Any', page: 1, pageSize: 5000, modifiedOnOrAfter: from })
    .reply(200, list([]));
  await expect(readAll(service, 'business_units', from)).resolves.toMatchObject([{ continueFrom: from }]);
});
