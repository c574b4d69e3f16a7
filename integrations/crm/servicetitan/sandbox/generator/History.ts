import { dayMs, hourMs } from '../durations.ts';
import { type NewAppointment, rescheduleInField, updateAppointment } from '../office/appointments.ts';
import { createCustomer, type NewCustomer } from '../office/customers.ts';
import { bookJob, cancelJob, finishJob, holdJob, type NewJob } from '../office/jobs.ts';
import { createLead } from '../office/leads.ts';
import { sellEstimate } from '../office/estimates.ts';
import type { Random } from '../random.ts';
import type { CustomerRow } from '../rows/crmRows.ts';
import type { JobRow } from '../rows/jobRows.ts';
import type { EstimateRow } from '../rows/salesRows.ts';
import {
  bookVisit,
  finishInstall,
  finishVisit,
  locationOf,
  planAppointment,
  presentEstimate,
  type EstimateOptions,
  type Scene,
  scheduleInstall,
  technicianIds,
} from '../story/acts.ts';
import { hoursAfter, localHour } from '../story/localTime.ts';
import { genuineReason } from '../story/reference.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { timeOf, toTimestamp } from '../timestamps.ts';
import { type Season, seasonShare } from './seasons.ts';

export interface HistoryInput {
  readonly records: TenantRecords;
  /** The sandbox's first moment: everything written lies before it. */
  readonly anchor: Date;
  readonly timeZone: string;
  readonly random: Random;
}

/** One customer's past, written by the same office that writes the present, at moments told in days before the anchor. */
export class History {
  readonly #input: HistoryInput;
  readonly customer: CustomerRow;

