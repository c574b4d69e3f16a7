import { expect, test } from 'vitest';
import {
  api,
  bookingRow,
  customerRow,
  grantTokens,
  isolateNetwork,
  list,
  path,
  startService,
} from './serviceTitanDouble.ts';

isolateNetwork();

const bookings = path('crm/booking-provider/55/bookings');
const booking = {
  externalId: 'step-1',
  source: 'Chou',
  name: 'Fictional Person',
  summary: 'New furnace',
  isFirstTimeClient: true,
  contacts: [{ type: 'Email' as const, value: 'person@example.com' }],
};
const address = { street: '1 Example Street', city: 'Sampletown', state: 'CA', zip: '00000', country: 'USA' };

function lookUp(found: unknown[]) {
  api().get(bookings).query({ externalId: 'step-1', page: 1, pageSize: 500 }).reply(200, list(found));
}

function start() {
  grantTokens('t1');
  return startService({ bookingProviderId: ' 55 ' });
}

test('a booking is made through the provider', async () => {
  const { service } = start();
  lookUp([]);
  api().post(bookings, booking).reply(200, bookingRow(1, 'step-1'));
  await expect(service.createBooking(booking)).resolves.toMatchObject({ booking: { id: 1 }, created: true });
});

test('a booking with the same external id is found and not made again', async () => {
  const { service } = start();
  lookUp([bookingRow(1, 'step-1')]);
  await expect(service.createBooking(booking)).resolves.toMatchObject({ booking: { id: 1 }, created: false });
});

test('a booking whose answer was lost is found by its external id', async () => {
  const { service } = start();
  lookUp([]);
  api()
    .post(bookings)
    .replyWithError(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
  lookUp([bookingRow(1, 'step-1')]);
  await expect(service.createBooking(booking)).resolves.toMatchObject({ booking: { id: 1 }, created: true });
});

test('a booking whose answer could not be read is found by its external id', async () => {
  const { service } = start();
  lookUp([]);
  api().post(bookings).reply(200, '<html>');
  lookUp([bookingRow(1, 'step-1')]);
  await expect(service.createBooking(booking)).resolves.toMatchObject({ booking: { id: 1 } });
});

test('a booking that a server error kept from being made is sent again', async () => {
  const { service } = start();
  lookUp([]);
  api().post(bookings).reply(503);
  lookUp([]);
  api().post(bookings).reply(200, bookingRow(1, 'step-1'));
  await expect(service.createBooking(booking)).resolves.toMatchObject({ booking: { id: 1 } });
});

test.each([
  ['a gateway gave up', 504],
  ['the time ran out', 408],
])('a booking is not sent again after %s, but may be tried later', async (_, status) => {
  const { service, waits } = start();
  lookUp([]);
  api().post(bookings).reply(status);
  lookUp([]);
  await expect(service.createBooking(booking)).rejects.toMatchObject({
    kind: 'unavailable',
    status,
    outcomeUnknown: false,
  });
  expect(waits.filter((waited) => waited > 100)).toEqual([2000]);
});

test('a look-up whose filter is ignored does not pass for the booking', async () => {
  const { service } = start();
  lookUp([bookingRow(1, 'of somebody else')]);
  api().post(bookings).reply(200, bookingRow(2, 'step-1'));
  await expect(service.createBooking(booking)).resolves.toMatchObject({ booking: { id: 2 } });
});

test('a booking without a provider, a text or a way to reach the customer is refused before any call', async () => {
  await expect(startService().service.createBooking(booking)).rejects.toThrow(/booking provider ID/);
  const { service } = startService({ bookingProviderId: 55 });
  await expect(service.createBooking({ ...booking, summary: ' ' })).rejects.toThrow(/summary/);
  await expect(service.createBooking({ ...booking, contacts: [] })).rejects.toThrow(/contacts/);
});

test('a customer is created with one place of service', async () => {
  const { service } = start();
  const contacts = [{ type: 'Email' as const, value: 'person@example.com' }];
  api()
    .post(path('crm/customers'), {
      name: 'Fictional Person',
      address,
      contacts,
      locations: [{ name: 'Fictional Person', address, contacts }],
    })
    .reply(200, customerRow(9));
  await expect(
    service.createCustomer({ name: 'Fictional Person', address, contacts }, { reference: 'step-1' }),
  ).resolves.toMatchObject({ id: 9 });
});

test('with an application GUID a customer that was created before is found by its reference', async () => {
  grantTokens('t1');
  const applicationGuid = '00000000-0000-4000-8000-000000000001';
  const { service } = startService({ applicationGuid });
  const marks = {
    externalDataApplicationGuid: applicationGuid,
    externalDataKey: 'chou',
    externalDataValues: 'step-1',
  };
  const find = () =>
    api()
      .get(path('crm/customers'))
      .query({ active: 'Any', ...marks, page: 1, pageSize: 500 });
  find().reply(200, list([]));
  api()
    .post(path('crm/customers'), (body: unknown) => JSON.stringify(body).includes('"value":"step-1"'))
    .reply(502);
  const create = () => service.createCustomer({ name: 'Fictional Person', address }, { reference: 'step-1' });
  await expect(create()).rejects.toMatchObject({ outcomeUnknown: true });
  find().reply(
    200,
    list([
      { ...customerRow(8), externalData: [] },
      { ...customerRow(9), externalData: [{ key: 'chou', value: 'step-1' }] },
    ]),
  );
  await expect(create()).resolves.toMatchObject({ id: 9 });
});
