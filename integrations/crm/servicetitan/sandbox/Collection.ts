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

export type PutListener<Row> = (
  row: Row,
  put: { readonly isNew: boolean; readonly isQuiet: boolean },
) => void;

/**
 * The records of one resource of one tenant, with the order in which they changed. The export feed walks that order: a
 * record that is put again moves to its end, whatever its modifiedOn says, so a token never misses what comes later.
 */
export class Collection<Row extends StoredRow> {
  readonly #entries = new Map<number, Change<Row>>();
  readonly #owned = new Map<number, Set<number>>();
  readonly #firstId: number;
  readonly #ownerOf: (row: Row) => number | null;
  readonly #onPut: PutListener<Row>;
  readonly #orders = new Map<string, { readonly version: number; readonly rows: readonly Row[] }>();
  #log: { readonly sequence: number; readonly id: number }[] = [];
  #lastSequence = 0;
  #highestId = 0;
  #version = 0;

  constructor(options: { firstId: number; ownerOf: (row: Row) => number | null; onPut: PutListener<Row> }) {
    this.#firstId = options.firstId;
    this.#ownerOf = options.ownerOf;
    this.#onPut = options.onPut;
  }

  get size(): number {
    return this.#entries.size;
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  get(id: number | null | undefined): Row | undefined {
    return id ? this.#entries.get(id)?.row : undefined;
  }

  *values(): Generator<Row> {
    for (const entry of this.#entries.values()) yield entry.row;
  }

  where(matches: (row: Row) => boolean): Row[] {
    return this.values().filter(matches).toArray();
  }

  /** The rows that belong to a record of another resource: a job's appointments, a customer's jobs. */
  ownedBy(owner: number): Row[] {
    return [...(this.#owned.get(owner) ?? [])].map((id) => this.get(id)).filter((row) => row !== undefined);
  }

  /** The id for a new record. It is taken once the record is put. */
  nextId(): number {
    return Math.max(this.#firstId, this.#highestId + 1);
  }

  put(row: Row): Row {
    this.#lastSequence += 1;
    this.#log.push({ sequence: this.#lastSequence, id: row.id });
    this.#store(row, this.#lastSequence, false);
    if (this.#log.length > 2 * this.#entries.size + 1000) this.#compact();
    return row;
  }

  /** Changes a record in its place in the feed: for derived members whose change ServiceTitan does not date. */
  putQuietly(row: Row): Row {
    const entry = this.#entries.get(row.id);
    if (!entry) return this.put(row);
    this.#store(row, entry.sequence, true);
    return row;
  }

  clear(): void {
    this.#entries.clear();
    this.#owned.clear();
    this.#log = [];
    this.#version += 1;
  }

  /** The changes after a sequence number, oldest first. */
  *changesAfter(sequence: number): Generator<Change<Row>> {
    for (let index = this.#indexAfter(sequence); index < this.#log.length; index += 1) {
      const logged = this.#log[index];
      const entry = logged && this.#entries.get(logged.id);
      if (entry && entry.sequence === logged.sequence) yield entry;
    }
  }

  /** All rows by ascending value, equal ones by id. Kept until a record changes, since lists are read page by page. */
  ordered(name: string, value: (row: Row) => string | number): readonly Row[] {
    const known = this.#orders.get(name);
    if (known?.version === this.#version) return known.rows;
    const rows = this.values()
      .map((row) => ({ row, value: value(row) }))
      .toArray()
      .toSorted((left, right) => compare(left.value, right.value) || left.row.id - right.row.id)
      .map(({ row }) => row);
    this.#orders.set(name, { version: this.#version, rows });
    return rows;
  }

  #store(row: Row, sequence: number, isQuiet: boolean): void {
    const known = this.#entries.get(row.id)?.row;
    const isNew = known === undefined;
    const [oldOwner, owner] = [known && this.#ownerOf(known), this.#ownerOf(row)];
    if (oldOwner && oldOwner !== owner) this.#owned.get(oldOwner)?.delete(row.id);
    if (owner && oldOwner !== owner)
      this.#owned.set(owner, (this.#owned.get(owner) ?? new Set()).add(row.id));
    this.#entries.set(row.id, { row, sequence });
    this.#highestId = Math.max(this.#highestId, row.id);
    this.#version += 1;
    this.#onPut(row, { isNew, isQuiet });
  }

  #indexAfter(sequence: number): number {
    let low = 0;
    let high = this.#log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#log[middle]?.sequence ?? 0) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compact(): void {
    this.#log = this.#log.filter(({ id, sequence }) => this.#entries.get(id)?.sequence === sequence);
  }
}

function compare(left: string | number, right: string | number): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
