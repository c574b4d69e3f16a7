import { appointmentsOf, isLive, updateAppointment } from '../office/appointments.ts';
import { addLocation } from '../office/customers.ts';
import type { Desk } from '../office/Desk.ts';
import { createEstimate, type NewEstimate } from '../office/estimates.ts';
import { bookJob, finishJob, type NewJob } from '../office/jobs.ts';
import { createProject } from '../office/projects.ts';
import type { NewAppointment } from '../office/appointments.ts';
import type { Random } from '../random.ts';
import type { CustomerRow, LocationRow } from '../rows/crmRows.ts';
import type { JobRow } from '../rows/jobRows.ts';
import type { EstimateRow } from '../rows/salesRows.ts';
import { hoursAfter, localHour } from './localTime.ts';
import { offers } from './offers.ts';
import { workReference } from './reference.ts';

/** Who acts where: an office at one moment, for one customer. */
export interface Scene {
  /** The second customer of an event that concerns two. */
  readonly other?: CustomerRow | null;
  readonly desk: Desk;
  readonly timeZone: string;
  readonly customer: CustomerRow;
  readonly random: Random;
}

export const technicianIds: readonly number[] = [501, 502, 503, 504];

/** The place of a customer's business; one that was loaded without locations gets one at its own address. */
export function locationOf({ desk, customer }: Scene): LocationRow {
  const known = desk.records.locations.ownedBy(customer.id).find((row) => row.active);
  return known ?? addLocation(desk, customer.id, { name: customer.name, address: customer.address });
}

/** An appointment in business hours, within a range of days ahead, with the window that the customer is promised. */
export function planAppointment(
  { desk, timeZone, random }: Scene,
  { days, hours }: { days: readonly [number, number]; hours: number },
): NewAppointment {
  const ahead = random.int(days[0], days[1]);
  const start = localHour(desk.now, { timeZone, days: ahead, hour: random.int(8, 15), skipsSunday: true });
  return {
    start,
    end: hoursAfter(start, hours),
    arrivalWindowStart: start,
    arrivalWindowEnd: hoursAfter(start, 2),
    technicianIds: [random.pick(technicianIds)],
  };
}

const visitSummaries = [
  'Wants a quote for a new system',
  'Old unit is noisy, asks what a new one costs',
  'Second opinion on a replacement',
  'Comfort consultation, two storeys',
] as const;

export interface VisitOptions {
  readonly appointment?: NewAppointment;
  readonly leadId?: number | null;
  readonly projectId?: number | null;
  readonly members?: Partial<NewJob>;
}

/** Books a sales visit; the open lead that it comes from is converted. */
export function bookVisit(scene: Scene, options: VisitOptions = {}): JobRow {
  const { desk, customer, random } = scene;
  const locationId = locationOf(scene).id;
  openProject(scene, options.projectId ?? null, locationId);
  return bookJob(desk, {
    customerId: customer.id,
    locationId,
    ...workReference(desk, 'sales', random),
    summary: random.pick(visitSummaries),
    leadId: options.leadId,
    projectId: options.projectId ?? null,
    appointments: [options.appointment ?? planAppointment(scene, { days: [2, 4], hours: 2 })],
    ...options.members,
  });
}

function openProject({ desk, customer }: Scene, id: number | null, locationId: number): void {
  if (!id || desk.records.projects.get(id)) return;
  createProject(desk, { id, customerId: customer.id, locationId, name: `New system for ${customer.name}` });
}

/** The visit took place: a sales visit is completed at no charge. One that was ahead took place just now. */
export function finishVisit(scene: Scene, visit: JobRow, total = 0): JobRow {
  const { desk } = scene;
  bringToNow(desk, visit.id, 2);
  finishJob(desk, desk.records.jobs.get(visit.id) ?? visit, { completedOn: desk.now, total });
  return desk.records.jobs.get(visit.id) ?? visit;
}

function bringToNow(desk: Desk, jobId: number, hours: number): void {
  for (const appointment of appointmentsOf(desk, jobId).filter(isLive)) {
    if (appointment.end <= desk.now) continue;
    const start = hoursAfter(desk.now, -hours);
    const times = { start, end: desk.now, arrivalWindowStart: start, arrivalWindowEnd: desk.now };
    updateAppointment(desk, appointment, times);
  }
}

export interface EstimateOptions {
  readonly members?: Partial<NewEstimate>;
  readonly price?: number;
}

export function presentEstimate(
  { desk, random }: Scene,
  visit: JobRow,
  options: EstimateOptions = {},
): EstimateRow {
  const { skuId, name: skuName, description } = random.pick(offers);
  const unitPrice = options.price ?? random.int(32, 180) * 100 - 5;
  return createEstimate(desk, {
    jobId: visit.id,
    name: skuName,
    summary: description,
    tax: Math.round(unitPrice * 8) / 100,
    items: [{ skuId, skuName, description, unitPrice, unitCost: Math.round(unitPrice * 0.55) }],
    ...options.members,
  });
}

export interface InstallOptions {
  readonly appointment?: NewAppointment;
  readonly members?: Partial<NewJob>;
}

/** Books the work of a sold estimate. */
export function scheduleInstall(scene: Scene, estimate: EstimateRow, options: InstallOptions = {}): JobRow {
  const { desk, customer, random } = scene;
  return bookJob(desk, {
    customerId: customer.id,
    locationId: estimate.locationId ?? locationOf(scene).id,
    ...workReference(desk, 'install', random),
    projectId: estimate.projectId,
    createdFromEstimateId: estimate.id,
    soldById: estimate.soldBy,
    total: estimate.subtotal,
    summary: `Install: ${estimate.name ?? 'as sold'}`,
    appointments: [options.appointment ?? planAppointment(scene, { days: [5, 8], hours: 6 })],
    ...options.members,
  });
}

export function finishInstall({ desk }: Scene, install: JobRow): void {
  bringToNow(desk, install.id, 6);
  const job = desk.records.jobs.get(install.id) ?? install;
  finishJob(desk, job, { completedOn: desk.now, total: job.total ?? 0 });
}
