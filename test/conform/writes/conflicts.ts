import type { Calls } from '#integrations/crm/servicetitan/operations/calls.ts';
import { cancelReason, job, technician, type WriteName } from './WriteWorld.ts';

/** Writes that the state of their record forbids; ServiceTitan answers 409. */
export const conflicts = {
  completeJob: async (calls) => {
    const { id } = await job(calls);
    await calls.completeJob({ id, body: { completedOn: '2035-03-01T18:30:00Z' } });
  },
  deleteAppointment: async (calls) => {
    const { firstAppointmentId } = await job(calls);
    await calls.deleteAppointment({ id: firstAppointmentId });
  },
  addAppointment: async (calls) => {
    const [{ id }, reason] = [await job(calls), await cancelReason(calls)];
    await calls.cancelJob({ id, body: { reasonId: reason.id, memo: '' } });
    await calls.addAppointment({
      body: { jobId: id, start: '2035-03-02T16:00:00Z', end: '2035-03-02T18:00:00Z' },
    });
  },
  assignTechnicians: async (calls) => {
    const [{ id, firstAppointmentId }, reason] = [await job(calls), await cancelReason(calls)];
    const { id: technicianId } = await technician(calls);
    await calls.cancelJob({ id, body: { reasonId: reason.id, memo: '' } });
    const body = { jobAppointmentId: firstAppointmentId, technicianIds: [technicianId] };
    await calls.assignTechnicians({ body });
  },
} as const satisfies Partial<Record<WriteName, (calls: Calls) => Promise<unknown>>>;
