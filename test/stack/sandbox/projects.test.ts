import { afterEach, beforeEach, expect, it } from 'vitest';
import { act, loadCustomer, newJob, old, refused, times } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const projects = 'jpm/v2/tenant/{t}/projects';
const jobs = 'jpm/v2/tenant/{t}/jobs';

beforeEach(async () => {
  client = await openSandbox();
  await loadCustomer(client);
});
afterEach(async () => client.sandbox.close());

it('opens a project at its location, at the first status', async () => {
  const created = await client.json('POST', projects, { locationId: 1, name: 'New system' });
  expect(created).toMatchObject({ customerId: 1, status: 'New', number: String(created.id), jobIds: [] });
  expect(created).not.toHaveProperty('active');
  expect((await client.export('jpm/v2/tenant/{t}/export/projects')).data[0]).toHaveProperty('active', true);
});

it('refuses what does not belong together', async () => {
  expect(await refused(client, 'POST', projects, {})).toEqual({ status: 400, fields: ['locationId'] });
  await client.load('customers', [{ id: 2, name: 'Kim', ...old }]);
  expect((await refused(client, 'POST', projects, { locationId: 1, customerId: 2 })).fields).toEqual([
    'customerId',
  ]);
  expect((await refused(client, 'POST', projects, { locationId: 1, statusId: 99 })).fields).toEqual([
    'statusId',
  ]);
  const { id } = await client.json('POST', projects, { locationId: 1 });
  expect((await refused(client, 'PATCH', `${projects}/${id}`, { subStatusId: 1 })).fields).toEqual([
    'subStatusId',
  ]);
  await client.load('jobs', [{ id: 5, customerId: 2, ...old }]);
  expect((await refused(client, 'POST', `${projects}/${id}/attach-job/5`)).status).toBe(400);
});

it('names the statuses that a project goes through', async () => {
  const statuses = await client.list('jpm/v2/tenant/{t}/project-statuses');
  const status = statuses.data.find((row) => row['name'] === 'In Progress');
  const subStatuses = await client.list(`jpm/v2/tenant/{t}/project-substatuses?statusId=${status?.id}`);
  const { id } = await client.json('POST', projects, { locationId: 1 });
  const changed = await client.json('PATCH', `${projects}/${id}`, {
    statusId: status?.id,
    subStatusId: subStatuses.data[0]?.id,
  });
  expect(changed).toMatchObject({ status: 'In Progress', subStatus: 'Permit requested' });
  expect(await client.ids(`${projects}?status=in%20progress`)).toEqual([id]);
  expect(await client.ids(`${projects}?status=New`)).toEqual([]);
});

it('shows its jobs, however they came into it', async () => {
  const { id } = await client.json('POST', projects, { locationId: 1 });
  const booked = await client.json('POST', jobs, { ...newJob, projectId: id });
  const loose = await client.json('POST', jobs, newJob);
  expect(await client.json('GET', `${projects}/${id}`)).toMatchObject({ jobIds: [booked.id] });
  await act(client, 'POST', `${projects}/${id}/attach-job/${loose.id}`);
  expect(await client.json('GET', `${jobs}/${loose.id}`)).toMatchObject({ projectId: id });
  expect(await client.ids(`${jobs}?projectId=${id}`)).toEqual([booked.id, loose.id]);
  await act(client, 'POST', `${projects}/detach-job/${booked.id}`);
  expect(await client.json('GET', `${projects}/${id}`)).toMatchObject({ jobIds: [loose.id] });
  expect((await refused(client, 'POST', `${projects}/detach-job/${booked.id}`)).status).toBe(400);
  expect(await client.json('PATCH', `${projects}/${id}`, { jobIds: [booked.id] })).toMatchObject({
    jobIds: [booked.id],
  });
});

it('is found by its jobs, invoices, appointments and technicians', async () => {
  const { id } = await client.json('POST', projects, { locationId: 1, startDate: '2027-01-01T00:00:00Z' });
  await client.json('POST', projects, { locationId: 1 });
  const job = await client.json('POST', jobs, {
    ...newJob,
    projectId: id,
    appointments: [{ ...times, technicianIds: [504] }],
  });
  const { invoiceId, firstAppointmentId } = job;
  for (const query of [
    `jobId=${job.id}`,
    `invoiceId=${String(invoiceId)}`,
    `appointmentId=${String(firstAppointmentId)}`,
    'technicianId=504',
    'startsOnOrAfter=2027-01-01',
  ]) {
    expect([query, await client.ids(`${projects}?${query}`)]).toEqual([query, [id]]);
  }
  expect(await client.ids(`${projects}?technicianId=501`)).toEqual([]);
});

it('carries notes, which its feed tells apart by project', async () => {
  const { id } = await client.json('POST', projects, { locationId: 1 });
  const answer = await client.call('POST', `${projects}/${id}/notes`, { text: 'Permit is in' });
  expect(JSON.parse(answer.text)).toMatchObject({ text: 'Permit is in', isPinned: false });
  expect(JSON.parse(answer.text)).not.toHaveProperty('id');
  expect((await client.export('jpm/v2/tenant/{t}/export/project-notes')).data).toMatchObject([
    { projectId: id, text: 'Permit is in', active: true },
  ]);
});
