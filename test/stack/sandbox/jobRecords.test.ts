import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { act, loadCustomer, newJob, oldStamp, old, refused, times } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const jobs = 'jpm/v2/tenant/{t}/jobs';
const appointments = 'jpm/v2/tenant/{t}/appointments';

beforeEach(async () => {
  client = await openSandbox();
  await loadCustomer(client);
});
afterEach(async () => client.sandbox.close());

async function historyOf(jobId: number): Promise<{ eventType: string; memo?: string }[]> {
  return JSON.parse((await client.call('GET', `${jobs}/${jobId}/history`)).text).history;
}

describe('what is told of a job', () => {
  it('is what happened to it, in order and with memos', async () => {
    const { id } = await client.json('POST', jobs, newJob);
    await act(client, 'PUT', `${jobs}/${id}/hold`, { reasonId: 1, memo: 'Parts' });
    await act(client, 'PUT', `${jobs}/${id}/cancel`, { reasonId: 201, memo: 'Sold the house' });
    const history = await historyOf(id);
    expect(history.map(({ eventType, memo }) => [eventType, memo])).toEqual([
      ['Job Booked', ''],
      ['Job On Hold', 'Parts'],
      ['Job Canceled', 'Sold the house'],
    ]);
  });

  it('is in the history feed, without memos, again whenever something happens', async () => {
    const { id } = await client.json('POST', jobs, newJob);
    const feed = 'jpm/v2/tenant/{t}/export/job-history';
    const first = JSON.parse((await client.call('GET', feed)).text);
    expect(first.data).toMatchObject([{ jobId: id, history: [{ eventType: 'Job Booked' }] }]);
    expect(first.data[0].history[0]).not.toHaveProperty('memo');
    await act(client, 'PUT', `${jobs}/${id}/hold`, { reasonId: 1, memo: '' });
    const next = JSON.parse((await client.call('GET', `${feed}?from=${first.continueFrom}`)).text);
    expect(next.data).toMatchObject([{ jobId: id, history: [{}, { eventType: 'Job On Hold' }] }]);
  });

  it('is when it was booked for first, whatever became of it', async () => {
    const { id, firstAppointmentId } = await client.json('POST', jobs, newJob);
    const moved = { start: '2027-02-01T17:00:00Z', end: '2027-02-01T18:00:00Z' };
    await client.json('PATCH', `${appointments}/${String(firstAppointmentId)}/reschedule`, moved);
    expect(await client.json('GET', `${jobs}/${id}/booked-log`)).toMatchObject({
      jobId: id,
      jobAppointmentId: firstAppointmentId,
      start: '2027-01-04T17:00:00.0000000Z',
    });
    expect((await refused(client, 'GET', `${jobs}/999/booked-log`)).status).toBe(404);
  });

  it('is noted, in the job and in the feed', async () => {
    const { id, modifiedOn } = await client.json('POST', jobs, newJob);
    await client.call('POST', `${jobs}/${id}/notes`, { text: 'Gate code 12', pinToTop: true });
    const { data } = JSON.parse((await client.call('GET', `${jobs}/${id}/notes`)).text);
    expect(data).toMatchObject([{ text: 'Gate code 12', isPinned: true }]);
    expect((await client.export('jpm/v2/tenant/{t}/export/job-notes')).data).toMatchObject([
      { jobId: id, active: true },
    ]);
    expect(await client.json('GET', `${jobs}/${id}`)).toMatchObject({ modifiedOn });
  });
});

describe('a job', () => {
  it('is held for a reason that there is', async () => {
    const { id } = await client.json('POST', jobs, newJob);
    const reasons = await client.list('jpm/v2/tenant/{t}/job-hold-reasons');
    expect(reasons.data[0]).toMatchObject({ name: 'Waiting for parts', active: true });
    expect(await refused(client, 'PUT', `${jobs}/${id}/hold`, { reasonId: 99, memo: '' })).toEqual({
      status: 400,
      fields: ['reasonId'],
    });
  });

  it('is not modified by appointments that leave its status as it is', async () => {
    await client.load('jobs', [{ id: 1, customerId: 1, locationId: 1, ...old }]);
    await client.load('appointments', [{ id: 1, jobId: 1, ...times, ...old }]);
    const { id } = await client.json('POST', appointments, { jobId: 1, ...times });
    const instructions = { specialInstructions: 'Ring twice' };
    expect(
      await client.json('PUT', `${appointments}/${id}/special-instructions`, instructions),
    ).toMatchObject(instructions);
    expect(await client.json('GET', `${jobs}/1`)).toMatchObject({
      appointmentCount: 2,
      lastAppointmentId: id,
      modifiedOn: oldStamp,
    });
    await act(client, 'PUT', `${appointments}/${id}/hold`, { reasonId: 1, memo: '' });
    expect(await client.json('GET', `${jobs}/1`)).toMatchObject({
      jobStatus: 'Scheduled',
      modifiedOn: oldStamp,
    });
    await act(client, 'PUT', `${appointments}/1/hold`, { reasonId: 1, memo: '' });
    const held = await client.json('GET', `${jobs}/1`);
    expect(held).toMatchObject({ jobStatus: 'Hold' });
    expect(held['modifiedOn']).not.toBe(oldStamp);
  });

  it('is booked with custom fields and who gave the lead, and refuses a project that there is not', async () => {
    const members = {
      customFields: [{ typeId: 7, value: 'Attic' }],
      jobGeneratedLeadSource: { employeeId: 601 },
      customerPo: 'PO-1',
    };
    expect(await client.json('POST', jobs, { ...newJob, ...members, soldById: null })).toMatchObject({
      customFields: [{ typeId: 7, name: '', value: 'Attic' }],
      jobGeneratedLeadSource: { jobId: null, employeeId: 601 },
      customerPo: 'PO-1',
      soldById: null,
    });
    expect(await refused(client, 'POST', jobs, { ...newJob, projectId: 5 })).toEqual({
      status: 400,
      fields: ['projectId'],
    });
  });
});

it('makes and changes job types', async () => {
  const types = 'jpm/v2/tenant/{t}/job-types';
  const created = await client.json('POST', types, { name: 'Duct cleaning', duration: 3600, skills: null });
  expect(created).toMatchObject({ skills: [], priority: 'Normal', duration: 3600, active: true });
  expect(await client.json('PATCH', `${types}/${created.id}`, { soldThreshold: 250 })).toMatchObject({
    name: 'Duct cleaning',
    soldThreshold: 250,
  });
  expect(await client.ids(`${types}?maxDuration=3600`)).toEqual([created.id]);
  expect((await refused(client, 'POST', types, { businessUnitIds: [999] })).fields).toEqual(['name']);
  expect(
    (await refused(client, 'PATCH', `${types}/${created.id}`, { businessUnitIds: [999] })).fields,
  ).toEqual(['businessUnitIds']);
});
