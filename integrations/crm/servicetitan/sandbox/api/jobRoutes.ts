import { requireRow } from '../office/Desk.ts';
import { attachData, changeCustomFields, changeData } from '../office/externalData.ts';
import {
  bookJob,
  cancelJob,
  completeJob,
  holdJob,
  moveJobRecords,
  removeCancellation,
  updateJob,
} from '../office/jobs.ts';
import { jobs } from '../resources/jobResources.ts';
import type { JobRow } from '../rows/jobRows.ts';
import { invalid } from './ApiError.ts';
import { checkOrder, checkPlace, checkWork } from './checkJob.ts';
import { checkLinks } from './checkLinks.ts';
import { givenMembers } from './givenMembers.ts';
import { completeJobBody, jobChangesBody, newJobBody, reasonBody } from './jobBodies.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'jpm/v2/tenant/:tenant/jobs';
const scope = 'jpm.jobs';

function jobOf(call: Call): JobRow {
  return requireRow(call.desk.records.jobs, 'Job', pathId(call));
}

function checkCancelReason({ desk }: Call, reasonId: number): void {
  if (!desk.records.cancel_reasons.get(reasonId)) {
    throw invalid({ reasonId: [`Cancel reason ${reasonId} was not found.`] });
  }
}

export function checkHoldReason({ desk }: Call, reasonId: number): void {
  if (!desk.records.hold_reasons.get(reasonId)) {
    throw invalid({ reasonId: [`Hold reason ${reasonId} was not found.`] });
  }
}

/** Books what the body describes. A lead must be open to be booked from. */
function bookFrom(call: Call): JobRow {
  const body = readBody(call, newJobBody);
  const { records } = call.desk;
  checkLinks(records, body);
  checkPlace(records, body);
  checkWork(records, body);
  for (const [index, appointment] of body.appointments.entries()) {
    checkLinks(records, appointment);
    checkOrder(appointment, `appointments[${index}].end`);
  }
  if (body.leadId && records.leads.get(body.leadId)?.status !== 'Open') {
    throw invalid({ leadId: [`There is no open lead ${body.leadId}.`] });
  }
  const { appointments, customFields, externalData, invoiceSignatureIsRequired: _, ...members } = body;
  return bookJob(call.desk, {
    ...givenMembers(members),
    externalData: attachData(externalData),
    customFields: changeCustomFields([], customFields),
    appointments: appointments.map((appointment) => givenMembers(appointment)),
  });
}

export const jobRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => jobs.get(call.desk.records, bookFrom(call).id),
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const job = jobOf(call);
      const body = readBody(call, jobChangesBody);
      const { customFields, externalData, shouldUpdateInvoiceItems: _, ...members } = body;
      const { records } = call.desk;
      checkLinks(records, members);
      const wanted = { ...job, ...sentMembers(members) };
      if (wanted.customerId !== job.customerId || wanted.locationId !== job.locationId) {
        checkPlace(records, wanted);
      }
      if (wanted.businessUnitId !== job.businessUnitId || wanted.jobTypeId !== job.jobTypeId) {
        checkWork(records, wanted);
      }
      if (wanted.customerId !== job.customerId) moveJobRecords(call.desk, job, wanted);
      updateJob(call.desk, job, {
        ...sentMembers(members),
        ...(externalData && { externalData: changeData(job.externalData, externalData) }),
        ...(customFields && { customFields: changeCustomFields(job.customFields, customFields) }),
      });
      return jobs.get(call.desk.records, job.id);
    },
  },
  {
    method: 'PUT',
    path: `${path}/:id/cancel`,
    scope,
    handle: (call) => {
      const job = jobOf(call);
      const { reasonId, memo } = readBody(call, reasonBody);
      checkCancelReason(call, reasonId);
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
      const job = jobOf(call);
      const { reasonId, memo } = readBody(call, reasonBody);
      checkHoldReason(call, reasonId);
      holdJob(call.desk, job, memo);
    },
  },
  {
    method: 'PUT',
    path: `${path}/:id/complete`,
    scope,
    handle: (call) => completeJob(call.desk, jobOf(call), readBody(call, completeJobBody).completedOn),
  },
];
