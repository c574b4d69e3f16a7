import type { Journal } from './Journal.ts';
import type { JournalEntry } from './journalEntries.ts';
import type { Desk } from './office/Desk.ts';
import { findResource } from './resources/resourceTable.ts';
import type { MovableClock } from './MovableClock.ts';
import { type ResourceName, TenantRecords } from './TenantRecords.ts';
import { describeTenant, type SandboxTenant } from './tenants.ts';

export interface StoredTenant {
  readonly info: SandboxTenant;
  readonly records: TenantRecords;
}

export interface RecordChange {
  readonly tenant: number;
  readonly resource: ResourceName;
  readonly id: number;
  readonly isNew: boolean;
}

/** All tenants with their records. What changes goes to the journal, if there is one. */
export class Store {
  readonly clock: MovableClock;
  readonly #tenants = new Map<number, StoredTenant>();
  #journal: Journal | null = null;
  #watcher: ((change: RecordChange) => void) | null = null;
  #changes = 0;

  constructor(clock: MovableClock) {
    this.clock = clock;
  }

  /** From now on changes are kept. What is there already can be made again, or stands in the journal. */
  keepIn(journal: Journal): void {
    this.#journal = journal;
  }

  note(entry: JournalEntry): void {
    this.#journal?.append(entry);
  }

  /** Grows with every record that is written and every tenant that is emptied. */
  get changes(): number {
    return this.#changes;
  }

  async flush(): Promise<void> {
    await this.#journal?.flush();
  }

  async close(): Promise<void> {
    await this.#journal?.close();
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
    const records =
      this.#tenants.get(info.id)?.records ??
      new TenantRecords((resource, row, { isNew, isQuiet }) => {
        this.#changes += 1;
        this.note({ kind: 'put', tenant: info.id, resource, row, quiet: isQuiet });
        this.#watcher?.({ tenant: info.id, resource, id: row.id, isNew });
      });
    const tenant = { info, records };
    this.#tenants.set(info.id, tenant);
    const { id, name, timeZone, clientId, clientSecret, scopes } = info;
    this.note({ kind: 'tenant', id, name, timeZone, clientId, clientSecret, scopes: [...scopes] });
    return tenant;
  }

  clear(tenant: StoredTenant): void {
    tenant.records.clear();
    this.#changes += 1;
    this.note({ kind: 'clear', tenant: tenant.info.id });
  }

  /** A place to work on a tenant's records at this moment. */
  desk(tenant: StoredTenant): Desk {
    return { records: tenant.records, now: this.clock.stamp() };
  }

  /** Runs some work and gives the records that it changed, in order. */
  watch<Result>(work: () => Result): { result: Result; changes: RecordChange[] } {
    const changes: RecordChange[] = [];
    this.#watcher = (change) => changes.push(change);
    try {
      return { result: work(), changes };
    } finally {
      this.#watcher = null;
    }
  }

  /** Applies one line of a journal. */
  replay(entry: JournalEntry): void {
    switch (entry.kind) {
      case 'tenant':
        this.putTenant(describeTenant(entry));
        return;
      case 'clock':
        this.clock.restore(entry);
        return;
      case 'clear':
        this.#required(entry.tenant).records.clear();
        return;
      case 'put': {
        const resource = findResource(entry.resource);
        if (!resource) throw new Error(`The journal names a resource that there is not: ${entry.resource}`);
        resource.restore(this.#required(entry.tenant).records, entry.row, entry.quiet);
      }
    }
  }

  #required(id: number): StoredTenant {
    const tenant = this.#tenants.get(id);
    if (!tenant) throw new Error(`The journal names a tenant that there is not: ${id}`);
    return tenant;
  }
}
