import type { z } from 'zod';
import type { StoredRow } from './Collection.ts';
import type { Desk } from './office/Desk.ts';
import type { MovableClock } from './MovableClock.ts';
import type { Database } from './storage/Database.ts';
import type { SavedState } from './storage/SavedState.ts';
import { openTenantTables } from './storage/tenantTables.ts';
import { type SwitchChanges, Switches, switchSettings } from './switches/Switches.ts';
import { type ResourceName, resourceNames, type TenantRecords } from './TenantRecords.ts';
import type { SandboxTenant } from './tenants.ts';
import { toTimestamp } from './timestamps.ts';

export interface StoredTenant {
  readonly info: SandboxTenant;
  readonly records: TenantRecords;
}

export interface RecordChange {
  readonly tenant: number;
  readonly resource: ResourceName;
  readonly id: number;
  readonly isNew: boolean;
  /** The record as it was; undefined for a new one. */
  readonly before: StoredRow | undefined;
}

export interface StoreParts {
  readonly clock: MovableClock;
  readonly database: Database;
  readonly saved: SavedState;
  /** Stands for the data, and stays with it. */
  readonly epoch: string;
  /** Gives back what the database lives in. */
  readonly release: () => void;
}

/** All tenants with their records, in one database. */
export class Store {
  readonly clock: MovableClock;
  readonly switches = new Switches();
  readonly #tenants = new Map<number, StoredTenant>();
  readonly #database: Database;
  readonly #saved: SavedState;
  readonly #epoch: string;
  readonly #release: () => void;
  readonly #watchers = new Set<(change: RecordChange) => void>();
  #changes = 0;

  constructor({ clock, database, saved, epoch, release }: StoreParts) {
    this.clock = clock;
    this.#database = database;
    this.#saved = saved;
    this.#epoch = epoch;
    this.#release = release;
    const switches = saved.get('switches', switchSettings);
    if (switches) this.switches.restore(switches);
    for (const info of saved.tenants()) this.#openTenant(info);
  }

  /** Keeps all that one request or story does, or nothing where it throws; what it gives may then be told. */
  transaction<Result>(work: () => Result): Result {
    const before = this.clock.state;
    try {
      return this.#database.transaction(work);
    } catch (error) {
      if (this.clock.state !== before) this.clock.restore(before);
      throw error;
    }
  }

  /** Grows with every record that is written and every tenant that is emptied. */
  get changes(): number {
    return this.#changes;
  }

  close(): void {
    this.#database.close();
    this.#release();
  }

  tenants(): StoredTenant[] {
    return [...this.#tenants.values()];
  }

  tenant(id: number): StoredTenant | undefined {
    return this.#tenants.get(id);
  }

  findTenant(idOrName: string | number): StoredTenant | undefined {
    const wanted = String(idOrName).toLowerCase();
    return this.tenants().find(
      ({ info }) => String(info.id) === wanted || info.name.toLowerCase() === wanted,
    );
  }

  /** Adds a tenant, or changes what is known of it; its records stay. */
  putTenant(info: SandboxTenant): StoredTenant {
    this.#saved.putTenant(info);
    return this.#openTenant(info);
  }

  #openTenant(info: SandboxTenant): StoredTenant {
    const records = this.#tenants.get(info.id)?.records ?? this.#openRecords(info.id);
    const tenant = { info, records };
    this.#tenants.set(info.id, tenant);
    records.switches = this.switches.valuesFor(info.id);
    records.epoch = `${this.#epoch}/${info.id}`;
    records.visibleUntil = () => this.#visibleUntil(records);
    this.#spreadWatching();
    return tenant;
  }

  #openRecords(tenant: number): TenantRecords {
    return openTenantTables(this.#database, tenant, (resource, row, { isNew, before }) => {
      this.#changes += 1;
      for (const watcher of this.#watchers) watcher({ tenant, resource, id: row.id, isNew, before });
    });
  }

  /** Sets switches of one tenant, or of all where none is given. */
  setSwitches(tenant: number | null, changes: SwitchChanges): void {
    this.switches.set(tenant, changes);
    this.#spreadSwitches();
  }

  resetSwitches(): void {
    this.switches.reset();
    this.#spreadSwitches();
  }

  #spreadSwitches(): void {
    this.#saved.set('switches', this.switches.snapshot());
    for (const { info, records } of this.tenants()) records.switches = this.switches.valuesFor(info.id);
  }

  #visibleUntil({ switches }: TenantRecords): string | null {
    const delayMs = switches.visibilityDelaySeconds * 1000;
    return delayMs === 0 ? null : toTimestamp(new Date(this.clock.now().getTime() - delayMs));
  }

  clear(tenant: StoredTenant): void {
    tenant.records.clear();
    this.#changes += 1;
  }

  /** A place to work on a tenant's records at this moment. */
  desk(tenant: StoredTenant): Desk {
    return { records: tenant.records, now: this.clock.stamp() };
  }

  /** Runs some work and gives the records that it changed, in order. */
  watch<Result>(work: () => Result): { result: Result; changes: RecordChange[] } {
    const changes: RecordChange[] = [];
    const stop = this.onChange((change) => changes.push(change));
    try {
      return { result: work(), changes };
    } finally {
      stop();
    }
  }

  /** Tells every change of a record from now on; the answer ends it. */
  onChange(watcher: (change: RecordChange) => void): () => void {
    this.#watchers.add(watcher);
    this.#spreadWatching();
    return () => {
      this.#watchers.delete(watcher);
      this.#spreadWatching();
    };
  }

  #spreadWatching(): void {
    for (const { records } of this.tenants())
      for (const name of resourceNames) records[name].tellsBefore = this.#watchers.size > 0;
  }

  /** What was kept under a name, or null. */
  saved<Value>(name: string, schema: z.ZodType<Value>): Value | null {
    return this.#saved.get(name, schema);
  }

  save(name: string, value: unknown): void {
    this.#saved.set(name, value);
  }
}
