import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, readProblem, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const jobs = 'jpm/v2/tenant/{t}/jobs';
const appointments = 'jpm/v2/tenant/{t}/appointments';
const estimates = 'sales/v2/tenant/{t}/estimates';
const customers = 'crm/v2/tenant/{t}/customers';
const leads = 'crm/v2/tenant/{t}/leads';
const bookings = 'crm/v2/tenant/{t}/booking-provider/1/bookings';
const old = { createdOn: '2026-01-01T00:00:00Z' };
const oldStamp = '2026-01-01T00:00:00.0000000Z';
const times = { start: '2027-01-04T17:00:00Z', end: '2027-01-04T19:00:00Z' };

const address = { street: '1 Sample St', city: 'Irvine', state: 'CA', zip: '92602', country: 'USA' };
const newJob = {
  customerId: 1,
  locationId: 1,
  businessUnitId: 11,
  jobTypeId: 101,
  priority: 'Normal',
  campaignId: 1,
  appointments: [times],
};

beforeEach(async () => {
  client = await openSandbox();
  await client.load('customers', [{ id: 1, name: 'Pat Placeholder', ...old }]);
  await client.load('locations', [{ id: 1, customerId: 1, name: 'Home', ...old }]);
  await client.load('leads', [{ id: 1, customerId: 1, ...old }]);
  await client.load('jobs', [{ id: 1, customerId: 1, locationId: 1, ...old }]);
  await client.load('appointments', [
    { id: 1, jobId: 1, ...times, ...old },
    { id: 2, jobId: 1, ...times, status: 'Done', ...old },
  ]);
  await client.load('assignments', [
    { id: 1, appointmentId: 1, technicianId: 501, assignedOn: oldStamp, ...old },
  ]);
  await client.load('estimates', [{ id: 1, jobId: 1, customerId: 1, subtotal: 5000, ...old }]);
});
afterEach(async () => client.sandbox.close());

async function refused(method: string, path: string, body?: unknown) {
  const answer = await client.call(method, path, body);
  return { status: answer.status, fields: Object.keys(readProblem(answer).errors) };
}

async function act(method: string, path: string, body?: unknown): Promise<void> {
  const answer = await client.call(method, path, body);
  expect([answer.status, answer.text]).toEqual([200, '']);
}

describe('customers', () => {
  it('are created with locations and contacts, which the row itself does not carry', async () => {
    const created = await client.json('POST', customers, {
      name: 'Kim Sample',
      address,
      contacts: [{ type: 'MobilePhone', value: '(213) 555-0100' }],
      locations: [{ name: 'Home', address, contacts: [{ type: 'Email', value: 'kim@example.com' }] }],
    });
    expect(created['contacts']).toHaveLength(2);
    expect(created['createdOn']).toMatch(/\.\d{7}Z$/);
    expect(await client.json('GET', `${customers}/${created.id}`)).not.toHaveProperty('contacts');
    const { data } = await client.list(`${customers}/${created.id}/contacts`);
    expect(data.map(({ value }) => value)).toEqual(['(213) 555-0100', 'kim@example.com']);
  });

  it('are refused by the fields that are missing, and ignore unknown ones', async () => {
    expect(await refused('POST', customers, { nonsense: 1 })).toEqual({
      status: 400,
      fields: ['name', 'address', 'locations'],
    });
    expect(
      await refused('POST', customers, { name: 5, address, locations: [{ name: 'x', address: {} }] }),
    ).toEqual({
      status: 400,
      fields: [
        'name',
        ...['street', 'city', 'state', 'zip', 'country'].map((part) => `locations[0].address.${part}`),
      ],
    });
    await client.json('PATCH', `${customers}/1`, { nonsense: 1, doNotMail: true });
    expect(await client.json('GET', `${customers}/1`)).toMatchObject({
      name: 'Pat Placeholder',
      doNotMail: true,
    });
  });

  it('keep their modifiedOn when a contact changes', async () => {
    const contact = await client.json('POST', `${customers}/1/contacts`, {
      type: 'Email',
      value: 'pat@example.com',
    });
    await client.json('PATCH', `${customers}/1/contacts/${contact.id}`, { memo: 'work' });
    await act('DELETE', `${customers}/1/contacts/${contact.id}`);
    expect(await client.ids(`${customers}/1/contacts`)).toEqual([]);
    const feed = await client.export('crm/v2/tenant/{t}/export/customers/contacts');
    expect(feed.data).toEqual([expect.objectContaining({ id: contact.id, active: false, memo: 'work' })]);
    expect(await client.json('GET', `${customers}/1`)).toMatchObject({ modifiedOn: oldStamp });
  });
});

