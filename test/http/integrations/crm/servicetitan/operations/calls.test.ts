import { expect, test } from 'vitest';
import { api, grantTokens, isolateNetwork, list, path, startService } from '../serviceTitanDouble.ts';

isolateNetwork();

const reasonTimes = { createdOn: '2026-11-01T10:00:00Z', modifiedOn: '2026-11-02T10:00:00.1234567Z' };
const reason = (id: number) => ({ id, name: `Reason ${id}`, active: true, ...reasonTimes });

async function collect<Item>(pages: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

test('a list gives its pages one at a time, asks for inactive records too and for the total only if told', async () => {
  const { service } = startService();
  grantTokens('t1');
  const query = { active: 'Any', pageSize: 2 };
  api()
    .get(path('jpm/job-cancel-reasons'))
    .query({ ...query, page: 1, includeTotal: true })
    .reply(200, { ...list([reason(1), reason(2)], true), totalCount: 3 });
  api()
    .get(path('jpm/job-cancel-reasons'))
    .query({ ...query, page: 2, includeTotal: true })
    .reply(200, { ...list([reason(3)]), totalCount: 3 });
  const pages = await collect(service.calls.listJobCancelReasons({}, { pageSize: 2, includeTotal: true }));
  expect(pages.map(({ records, totalCount }) => [records.map(({ id }) => id), totalCount])).toEqual([
    [[1, 2], 3],
    [[3], 3],
  ]);
  expect(pages[0]?.records[0]?.modifiedOn).toBe('2026-11-02T10:00:00.1234567Z');
});

test('a record that lacks a required member is set aside by name, and the rest of the page arrives', async () => {
  const { service } = startService();
  grantTokens('t1');
  const { name: _, ...nameless } = reason(2);
  api()
    .get(path('jpm/job-cancel-reasons'))
    .query(true)
    .reply(200, list([{ ...reason(1), addedLater: true }, nameless]));
  const [page] = await collect(service.calls.listJobCancelReasons());
  expect(page?.records).toEqual([
    { ...reason(1), createdOn: '2026-11-01T10:00:00.0000000Z', modifiedOn: '2026-11-02T10:00:00.1234567Z' },
  ]);
  expect(page?.rejected).toMatchObject([{ id: 2, issues: [expect.stringMatching(/^name: /)] }]);
});

test.each(['2026-11-01T10:00:00+99:99', 'yesterday', '2026-13-01T10:00:00Z'])(
  'a record with the impossible time %s is set aside',
  async (createdOn) => {
    const { service } = startService();
    grantTokens('t1');
    api()
      .get(path('jpm/job-cancel-reasons'))
      .query(true)
      .reply(200, list([{ ...reason(1), createdOn }, reason(2)]));
    const [page] = await collect(service.calls.listJobCancelReasons());
    expect(page?.records.map(({ id }) => id)).toEqual([2]);
    expect(page?.rejected).toMatchObject([{ id: 1, issues: ['createdOn: expected an ISO 8601 time'] }]);
  },
);

test('an id beyond what JavaScript can hold is set aside, not rounded to another record', async () => {
  const { service } = startService();
  grantTokens('t1');
  const body = JSON.stringify(list([reason(1)])).replace('"id":1', '"id":9007199254740993');
  api().get(path('jpm/job-cancel-reasons')).query(true).reply(200, body);
  const [page] = await collect(service.calls.listJobCancelReasons());
  expect(page).toMatchObject({ records: [], rejected: [{ issues: [expect.stringMatching(/^id: /)] }] });
});

test('when the list moves between two pages, records that are seen twice are handed on for the caller to merge', async () => {
  const { service } = startService();
  grantTokens('t1');
  api()
    .get(path('jpm/job-cancel-reasons'))
    .query((query) => query['page'] === '1')
    .reply(200, list([reason(1), reason(2)], true));
  api()
    .get(path('jpm/job-cancel-reasons'))
    .query((query) => query['page'] === '2')
    .reply(200, list([reason(2), reason(3)]));
  const pages = await collect(service.calls.listJobCancelReasons({ sort: '+Id' }));
  expect(pages.flatMap(({ records }) => records.map(({ id }) => id))).toEqual([1, 2, 2, 3]);
});

test('a filter that ServiceTitan does not know is refused before it is ignored', async () => {
  const { service } = startService();
  const misspelled: object = { modifiedSince: '2026-11-01T00:00:00Z' };
  await expect(collect(service.calls.listJobCancelReasons({ ...misspelled }))).rejects.toThrow(
    /modifiedSince/,
  );
  await expect(collect(service.calls.listJobs({}, { pageSize: 5001 }))).rejects.toThrow(/page size/);
});

test('more than fifty ids or keys go in portions, and a page in the middle says that there is more', async () => {
  const { service } = startService();
  grantTokens('t1');
  const asked: string[] = [];
  api()
    .get(path('jpm/jobs'))
    .query((query) => {
      asked.push(String(query['externalDataValues']));
      return true;
    })
    .times(2)
    .reply(200, list([]));
  const externalDataValues = Array.from({ length: 51 }, (_, index) => `key-${index}`);
  const pages = await collect(service.calls.listJobs({ externalDataKey: 'chou', externalDataValues }));
  expect(asked.map((text) => text.split(',').length)).toEqual([50, 1]);
  expect(pages.map(({ hasMore }) => hasMore)).toEqual([true, false]);
  const ids = Array.from({ length: 51 }, (_, index) => index);
  await expect(collect(service.calls.listJobs({ ids, externalDataValues }))).rejects.toThrow(/only one of/);
});

test('arrays, custom fields and the state of invoices are sent as ServiceTitan reads them', async () => {
  const { service } = startService();
  grantTokens('t1');
  let asked = '';
  api()
    .get(path('accounting/invoices'))
    .query(true)
    .reply((request: Request) => {
      asked = decodeURIComponent(new URL(request.url).search);
      return [200, list([])];
    });
  await collect(
    service.calls.listInvoices({
      statuses: ['Pending', 'Posted'],
      'customField.Fields': { Color: 'green' },
      ids: [1, 2],
    }),
  );
  expect(asked).toContain('statuses=Pending&statuses=Posted');
  expect(asked).toContain('customField.Fields[Color]=green');
  expect(asked).toContain('ids=1,2');
  expect(asked).toContain('activeState=All');
});

test('the path carries ids, an encoded e-mail address and the booking provider of the connection', async () => {
  const { service } = startService({ bookingProviderId: 55 });
  grantTokens('t1');
  const times = { createdOn: '2026-11-01T10:00:00Z', modifiedOn: '2026-11-01T10:00:00Z' };
  api()
    .get(path('marketing/suppressions/person%2Ba%40example.com'))
    .reply(200, { id: 1, email: 'person+a@example.com', reason: 'Bounce', active: true, ...times });
  api().post(path('crm/booking-provider/55/bookings/7/dismiss'), { dismissingMemo: 'No' }).reply(200);
  await expect(service.calls.getSuppression({ email: 'person+a@example.com' })).resolves.toMatchObject({
    id: 1,
  });
  await expect(
    service.calls.dismissBooking({ id: 7, body: { dismissingMemo: 'No' } }),
  ).resolves.toBeUndefined();
  await expect(
    startService().service.calls.dismissBooking({ id: 7, body: { dismissingMemo: 'No' } }),
  ).rejects.toThrow(/booking provider ID/);
});

test('a body with a misspelled member is refused: ServiceTitan would ignore it', async () => {
  const { service } = startService();
  const body = { reasonId: 1, memo: 'Moved', reason: 'misspelled' };
  await expect(service.calls.cancelJob({ id: 1, body })).rejects.toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining('reason'),
  });
});

test('a feed is followed by its tokens, and a single answer that is not as declared is an error', async () => {
  const { service } = startService();
  grantTokens('t1');
  const feed = (continueFrom: string, hasMore: boolean) => ({ hasMore, continueFrom, data: [] });
  api()
    .get(path('dispatch/export/appointment-assignments'))
    .query({ active: 'Any', includeRecentChanges: true })
    .reply(200, feed('A', true));
  api()
    .get(path('dispatch/export/appointment-assignments'))
    .query({ active: 'Any', includeRecentChanges: true, from: 'A' })
    .reply(200, feed('B', false));
  api().get(path('jpm/jobs/5')).reply(200, { id: 5 });
  const pages = await collect(service.calls.exportAppointmentAssignments({ from: null }));
  expect(pages.map(({ continueFrom }) => continueFrom)).toEqual(['A', 'B']);
  await expect(service.calls.getJob({ id: 5 })).rejects.toMatchObject({ kind: 'unexpected' });
});
