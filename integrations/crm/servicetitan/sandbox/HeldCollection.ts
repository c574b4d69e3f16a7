import {
  type Change,
  type ChangeFilter,
  Collection,
  type CollectionShape,
  everyChange,
  type PutListener,
  type StoredRow,
} from './Collection.ts';
import { type PageBounds, pageOf, passes, type Selection, type Test } from './Selection.ts';

/** A collection in memory, for a few rows at a time: one customer's past while it is written, one answer. */
export class HeldCollection<Row extends StoredRow> extends Collection<Row> {
  readonly #ownerOf: (row: Row) => number | null;
  readonly #entries = new Map<number, Change<Row>>();
  #lastSequence = 0;
  #highestId = 0;

  constructor({ firstId, ownerOf }: CollectionShape<Row>, onPut: PutListener<StoredRow> = () => {}) {
    super(firstId, onPut);
    this.#ownerOf = ownerOf;
  }

  get size(): number {
    return this.#entries.size;
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  protected get highestId(): number {
    return this.#highestId;
  }

  get(id: number | null | undefined): Row | undefined {
    return id ? this.#entries.get(id)?.row : undefined;
  }

  *values(after = 0): Generator<Row, undefined> {
    for (const id of [...this.#entries.keys()].toSorted((left, right) => left - right)) {
      const row = id > after ? this.get(id) : undefined;
      if (row) yield row;
    }
  }

  ownedBy(owner: number): Row[] {
    return this.where((row) => this.#ownerOf(row) === owner);
  }

  *changesAfter(
    sequence: number,
    { since, active }: ChangeFilter = everyChange,
  ): Generator<Change<Row>, undefined> {
    const changes = [...this.#entries.values()].toSorted((left, right) => left.sequence - right.sequence);
    for (const change of changes) {
      const { row } = change;
      const isRecent = since === null || (row.modifiedOn ?? row.createdOn) >= since;
      if (change.sequence > sequence && isRecent && (active ?? row.active) === row.active) yield change;
    }
  }

  page({ tests, sort, isDescending }: Selection<Row>, bounds: PageBounds): Row[] {
    const keyed = this.where((row) => passes(row, tests)).map((row) => ({
      row,
      id: row.id,
      value: sort(row),
    }));
    return pageOf(keyed, isDescending, bounds).map(({ row }) => row);
  }

  count(tests: readonly Test<Row>[]): number {
    return this.where((row) => passes(row, tests)).length;
  }

  clear(): void {
    this.#entries.clear();
  }

  drop(id: number): void {
    this.#entries.delete(id);
  }

  protected keep(row: Row, isQuiet: boolean): boolean {
    const known = this.#entries.get(row.id);
    if (!isQuiet || !known) this.#lastSequence += 1;
    this.#entries.set(row.id, { row, sequence: isQuiet && known ? known.sequence : this.#lastSequence });
    this.#highestId = Math.max(this.#highestId, row.id);
    return known === undefined;
  }
}