describe('leads and bookings', () => {
  it('are converted by the job that is booked from them', async () => {
    const booking = await client.json('POST', bookings, {
      source: 'Web',
      name: 'Pat',
      summary: 'New system',
      isFirstTimeClient: false,
      externalId: 'x-1',
      contacts: [{ type: 'Email', value: 'pat@example.com' }],
    });
    expect(booking).toMatchObject({ status: 'New', bookingProviderId: 1, jobId: null });
    expect(await client.ids(`${bookings}/${booking.id}/contacts`)).toHaveLength(1);
    const job = await client.json('POST', jobs, { ...newJob, leadId: 1, bookingId: booking.id });
    expect(await client.json('GET', `${leads}/1`)).toMatchObject({ status: 'Converted' });
    expect(await client.json('GET', `crm/v2/tenant/{t}/bookings/${booking.id}`)).toMatchObject({
      status: 'Converted',
      jobId: job.id,
    });
    expect((await client.call('PATCH', `${bookings}/${booking.id}`, { name: 'Kim' })).status).toBe(409);
  });

  it('are dismissed, once', async () => {
    expect((await refused('POST', `${leads}/1/dismiss`, {})).fields).toEqual(['dismissingReasonId']);
    await act('POST', `${leads}/1/dismiss`, { dismissingReasonId: 3 });
    expect(await client.json('GET', `${leads}/1`)).toMatchObject({
      status: 'Dismissed',
      dismissingReasonId: 3,
    });
    expect((await refused('POST', `${leads}/1/dismiss`, { dismissingReasonId: 3 })).status).toBe(400);
  });

  it('say what a booking needs', async () => {
    expect(await refused('POST', bookings, {})).toEqual({
      status: 400,
      fields: ['source', 'name', 'summary', 'isFirstTimeClient', 'externalId'],
    });
    expect((await client.call('POST', bookings.replace('/1/', '/9/'), {})).status).toBe(404);
  });
});

