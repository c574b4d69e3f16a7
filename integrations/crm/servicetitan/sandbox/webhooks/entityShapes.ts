import type { LeadRow } from '../rows/crmRows.ts';
import type { AppointmentRow } from '../rows/jobRows.ts';
import { timeOf } from '../timestamps.ts';

const dispatchedJobMembers = [
  'id',
  'jobNumber',
  'projectId',
  'customerId',
  'locationId',
  'jobStatus',
  'completedOn',
  'businessUnitId',
  'jobTypeId',
  'priority',
  'campaignId',
  'appointmentCount',
  'firstAppointmentId',
  'lastAppointmentId',
  'recallForId',
  'warrantyId',
  'jobGeneratedLeadSource',
  'noCharge',
  'notificationsEnabled',
  'createdOn',
  'createdById',
  'modifiedOn',
  'tagTypeIds',
  'leadCallId',
  'bookingId',
  'soldById',
  'customerPo',
  'invoiceId',
  'membershipId',
  'total',
] as const;

const jobMembers = [
  ...dispatchedJobMembers,
  'partnerLeadCallId',
  'createdFromEstimateId',
  'estimateIds',
] as const;

const appointmentMembers = [
  'id',
  'jobId',
  'appointmentNumber',
  'start',
  'end',
  'arrivalWindowStart',
  'arrivalWindowEnd',
  'status',
  'specialInstructions',
  'createdOn',
  'modifiedOn',
  'customerId',
  'unused',
  'createdById',
  'isConfirmed',
  'active',
] as const;

const leadMembers = [
  'id',
  'status',
  'priority',
  'customerId',
  'locationId',
  'businessUnitId',
  'jobTypeId',
  'campaignId',
  'followUpDate',
  'createdById',
  'createdOn',
  'modifiedOn',
  'tagTypeIds',
  'dismissingReasonId',
] as const;

const bookingMembers = [
  'id',
  'source',
  'createdOn',
  'name',
  'address',
  'customerType',
  'start',
  'campaignId',
  'businessUnitId',
  'isFirstTimeClient',
  'uploadedImages',
  'isSendConfirmationEmail',
  'status',
  'dismissingReasonId',
  'jobId',
  'externalId',
  'priority',
  'jobTypeId',
  'bookingProviderId',
  'modifiedOn',
  'active',
] as const;

const invoiceMembers = [
  'id',
  'syncStatus',
  'budgetCodeId',
  'referenceNumber',
  'invoiceDate',
  'dueDate',
  'subTotal',
  'salesTax',
  'salesTaxCode',
  'taxZoneId',
  'total',
  'balance',
  'invoiceType',
  'customer',
  'customerAddress',
  'location',
  'locationAddress',
  'businessUnit',
  'termName',
  'createdBy',
  'batch',
  'depositedOn',
  'createdOn',
  'modifiedOn',
  'adjustmentToId',
  'job',
  'projectId',
  'royalty',
  'employeeInfo',
  'commissionEligibilityDate',
  'sentStatus',
  'reviewStatus',
  'assignedTo',
] as const;

type Shown = Record<string, unknown>;

/** Only these members of a row; what it lacks is null. */
function pick(row: object, members: readonly string[]): Shown {
  const all = new Map<string, unknown>(Object.entries(row));
  return Object.fromEntries(members.map((member) => [member, all.get(member) ?? null]));
}

/** A job in a webhook: its row without summary, custom fields and external data. */
export function showJob(job: object): Shown {
  return pick(job, jobMembers);
}

export function showAppointment(appointment: object): Shown {
  return pick(appointment, appointmentMembers);
}

export function showBooking(booking: object): Shown {
  return pick(booking, bookingMembers);
}

export function showInvoice(invoice: object): Shown {
  return pick(invoice, invoiceMembers);
}

/** A lead in a webhook, where several members have other names than in the API. */
export function showLead(lead: LeadRow): Shown {
  const { leadStreet, leadCity, leadState, leadZip, leadCountry } = lead;
  return {
    ...pick(lead, leadMembers),
    projectId: null,
    estimateId: null,
    customerName: lead.leadCustomerName,
    phone: lead.leadPhone,
    email: lead.leadEmail,
    address:
      leadStreet === null
        ? null
        : {
            street: leadStreet,
            unit: lead.leadUnit,
            city: leadCity ?? '',
            state: leadState ?? '',
            zip: leadZip ?? '',
            country: leadCountry ?? '',
          },
  };
}

/** The job of a dispatch: always with a project, a total and a lead source, 0 or empty where there is none. */
export function showDispatchedJob(job: object): Shown {
  const shown = pick(job, dispatchedJobMembers);
  return {
    ...shown,
    projectId: shown['projectId'] ?? 0,
    total: shown['total'] ?? 0,
    jobGeneratedLeadSource: shown['jobGeneratedLeadSource'] ?? { jobId: null, employeeId: null },
  };
}

export function showDispatchedAppointment(appointment: AppointmentRow): Shown {
  const { id, appointmentNumber, start, end, arrivalWindowStart, arrivalWindowEnd, createdOn } = appointment;
  return {
    id,
    appointmentNumber: appointmentNumber ?? String(id),
    scheduledOn: createdOn,
    start,
    end,
    duration: (timeOf(end) - timeOf(start)) / 3_600_000,
    arrivalWindowStart,
    arrivalWindowEnd,
    externalId: null,
    manageEmployeeEmail: null,
    manageFollowUpEmail: null,
  };
}