  constructor(input: HistoryInput, newCustomer: NewCustomer, sinceDaysAgo: number) {
    this.#input = input;
    this.customer = createCustomer(this.#deskAt(this.#before(sinceDaysAgo)), newCustomer).customer;
  }

  get random(): Random {
    return this.#input.random;
  }

  get anchor(): Date {
    return this.#input.anchor;
  }

  get records(): TenantRecords {
    return this.#input.records;
  }

  /** This customer's office some days ago. */
  scene(daysAgo: number): Scene {
    return this.#sceneAt(this.#before(daysAgo));
  }

  /** Some days ago, rather in a month of the year that brings such work. */
  when(least: number, most: number, season: Season = 'demand'): number {
    let daysAgo = this.random.between(least, most);
    for (let draw = 0; draw < 6; draw += 1) {
      if (this.random.chance(seasonShare(new Date(this.#before(daysAgo)), season))) break;
      daysAgo = this.random.between(least, most);
    }
    return daysAgo;
  }

  lead(daysAgo: number): number {
    const { desk } = this.scene(daysAgo);
    const name = this.customer.name;
    const locationId = locationOf(this.scene(daysAgo)).id;
    const contacts = this.records.customer_contacts.ownedBy(this.customer.id);
    const leadEmail = contacts.find((row) => row.type === 'Email')?.value ?? null;
    const campaignId = this.random.int(1, 6);
    const summary = 'Asked for a quote on the website';
    return createLead(desk, {
      customerId: this.customer.id,
      locationId,
      leadCustomerName: name,
      leadEmail,
      campaignId,
      summary,
    }).id;
  }

  /** A sales visit that is booked and lies ahead. */
  bookedVisit(bookedDaysAgo: number, leadId: number | null = null): JobRow {
    const appointment = this.#ahead(1, 9, 2);
    return bookVisit(this.scene(bookedDaysAgo), { appointment, leadId });
  }

  /** A sales visit that took place; left open where the office has not completed it yet. */
  heldVisit(daysAgo: number, { isLeftOpen = false, total = 0, members = {} }: HeldVisit = {}): JobRow {
    const appointment = this.#past(daysAgo, 2);
    const projectId = this.random.chance(0.4) ? 90_000 + this.records.jobs.nextId() : null;
    const booked = this.scene(daysAgo + this.random.between(1, 5));
    const visit = bookVisit(booked, { appointment, projectId, members });
    const held = this.#sceneAt(timeOf(appointment.end) + hourMs / 2);
    if (!isLeftOpen) return finishVisit(held, visit, total);
    const [row] = this.records.appointments.ownedBy(visit.id);
    if (row) updateAppointment(held.desk, row, { status: 'Done' });
    const started: JobRow = { ...visit, jobStatus: 'InProgress', modifiedOn: held.desk.now };
    return this.records.jobs.put(started);
  }

  canceledVisit(bookedDaysAgo: number, canceledDaysAgo: number, reasonId?: number): JobRow {
    const visit = this.bookedVisit(bookedDaysAgo);
    this.cancel(visit, canceledDaysAgo, reasonId);
    return visit;
  }

  cancel(job: JobRow, daysAgo: number, reasonId?: number): void {
    const { desk, random } = this.scene(daysAgo);
    const row = desk.records.jobs.get(job.id) ?? job;
    cancelJob(desk, row, { reasonId: reasonId ?? genuineReason(desk, random), memo: 'Customer called' });
  }

  /** The crew could not finish: the appointment is Done and another one lies ahead. */
  rescheduledInField(daysAgo: number, estimate: EstimateRow): void {
    const appointment = this.#past(daysAgo, 6);
    const booked = this.scene(daysAgo + this.random.between(2, 5));
    const install = scheduleInstall(booked, estimate, { appointment });
    const { desk } = this.#sceneAt(timeOf(appointment.end));
    const [row] = this.records.appointments.ownedBy(install.id);
    if (row) rescheduleInField(desk, row, this.#ahead(1, 9, 6));
  }

  hold(job: JobRow, daysAgo: number): void {
    const { desk } = this.scene(daysAgo);
    holdJob(desk, desk.records.jobs.get(job.id) ?? job, 'Waiting for parts');
  }

  estimate(daysAgo: number, visit: JobRow, options: EstimateOptions = {}): EstimateRow {
    return presentEstimate(this.scene(daysAgo), visit, options);
  }

  sale(daysAgo: number, estimate: EstimateRow): EstimateRow {
    return sellEstimate(this.scene(daysAgo).desk, estimate, this.random.int(601, 604));
  }

  scheduledInstall(bookedDaysAgo: number, estimate: EstimateRow): JobRow {
    return scheduleInstall(this.scene(bookedDaysAgo), estimate, { appointment: this.#ahead(1, 14, 6) });
  }

  finishedInstall(daysAgo: number, estimate: EstimateRow): JobRow {
    const appointment = this.#past(daysAgo, 6);
    const bookedDaysAgo = daysAgo + this.random.between(2, 5);
    const install = scheduleInstall(this.scene(bookedDaysAgo), estimate, { appointment });
    finishInstall(this.#sceneAt(timeOf(appointment.end) + hourMs / 2), install);
    return install;
  }

  /** A visit that sells nothing: maintenance, repair, recall. */
  service(daysAgo: number, members: Partial<NewJob> & { readonly jobTypeName: string }): JobRow {
    const { jobTypeName, ...rest } = members;
    const appointment = this.#past(daysAgo, 1);
    const scene = this.scene(daysAgo + this.random.between(1, 6));
    const type = this.records.job_types.where((row) => row.name === jobTypeName)[0];
    const job = bookJob(scene.desk, {
      customerId: this.customer.id,
      locationId: locationOf(scene).id,
      jobTypeId: type?.id ?? 0,
      businessUnitId: type?.businessUnitIds[0] ?? 0,
      summary: jobTypeName,
      appointments: [appointment],
      ...rest,
    });
    const { desk } = this.#sceneAt(timeOf(appointment.end) + hourMs / 4);
    finishJob(desk, job, {
      completedOn: desk.now,
      total: rest.recallForId ? 0 : this.random.int(9, 40) * 10,
    });
    return job;
  }

  #ahead(least: number, most: number, hours: number): NewAppointment {
    return planAppointment(this.scene(0), { days: [least, most], hours });
  }

  #past(daysAgo: number, hours: number): NewAppointment {
    const { timeZone, random } = this.#input;
    const day = toTimestamp(new Date(this.#before(daysAgo)));
    const start = localHour(day, { timeZone, days: 0, hour: random.int(8, 15) });
    const arrivalWindowEnd = hoursAfter(start, 2);
    const end = hoursAfter(start, hours);
    return {
      start,
      end,
      arrivalWindowStart: start,
      arrivalWindowEnd,
      technicianIds: [random.pick(technicianIds)],
    };
  }

  #before(daysAgo: number): number {
    return this.#input.anchor.getTime() - Math.round(daysAgo * dayMs);
  }

  #sceneAt(milliseconds: number): Scene {
    const { timeZone, random } = this.#input;
    return { desk: this.#deskAt(milliseconds), timeZone, random, customer: this.customer, other: null };
  }

  #deskAt(milliseconds: number) {
    const { records, random } = this.#input;
    return { records, now: toTimestamp(new Date(milliseconds), random.int(0, 9999)) };
  }
}

interface HeldVisit {
  readonly isLeftOpen?: boolean;
  readonly total?: number;
  readonly members?: Partial<NewJob>;
}