describe('jobs', () => {
  it('are booked with their appointments', async () => {
    const job = await client.json('POST', jobs, newJob);
    const [appointment] = (await client.list(`${appointments}?jobId=${job.id}`)).data;
    expect(job).toMatchObject({
      jobStatus: 'Scheduled',
      appointmentCount: 1,
      firstAppointmentId: appointment?.id,
    });
    expect(appointment).toMatchObject({
      status: 'Scheduled',
      customerId: 1,
      start: '2027-01-04T17:00:00.0000000Z',
    });
    expect(await refused('POST', jobs, { ...newJob, appointments: [] })).toMatchObject({
      fields: ['appointments'],
    });
    expect(await refused('POST', jobs, { ...newJob, customerId: 9, jobTypeId: 9 })).toMatchObject({
      fields: ['customerId', 'jobTypeId'],
    });
  });

  it('are refused for what does not belong together', async () => {
    await client.load('customers', [
      { id: 2, name: 'Gone', active: false },
      { id: 3, name: 'Merged', active: false, mergedToId: 1 },
    ]);
    await client.load('locations', [
      { id: 2, customerId: 2, name: 'Gone' },
      { id: 3, customerId: 3, name: 'Merged' },
    ]);
    const fieldsOf = async (members: object) =>
      (await refused('POST', jobs, { ...newJob, ...members })).fields;
    const none = { customerId: 0, locationId: 0, businessUnitId: 0, jobTypeId: 0, campaignId: 0 };
    expect(await fieldsOf(none)).toEqual(Object.keys(none));
    expect(await fieldsOf({ customerId: 2, locationId: 2 })).toEqual(['customerId']);
    expect(await fieldsOf({ customerId: 3, locationId: 3 })).toEqual(['customerId']);
    expect(await fieldsOf({ locationId: 2 })).toEqual(['locationId']);
    expect(await fieldsOf({ businessUnitId: 12 })).toEqual(['businessUnitId']);
    const backwards = { start: times.end, end: times.start };
    expect(await fieldsOf({ appointments: [times, backwards] })).toEqual(['appointments[1].end']);
    expect((await refused('PATCH', `${jobs}/1`, { locationId: 2 })).fields).toEqual(['locationId']);
    expect((await refused('PATCH', `${jobs}/1`, { customerId: 0 })).fields).toEqual(['customerId']);
  });

  it('take what hangs on them along to another customer, who then owes what is open', async () => {
    const job = await client.json('POST', jobs, newJob);
    const invoice = { id: job['invoiceId'], jobId: job.id, customerId: 1, balance: 250 };
    await client.load('invoices', [invoice]);
    await client.load('customers', [
      { id: 1, name: 'Pat', balance: 250 },
      { id: 2, name: 'Kim' },
    ]);
    await client.load('locations', [{ id: 2, customerId: 2, name: 'Kim' }]);
    const estimate = await client.json('POST', estimates, { jobId: job.id, name: 'New', items: [] });
    expect((await refused('PATCH', `${jobs}/${job.id}`, { customerId: 2 })).fields).toEqual(['locationId']);
    await client.json('PATCH', `${jobs}/${job.id}`, { customerId: 2, locationId: 2 });
    const [appointment] = (await client.list(`${appointments}?jobId=${job.id}`)).data;
    expect(appointment).toMatchObject({ customerId: 2, modifiedOn: job['modifiedOn'] });
    expect(await client.json('GET', `${estimates}/${estimate.id}`)).toMatchObject({
      customerId: 2,
      locationId: 2,
      modifiedOn: estimate['modifiedOn'],
    });
    expect((await client.list(customers)).data.map(({ balance }) => balance)).toEqual([0, 250]);
  });

  it('take their open appointments with them when they are canceled, and bring them back', async () => {
    await act('PUT', `${jobs}/1/cancel`, { reasonId: 201, memo: 'Customer called' });
    expect(await client.json('GET', `${jobs}/1`)).toMatchObject({ jobStatus: 'Canceled' });
    expect((await client.list(appointments)).data.map(({ status }) => status)).toEqual(['Canceled', 'Done']);
    expect((await client.list(`${jobs}/1/canceled-log`)).data).toMatchObject([
      { jobId: 1, reasonId: 201, active: true },
    ]);
    expect((await client.call('GET', `${jobs}/cancel-reasons?ids=1`)).text).toContain(
      'Customer changed their mind',
    );
    expect((await refused('PUT', `${jobs}/1/cancel`, { reasonId: 201, memo: '' })).status).toBe(400);

    await act('PUT', `${jobs}/1/remove-cancellation`);
    expect(await client.json('GET', `${jobs}/1`)).toMatchObject({ jobStatus: 'InProgress' });
    expect((await client.list(appointments)).data.map(({ status }) => status)).toEqual(['Scheduled', 'Done']);
    const logs = await client.export('jpm/v2/tenant/{t}/export/job-canceled-logs');
    expect(logs.data).toMatchObject([{ jobId: 1, active: false }]);
    expect(logs.data[0]).not.toHaveProperty('modifiedOn');
  });

  it('show a cancellation that was taken back in a feed from a later date', async () => {
    await act('PUT', `${jobs}/1/cancel`, { reasonId: 201, memo: '' });
    await client.sandbox.advance(60_000);
    const later = client.sandbox.clock.now().toISOString();
    const feed = 'jpm/v2/tenant/{t}/export/job-canceled-logs';
    expect((await client.export(feed, later)).data).toEqual([]);
    await act('PUT', `${jobs}/1/remove-cancellation`);
    expect((await client.export(feed, later)).data).toMatchObject([{ jobId: 1, active: false }]);
  });

  it('are held and completed, but not twice and not without a technician', async () => {
    await act('PUT', `${jobs}/1/hold`, { reasonId: 1, memo: 'parts' });
    expect(await client.json('GET', `${jobs}/1`)).toMatchObject({ jobStatus: 'Hold' });
    await act('PUT', `${jobs}/1/complete`, { completedOn: '2026-05-01T00:00:00Z' });
    const completed = await client.json('GET', `${jobs}/1`);
    expect(completed).toMatchObject({ jobStatus: 'Completed', completedOn: '2026-05-01T00:00:00.0000000Z' });
    expect((await refused('PUT', `${jobs}/1/complete`, { completedOn: '2026-05-01' })).status).toBe(409);
    const { id } = await client.json('POST', jobs, newJob);
    expect((await refused('PUT', `${jobs}/${id}/complete`, { completedOn: '2026-05-01' })).status).toBe(409);
  });
});

