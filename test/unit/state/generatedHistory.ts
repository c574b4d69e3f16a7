import type { StoredRow as SandboxRow } from '#integrations/crm/servicetitan/sandbox/Collection.ts';
import { dayMs, hourMs } from '#integrations/crm/servicetitan/sandbox/durations.ts';
import { planCustomer } from '#integrations/crm/servicetitan/sandbox/generator/planCustomer.ts';
import { writeReferenceData } from '#integrations/crm/servicetitan/sandbox/generator/referenceData.ts';
import { writeCustomer } from '#integrations/crm/servicetitan/sandbox/generator/writeCustomer.ts';
import {
  writeStrangersBooking,
  writeStrangersLead,
} from '#integrations/crm/servicetitan/sandbox/generator/writeStranger.ts';
import { HeldCollection } from '#integrations/crm/servicetitan/sandbox/HeldCollection.ts';
import type { Desk } from '#integrations/crm/servicetitan/sandbox/office/Desk.ts';
import { Random } from '#integrations/crm/servicetitan/sandbox/random.ts';
import type { CustomerRow } from '#integrations/crm/servicetitan/sandbox/rows/crmRows.ts';
import { currentOpportunity } from '#integrations/crm/servicetitan/sandbox/story/opportunity.ts';
import {
  isReachable,
  storyEventTable,
} from '#integrations/crm/servicetitan/sandbox/story/storyEventTable.ts';
import {
  officeEvents,
  storyEvents,
  type StoryEventName,
} from '#integrations/crm/servicetitan/sandbox/story/storyInput.ts';
import {
  createTenantRecords,
  type ResourceName,
  type TenantRecords,
} from '#integrations/crm/servicetitan/sandbox/TenantRecords.ts';
import { toTimestamp } from '#integrations/crm/servicetitan/sandbox/timestamps.ts';
import { journeySettings } from '#backend/state/settings.ts';
import { suggestClassification } from '#backend/state/suggestClassification.ts';
import { inOrder, versionOf, type Version } from './versions.ts';

const timeZone = 'America/Los_Angeles';
/** A Monday noon in Los Angeles. */
const anchor = new Date('2026-03-02T20:00:00Z');
const reference = referenceRecords();
const clericalNames = new Set(['Duplicate', 'Test', 'Entered by mistake']);

/** The tenant's settings as an administrator would confirm them. */
export const settings = journeySettings.parse({
  jobTypes: suggestClassification(reference.job_types.values().toArray()),
  clericalReasonIds: reference.cancel_reasons
    .where(({ name }) => clericalNames.has(name))
    .map(({ id }) => id),
});

/** What an office wrote at one moment: every version of every record, in the order of writing. */
interface Moment {
  at: Date;
  versions: Version[];
}

/** A small tenant in memory that lives on, and everything that was ever written in it. */
export class GeneratedTenant {
  readonly moments: Moment[] = [];
  readonly random: Random;
  readonly #records: TenantRecords;
  #now = anchor;
  #written: Version[] = [];

