import type { Collection, CollectionShape, PutListener, StoredRow } from './Collection.ts';
import type {
  BookingContactRow,
  BookingRow,
  CustomerContactRow,
  CustomerRow,
  LeadRow,
  LocationContactRow,
  LocationRow,
} from './rows/crmRows.ts';
import type { AssignmentRow } from './rows/assignmentRow.ts';
import type { BookedLogRow, CanceledLogRow, JobHistoryRow, ReasonRow } from './rows/jobLogRows.ts';
import type { EquipmentTypeRow, InstalledEquipmentRow } from './rows/equipmentRows.ts';
import type { InvoiceRow } from './rows/invoiceRows.ts';
import type { CallRow, OptOutRow } from './rows/callRows.ts';
import type { CampaignCategoryRow, CampaignRow } from './rows/campaignRows.ts';
import type { AppointmentRow, JobRow, JobTypeRow } from './rows/jobRows.ts';
import type { MembershipRow, MembershipStatusChangeRow, MembershipTypeRow } from './rows/membershipRows.ts';
import type {
  CustomerNoteRow,
  JobNoteRow,
  LeadNoteRow,
  LocationNoteRow,
  ProjectNoteRow,
} from './rows/noteRows.ts';
import type { PaymentRow, PaymentTypeRow } from './rows/paymentRows.ts';
import type { EquipmentRow, MaterialRow, PricebookCategoryRow, ServiceRow } from './rows/pricebookRows.ts';
import type {
  ProjectRow,
  ProjectStatusRow,
  ProjectSubStatusRow,
  ProjectTypeRow,
} from './rows/projectRows.ts';
import type { EstimateRow, EstimateStatusChangeRow, SuppressionRow } from './rows/salesRows.ts';
import type { BusinessUnitRow, CallReasonRow, TagTypeRow } from './rows/settingsRows.ts';
import type { EmployeeRow, TechnicianRow } from './rows/staffRows.ts';
import type { TaskRow } from './rows/taskRows.ts';
import { defaultSwitches, type SwitchValues } from './switches/switchTable.ts';

type Link<Row> = (row: Row) => number | null;

/** Makes the collection of one resource, wherever its rows are to be. */
export type CollectionMaker = <Row extends StoredRow>(shape: CollectionShape<Row>) => Collection<Row>;

/** The first id, whom a row belongs to, and further links by which rows are looked up. */
function of<Row extends StoredRow>(
  firstId: number,
  ownerOf: Link<Row> = () => null,
  ...lookups: readonly Link<Row>[]
) {
  return (make: CollectionMaker): Collection<Row> => make({ firstId, ownerOf, lookups });
}

/**
 * Every resource that a tenant has, one a line. Ids start at the same place in every tenant, because real tenants' ids
 * collide too.
 */
