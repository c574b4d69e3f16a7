import { pino } from 'pino';
import { expect, test } from 'vitest';
import { BookingContacts } from '#backend/services/BookingContacts.ts';
import { bookingRecord } from '#integrations/crm/servicetitan/schemas/records.ts';
import {
  api,
  bookingRow,
  grantTokens,
  isolateNetwork,
  list,
  path,
  problem,
  startService,
} from '../../integrations/crm/servicetitan/serviceTitanDouble.ts';

isolateNetwork();

/** Bookings whose contacts were read before. */
const known = new Map([
  [
    9,
    { modifiedOn: bookingRow(9, 'b9').modifiedOn, contacts: [{ type: 'Email', value: 'known@example.com' }] },
  ],
]);

function startReading({ asks = true } = {}) {
  const { service } = startService();
  if (asks) grantTokens('t1');
  return new BookingContacts({
    service,
    logger: pino({ level: 'silent' }),
    findKnown: () => Promise.resolve(known),
  });
}

function contactsOf(id: number) {
  return api()
    .get(path(`crm/bookings/${id}/contacts`))
    .query(true);
}

const bookings = (...ids: number[]) => ids.map((id) => bookingRecord.parse(bookingRow(id, `b${id}`)));
const contact = { type: 'Email', value: 'fay@example.com' };

test('a failure that may pass stops the read as long as there is patience', async () => {
  const contacts = startReading();
  contactsOf(1).times(5).reply(500, problem(500, 'Oh no'));
  await expect(contacts.complete(bookings(1), { isPatient: true })).rejects.toMatchObject({
    kind: 'unavailable',
  });
});

test('without patience one booking stays without contacts, and the others get theirs', async () => {
  const contacts = startReading();
  contactsOf(1).times(5).reply(500, problem(500, 'Oh no'));
  contactsOf(2).reply(200, list([contact]));
  const { records, rejected } = await contacts.complete(bookings(1, 2), { isPatient: false });
  expect(records).toMatchObject([{ contacts: null }, { contacts: [contact] }]);
  expect(rejected).toMatchObject([{ id: 1, issues: ['contacts: could not be read'] }]);
});

test('after some failures no more contacts are asked for', async () => {
  const contacts = startReading();
  for (const id of [1, 2, 3]) contactsOf(id).reply(200, { page: 1 });
  const { records, rejected } = await contacts.complete(bookings(1, 2, 3, 4), { isPatient: false });
  expect(records).toMatchObject(Array.from({ length: 4 }, () => ({ contacts: null })));
  expect(rejected.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  expect(contacts.areReadable).toBe(false);
});

test('a booking that is gone has no contacts, and refused credentials stop the read', async () => {
  const contacts = startReading();
  contactsOf(1).reply(404, problem(404, 'Gone'));
  expect(await contacts.complete(bookings(1), { isPatient: false })).toMatchObject({
    records: [{ contacts: [] }],
    rejected: [],
  });
  contactsOf(2).reply(401, problem(401, 'The application key is invalid'));
  await expect(contacts.complete(bookings(2), { isPatient: false })).rejects.toMatchObject({ kind: 'auth' });
});

test('contacts that are known of the same version are not asked for again', async () => {
  const contacts = startReading({ asks: false });
  const { records, rejected } = await contacts.complete(bookings(9), { isPatient: true });
  expect(records).toMatchObject([{ id: 9, contacts: [{ type: 'Email', value: 'known@example.com' }] }]);
  expect(rejected).toEqual([]);
});
