import { randomUUID } from 'node:crypto';
import type { AppRegistry } from '../AppRegistry.ts';
import type { RecordChange, Store, StoredTenant } from '../Store.ts';
import { Deliveries, type Parcel } from './Deliveries.ts';
import { type SharedEvent, signEnvelope, writeEnvelope } from './envelope.ts';
import { occurrencesOf } from './occurrences.ts';
import type { Subscription } from './subscriptions.ts';

/** Tells subscribers what happened: all that one request or story event wrote is one step, told once it is done. */
export class Webhooks {
  readonly deliveries: Deliveries;
  readonly #store: Store;
  readonly #apps: AppRegistry;
  #subscriptions: readonly Subscription[] = [];
  #stopWatching: (() => void) | null = null;
  #changes: RecordChange[] = [];

  constructor(store: Store, apps: AppRegistry) {
    this.#store = store;
    this.#apps = apps;
    this.deliveries = new Deliveries(store.clock);
  }

  subscriptions(): readonly Subscription[] {
    return this.#subscriptions;
  }

  /** Replaces all subscriptions. Records are watched only while there is one. */
  subscribe(subscriptions: readonly Subscription[]): void {
    this.#subscriptions = subscriptions;
    this.#stopWatching?.();
    this.#stopWatching =
      subscriptions.length > 0 ? this.#store.onChange((change) => this.#collect(change)) : null;
  }

  async close(): Promise<void> {
    this.subscribe([]);
    await this.deliveries.close();
  }

  /** Requests are handled without a pause, so what is collected when the next microtask runs is one request's work. */
  #collect(change: RecordChange): void {
    if (this.#changes.length === 0) queueMicrotask(() => this.#publish());
    this.#changes.push(change);
  }

  #publish(): void {
    const changes = this.#changes;
    this.#changes = [];
    for (const [tenantId, own] of Map.groupBy(changes, ({ tenant }) => tenant)) {
      const tenant = this.#store.tenant(tenantId);
      if (tenant) this.deliveries.send(this.#parcelsFor(tenant, firstOfEach(own)));
    }
  }

  #parcelsFor(tenant: StoredTenant, changes: readonly RecordChange[]): Parcel[] {
    const time = this.#store.clock.now().toISOString();
    return occurrencesOf(tenant.records, changes).flatMap((occurrence) => {
      const event = { ...occurrence, occurrenceId: randomUUID(), time };
      return this.#subscriptions
        .filter((subscription) => this.#isFor(subscription, event, tenant.info.id))
        .map((subscription) => this.#parcel(subscription, event, tenant));
    });
  }

  #isFor({ tenantId, app, types }: Subscription, event: SharedEvent, tenant: number): boolean {
    if (tenantId !== null && tenantId !== tenant) return false;
    if (types !== null && !types.includes(event.type)) return false;
    const grants = this.#apps.get(app)?.grants ?? [];
    return grants.some((grant) => grant.tenantId === tenant && grant.approved);
  }

  #parcel(subscription: Subscription, event: SharedEvent, { info }: StoredTenant): Parcel {
    return {
      url: subscription.url,
      describe: {
        type: event.type,
        tenant: info.id,
        app: subscription.app,
        occurrence: event.occurrenceId,
        time: event.time,
      },
      pack: () =>
        signEnvelope(
          writeEnvelope(event, info),
          subscription,
          this.#store.switches.valuesFor(info.id).signatureEncoding,
        ),
    };
  }
}

/** One entry for each record, from before the first of its changes. */
function firstOfEach(changes: readonly RecordChange[]): RecordChange[] {
  const first = new Map<string, RecordChange>();
  for (const change of changes) {
    const key = `${change.resource}/${change.id}`;
    if (!first.has(key)) first.set(key, change);
  }
  return [...first.values()];
}
