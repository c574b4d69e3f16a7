import {
  type Change,
  type ChangeFilter,
  Collection,
  type CollectionShape,
  everyChange,
  type PutListener,
  type StoredRow,
} from '../Collection.ts';
import { memberRead } from '../memberRead.ts';
import { type PageBounds, pageOf, passes, type Selection, type Test } from '../Selection.ts';
import { numberIn, type SqlRow, textIn } from './columns.ts';
import type { Database } from './Database.ts';
import { Table } from './Table.ts';

const batchSize = 500;

/** As many as are sorted in no time. */
const fewRows = 20_000;

/** Tests as SQL, and those that only code can answer. */
interface Plan<Row> {
  readonly where: string;
  readonly values: readonly (string | number)[];
  readonly rest: readonly Test<Row>[];
  readonly isPlain: boolean;
}

export interface StoredCollectionOptions<Row> extends CollectionShape<Row> {
  readonly database: Database;
  readonly name: string;
  readonly onPut: PutListener<StoredRow>;
}

/** A collection in a database: of any size, since it holds none of its rows. */
export class StoredCollection<Row extends StoredRow> extends Collection<Row> {
  readonly #database: Database;
  readonly #ownerOf: (row: Row) => number | null;
  readonly #table: Table<Row>;

  constructor(options: StoredCollectionOptions<Row>) {
    super(options.firstId, options.onPut);
    this.#database = options.database;
    this.#ownerOf = options.ownerOf;
    this.#table = new Table(options.name, options);
    this.#database.execute(this.#table.creation);
    this.#database.execute(this.#table.indexCreation);
  }

  get size(): number {
    return numberIn(this.#get(`select count(*) as count from ${this.#table.feed}`), 'count');
  }

  get lastSequence(): number {
    return this.#highest(`${this.#table.name}_feed`);
  }

  protected get highestId(): number {
    return this.#highest(this.#table.name);
  }

  get(id: number | null | undefined): Row | undefined {
    const found = id ? this.#get(`select row from ${this.#table.rows} where id = ?`, id) : undefined;
    return found && this.#record(found);
  }

  /** In batches, so that what is written meanwhile does no harm. */
  *values(after = 0): Generator<Row, undefined> {
    const sql = `select row from ${this.#table.rows} where id > ? order by id limit ${batchSize}`;
    let last: number | undefined = after;
    while (last !== undefined) {
      const batch: Row[] = this.#all(sql, last).map((found) => this.#record(found));
      yield* batch;
      last = batch.length === batchSize ? batch.at(-1)?.id : undefined;
    }
  }

  ownedBy(owner: number): Row[] {
    const sql = `select row from ${this.#table.rows} where owner = ? order by id`;
    return this.#all(sql, owner).map((found) => this.#record(found));
  }

  *changesAfter(
    sequence: number,
    { since, active }: ChangeFilter = everyChange,
  ): Generator<Change<Row>, undefined> {
    const { feed, rows } = this.#table;
    const start = since !== null && sequence === 0 ? this.#lastBefore(since) : sequence;
    const wanted = [since === null ? '' : 'and modified_on >= ?', active === null ? '' : 'and active = ?'];
    // The cross join keeps the feed's order: by an index on the dates, everything would be sorted for each page.
    const sql = `select sequence, row from ${feed} as feed cross join ${rows} as rows on rows.id = feed.id
      where sequence > ? ${wanted.join(' ')} order by sequence`;
    const values = [start, ...(since === null ? [] : [since]), ...(active === null ? [] : [Number(active)])];
    for (const found of this.#database.prepare(sql).iterate(...values)) {
      yield { sequence: numberIn(found, 'sequence'), row: this.#record(found) };
    }
  }

  /** Where a feed that begins at a date may begin: to walk there through older rows would take their reading. */
  #lastBefore(since: string): number {
    const { feed, rows } = this.#table;
    const sql = `select min(sequence) as first from ${rows} as rows cross join ${feed} as feed on feed.id = rows.id
      where modified_on >= ?`;
    const first = numberIn(this.#get(sql, since), 'first');
    return first === 0 ? this.lastSequence : first - 1;
  }

  page({ tests, sort, isDescending }: Selection<Row>, bounds: PageBounds): Row[] {
    const member = memberRead(sort);
    const plan = this.#plan(tests, member);
    const { where, values, rest } = plan;
    if (member === null) return this.#sortedByCode({ tests, sort, isDescending }, bounds);
    const direction = isDescending ? 'desc' : 'asc';
    const key = member === 'id' && this.#areFew(plan) ? '+id' : this.#table.expressionOf(member);
    const order = `${key} ${direction}, id ${direction}`;
    const sql = `select id from ${this.#table.rows} ${where} order by ${order}`;
    if (rest.length === 0) {
      const ids = this.#database
        .prepare(`${sql} limit ? offset ?`)
        .all(...values, bounds.limit, bounds.offset);
      return this.#rows(ids.map((found) => numberIn(found, 'id')));
    }
    return this.#database
      .prepare(sql)
      .iterate(...values)
      .flatMap((found) => this.#rows([numberIn(found, 'id')]))
      .filter((row) => passes(row, rest))
      .drop(bounds.offset)
      .take(bounds.limit)
      .toArray();
  }

  count(tests: readonly Test<Row>[]): number {
    const { where, values, rest } = this.#plan(tests);
    if (rest.length > 0) return this.#matching(tests).reduce((count) => count + 1, 0);
    const sql = `select count(*) as count from ${this.#table.rows} ${where}`;
    return numberIn(this.#database.prepare(sql).get(...values), 'count');
  }

  clear(): void {
    this.#database.execute(`delete from ${this.#table.rows}; delete from ${this.#table.feed};`);
  }

  drop(id: number): void {
    const { rows, feed } = this.#table;
    this.#database.transaction(() => {
      this.#run(`delete from ${feed} where id = ?`, id);
      this.#run(`delete from ${rows} where id = ?`, id);
    });
  }

  /** Makes ready for many new rows at once: they are kept without indexes until `settle`. */
  unsettle(): void {
    this.#database.execute(this.#table.indexRemoval);
  }

  /** Adds a new row that gets its place in the feed, and in the indexes, by `settle`. */
  fill(row: Row): void {
    this.#write(row);
  }

  /** Puts what was filled into the feed, in the order of its modification, and builds the indexes. */
  settle(): void {
    const { rows, feed } = this.#table;
    this.#database.execute(this.#table.indexCreation);
    this.#database.execute(`insert into ${feed} (id) select id from ${rows} order by modified_on, id`);
  }

  protected keep(row: Row, isQuiet: boolean): boolean {
    const { rows, feed } = this.#table;
    return this.#database.transaction(() => {
      const isNew = this.#get(`select 1 from ${rows} where id = ?`, row.id) === undefined;
      this.#write(row);
      if (isQuiet && !isNew) return isNew;
      if (!isNew) this.#run(`delete from ${feed} where id = ?`, row.id);
      this.#run(`insert into ${feed} (id) values (?)`, row.id);
      return isNew;
    });
  }

