import { expect, test } from 'vitest';
import {
  api,
  estimateRow,
  grantTokens,
  isolateNetwork,
  jobRow,
  list,
  path,
  startService,
} from './serviceTitanDouble.ts';

isolateNetwork();

test('a list is read as long as ServiceTitan says that there is more, also over an empty page', async () => {
  const { service } = startService();
  grantTokens('t1');
  const page = (number: number) => ({ sort: '+Id', customerId: 7, page: number, pageSize: 500 });
  api()
    .get(path('jpm/jobs'))
    .query(page(1))
    .reply(200, list([jobRow(1)], true));
  api().get(path('jpm/jobs')).query(page(2)).reply(200, list([], true));
  api()
    .get(path('jpm/jobs'))
    .query(page(3))
    .reply(200, list([jobRow(2), jobRow(3)]));
  const jobs = await service.getJobs({ customerId: 7 });
  expect(jobs.map((job) => job.id)).toEqual([1, 2, 3]);
});

test('a list without end is given up', async () => {
  const { service } = startService();
  grantTokens('t1');
  api().get(path('jpm/jobs')).query(true).times(20).reply(200, list([], true));
  await expect(service.getJobs({ customerId: 7 })).rejects.toMatchObject({ kind: 'unexpected' });
});

test('the plus of the sort order is encoded', async () => {
  const { service } = startService();
  grantTokens('t1');
  let asked = '';
  api()
    .get(path('jpm/jobs'))
    .query(true)
    .reply((request: Request) => {
      asked = request.url;
      return [200, list([])];
    });
  await service.getJobs({ customerId: 7, modifiedOnOrAfter: '2026-11-20T00:00:00Z' });
  expect(asked).toContain('sort=%2BId');
  expect(asked).toContain('modifiedOnOrAfter=2026-11-20T00%3A00%3A00Z');
});

test('more than fifty ids are asked for in portions, each id once', async () => {
  const { service } = startService();
  grantTokens('t1');
  const ids = Array.from({ length: 101 }, (_, index) => index + 1);
  const portions: number[] = [];
  api()
    .get(path('jpm/jobs'))
    .query((query) => {
      portions.push(String(query['ids']).split(',').length);
      return true;
    })
    .times(3)
    .reply(200, list([jobRow(1)]));
  await service.getJobs({ ids: [...ids, ...ids] });
  expect(portions).toEqual([50, 50, 1]);
});

test('no ids are no call, not the whole list', async () => {
  const { service } = startService();
  await expect(service.getJobs({ ids: [] })).resolves.toEqual([]);
});

test('deleted appointments and estimates are asked for too', async () => {
  const { service } = startService();
  grantTokens('t1');
  const query = { active: 'Any', sort: '+Id', jobId: 5, page: 1, pageSize: 500 };
  api().get(path('jpm/appointments')).query(query).reply(200, list([]));
  api().get(path('sales/estimates')).query(query).reply(200, list([]));
  await expect(service.getAppointments({ jobId: 5 })).resolves.toEqual([]);
  await expect(service.getEstimates({ jobId: 5 })).resolves.toEqual([]);
});

test('the estimates of a customer come from the jobs and their projects, each once, and no others', async () => {
  const { service } = startService();
  grantTokens('t1');
  const jobs = [jobRow(1, { projectId: 9 }), jobRow(2, { projectId: 9 }), jobRow(3, { projectId: 0 })];
  api()
    .get(path('jpm/jobs'))
    .query({ sort: '+Id', customerId: 7, page: 1, pageSize: 500 })
    .reply(200, list(jobs));
  const estimates = (filter: object) =>
    api()
      .get(path('sales/estimates'))
      .query({ active: 'Any', sort: '+Id', page: 1, pageSize: 500, ...filter });
  estimates({ jobId: 1 }).reply(200, list([estimateRow(12, { customerId: 7 })]));
  estimates({ jobId: 2 }).reply(200, list([]));
  estimates({ jobId: 3 }).reply(200, list([estimateRow(11)]));
  estimates({ projectId: 9 }).reply(
    200,
    list([estimateRow(12, { customerId: 7 }), estimateRow(13), estimateRow(14, { customerId: 8 })]),
  );
  const found = await service.getEstimates({ customerId: 7 });
  expect(found.map((estimate) => estimate.id)).toEqual([11, 12, 13]);
});

test('the contacts of a customer know whose they are', async () => {
  const { service } = startService();
  grantTokens('t1');
  const times = { createdOn: '2026-11-01T10:00:00Z', modifiedOn: '2026-11-01T10:00:00Z' };
  api()
    .get(path('crm/customers/7/contacts'))
    .query({ page: 1, pageSize: 500 })
    .reply(200, list([{ id: 1, type: 'Email', value: 'person@example.com', ...times }]));
  await expect(service.getCustomerContacts(7)).resolves.toMatchObject([
    { id: 1, customerId: 7, value: 'person@example.com', createdOn: '2026-11-01T10:00:00.0000000Z' },
  ]);
});

test('an e-mail address is suppressed, also when the first answer is lost', async () => {
  const { service } = startService();
  grantTokens('t1');
  const body = { emails: ['person@example.com'], reason: 'Unsubscribe' };
  api().post(path('marketing/suppressions/suppress'), body).reply(502);
  api().post(path('marketing/suppressions/suppress'), body).reply(200, '');
  await expect(service.suppressEmails(['person@example.com'], 'Unsubscribe')).resolves.toBeUndefined();
});
