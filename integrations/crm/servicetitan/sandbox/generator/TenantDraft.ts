import type { Collection, StoredRow } from '../Collection.ts';
import { HeldCollection } from '../HeldCollection.ts';
import type { Database } from '../storage/Database.ts';
import { StoredCollection } from '../storage/StoredCollection.ts';
import { tableName } from '../storage/tenantTables.ts';
import { createTenantRecords, type ResourceName, type TenantRecords } from '../TenantRecords.ts';

/** One resource of a draft: what is held of it goes to its table. */
interface Page {
  handIn(): void;
  keep(): void;
  settle(): void;
}

/**
 * A tenant while it is written. It holds the few records that are being worked on, and what the tenant was set up with;
 * `handIn` gives them to the database. However many customers there are, a draft stays small.
 */
export class TenantDraft {
  readonly records: TenantRecords;
  readonly #pages: Page[] = [];

  constructor(database: Database, tenant: number, firstIds: Readonly<Partial<Record<ResourceName, number>>>) {
    this.records = createTenantRecords((resource) => (shape) => {
      const own = { ...shape, firstId: firstIds[resource] ?? shape.firstId };
      const held = new HeldCollection(own);
      const name = tableName(tenant, resource);
      this.#pages.push(pageOf(held, new StoredCollection({ ...own, database, name, onPut: () => {} })));
      return held;
    });
  }

  /** Gives what has been written to the database, and lets go of it. */
  handIn(): void {
    for (const page of this.#pages) page.handIn();
  }

  /** From now on holds the resources that have records: settings, which everything later refers to. */
  keepSettings(): void {
    for (const page of this.#pages) page.keep();
  }

  /** Hands in the rest, and puts everything into feeds and indexes. */
  settle(): void {
    this.handIn();
    for (const page of this.#pages) page.settle();
  }
}

function pageOf<Row extends StoredRow>(held: Collection<Row>, stored: StoredCollection<Row>): Page {
  let isKept = false;
  let handedIn = 0;
  stored.unsettle();
  return {
    handIn() {
      if (held.lastSequence === handedIn) return;
      for (const { row } of held.changesAfter(handedIn)) stored.fill(row);
      handedIn = held.lastSequence;
      if (!isKept) held.clear();
    },
    keep() {
      isKept = held.size > 0;
    },
    settle: () => stored.settle(),
  };
}
