import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { act, loadCustomer, newJob, refused, times } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
let jobId = 0;
let appointmentId = 0;
const jobs = 'jpm/v2/tenant/{t}/jobs';
const appointments = 'jpm/v2/tenant/{t}/appointments';
const assignments = 'dispatch/v2/tenant/{t}/appointment-assignments';

beforeEach(async () => {
  client = await openSandbox();
  await loadCustomer(client);
  const job = await client.json('POST', jobs, {
    ...newJob,
    appointments: [{ ...times, technicianIds: [501] }],
  });
  jobId = job.id;
  [appointmentId = 0] = await client.ids(`${appointments}?jobId=${jobId}`);
});
afterEach(async () => client.sandbox.close());

async function technicians(query = ''): Promise<unknown[]> {
  const { data } = await client.list(`${assignments}?${query}`);
  return data.map((row) => row['technicianId']);
}

function choice(...technicianIds: number[]) {
  return { jobAppointmentId: appointmentId, technicianIds };
}

describe('technicians', () => {
  it('are assigned and taken off, each once', async () => {
    const { createdOn, modifiedOn } = await client.json('GET', `${appointments}/${appointmentId}`);
    const shown = await client.json('POST', `${assignments}/assign-technicians`, choice(501, 502));
    expect(shown).toMatchObject({ id: appointmentId, jobId, createdOn, modifiedOn });
    expect(shown).not.toHaveProperty('isConfirmed');
    expect(await technicians(`appointmentIds=${appointmentId}`)).toEqual([501, 502]);
    await client.json('POST', `${assignments}/unassign-technicians`, choice(501));
    expect(await technicians(`jobId=${jobId}`)).toEqual([502]);
    expect(await technicians('active=Any')).toEqual([501, 502]);
    expect(await refused(client, 'POST', `${assignments}/unassign-technicians`, choice(501))).toEqual({
      status: 400,
      fields: ['technicianIds'],
    });
  });

  it('must exist, and so must the appointment', async () => {
    const body = { jobAppointmentId: 999, technicianIds: [9] };
    expect(await refused(client, 'POST', `${assignments}/assign-technicians`, body)).toEqual({
      status: 400,
      fields: ['jobAppointmentId', 'technicianIds'],
    });
    expect(await refused(client, 'POST', `${assignments}/assign-technicians`, {})).toEqual({
      status: 400,
      fields: ['jobAppointmentId', 'technicianIds'],
    });
  });

  it('are named in the assignment', async () => {
    const [technician] = (await client.list('settings/v2/tenant/{t}/technicians?ids=501')).data;
    expect((await client.list(assignments)).data[0]).toMatchObject({
      technicianName: technician?.['name'],
      status: 'Scheduled',
      jobId,
    });
  });

  it('are what jobs and appointments are found by', async () => {
    const other = await client.json('POST', jobs, newJob);
    expect(await client.ids(`${jobs}?technicianId=501`)).toEqual([jobId]);
    expect(await client.ids(`${appointments}?technicianId=501`)).toEqual([appointmentId]);
    expect(await client.ids(`${jobs}?technicianId=502`)).toEqual([]);
    expect(await client.ids(jobs)).toEqual([jobId, other.id]);
  });
});

describe('a job', () => {
  const done = { completedOn: '2027-01-05T00:00:00Z' };

  it('is completed only while somebody is assigned to it, who then is done with it', async () => {
    await client.json('POST', `${assignments}/unassign-technicians`, choice(501));
    expect((await refused(client, 'PUT', `${jobs}/${jobId}/complete`, done)).status).toBe(409);
    await client.json('POST', `${assignments}/assign-technicians`, choice(503));
    await client.sandbox.advance(1000 * 86_400_000);
    client.forgetToken();
    await act(client, 'PUT', `${jobs}/${jobId}/complete`, done);
    expect((await client.list(assignments)).data).toMatchObject([{ technicianId: 503, status: 'Done' }]);
    expect((await refused(client, 'POST', `${assignments}/assign-technicians`, choice(504))).status).toBe(
      409,
    );
  });

  it('takes an assignment with the appointment that is deleted', async () => {
    await client.json('POST', appointments, { jobId, ...times });
    await act(client, 'DELETE', `${appointments}/${appointmentId}`);
    expect(await technicians()).toEqual([]);
    const feed = await client.export('dispatch/v2/tenant/{t}/export/appointment-assignments');
    expect(feed.data).toMatchObject([{ technicianId: 501, active: false }]);
  });

  it('that is rescheduled on site goes on with a new appointment for the same technicians', async () => {
    await client.load('customer-contacts', [
      { id: 1, customerId: 1, type: 'Email', value: 'pat@example.com' },
    ]);
    await client.sandbox.story({ tenant: 'SOCAL', event: 'field_rescheduled', customerId: 1 });
    const [before, after] = (await client.list(`${appointments}?jobId=${jobId}`)).data;
    expect(before).toMatchObject({ id: appointmentId, status: 'Done' });
    expect(after).toMatchObject({ status: 'Scheduled' });
    expect(await technicians(`appointmentIds=${after?.id}`)).toEqual([501]);
    expect(await client.json('GET', `${jobs}/${jobId}`)).toMatchObject({
      jobStatus: 'InProgress',
      appointmentCount: 2,
    });
  });
});
