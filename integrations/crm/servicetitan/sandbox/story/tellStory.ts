import { ControlError } from '../control/ControlError.ts';
import { requireTenant } from '../control/loadRecords.ts';
import { createCustomer } from '../office/customers.ts';
import type { Desk } from '../office/Desk.ts';
import { Random } from '../random.ts';
import type { CustomerRow } from '../rows/crmRows.ts';
import type { RecordChange, Store, StoredTenant } from '../Store.ts';
import { type ResourceName, resourceNames } from '../TenantRecords.ts';
import type { Scene } from './acts.ts';
import { drawCandidates } from './drawCandidates.ts';
import { inventCustomer } from './inventCustomer.ts';
import { currentOpportunity, type Stage } from './opportunity.ts';
import { isReachable, storyEventTable } from './storyEventTable.ts';
import type { StoryEventName, StoryInput } from './storyInput.ts';

interface RecordReference {
  readonly resource: ResourceName;
  readonly id: number;
}

export interface StoryOutcome {
  readonly tenant: number;
  readonly event: StoryEventName;
  readonly at: string;
  readonly customerId: number;
  readonly customerName: string;
  readonly created: readonly RecordReference[];
  readonly changed: readonly RecordReference[];
}

/** Lets something happen in a tenant, at the sandbox's now, for a chosen customer or one that it suits. */
export function tellStory(store: Store, input: StoryInput, seed: number): StoryOutcome {
  const tenant = requireTenant(store, input.tenant, 400);
  const desk = store.desk(tenant);
  const { result: customer, changes } = store.watch(() => {
    const scene = castScene(tenant, desk, { input, random: storyRandom(tenant, seed) });
    storyEventTable[input.event].play(scene);
    return scene.customer;
  });
  return {
    tenant: tenant.info.id,
    event: input.event,
    at: desk.now,
    customerId: customer.id,
    customerName: customer.name,
    ...summarize(changes),
  };
}

/** Each story draws anew, yet the same stories on the same data draw the same, also after a restart. */
function storyRandom({ info, records }: StoredTenant, seed: number): Random {
  const drawn = resourceNames.map((name) => records[name].lastSequence).join('.');
  return new Random(seed, 'story', info.id, drawn);
}

function castScene(
  { info, records }: StoredTenant,
  desk: Desk,
  { input, random }: { input: StoryInput; random: Random },
): Scene {
  const event = storyEventTable[input.event];
  const other = input.otherCustomerId
    ? requireCustomer(desk, input.otherCustomerId, 'otherCustomerId')
    : null;
  const sceneOf = (customer: CustomerRow): Scene => ({
    desk,
    timeZone: info.timeZone,
    customer,
    other,
    random,
  });
  const refusalOf = (customer: CustomerRow) =>
    event.refusal(sceneOf(customer), currentOpportunity(records, customer.id));
  const invent = () => {
    const number = records.customers.nextId();
    return sceneOf(
      createCustomer(desk, inventCustomer(random, { timeZone: info.timeZone, number })).customer,
    );
  };

  if (input.customerId) {
    const customer = requireCustomer(desk, input.customerId, 'customerId');
    const refusal = refusalOf(customer);
    if (refusal !== null) throw impossible(customer, refusal);
    return sceneOf(customer);
  }
  if (input.event === 'lead_received') return invent();
  const candidates = drawCandidates(desk, random);
  const stageOf = new Map<number, Stage>();
  for (const customer of candidates) stageOf.set(customer.id, currentOpportunity(records, customer.id).stage);
  for (const stage of event.prefers) {
    const fitting = candidates.find((row) => stageOf.get(row.id) === stage && refusalOf(row) === null);
    if (fitting) return sceneOf(fitting);
  }
  const idle = candidates.find(
    (row) =>
      stageOf.get(row.id) === 'none' &&
      storyEventTable.lead_received.refusal(sceneOf(row), currentOpportunity(records, row.id)) === null,
  );
  const scene = idle ? sceneOf(idle) : invent();
  event.prepare?.(scene);
  return scene;
}

function requireCustomer({ records }: Desk, id: number, field: string): CustomerRow {
  const customer = records.customers.get(id);
  if (!customer) {
    throw new ControlError(400, `${field} ${id} is no customer of this tenant.`, [
      { field, message: 'must be the id of a customer of the tenant' },
    ]);
  }
  if (!isReachable(customer)) throw impossible(customer, 'is inactive or merged into another customer');
  return customer;
}

function impossible(customer: CustomerRow, reason: string): ControlError {
  const message = `${customer.name} (customer ${customer.id}) ${reason}.`;
  return new ControlError(409, message, [{ field: 'customerId', message: reason }]);
}

function summarize(changes: readonly RecordChange[]) {
  const created: RecordReference[] = [];
  const changed: RecordReference[] = [];
  const seen = new Set<string>();
  for (const { resource, id, isNew } of changes) {
    const key = `${resource}/${id}`;
    if (!seen.has(key)) (isNew ? created : changed).push({ resource, id });
    seen.add(key);
  }
  return { created, changed };
}
