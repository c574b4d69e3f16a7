import { expect, test } from 'vitest';
import { ServiceTitanIntegration } from '#integrations/crm/servicetitan/ServiceTitanIntegration.ts';
import {
  api,
  bookingRow,
  customerRow,
  estimateRow,
  grantTokens,
  isolateNetwork,
  jobRow,
  list,
  path,
  startService,
} from './serviceTitanDouble.ts';

isolateNetwork();

const times = { createdOn: '2026-11-01T10:00:00Z', modifiedOn: '2026-11-01T10:00:00Z' };

async function run(id: string, input: object) {
  grantTokens('t1');
  const { service } = startService({ bookingProviderId: 55 });
  const changes: object[] = [];
  const result = await new ServiceTitanIntegration().actions
    .find((action) => action.id === id)
    ?.run(
      {
        service,
        clock: { now: () => new Date('2026-11-20T12:00:00Z') },
        idempotencyKey: 'step-1',
        host: {
          updateState: (change) => {
            changes.push(change);
            return Promise.resolve({ from: 2, to: change.state });
          },
        },
      },
      input,
    );
  return { result, changes };
}

test('a customer comes with addresses, the oldest first and each once', async () => {
  const contacts = [
    { id: 3, type: 'Email', value: 'second@example.com', ...times, createdOn: '2026-11-02T10:00:00Z' },
    { id: 2, type: 'Email', value: 'first@example.com', ...times },
    { id: 4, type: 'Email', value: ' first@example.com', ...times },
    { id: 5, type: 'MobilePhone', value: '+15550100100', ...times },
    { id: 6, type: 'Email', value: 'gone@example.com', active: false, ...times },
  ];
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  api().get(path('crm/customers/7/contacts')).query(true).reply(200, list(contacts));
  const { result } = await run('servicetitan_get_customer', { customerId: '7' });
  expect(result).toMatchObject({
    customer: { id: 7 },
    emails: ['first@example.com', 'second@example.com'],
    phones: ['+15550100100'],
  });
});

test('a customer is created from the fields of a form', async () => {
  const address = {
    street: '1 Example Street',
    city: 'Sampletown',
    state: 'CA',
    zip: '00000',
    country: 'USA',
  };
  const contacts = [{ type: 'Email', value: 'person@example.com' }];
  api()
    .post(path('crm/customers'), {
      name: 'Fictional Person',
      address,
      contacts,
      doNotMail: false,
      locations: [{ name: 'Fictional Person', address, contacts }],
    })
    .reply(200, customerRow(9));
  const { result } = await run('servicetitan_create_customer', {
    name: 'Fictional Person',
    ...address,
    email: 'person@example.com',
    phone: '',
    unit: '',
  });
  expect(result).toMatchObject({ customer: { id: 9 } });
});

test('of the appointments of a job the next live one is named', async () => {
  const appointment = (id: number, start: string, more: object = {}) => ({
    id,
    jobId: 5,
    start,
    end: start,
    status: 'Scheduled',
    unused: false,
    active: true,
    ...times,
    ...more,
  });
  api()
    .get(path('jpm/appointments'))
    .query((query) => query['jobId'] === '5' && query['customerId'] === undefined)
    .reply(
      200,
      list([
        appointment(5, '2026-11-24T10:00:00Z'),
        appointment(1, '2026-11-20T11:59:59Z'),
        appointment(2, '2026-11-21T10:00:00Z', { active: false }),
        appointment(3, '2026-11-22T10:00:00Z', { unused: true }),
        appointment(4, '2026-11-23T10:00:00Z', { status: 'Canceled' }),
      ]),
    );
  const { result } = await run('servicetitan_get_appointments', { jobId: '5', customerId: '7' });
  expect(result).toMatchObject({
    next: { id: 5 },
    appointments: [{ id: 1 }, { id: 3 }, { id: 4 }, { id: 5 }],
  });
});

test('the jobs of a customer come newest first', async () => {
  api()
    .get(path('jpm/jobs'))
    .query((query) => query['customerId'] === '7' && query['jobStatus'] === 'Completed')
    .reply(200, list([jobRow(1), jobRow(2, { createdOn: '2026-11-10T10:00:00Z' })]));
  const { result } = await run('servicetitan_get_jobs', { customerId: 7, jobStatus: 'Completed' });
  expect(result).toMatchObject({ jobs: [{ id: 2 }, { id: 1 }], count: 2 });
});

test('estimates come with what is open and what is sold, without deleted ones', async () => {
  api()
    .get(path('sales/estimates'))
    .query(true)
    .reply(
      200,
      list([
        estimateRow(1),
        estimateRow(2, { subtotal: 0.1, tax: 0.2, status: 'Sold' }),
        estimateRow(3, { active: false }),
      ]),
    );
  const { result } = await run('servicetitan_get_estimates', { jobId: 5, status: 'Sold' });
  expect(result).toMatchObject({
    estimates: [{ id: 2, status: 'Sold' }],
    count: 1,
    openTotal: 108.25,
    soldTotal: 0.3,
  });
});

test('a booking carries the key of its step', async () => {
  const bookings = path('crm/booking-provider/55/bookings');
  api().get(bookings).query(true).reply(200, list([]));
  api()
    .post(bookings, {
      externalId: 'step-1',
      source: 'Chou',
      name: 'Fictional Person',
      summary: 'New furnace',
      isFirstTimeClient: false,
      contacts: [{ type: 'Phone', value: '+15550100100' }],
    })
    .reply(200, bookingRow(1, 'step-1'));
  const { result } = await run('servicetitan_create_booking', {
    name: 'Fictional Person',
    phone: '+15550100100',
    summary: 'New furnace',
    source: '',
  });
  expect(result).toMatchObject({ booking: { id: 1 }, created: true });
});
