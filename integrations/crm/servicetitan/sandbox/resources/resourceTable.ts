import type { ResourceName } from '../TenantRecords.ts';
import { bookingContacts, customerContacts, locationContacts } from './contactResources.ts';
import { customers, locations } from './crmResources.ts';
import type { Resource } from './defineResource.ts';
import { appointmentAssignments } from './dispatchResources.ts';
import { equipmentTypes, installedEquipment } from './equipmentResources.ts';
import { estimates, estimateStatusChanges } from './estimateResources.ts';
import { invoices } from './invoiceResource.ts';
import { bookedLogs, canceledLogs, cancelReasons, holdReasons, jobHistory } from './jobLogResources.ts';
import { appointments, jobs, jobTypes } from './jobResources.ts';
import { bookings, callReasons, leads } from './leadResources.ts';
import { campaignCategories, campaigns, suppressions } from './marketingResources.ts';
import { memberships, membershipStatusChanges, membershipTypes } from './membershipResources.ts';
import { customerNotes, jobNotes, leadNotes, locationNotes, projectNotes } from './noteResources.ts';
import { payments, paymentTypes } from './paymentResources.ts';
import {
  pricebookCategories,
  pricebookEquipment,
  pricebookMaterials,
  pricebookServices,
} from './pricebookResources.ts';
import { projects, projectStatuses, projectSubStatuses, projectTypes } from './projectResources.ts';
import { businessUnits, employees, tagTypes, technicians } from './settingsResources.ts';
import { tasks } from './taskResources.ts';
import { calls, optOuts } from './telecomResources.ts';

/** Everything the sandbox keeps, by its name. A new resource is its definition and a line here. */
export const resourceTable = {
  customers,
  locations,
  customer_contacts: customerContacts,
  location_contacts: locationContacts,
  customer_notes: customerNotes,
  location_notes: locationNotes,
  lead_notes: leadNotes,
  job_notes: jobNotes,
  project_notes: projectNotes,
  call_reasons: callReasons,
  leads,
  bookings,
  booking_contacts: bookingContacts,
  jobs,
  appointments,
  canceled_logs: canceledLogs,
  cancel_reasons: cancelReasons,
  hold_reasons: holdReasons,
  booked_logs: bookedLogs,
  job_history: jobHistory,
  appointment_assignments: appointmentAssignments,
  projects,
  project_statuses: projectStatuses,
  project_sub_statuses: projectSubStatuses,
  project_types: projectTypes,
  technicians,
  employees,
  estimates,
  job_types: jobTypes,
  business_units: businessUnits,
  tag_types: tagTypes,
  suppressions,
  estimate_status_changes: estimateStatusChanges,
  invoices,
  payments,
  payment_types: paymentTypes,
  campaigns,
  campaign_categories: campaignCategories,
  memberships,
  membership_types: membershipTypes,
  membership_status_changes: membershipStatusChanges,
  installed_equipment: installedEquipment,
  equipment_types: equipmentTypes,
  calls,
  opt_outs: optOuts,
  pricebook_services: pricebookServices,
  pricebook_materials: pricebookMaterials,
  pricebook_equipment: pricebookEquipment,
  pricebook_categories: pricebookCategories,
  tasks,
} as const satisfies Record<ResourceName, Resource>;

const bySpelling = new Map<string, Resource>(
  Object.values(resourceTable).flatMap((resource: Resource) =>
    [resource.name, ...resource.aliases].map((spelling): [string, Resource] => [spelling, resource]),
  ),
);

/** The resource meant by any usual spelling: customer-contacts, customers/contacts, contacts. */
export function findResource(spelling: string): Resource | undefined {
  return bySpelling.get(
    spelling
      .toLowerCase()
      .replaceAll(/^\/+|\/+$/g, '')
      .replaceAll(/[-/]/g, '_'),
  );
}