const shapes = {
  customers: of<CustomerRow>(1001),
  locations: of<LocationRow>(3001, (row) => row.customerId),
  customer_contacts: of<CustomerContactRow>(5001, (row) => row.customerId),
  location_contacts: of<LocationContactRow>(6001, (row) => row.locationId),
  customer_notes: of<CustomerNoteRow>(10_001, (row) => row.customerId),
  location_notes: of<LocationNoteRow>(11_001, (row) => row.locationId),
  lead_notes: of<LeadNoteRow>(12_001, (row) => row.leadId),
  job_notes: of<JobNoteRow>(13_001, (row) => row.jobId),
  project_notes: of<ProjectNoteRow>(14_001, (row) => row.projectId),
  call_reasons: of<CallReasonRow>(1),
  leads: of<LeadRow>(7001, (row) => row.customerId),
  bookings: of<BookingRow>(8001),
  booking_contacts: of<BookingContactRow>(9001, (row) => row.bookingId),
  jobs: of<JobRow>(20_001, (row) => row.customerId),
  appointments: of<AppointmentRow>(40_001, (row) => row.jobId),
  canceled_logs: of<CanceledLogRow>(60_001, (row) => row.jobId),
  cancel_reasons: of<ReasonRow>(201),
  hold_reasons: of<ReasonRow>(1),
  booked_logs: of<BookedLogRow>(65_001, (row) => row.jobId),
  job_history: of<JobHistoryRow>(1),
  appointment_assignments: of<AssignmentRow>(
    50_001,
    (row) => row.appointmentId,
    (row) => row.jobId,
    (row) => row.technicianId,
  ),
  projects: of<ProjectRow>(90_001, (row) => row.customerId),
  project_statuses: of<ProjectStatusRow>(1),
  project_sub_statuses: of<ProjectSubStatusRow>(1),
  project_types: of<ProjectTypeRow>(1),
  technicians: of<TechnicianRow>(501),
  employees: of<EmployeeRow>(601),
  estimates: of<EstimateRow>(
    70_001,
    (row) => row.customerId,
    (row) => row.jobId,
  ),
  job_types: of<JobTypeRow>(101),
  business_units: of<BusinessUnitRow>(11),
  tag_types: of<TagTypeRow>(301),
  suppressions: of<SuppressionRow>(401),
  estimate_status_changes: of<EstimateStatusChangeRow>(110_001, (row) => row.estimateId),
  // A job's invoice takes its id from the job; the others start where no job's comes.
  invoices: of<InvoiceRow>(
    900_000_001,
    (row) => row.customerId,
    (row) => row.jobId,
  ),
  payments: of<PaymentRow>(120_001, (row) => row.customerId),
  payment_types: of<PaymentTypeRow>(501),
  campaigns: of<CampaignRow>(1),
  campaign_categories: of<CampaignCategoryRow>(51),
  memberships: of<MembershipRow>(130_001, (row) => row.customerId),
  membership_types: of<MembershipTypeRow>(521),
  membership_status_changes: of<MembershipStatusChangeRow>(140_001, (row) => row.membershipId),
  installed_equipment: of<InstalledEquipmentRow>(150_001, (row) => row.locationId),
  equipment_types: of<EquipmentTypeRow>(541),
  calls: of<CallRow>(160_001, (row) => row.customerId),
  opt_outs: of<OptOutRow>(170_001),
  pricebook_services: of<ServiceRow>(9101),
  pricebook_materials: of<MaterialRow>(9301),
  pricebook_equipment: of<EquipmentRow>(9501),
  pricebook_categories: of<PricebookCategoryRow>(9701),
  tasks: of<TaskRow>(
    180_001,
    (row) => row.customerId,
    (row) => row.jobId,
  ),
};

export type ResourceName = keyof typeof shapes;

type Collections = { readonly [Name in ResourceName]: ReturnType<(typeof shapes)[Name]> };

/** All records of one tenant: a collection of each resource. */
export type TenantRecords = Collections & {
  /** How the tenant behaves where ServiceTitan's documents leave it open; the store keeps it up to date. */
  switches: SwitchValues;
  /** Stands for this data; tokens of the feeds of other data are refused. */
  epoch: string;
  /** From when on changes are not visible in lists and feeds yet; null where all are. */
  visibleUntil(): string | null;
  clear(): void;
  /** How many records there are of each resource. */
  counts(): Record<string, number>;
};

export type RecordListener = (resource: ResourceName, ...put: Parameters<PutListener<StoredRow>>) => void;

function isResourceName(name: string): name is ResourceName {
  return Object.hasOwn(shapes, name);
}

export const resourceNames: readonly ResourceName[] = Object.keys(shapes).filter(isResourceName);

export function createTenantRecords(makerOf: (resource: ResourceName) => CollectionMaker): TenantRecords {
  const made = resourceNames.map((name) => [name, shapes[name](makerOf(name))]);
  const collections: Collections = Object.assign(Object.create(null), Object.fromEntries(made));
  return {
    ...collections,
    switches: defaultSwitches,
    epoch: '',
    visibleUntil: () => null,
    clear() {
      for (const name of resourceNames) collections[name].clear();
    },
    counts: () => Object.fromEntries(resourceNames.map((name) => [name, collections[name].size])),
  };
}
