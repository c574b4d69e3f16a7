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
    externalData: [],
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

test('a job with a reference of ours is found by it, and one without is left to a person', async () => {
  const { service } = start();
  const applicationGuid = '00000000-0000-4000-8000-000000000001';
  const body = {
    customerId: 7,
    locationId: 8,
    businessUnitId: 1,
    jobTypeId: 1,
    priority: 'Normal',
    campaignId: 1,
    appointments: [{ start: '2026-11-25T10:00:00Z', end: '2026-11-25T12:00:00Z' }],
  };
  const externalData = { applicationGuid, externalData: [{ key: 'chou', value: 'step-1' }] };
  api().post(path('jpm/jobs')).reply(504);
  api()
    .get(path('jpm/jobs'))
    .query((query) => query['externalDataValues'] === 'step-1' && query['externalDataKey'] === 'chou')
    .reply(200, list([job('Scheduled')]));
  await expect(service.calls.createJob({ body: { ...body, externalData } })).resolves.toMatchObject({
    id: 5,
  });
  api().post(path('jpm/jobs')).reply(504);
  await expect(service.calls.createJob({ body })).rejects.toMatchObject({ outcomeUnknown: true });
});

test('a write for which there is no look-up is never sent twice', async () => {
  const { service } = start();
  api().post(path('accounting/payments')).reply(504);
  await expect(
    service.calls.createPayment({ body: { typeId: 1, amount: 10, customerId: 7 } }),
  ).rejects.toMatchObject({ outcomeUnknown: true });
});
