import { z } from 'zod';
import { defineAction } from '../../../action.ts';
import { optionalIdField, optionalTimeField, switchField } from '../../../fields.ts';
import { operations } from '../operations/operations.ts';
import { required } from '../required.ts';
import { appointmentRecord } from '../schemas/records.ts';
import { scopeOf } from '../scopes.ts';
import type { ServiceTitanService } from '../ServiceTitanService.ts';

const input = z.object({
  jobId: optionalIdField({
    title: 'Job number',
    description: 'Only the appointments of this job. Left empty: the job of the run.',
  }),
  customerId: optionalIdField({
    title: 'Customer number',
    description: 'Without a job: all appointments of this customer. Left empty: the customer of the run.',
  }),
  startsOnOrAfter: optionalTimeField({
    title: 'Starting from',
    description: 'Only appointments from this time on.',
  }),
  includeDeleted: switchField({ title: 'Deleted ones too' }),
});

const output = z.object({
  appointments: z.array(appointmentRecord),
  /** The earliest that lies ahead and is still to take place. */
  next: appointmentRecord.nullable().meta({ title: 'Next appointment' }),
});

const liveStatuses = new Set(['Scheduled', 'Dispatched', 'Working']);

export const getAppointmentsAction = defineAction<ServiceTitanService, typeof input, typeof output>({
  id: 'servicetitan_get_appointments',
  title: 'Get appointments',
  description: 'Reads the appointments of a job or a customer, and which comes next.',
  category: 'Jobs',
  effect: 'read',
  scopes: [scopeOf(operations.listAppointments)],
  input,
  output,
  run: async ({ service, clock, signal }, { jobId, customerId, startsOnOrAfter, includeDeleted }) => {
    const whose = jobId === undefined ? { customerId: required(customerId, 'Customer') } : { jobId };
    const found = await service.getAppointments({ ...whose, startsOnOrAfter }, signal);
    const appointments = found
      .filter((appointment) => includeDeleted || appointment.active)
      .toSorted((one, other) => one.start.localeCompare(other.start) || one.id - other.id);
    const now = clock.now().toISOString();
    const next = appointments.find(
      ({ active, unused, status, start }) => active && !unused && liveStatuses.has(status) && start > now,
    );
    return { appointments, next: next ?? null };
  },
});
