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
    { resource: 'leads', records: [], rejected: [], continueFrom: 'A', hasMore: false },
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
    { id: 2, issues: ['modifiedOn: expected an ISO 8601 time'] },
    { id: null, issues: [expect.stringContaining('expected object')] },
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
  ['job_types', 'jpm/job-types', { orderBy: 'Id', orderByDirection: 'asc' }],
  ['business_units', 'settings/business-units', {}],
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

test('a list is read again with some minutes of overlap, and an empty answer moves nothing', async () => {
  const { service } = startService();
  grantTokens('t1');
  const from = '2026-11-03T10:00:00.1234568Z';
  api()
    .get(path('settings/business-units'))
    .query({ active: 'Any', page: 1, pageSize: 5000, modifiedOnOrAfter: '2026-11-03T09:50:00.123Z' })
    .reply(200, list([]));
  await expect(readAll(service, 'business_units', from)).resolves.toMatchObject([{ continueFrom: from }]);
});