describe('appointments', () => {
  it('are added, moved, confirmed and deleted, but never the only one and never one that is done', async () => {
    const { id } = await client.json('POST', appointments, { jobId: 1, ...times });
    const moved = { start: '2027-02-01T17:00:00Z', end: '2027-02-01T18:00:00Z' };
    expect(await client.json('PATCH', `${appointments}/${id}/reschedule`, moved)).toMatchObject({
      start: '2027-02-01T17:00:00.0000000Z',
      status: 'Scheduled',
    });
    await act('PUT', `${appointments}/${id}/confirmation`);
    expect(await client.json('GET', `${appointments}/${id}`)).toMatchObject({ isConfirmed: true });
    await act('DELETE', `${appointments}/${id}/confirmation`);
    expect((await refused('DELETE', `${appointments}/2`)).status).toBe(409);
    await act('DELETE', `${appointments}/1`);
    await act('DELETE', `${appointments}/${id}`);
    expect((await refused('DELETE', `${appointments}/2`)).status).toBe(409);
    expect(await client.json('GET', `${appointments}/1`)).toMatchObject({ active: false });
    expect((await refused('PATCH', `${appointments}/1/reschedule`, moved)).status).toBe(409);
  });

  it('are not deleted twice, nor from a canceled job', async () => {
    const { id: third } = await client.json('POST', appointments, { jobId: 1, ...times });
    await act('DELETE', `${appointments}/${third}`);
    expect((await refused('DELETE', `${appointments}/${third}`)).status).toBe(409);
    await act('PUT', `${jobs}/1/cancel`, { reasonId: 201, memo: '' });
    expect((await refused('DELETE', `${appointments}/1`)).status).toBe(409);
  });

  it('change their order with their times', async () => {
    const second = { start: '2027-02-01T17:00:00Z', end: '2027-02-01T18:00:00Z' };
    const job = await client.json('POST', jobs, { ...newJob, appointments: [times, second] });
    const third = { start: '2027-03-01T17:00:00Z', end: '2027-03-01T18:00:00Z' };
    await client.json('PATCH', `${appointments}/${String(job['firstAppointmentId'])}/reschedule`, third);
    expect(await client.json('GET', `${jobs}/${job.id}`)).toMatchObject({
      firstAppointmentId: job['lastAppointmentId'],
      lastAppointmentId: job['firstAppointmentId'],
      modifiedOn: job['modifiedOn'],
    });
  });

  it('do not move the job when only their time changes', async () => {
    await client.json('PATCH', `${appointments}/1/reschedule`, { end: '2027-01-04T20:00:00Z' });
    expect(await client.json('GET', `${jobs}/1`)).toMatchObject({ modifiedOn: oldStamp });
    expect(await refused('PATCH', `${appointments}/1/reschedule`, { end: times.start })).toMatchObject({
      fields: ['end'],
    });
  });

  it('put their job on hold with them', async () => {
    await act('PUT', `${appointments}/1/hold`, { reasonId: 1, memo: '' });
    expect(await client.json('GET', `${jobs}/1`)).toMatchObject({ jobStatus: 'Hold' });
    await act('DELETE', `${appointments}/1/hold`);
    expect((await refused('DELETE', `${appointments}/1/hold`)).status).toBe(409);
  });
});