  #write(row: Row): void {
    this.#run(
      `insert into ${this.#table.rows} (id, owner, created_on, modified_on, active, row) values (?, ?, ?, ?, ?, ?)
       on conflict (id) do update set owner = excluded.owner, created_on = excluded.created_on,
         modified_on = excluded.modified_on, active = excluded.active, row = excluded.row`,
      row.id,
      this.#ownerOf(row),
      row.createdOn,
      row.modifiedOn ?? row.createdOn,
      Number(row.active),
      JSON.stringify(row),
    );
  }

  #plan(tests: readonly Test<Row>[], sort: string | null = 'id'): Plan<Row> {
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    const rest: Test<Row>[] = [];
    for (const test of tests) {
      const sql = test.condition && this.#table.toSql(test.condition);
      if (sql) {
        conditions.push(sql.sql);
        values.push(...sql.values);
      } else {
        rest.push(test);
      }
    }
    // Nearly every row is active, so that index serves only the plain list; the plus keeps it out of the way.
    const isPlain = conditions.length === 1 && sort === 'id';
    const terms = conditions.map((term) => (isPlain ? term : term.replace(/^active /, '+active ')));
    return { where: terms.length > 0 ? `where ${terms.join(' and ')}` : '', values, rest, isPlain };
  }

  /** Whether it is better to sort what the conditions leave (the plus asks for that) than to walk through all by id. */
  #areFew({ where, values, isPlain }: Plan<Row>): boolean {
    if (where === '' || isPlain) return false;
    const sql = `select count(*) as count from (select 1 from ${this.#table.rows} ${where} limit ${fewRows})`;
    return numberIn(this.#database.prepare(sql).get(...values), 'count') < fewRows;
  }

  /** Rows in no particular order that pass all tests. */
  #matching(tests: readonly Test<Row>[]) {
    const { where, values, rest } = this.#plan(tests);
    return this.#database
      .prepare(`select row from ${this.#table.rows} ${where}`)
      .iterate(...values)
      .map((found): Row => this.#record(found))
      .filter((row) => passes(row, rest));
  }

  /** For an order that only code knows: the keys of all rows are held, the rows of one page. */
  #sortedByCode({ tests, sort, isDescending }: Selection<Row>, bounds: PageBounds): Row[] {
    const keyed = this.#matching(tests).map((row) => ({ id: row.id, value: sort(row) }));
    return this.#rows(pageOf(keyed, isDescending, bounds).map(({ id }) => id));
  }

  #rows(ids: readonly number[]): Row[] {
    return ids.map((id) => this.get(id)).filter((row) => row !== undefined);
  }

  /** What was put was checked then, so it is believed now. */
  #record(found: SqlRow): Row {
    const record: Row = JSON.parse(textIn(found, 'row'));
    return record;
  }

  #highest(table: string): number {
    return numberIn(this.#get('select seq from sqlite_sequence where name = ?', table), 'seq');
  }

  #get(sql: string, ...values: (string | number)[]) {
    return this.#database.statement(sql).get(...values);
  }

  #all(sql: string, ...values: (string | number)[]) {
    return this.#database.statement(sql).all(...values);
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    this.#database.statement(sql).run(...values);
  }
}
