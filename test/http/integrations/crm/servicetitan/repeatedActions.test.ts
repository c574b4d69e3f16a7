import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ServiceTitanIntegration } from '#integrations/crm/servicetitan/ServiceTitanIntegration.ts';
import { api, grantTokens, isolateNetwork, list, path, startService } from './serviceTitanDouble.ts';

isolateNetwork();

const times = { createdOn: '2026-11-20T12:00:01Z', modifiedOn: '2026-11-20T12:00:01Z' };
const mark = `[ref ${createHash('sha256').update('step-1').digest('hex').slice(0, 12)}]`;

function start() {
  grantTokens('t1');
  const { service } = startService();
  return async (id: string, input: object) =>
    await new ServiceTitanIntegration().actions
      .find((action) => action.id === `servicetitan_${id}`)
      ?.run(
        {
          service,
          clock: { now: () => new Date('2026-11-20T12:00:30Z') },
          idempotencyKey: 'step-1',
          host: { updateState: () => Promise.reject(new Error('No state is set here.')) },
        },
        input,
      );
}

const note = (text: string) => ({ ...times, id: 1, text, isPinned: false, createdById: 1 });
const notes = path('crm/customers/7/notes');

test('a note carries the mark of its step, and is looked for before it is written', async () => {
  const run = start();
  api()
    .get(notes)
    .query(true)
    .reply(200, list([note('Called back')]));
  api()
    .post(notes, { text: `Called back\n\n${mark}`, pinToTop: false })
    .reply(200, note(`Called back\n\n${mark}`));
  await expect(run('add_note', { customerId: 7, text: 'Called back' })).resolves.toMatchObject({
    created: true,
  });
});

test('a note that an earlier try wrote is not written again, on whichever page it stands', async () => {
  const run = start();
  api()
    .get(notes)
    .query(({ page }) => page === '1')
    .reply(200, list([note('Other')], true));
  api()
    .get(notes)
    .query(({ page }) => page === '2')
    .reply(200, list([note(`Called back\n\n${mark}`)]));
  await expect(run('add_note', { customerId: 7, text: 'Called back' })).resolves.toMatchObject({
    created: false,
  });
});

test('a note whose answer was lost is found by its mark; one that is not to be seen yet can be tried again', async () => {
  const run = start();
  const jobNotes = path('jpm/jobs/5/notes');
  const { id: _, ...ofJob } = note(`Ring twice\n\n${mark}`);
  api().get(jobNotes).query(true).reply(200, list([]));
  api().post(jobNotes).reply(504);
  api()
    .get(jobNotes)
    .query(true)
    .reply(200, list([ofJob]));
  const input = { about: 'job', jobId: 5, text: 'Ring twice' };
  await expect(run('add_note', input)).resolves.toMatchObject({ text: ofJob.text });
  api().get(jobNotes).query(true).times(2).reply(200, list([]));
  api().post(jobNotes).reply(504);
  await expect(run('add_note', input)).rejects.toMatchObject({ kind: 'unavailable', outcomeUnknown: false });
});

const customer = (...tagTypeIds: number[]) => ({ id: 7, tagTypeIds });

test('a tag that is there is not added, and one that is gone is not removed', async () => {
  const run = start();
  api().get(path('crm/customers/7')).reply(200, customer(3, 4));
  await expect(run('add_tag', { customerId: 7, tagTypeId: 3 })).resolves.toEqual({
    tagTypeIds: [3, 4],
    changed: false,
  });
  api().get(path('crm/customers/7')).reply(200, customer(4));
  await expect(run('remove_tag', { customerId: 7, tagTypeId: 3 })).resolves.toMatchObject({ changed: false });
});

test('tags of customers are changed one by one; a lost answer is met by asking again', async () => {
  const run = start();
  const body = { customerIds: [7], tagTypeIds: [3] };
  api().get(path('crm/customers/7')).reply(200, customer(4));
  api().put(path('crm/tags'), body).reply(504);
  api().put(path('crm/tags'), body).reply(200);
  await expect(run('add_tag', { customerId: 7, tagTypeId: 3 })).resolves.toEqual({
    tagTypeIds: [4, 3],
    changed: true,
  });
  api().get(path('crm/customers/7')).reply(200, customer(3, 4));
  api().delete(path('crm/tags'), body).reply(200);
  await expect(run('remove_tag', { customerId: 7, tagTypeId: 3 })).resolves.toEqual({
    tagTypeIds: [4],
    changed: true,
  });
});

test('of a conflict it counts how the customer stands then', async () => {
  const run = start();
  api().get(path('crm/customers/7')).reply(200, customer());
  api().put(path('crm/tags')).reply(409);
  api().get(path('crm/customers/7')).reply(200, customer(3));
  await expect(run('add_tag', { customerId: 7, tagTypeId: 3 })).resolves.toMatchObject({ tagTypeIds: [3] });
  api().get(path('crm/customers/7')).times(2).reply(200, customer());
  api().put(path('crm/tags')).reply(409);
  await expect(run('add_tag', { customerId: 7, tagTypeId: 3 })).rejects.toMatchObject({
    kind: 'unavailable',
    outcomeUnknown: false,
  });
});

