import type { PageBounds, Selection, Test } from './Selection.ts';

export interface StoredRow {
  readonly id: number;
  readonly createdOn: string;
  readonly modifiedOn?: string;
  readonly active: boolean;
}

export interface Change<Row> {
  readonly sequence: number;
  readonly row: Row;
}

/** Which changes a feed's reader wants to see. */
export interface ChangeFilter {
  readonly since: string | null;
  readonly active: boolean | null;
}

export const everyChange: ChangeFilter = { since: null, active: null };

export type PutListener<Row> = (
  row: Row,
  put: { readonly isNew: boolean; readonly isQuiet: boolean; readonly before: Row | undefined },
) => void;

export interface CollectionShape<Row> {
  readonly firstId: number;
  /** The record of another resource to which a row belongs. */
  readonly ownerOf: (row: Row) => number | null;
  /** Further links by which rows are looked up. */
  readonly lookups: readonly ((row: Row) => number | null)[];
}

/**
 * The records of one resource of one tenant, with the order in which they changed. The export feed walks that order: a
 * record that is put again moves to its end, whatever its modifiedOn says, so a token never misses what comes later.
 */
export abstract class Collection<Row extends StoredRow> {
  readonly #firstId: number;
  readonly #onPut: PutListener<StoredRow>;
  /** Whether the listener is given a row as it was: one more read for each put. */
  tellsBefore = false;

  constructor(firstId: number, onPut: PutListener<StoredRow>) {
    this.#firstId = firstId;
    this.#onPut = onPut;
  }

  abstract get size(): number;
  abstract get lastSequence(): number;
  protected abstract get highestId(): number;

  abstract get(id: number | null | undefined): Row | undefined;
  /** All rows with a higher id, by id. */
  abstract values(after?: number): Generator<Row, undefined>;
  /** The rows that belong to a record of another resource, by id: a job's appointments, a customer's jobs. */
  abstract ownedBy(owner: number): Row[];
  /** The changes after a sequence number, oldest first. */
  abstract changesAfter(sequence: number, filter?: ChangeFilter): Generator<Change<Row>, undefined>;
  abstract page(selection: Selection<Row>, bounds: PageBounds): Row[];
  abstract count(tests: readonly Test<Row>[]): number;
  abstract clear(): void;
  /** Takes a record away without telling anybody. */
  abstract drop(id: number): void;
  /** Keeps a row; a loud one goes to the end of the feed. Tells whether it is new. */
  protected abstract keep(row: Row, isQuiet: boolean): boolean;

  where(matches: (row: Row) => boolean): Row[] {
    return this.values().filter(matches).toArray();
  }

  /** All rows, or, where there are more than so many, about so many from anywhere. `next` draws from 0 up to 1. */
  sample(count: number, next: () => number): Row[] {
    const first = this.values().next().value?.id;
    if (first === undefined || this.size <= count) return this.values().toArray();
    const ids = new Set<number>();
    for (let draw = 0; draw < count; draw += 1) {
      ids.add(first + Math.floor(next() * (this.highestId - first + 1)));
    }
    return [...ids].map((id) => this.get(id)).filter((row) => row !== undefined);
  }

  /** The id for a new record. It is taken once the record is put. */
  nextId(): number {
    return Math.max(this.#firstId, this.highestId + 1);
  }

  put(row: Row): Row {
    return this.#put(row, false);
  }

  /** Changes a record in its place in the feed: for derived members whose change ServiceTitan does not date. */
  putQuietly(row: Row): Row {
    return this.#put(row, true);
  }

  #put(row: Row, isQuiet: boolean): Row {
    const before = this.tellsBefore ? this.get(row.id) : undefined;
    const isNew = this.keep(row, isQuiet);
    this.#onPut(row, { isNew, isQuiet, before });
    return row;
  }
}
