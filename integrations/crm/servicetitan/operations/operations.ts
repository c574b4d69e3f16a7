import { appointmentOperations } from './appointments.ts';
import { assignmentOperations } from './assignments.ts';
import { bookingOperations } from './bookings.ts';
import { contactOperations } from './contacts.ts';
import { customerOperations } from './customers.ts';
import { equipmentOperations } from './equipment.ts';
import { estimateOperations } from './estimates.ts';
import { invoiceOperations } from './invoices.ts';
import { jobTypeOperations } from './jobTypes.ts';
import { jobOperations } from './jobs.ts';
import { leadOperations } from './leads.ts';
import { locationOperations } from './locations.ts';
import { marketingOperations } from './marketing.ts';
import { membershipOperations } from './memberships.ts';
import { paymentOperations } from './payments.ts';
import { pricebookOperations } from './pricebook.ts';
import { projectOperations } from './projects.ts';
import { settingsOperations } from './settings.ts';
import { taskOperations } from './tasks.ts';
import { technicianOperations } from './technicians.ts';
import { telecomOperations } from './telecom.ts';

/** Every operation that the client knows, by the name of its call. */
export const operations = {
  ...customerOperations,
  ...contactOperations,
  ...locationOperations,
  ...leadOperations,
  ...bookingOperations,
  ...jobOperations,
  ...appointmentOperations,
  ...jobTypeOperations,
  ...projectOperations,
  ...settingsOperations,
  ...technicianOperations,
  ...assignmentOperations,
  ...estimateOperations,
  ...invoiceOperations,
  ...paymentOperations,
  ...marketingOperations,
  ...membershipOperations,
  ...equipmentOperations,
  ...telecomOperations,
  ...pricebookOperations,
  ...taskOperations,
} as const;

export type Operations = typeof operations;
