import type { Calls } from '#integrations/crm/servicetitan/operations/calls.ts';
import {
  cancelReason,
  find,
  holdReason,
  job,
  reference,
  technician,
  visit,
  type WriteSamples,
} from './WriteWorld.ts';

async function secondAppointment(calls: Calls) {
  const { id } = await job(calls);
  return await calls.addAppointment({
    body: {
      jobId: id,
      start: '2035-03-02T16:00:00Z',
      end: '2035-03-02T18:00:00Z',
      specialInstructions: 'Gate code 1',
    },
  });
}

async function project(calls: Calls) {
  const location = await find(calls.listLocations(), ({ active }) => active);
  const sample = await calls.createProject({
    body: {
      locationId: location.id,
      customerId: location.customerId,
      name: 'Sample Project',
      summary: 'Two floors',
      startDate: '2035-01-01T00:00:00Z',
      targetCompletionDate: '2035-06-01T00:00:00Z',
      externalData: reference(),
    },
  });
  await calls.createProject({ body: { locationId: location.id } });
  return sample;
}

async function assigned(calls: Calls) {
  const [{ firstAppointmentId }, { id }] = [await job(calls), await technician(calls)];
  const body = { jobAppointmentId: firstAppointmentId, technicianIds: [id] };
  await calls.assignTechnicians({ body });
  return body;
}

export const jobWrites = {
  createJob: job,
  updateJob: async (calls) => {
    const { id } = await job(calls);
    return await calls.updateJob({
      id,
      body: {
        priority: 'Urgent',
        summary: 'Changed',
        customerPo: 'PO-1',
        externalData: { patchMode: 'Merge', ...reference() },
      },
    });
  },
  cancelJob: async (calls) => {
    const [{ id }, reason] = [await job(calls), await cancelReason(calls)];
    await calls.cancelJob({ id, body: { reasonId: reason.id, memo: 'Changed their mind' } });
  },
  removeJobCancellation: async (calls) => {
    const [{ id }, reason] = [await job(calls), await cancelReason(calls)];
    await calls.cancelJob({ id, body: { reasonId: reason.id, memo: '' } });
    await calls.removeJobCancellation({ id });
  },
  holdJob: async (calls) => {
    const [{ id }, reason] = [await job(calls), await holdReason(calls)];
    await calls.holdJob({ id, body: { reasonId: reason.id, memo: 'Waiting for parts' } });
  },
  completeJob: async (calls) => {
    const [{ id, firstAppointmentId }, someone] = [await job(calls), await technician(calls)];
    await calls.assignTechnicians({
      body: { jobAppointmentId: firstAppointmentId, technicianIds: [someone.id] },
    });
    await calls.completeJob({ id, body: { completedOn: '2035-03-01T18:30:00Z' } });
  },
  createJobNote: async (calls) => {
    const { id } = await job(calls);
    return await calls.createJobNote({ id, body: { text: 'Ring twice', pinToTop: true } });
  },
  addAppointment: secondAppointment,
  deleteAppointment: async (calls) => {
    const { id } = await secondAppointment(calls);
    await calls.deleteAppointment({ id });
  },
  rescheduleAppointment: async (calls) => {
    const { id } = await secondAppointment(calls);
    return await calls.rescheduleAppointment({
      id,
      body: { start: '2035-04-02T16:00:00Z', end: '2035-04-02T18:00:00Z' },
    });
  },
  holdAppointment: async (calls) => {
    const [{ id }, reason] = [await secondAppointment(calls), await holdReason(calls)];
    await calls.holdAppointment({ id, body: { reasonId: reason.id, memo: 'Not yet' } });
  },
  removeAppointmentHold: async (calls) => {
    const [{ id }, reason] = [await secondAppointment(calls), await holdReason(calls)];
    await calls.holdAppointment({ id, body: { reasonId: reason.id, memo: 'Not yet' } });
    await calls.removeAppointmentHold({ id });
  },
  confirmAppointment: async (calls) => {
    const { id } = await secondAppointment(calls);
    await calls.confirmAppointment({ id });
  },
  removeAppointmentConfirmation: async (calls) => {
    const { id } = await secondAppointment(calls);
    await calls.confirmAppointment({ id });
    await calls.removeAppointmentConfirmation({ id });
  },
  setAppointmentInstructions: async (calls) => {
    const { id } = await secondAppointment(calls);
    return await calls.setAppointmentInstructions({ id, body: { specialInstructions: 'Use the back door' } });
  },
  createJobType: async (calls) => {
    const unit = await find(calls.listBusinessUnits());
    await calls.createJobType({ body: { name: 'Bare type' } });
    return await calls.createJobType({
      body: {
        name: 'Sample type',
        businessUnitIds: [unit.id],
        duration: 7200,
        priority: 'Normal',
        soldThreshold: 100.5,
        externalData: reference(),
      },
    });
  },
  updateJobType: async (calls) => {
    const { id } = await calls.createJobType({ body: { name: 'Type to change' } });
    return await calls.updateJobType({
      id,
      body: { name: 'Changed type', noCharge: true, externalData: { ...reference() } },
    });
  },
  createProject: project,
  updateProject: async (calls) => {
    const [{ id }, status] = [await project(calls), await find(calls.listProjectStatuses())];
    return await calls.updateProject({
      id,
      body: { name: 'Changed project', statusId: status.id, actualCompletionDate: visit.end },
    });
  },
  attachJobToProject: async (calls) => {
    const [{ id }, { id: jobId }] = [await project(calls), await job(calls)];
    await calls.attachJobToProject({ id, jobId });
  },
  detachJobFromProject: async (calls) => {
    const [{ id }, { id: jobId }] = [await project(calls), await job(calls)];
    await calls.attachJobToProject({ id, jobId });
    await calls.detachJobFromProject({ jobId });
  },
  assignTechnicians: assigned,
  unassignTechnicians: async (calls) => {
    return await calls.unassignTechnicians({ body: await assigned(calls) });
  },
} as const satisfies Partial<WriteSamples>;
