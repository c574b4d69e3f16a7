import type { StoredRow } from '../Collection.ts';
import type { AssignmentRow } from '../rows/assignmentRow.ts';
import { appointmentRow, jobRow, jobTypeRow, type AppointmentRow, type JobRow } from '../rows/jobRows.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { defineResource } from './defineResource.ts';
import { externalDataSearch, showExternalData, whoseExternalData } from './externalDataFilters.ts';
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
import { linkedTo, rowsThatPass } from './linked.ts';
import type { QueryReader } from './QueryReader.ts';
import { commonSorts } from './readList.ts';

const jobStatuses = ['Scheduled', 'Dispatched', 'InProgress', 'Hold', 'Completed', 'Canceled'];
const appointmentStatuses = appointmentRow.shape.status.unwrap().options;
const priorities = ['Low', 'Normal', 'High', 'Urgent'];

/** Jobs of which some active appointment passes. */
function someAppointment(filter: Filter<AppointmentRow>): Filter<JobRow> {
  return (reader, name, records) => {
    const test = filter(reader, name, records);
    if (!test) return undefined;
    const passing = rowsThatPass(records.appointments, test, (appointment) => appointment.active);
    return linkedTo(
      (job) => job.id,
      passing.map((appointment) => appointment.jobId),
    );
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

interface CustomField {
  readonly typeId: number;
  readonly name: string | null;
  readonly value: string | null;
}

/** Custom fields as this module writes them: never without a name and a value. */
export function showFields(fields: readonly CustomField[]) {
  return fields.map(({ typeId, name, value }) => ({ typeId, name: name ?? '', value: value ?? '' }));
}

const isOfTechnician = integerIs<AssignmentRow>((row) => row.technicianId);

/** The assignments of the technician that a parameter names. */
export function readAssignments(
  reader: QueryReader,
  name: string,
  records: TenantRecords,
): AssignmentRow[] | undefined {
  const test = isOfTechnician(reader, name, records);
  return test && rowsThatPass(records.appointment_assignments, test, (row) => row.active);
}

/** The jobs or appointments on which a technician is. */
function isAssigned<Row extends StoredRow>(link: 'jobId' | 'appointmentId'): Filter<Row> {
  return (...request) => {
    const assignments = readAssignments(...request);
    return (
      assignments &&
      linkedTo(
        (row) => row.id,
        assignments.map((row) => row[link]),
      )
    );
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
  show: (row, context) => ({
    ...row,
    customFields: showFields(row.customFields),
    externalData: showExternalData(row.externalData, context),
  }),
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
    technicianId: isAssigned('jobId'),
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
    ...externalDataSearch,
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
    technicianId: isAssigned('appointmentId'),
    customerId: integerIs((row) => row.customerId),
    unused: flagIs((row) => row.unused),
  },
});

export const jobTypes = defineResource({
  name: 'job_types',
  noun: 'Job type',
  scope: 'jpm.jobtypes',
  select: (records) => records.job_types,
  schema: jobTypeRow.loose(),
  listPath: 'jpm/v2/tenant/:tenant/job-types',
  hasGet: true,
  show: (row, context) => ({ ...row, externalData: showExternalData(row.externalData, context) }),
  activeByDefault: 'True',
  hasOrderBy: true,
  sorts: { ...commonSorts, Name: (row) => row.name },
  filters: {
    ids: idIn((row) => row.id),
    name: textContains((row) => row.name),
    minDuration: numberAbove((row) => row.duration + 1),
    maxDuration: numberBelow((row) => row.duration - 1),
    priority: choiceIs(priorities, (row) => row.priority),
    ...whoseExternalData,
  },
});
