import type { AppointmentRow, JobRow } from '../rows/jobRows.ts';
import { appointmentRow, canceledLogRow, cancelReasonRow, jobRow, jobTypeRow } from '../rows/jobRows.ts';
import { defineResource } from './defineResource.ts';
import {
  anyIdIn,
  before,
  choiceIs,
  flagIs,
  idIn,
  integerIs,
  numberAbove,
  numberBelow,
  onOrAfter,
  textContains,
  textIs,
  type Filter,
} from './filters.ts';
import { commonSorts } from './readList.ts';

const jobStatuses = ['Scheduled', 'Dispatched', 'InProgress', 'Hold', 'Completed', 'Canceled'];
const appointmentStatuses = appointmentRow.shape.status.unwrap().options;
const priorities = ['Low', 'Normal', 'High', 'Urgent'];

/** Jobs of which some active appointment passes. */
function someAppointment(filter: Filter<AppointmentRow>): Filter<JobRow> {
  return (reader, name, records) => {
    const test = filter(reader, name, records);
    if (!test) return undefined;
    const passing = records.appointments.where((appointment) => appointment.active && test(appointment));
    const jobIds = new Set(passing.map((appointment) => appointment.jobId));
    return (job) => jobIds.has(job.id);
  };
}

function firstAppointment(filter: Filter<AppointmentRow>): Filter<JobRow> {
  return (reader, name, records) => {
    const test = filter(reader, name, records);
    if (!test) return undefined;
    return (job) => {
      const appointment = records.appointments.get(job.firstAppointmentId);
      return appointment !== undefined && test(appointment);
    };
  };
}

export const jobs = defineResource({
  name: 'jobs',
  noun: 'Job',
  scope: 'jpm.jobs',
  select: (records) => records.jobs,
  schema: jobRow.loose(),
  fill: (raw) =>
    typeof raw['id'] === 'number' ? { jobNumber: String(raw['id']), invoiceId: raw['id'] + 500_000 } : {},
  listPath: 'jpm/v2/tenant/:tenant/jobs',
  exportPaths: ['jpm/v2/tenant/:tenant/export/jobs'],
  hasGet: true,
  exportOnly: ['active'],
  activeByDefault: 'hidden',
  sorts: { ...commonSorts, Priority: (row) => priorities.indexOf(row.priority) },
  filters: {
    ids: idIn((row) => row.id),
    number: textIs((row) => row.jobNumber),
    projectId: integerIs((row) => row.projectId),
    bookingId: integerIs((row) => row.bookingId),
    jobStatus: choiceIs(jobStatuses, (row) => row.jobStatus),
    appointmentStatus: someAppointment(choiceIs(appointmentStatuses, (row) => row.status)),
    priority: choiceIs(priorities, (row) => row.priority),
    firstAppointmentStartsOnOrAfter: firstAppointment(onOrAfter((row) => row.start)),
    firstAppointmentStartsBefore: firstAppointment(before((row) => row.start)),
    appointmentStartsOnOrAfter: someAppointment(onOrAfter((row) => row.start)),
    appointmentStartsBefore: someAppointment(before((row) => row.start)),
    customerId: integerIs((row) => row.customerId),
    locationId: integerIs((row) => row.locationId),
    soldById: integerIs((row) => row.soldById),
    jobTypeId: integerIs((row) => row.jobTypeId),
    campaignId: integerIs((row) => row.campaignId),
    businessUnitId: integerIs((row) => row.businessUnitId),
    invoiceId: integerIs((row) => row.invoiceId),
    createdFromEstimateId: integerIs((row) => row.createdFromEstimateId),
    estimateIds: anyIdIn((row) => row.estimateIds),
    completedOnOrAfter: onOrAfter((row) => row.completedOn),
    completedBefore: before((row) => row.completedOn),
    tagTypeIds: anyIdIn((row) => row.tagTypeIds),
    hasUnusedAppointments: (reader, name, records) => {
      const wanted = reader.flag(name);
      if (wanted === undefined) return undefined;
      const unused = new Set(
        records.appointments.where((row) => row.active && row.unused).map((row) => row.jobId),
      );
      return (job) => unused.has(job.id) === wanted;
    },
  },
});

export const appointments = defineResource({
  name: 'appointments',
  noun: 'Appointment',
  scope: 'jpm.appointments',
  select: (records) => records.appointments,
  schema: appointmentRow.loose(),
  fill: (raw, records) => {
    const job = typeof raw['jobId'] === 'number' ? records.jobs.get(raw['jobId']) : undefined;
    return job ? { customerId: job.customerId, appointmentNumber: `${job.jobNumber}-1` } : {};
  },
  listPath: 'jpm/v2/tenant/:tenant/appointments',
  exportPaths: ['jpm/v2/tenant/:tenant/export/appointments'],
  exportTakesActive: true,
  hasGet: true,
  internal: ['technicianIds'],
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    jobId: integerIs((row) => row.jobId),
    projectId: (reader, name, records) => {
      const projectId = reader.integer(name);
      return projectId === undefined
        ? undefined
        : (row) => records.jobs.get(row.jobId)?.projectId === projectId;
    },
    number: textIs((row) => row.appointmentNumber),
    status: choiceIs(appointmentStatuses, (row) => row.status),
    startsOnOrAfter: onOrAfter((row) => row.start),
    startsBefore: before((row) => row.start),
    technicianId: (reader, name) => {
      const id = reader.integer(name);
      return id === undefined ? undefined : (row) => row.technicianIds?.includes(id) ?? false;
    },
    customerId: integerIs((row) => row.customerId),
    unused: flagIs((row) => row.unused),
  },
});

export const canceledLogs = defineResource({
  name: 'canceled_logs',
  aliases: ['job_canceled_logs', 'canceled_log'],
  noun: 'Canceled log',
  scope: 'jpm.jobs',
  select: (records) => records.canceled_logs,
  schema: canceledLogRow.loose(),
  exportPaths: ['jpm/v2/tenant/:tenant/export/job-canceled-logs'],
  internal: ['modifiedOn'],
  activeByDefault: 'shown',
  sorts: {},
  filters: {},
});

export const cancelReasons = defineResource({
  name: 'cancel_reasons',
  aliases: ['job_cancel_reasons', 'jobs_cancel_reasons'],
  noun: 'Cancel reason',
  scope: 'jpm.jobcancelreasons',
  select: (records) => records.cancel_reasons,
  schema: cancelReasonRow.loose(),
  listPath: 'jpm/v2/tenant/:tenant/job-cancel-reasons',
  activeByDefault: 'Any',
  sorts: { ...commonSorts, Name: (row) => row.name },
  filters: { ids: idIn((row) => row.id), name: textContains((row) => row.name) },
});

export const jobTypes = defineResource({
  name: 'job_types',
  noun: 'Job type',
  scope: 'jpm.jobtypes',
  select: (records) => records.job_types,
  schema: jobTypeRow.loose(),
  listPath: 'jpm/v2/tenant/:tenant/job-types',
  hasGet: true,
  activeByDefault: 'True',
  hasOrderBy: true,
  sorts: { ...commonSorts, Name: (row) => row.name },
  filters: {
    ids: idIn((row) => row.id),
    name: textContains((row) => row.name),
    minDuration: numberAbove((row) => row.duration + 1),
    maxDuration: numberBelow((row) => row.duration - 1),
    priority: choiceIs(priorities, (row) => row.priority),
  },
});