test('tags of jobs are written as a whole', async () => {
  const run = start();
  api()
    .get(path('jpm/jobs/5'))
    .reply(200, { id: 5, tagTypeIds: [1] });
  api()
    .patch(path('jpm/jobs/5'), { tagTypeIds: [1, 3] })
    .reply(200, {});
  await expect(run('add_tag', { of: 'job', jobId: 5, tagTypeId: 3 })).resolves.toEqual({
    tagTypeIds: [1, 3],
    changed: true,
  });
});

const lead = (id: number, followUpDate: string | null, createdOn = times.createdOn) => ({
  ...times,
  id,
  status: 'Open',
  customerId: 7,
  campaignId: 1,
  followUpDate,
  createdOn,
});

test('the newest open lead is followed up; what to say becomes a note of its own', async () => {
  const run = start();
  const due = '2026-11-22T12:00:00Z';
  api()
    .get(path('crm/leads'))
    .query(({ customerId, status }) => customerId === '7' && status === 'Open')
    .reply(200, list([lead(1, null, '2026-11-01T00:00:00Z'), lead(2, null, '2026-11-19T00:00:00Z')]));
  api().get(path('crm/leads/2')).reply(200, lead(2, null));
  api()
    .post(path('crm/leads/2/follow-up'), { followUpDate: '2026-11-22T12:00:00.000Z' })
    .reply(200, { leadId: 2, followUpDate: due, pinToTop: false });
  api().get(path('crm/leads/2')).reply(200, lead(2, due));
  api().get(path('crm/leads/2/notes')).query(true).reply(200, list([]));
  api()
    .post(path('crm/leads/2/notes'), { text: `Ask again\n\n${mark}`, pinToTop: true })
    .reply(200, note('Ask again'));
  await expect(
    run('follow_up_lead', { customerId: 7, inDays: '2', text: 'Ask again', pinToTop: 'yes' }),
  ).resolves.toEqual({ leadId: 2, followUpDate: '2026-11-22T12:00:00.0000000Z' });
});

test('a follow-up whose answer was lost is confirmed by the lead, and neither it nor its note is made again', async () => {
  const run = start();
  const due = '2026-11-25T16:00:00Z';
  api().get(path('crm/leads/2')).reply(200, lead(2, null));
  api().post(path('crm/leads/2/follow-up')).reply(504);
  api().get(path('crm/leads/2')).reply(200, lead(2, due));
  api()
    .get(path('crm/leads/2/notes'))
    .query(true)
    .reply(200, list([note(`Ask again\n\n${mark}`)]));
  await expect(
    run('follow_up_lead', { leadId: 2, followUpDate: due, text: 'Ask again' }),
  ).resolves.toMatchObject({ leadId: 2 });
});

test('without an open lead the step says so', async () => {
  const run = start();
  api().get(path('crm/leads')).query(true).reply(200, list([]));
  await expect(run('follow_up_lead', { customerId: 7 })).rejects.toMatchObject({ kind: 'not_found' });
});

const choices = {
  employees: [
    { id: 601, name: 'Office Person', active: true },
    { id: 602, name: 'Twin Name', active: true },
    { id: 603, name: 'Twin Name', active: true },
    { id: 604, name: 'Gone Person', active: false },
  ],
  businessUnits: [{ name: 'Sales', value: 11 }],
  taskTypes: [
    { id: 1, name: 'Old', active: false },
    { id: 2, name: 'Call', active: true },
  ],
  taskSources: [{ id: 11, name: 'Office', active: true }],
};
const task = {
  name: 'Call back',
  assignedTo: 'office person',
  customerId: 7,
  description: 'About the offer',
};
const tasks = path('taskmanagement/tasks');
const taskRow = { id: 9, taskNumber: 90, name: 'Call back', description: `About the offer\n\n${mark}` };

test('a task is made of names, and carries the mark of its step', async () => {
  const run = start();
  api().get(path('taskmanagement/data')).reply(200, choices);
  api()
    .get(tasks)
    .query(({ customerId, active }) => customerId === '7' && active === 'Any')
    .reply(200, list([]));
  api()
    .post(tasks, {
      name: 'Call back',
      priority: 'Normal',
      customerId: 7,
      assignedToId: 601,
      reportedById: 601,
      employeeTaskTypeId: 2,
      employeeTaskSourceId: 11,
      businessUnitId: 11,
      isClosed: false,
      reportedDate: '2026-11-20T12:00:30.000Z',
      completeBy: '2026-11-21T12:00:30.000Z',
      description: `About the offer\n\n${mark}`,
    })
    .reply(200, taskRow);
  await expect(run('create_task', task)).resolves.toEqual({ taskId: 9, taskNumber: 90, created: true });
});

test('a task that an earlier try made is found by its mark', async () => {
  const run = start();
  api().get(path('taskmanagement/data')).reply(200, choices);
  api()
    .get(tasks)
    .query(true)
    .reply(200, list([{ ...taskRow, id: 8, description: null }, taskRow]));
  await expect(run('create_task', task)).resolves.toMatchObject({ taskId: 9, created: false });
});

test.each([
  ['Nobody', 'nothing in ServiceTitan is called so'],
  ['Gone Person', 'nothing in ServiceTitan is called so'],
  ['Twin Name', 'several are called so'],
])('a task for %s says what to do', async (assignedTo, why) => {
  const run = start();
  api().get(path('taskmanagement/data')).reply(200, choices);
  await expect(run('create_task', { ...task, assignedTo })).rejects.toThrow(why);
});