describe('estimates', () => {
  it('are made on a job, which then names them without being modified', async () => {
    const items = [{ skuName: 'Heat pump', quantity: 2, unitPrice: 1500 }];
    const estimate = await client.json('POST', estimates, { jobId: 1, name: 'Heat pump', tax: 240, items });
    expect(estimate).toMatchObject({
      status: { name: 'Open' },
      customerId: 1,
      locationId: 1,
      subtotal: 3000,
      tax: 240,
    });
    expect(await client.json('GET', `${jobs}/1`)).toMatchObject({
      estimateIds: [estimate.id],
      modifiedOn: oldStamp,
    });
    expect((await refused('POST', estimates, { name: 'Nowhere' })).fields).toEqual(['jobId']);
  });

  it('are sold, unsold and dismissed', async () => {
    expect((await refused('PUT', `${estimates}/1/sell`, {})).fields).toEqual(['soldBy']);
    expect((await refused('PUT', `${estimates}/1/sell`, { soldBy: 999 })).fields).toEqual(['soldBy']);
    const absurd = { skuName: 'x', quantity: 1e300, unitPrice: 1e300 };
    expect((await refused('PUT', `${estimates}/1/items`, absurd)).fields).toEqual(['quantity', 'unitPrice']);
    const sold = await client.json('PUT', `${estimates}/1/sell`, { soldBy: 601 });
    expect(sold).toMatchObject({
      status: { value: 1, name: 'Sold' },
      soldBy: 601,
      soldOn: sold['modifiedOn'],
    });
    expect((await refused('PUT', `${estimates}/1/dismiss`)).status).toBe(400);
    await act('PUT', `${estimates}/1/unsell`);
    expect(await client.json('GET', `${estimates}/1`)).toMatchObject({
      status: { name: 'Open' },
      soldOn: null,
    });
    await act('PUT', `${estimates}/1/dismiss`);
    expect(await client.json('GET', `${estimates}/1`)).toMatchObject({ status: { name: 'Dismissed' } });
  });

  it('cannot be unsold once they are booked', async () => {
    await client.json('PUT', `${estimates}/1/sell`, { soldBy: 601 });
    await client.load('jobs', [{ id: 2, customerId: 1, createdFromEstimateId: 1 }]);
    expect((await refused('PUT', `${estimates}/1/unsell`)).status).toBe(400);
  });
});

describe('suppressions', () => {
  it('are put on and lifted by e-mail address', async () => {
    const path = 'marketing/v2/tenant/{t}/suppressions';
    await act('POST', `${path}/suppress`, { emails: ['Pat@example.com'], reason: 'Unsubscribe' });
    expect((await client.list(`${path}?email=pat@example.com`)).data).toMatchObject([
      { reason: 'Unsubscribe' },
    ]);
    expect((await refused('POST', `${path}/suppress`, { emails: [], reason: 'Bored' })).fields).toEqual([
      'reason',
    ]);
    await act('POST', `${path}/unsuppress`, { emails: ['pat@example.com'] });
    expect((await client.list(path)).data).toEqual([]);
    expect((await client.list(`${path}?active=False`)).data).toHaveLength(1);
    expect((await client.call('GET', `${path}/nobody@example.com`)).status).toBe(404);
  });
});