  /** One to five customers with their past, and sometimes people of whom the office knows no customer. */
  constructor(seed: number) {
    this.random = new Random('history', seed);
    this.#records = createTenantRecords(
      (resource) => (shape) => new HeldCollection(shape, (row) => this.#note(resource, row)),
    );
    copyReference(this.#records);
    const count = this.random.int(1, 5);
    for (let number = 0; number < count; number += 1) this.#inventCustomer(number, seed);
    if (this.random.chance(0.3)) this.#inventStranger(writeStrangersLead, 'lead');
    if (this.random.chance(0.3)) this.#inventStranger(writeStrangersBooking, 'web');
    // The past is written in strokes of a millisecond each, whose last digits may run backwards.
    this.#written = inOrder(this.#written);
    this.#close();
  }

  get now(): Date {
    return this.#now;
  }

  get records(): TenantRecords {
    return this.#records;
  }

  get versions(): Version[] {
    return this.moments.flatMap(({ versions }) => versions);
  }

  /** Lets minutes to weeks pass, rather less than more. */
  wait(): void {
    const { random } = this;
    this.waitFor(
      random.pick([60_000, hourMs, 5 * hourMs, dayMs, 3 * dayMs, 20 * dayMs]) * (1 + random.next()),
    );
  }

  waitFor(milliseconds: number): void {
    this.#now = new Date(this.#now.getTime() + Math.round(milliseconds));
  }

  /** Something that an office does, at this tenant's now. */
  act<Result>(work: (desk: Desk) => Result): Result {
    this.#now = new Date(this.#now.getTime() + 1);
    const result = work({ records: this.#records, now: toTimestamp(this.#now, this.random.int(0, 9999)) });
    this.#close();
    return result;
  }

  /** Plays a story event for a customer; false where that customer cannot do it. */
  tell(event: StoryEventName, customer = this.#anybody()): boolean {
    const known = this.#records.customers.get(customer?.id);
    if (!known || !isReachable(known)) return false;
    const other = event === 'customers_merged' ? this.#anybody() : null;
    return this.act((desk) => {
      const scene = { desk, timeZone, customer: known, other: other ?? null, random: this.random };
      const table = storyEventTable[event];
      if (table.refusal(scene, currentOpportunity(this.#records, known.id)) !== null) return false;
      table.play(scene);
      return true;
    });
  }

  /** So many things happen, each some time after the one before. */
  live(events: number): void {
    for (let count = 0; count < events; count += 1) {
      this.wait();
      if (this.random.chance(0.1)) this.#takeOut();
      else this.tell(this.random.pick([...storyEvents, ...storyEvents, ...officeEvents]));
    }
  }

  customers(): CustomerRow[] {
    return this.#records.customers.where(isReachable);
  }

  #anybody(): CustomerRow | undefined {
    const customers = this.customers();
    return customers.length === 0 ? undefined : this.random.pick(customers);
  }

  /** Deletes an estimate or an appointment, as offices do. */
  #takeOut(): void {
    const { estimates, appointments } = this.#records;
    this.act(({ now }) => {
      if (this.random.chance(0.5)) {
        const found = estimates.where(({ active }) => active);
        if (found.length > 0) estimates.put({ ...this.random.pick(found), active: false, modifiedOn: now });
      } else {
        const found = appointments.where(({ active }) => active);
        if (found.length > 0)
          appointments.put({ ...this.random.pick(found), active: false, modifiedOn: now });
      }
    });
  }

  #inventCustomer(number: number, seed: number): void {
    const random = new Random('history', seed, 'customer', number);
    // The first numbers are one of each scenario; the others draw one.
    const plan = planCustomer(random.chance(0.5) ? random.int(0, 20) : 1000, random);
    if (plan.scenario.needsPrevious && number === 0) return this.#inventCustomer(number, seed + 7_919);
    const years = this.random.chance(0.2) ? 3 : 1;
    return writeCustomer({ records: this.#records, anchor, timeZone, random, years }, plan);
  }

  #inventStranger(write: typeof writeStrangersLead, number: string): void {
    const { random } = this;
    const deskAt = (daysAgo: number) => ({
      records: this.#records,
      now: toTimestamp(new Date(anchor.getTime() - Math.round(daysAgo * dayMs)), random.int(0, 9999)),
    });
    write({ records: this.#records, anchor, timeZone, random, number, deskAt, days: 40 });
  }

  #note(resource: ResourceName, row: SandboxRow): void {
    const version = versionOf(resource, row);
    if (version) this.#written.push(version);
  }

  #close(): void {
    if (this.#written.length > 0) this.moments.push({ at: this.#now, versions: this.#written });
    this.#written = [];
  }
}

function referenceRecords(): TenantRecords {
  const records = createTenantRecords(() => (shape) => new HeldCollection(shape));
  writeReferenceData({ records, now: toTimestamp(new Date(anchor.getTime() - 2000 * dayMs)) });
  return records;
}

/** What a tenant was set up with takes longer to write than a small tenant. */
function copyReference(records: TenantRecords): void {
  const copy = <Row extends SandboxRow>(from: { values(): Iterable<Row> }, to: { put(row: Row): Row }) => {
    for (const row of from.values()) to.put(row);
  };
  copy(reference.business_units, records.business_units);
  copy(reference.job_types, records.job_types);
  copy(reference.cancel_reasons, records.cancel_reasons);
  copy(reference.hold_reasons, records.hold_reasons);
  copy(reference.tag_types, records.tag_types);
  copy(reference.technicians, records.technicians);
  copy(reference.employees, records.employees);
  copy(reference.campaign_categories, records.campaign_categories);
  copy(reference.campaigns, records.campaigns);
  copy(reference.payment_types, records.payment_types);
  copy(reference.membership_types, records.membership_types);
  copy(reference.equipment_types, records.equipment_types);
  copy(reference.call_reasons, records.call_reasons);
  copy(reference.pricebook_categories, records.pricebook_categories);
  copy(reference.pricebook_services, records.pricebook_services);
  copy(reference.pricebook_materials, records.pricebook_materials);
  copy(reference.pricebook_equipment, records.pricebook_equipment);
}
