import { requireRow } from '../office/Desk.ts';
import { bookJob, cancelJob, completeJob, holdJob, removeCancellation, updateJob } from '../office/jobs.ts';
import { without } from '../resources/defineResource.ts';
import { QueryReader } from '../resources/QueryReader.ts';
import type { JobRow } from '../rows/jobRows.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { invalid } from './ApiError.ts';
import { completeJobBody, jobChangesBody, newJobBody, reasonBody } from './bodies.ts';
import { listPart } from './listPart.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'jpm/v2/tenant/:tenant/jobs';
const scope = 'jpm.jobs';

function jobOf(call: Call): JobRow {
  return requireRow(call.desk.records.jobs, 'Job', pathId(call));
}

function showJob(job: JobRow) {
  return without(job, new Set(['active']));
}

interface JobLinks {
  readonly customerId?: number | undefined;
  readonly locationId?: number | undefined;
  readonly businessUnitId?: number | undefined;
  readonly jobTypeId?: number | undefined;
}

/** Refuses links to what there is not, by field. */
function checkLinks(records: TenantRecords, body: JobLinks): void {
  const targets = [
    ['customerId', records.customers, 'Customer'],
    ['locationId', records.locations, 'Location'],
    ['businessUnitId', records.business_units, 'Business unit'],
    ['jobTypeId', records.job_types, 'Job type'],
  ] as const;
  const errors: Record<string, string[]> = {};
  for (const [field, collection, noun] of targets) {
    const id = body[field];
    if (id !== undefined && !collection.get(id)) errors[field] = [`${noun} ${id} was not found.`];
  }
  if (Object.keys(errors).length > 0) throw invalid(errors);
}

function checkReason({ desk }: Call, reasonId: number): void {
  if (!desk.records.cancel_reasons.get(reasonId)) {
    throw invalid({ reasonId: [`Cancel reason ${reasonId} was not found.`] });
  }
}

export const jobRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${path}/cancel-reasons`,
    scope,
    handle: (call) => {
      const { records } = call.desk;
      const reader = new QueryReader(call.query);
      const ids = reader.ids('ids');
      if (reader.text('ids') === undefined) reader.refuse('ids', 'The ids of the jobs are required.');
      reader.check();
      const logs = [...(ids ?? [])].flatMap((id) =>
        records.canceled_logs.ownedBy(id).filter((log) => log.active),
      );
      return {
        ...listPart({ ...call, query: new URLSearchParams() }, logs),
        data: logs.map(({ jobId, reasonId, memo }) => ({
          jobId,
          reasonId,
          name: records.cancel_reasons.get(reasonId)?.name ?? '',
          text: memo ?? '',
        })),
      };
    },
  },
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const body = readBody(call, newJobBody);
      const { records } = call.desk;
      checkLinks(records, body);
      if (body.leadId && records.leads.get(body.leadId)?.status !== 'Open') {
        throw invalid({ leadId: [`There is no open lead ${body.leadId}.`] });
      }
      if (body.bookingId && !records.bookings.get(body.bookingId)) {
        throw invalid({ bookingId: [`Booking ${body.bookingId} was not found.`] });
      }
      const { appointments, customerId, locationId, ...rest } = body;
      return showJob(bookJob(call.desk, { ...sentMembers(rest), customerId, locationId, appointments }));
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const job = jobOf(call);
      const body = readBody(call, jobChangesBody);
      checkLinks(call.desk.records, body);
      return showJob(updateJob(call.desk, job, sentMembers(body)));
    },
  },
  {
    method: 'PUT',
    path: `${path}/:id/cancel`,
    scope,
    handle: (call) => {
      const job = jobOf(call);
      const { reasonId, memo } = readBody(call, reasonBody);
      checkReason(call, reasonId);
      cancelJob(call.desk, job, { reasonId, memo });
    },
  },
  {
    method: 'PUT',
    path: `${path}/:id/remove-cancellation`,
    scope,
    handle: (call) => removeCancellation(call.desk, jobOf(call)),
  },
  {
    method: 'PUT',
    path: `${path}/:id/hold`,
    scope,
    handle: (call) => {
      readBody(call, reasonBody);
      holdJob(call.desk, jobOf(call));
    },
  },
  {
    method: 'PUT',
    path: `${path}/:id/complete`,
    scope,
    handle: (call) => completeJob(call.desk, jobOf(call), readBody(call, completeJobBody).completedOn),
  },
  {
    method: 'GET',
    path: `${path}/:id/canceled-log`,
    scope,
    handle: (call) => listPart(call, call.desk.records.canceled_logs.ownedBy(jobOf(call).id), ['modifiedOn']),
  },
];
