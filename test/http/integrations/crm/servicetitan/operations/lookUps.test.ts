import { expect, test } from 'vitest';
import { api, grantTokens, isolateNetwork, list, path, startService } from '../serviceTitanDouble.ts';

isolateNetwork();

const times = { createdOn: '2026-11-20T12:00:01Z', modifiedOn: '2026-11-20T12:00:01Z' };

function job(jobStatus: string) {
  return {
    ...times,
    id: 5,
    jobNumber: '5',
    customerId: 7,
    locationId: 8,
    jobStatus,
    businessUnitId: 1,
    jobTypeId: 1,
    priority: 'Normal',
    campaignId: 1,
    appointmentCount: 1,
    firstAppointmentId: 1,
    lastAppointmentId: 1,
    noCharge: false,
    notificationsEnabled: true,
    createdById: 1,
    tagTypeIds: [],
    customerPo: '',
    invoiceId: 1,
    estimateIds: [],
    customFields: [],
    externalData: [{ key: 'chou', value: 'step-1' }],
  };
}

const note = (text: string, createdOn = times.createdOn) => ({
  ...times,
  text,
  isPinned: false,
  createdById: 1,
  createdOn,
  id: 1,
});

function start() {
  grantTokens('t1');
  return startService();
}

const cancellation = { id: 5, body: { reasonId: 1, memo: 'Moved away' } };

test('a cancellation whose answer was lost is confirmed by the job itself', async () => {
  const { service } = start();
  api().put(path('jpm/jobs/5/cancel')).reply(504);
  api().get(path('jpm/jobs/5')).reply(200, job('Canceled'));
  await expect(service.calls.cancelJob(cancellation)).resolves.toBeUndefined();
});

test('a cancellation that a server error prevented is sent again', async () => {
  const { service } = start();
  api().put(path('jpm/jobs/5/cancel')).reply(500);
  api().get(path('jpm/jobs/5')).reply(200, job('Scheduled'));
  api().put(path('jpm/jobs/5/cancel')).reply(200);
  await expect(service.calls.cancelJob(cancellation)).resolves.toBeUndefined();
});

test('a write that may still be in the making is not sent again, and says so', async () => {
  const { service } = start();
  api()
    .put(path('jpm/jobs/5/cancel'))
    .replyWithError(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
  api().get(path('jpm/jobs/5')).reply(200, job('Scheduled'));
  await expect(service.calls.cancelJob(cancellation)).rejects.toMatchObject({
    kind: 'unavailable',
    outcomeUnknown: true,
    message: expect.stringContaining('look in ServiceTitan'),
  });
});

test('a note is recognized by its text, unless it stood there before', async () => {
  const { service } = start();
  const notes = path('jpm/jobs/5/notes');
  const body = { text: 'Called back' };
  api().post(notes, body).reply(502);
  api()
    .get(notes)
    .query(true)
    .reply(200, list([note('Called back')]));
  await expect(service.calls.createJobNote({ id: 5, body })).resolves.toMatchObject({ text: 'Called back' });
  api().post(notes, body).reply(502);
  api()
    .get(notes)
    .query(true)
    .reply(200, list([note('Called back', '2026-11-19T12:00:00Z')]));
  await expect(service.calls.createJobNote({ id: 5, body })).rejects.toMatchObject({ outcomeUnknown: true });
});

const applicationGuid = '00000000-0000-4000-8000-000000000001';
const newJob = {
  customerId: 7,
  locationId: 8,
  businessUnitId: 1,
  jobTypeId: 1,
  priority: 'Normal',
  campaignId: 1,
  appointments: [{ start: '2026-11-25T10:00:00Z', end: '2026-11-25T12:00:00Z' }],
};
const mark = { key: 'chou', value: 'step-1' };
const marked = { ...newJob, externalData: { applicationGuid, externalData: [mark] } };

function answerLookUp(rows: unknown[]): void {
  api()
    .get(path('jpm/jobs'))
    .query((query) => query['externalDataValues'] === 'step-1' && query['externalDataKey'] === 'chou')
    .reply(200, list(rows));
}

test('a job with a reference of ours is found by it, and one without is left to a person', async () => {
  const { service } = start();
  api().post(path('jpm/jobs')).reply(504);
  answerLookUp([job('Scheduled')]);
  await expect(service.calls.createJob({ body: marked })).resolves.toMatchObject({ id: 5 });
  api().post(path('jpm/jobs')).reply(504);
  await expect(service.calls.createJob({ body: newJob })).rejects.toMatchObject({ outcomeUnknown: true });
});

test.each([
  ['of another customer', { customerId: 77 }],
  ['that was made long before', { createdOn: '2020-01-01T00:00:00Z' }],
  ['that carries only one of our keys', { externalData: [mark] }],
])('a job %s is not taken for the one that was to be made', async (_, other) => {
  const { service } = start();
  const externalData = { applicationGuid, externalData: [mark, { key: 'visit', value: '2' }] };
  api().post(path('jpm/jobs')).reply(504);
  answerLookUp([{ ...job('Scheduled'), externalData: externalData.externalData, ...other }]);
  await expect(service.calls.createJob({ body: { ...newJob, externalData } })).rejects.toMatchObject({
    outcomeUnknown: true,
  });
});

test('a look-up that fails leaves the outcome unknown', async () => {
  const { service } = start();
  api().post(path('jpm/jobs')).reply(504);
  api().get(path('jpm/jobs')).query(true).times(5).reply(503);
  await expect(service.calls.createJob({ body: marked })).rejects.toMatchObject({
    status: 504,
    outcomeUnknown: true,
  });
});

test('what a look-up cannot tell for certain is not sent again, even after a server error', async () => {
  const { service } = start();
  const notes = path('jpm/jobs/5/notes');
  api().post(notes, { text: 'Called back' }).reply(500);
  api().get(notes).query(true).reply(200, list([]));
  await expect(service.calls.createJobNote({ id: 5, body: { text: 'Called back' } })).rejects.toMatchObject({
    outcomeUnknown: true,
  });
});

test('a telephone number that ServiceTitan writes its own way is recognized', async () => {
  const { service } = start();
  const contacts = path('crm/customers/7/contacts');
  const body = { type: 'Phone' as const, value: '(555) 010-4567' };
  api().post(contacts, body).reply(502);
  const phoneSettings = { phoneNumber: '5550104567', doNotText: false };
  api()
    .get(contacts)
    .query(true)
    .reply(200, list([{ ...times, id: 3, type: 'Phone', value: '5550104567', phoneSettings }]));
  await expect(service.calls.createCustomerContact({ id: 7, body })).resolves.toMatchObject({ id: 3 });
});

test('a write for which there is no look-up is never sent twice', async () => {
  const { service } = start();
  api().post(path('accounting/payments')).reply(504);
  await expect(
    service.calls.createPayment({ body: { typeId: 1, amount: 10, customerId: 7 } }),
  ).rejects.toMatchObject({ outcomeUnknown: true });
});
