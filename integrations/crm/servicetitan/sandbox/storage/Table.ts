import type { CollectionShape, StoredRow } from '../Collection.ts';
import { memberRead } from '../memberRead.ts';
import type { Condition } from '../Selection.ts';

interface Index {
  readonly name: string;
  readonly on: string;
}

export interface SqlCondition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/**
 * The SQL of one collection: a table of rows, and beside it the feed, which is nothing but the order of changes, so that
 * moving a record to the end does not touch its row. Both count on (autoincrement) after they were emptied.
 */
export class Table<Row extends StoredRow> {
  readonly name: string;
  readonly rows: string;
  readonly feed: string;
  readonly #columns: ReadonlyMap<string, string>;
  readonly #indexes: readonly Index[];

  constructor(name: string, { ownerOf, lookups }: Omit<CollectionShape<Row>, 'firstId'>) {
    this.name = name;
    this.rows = `"${name}"`;
    this.feed = `"${name}_feed"`;
    const owner = memberRead(ownerOf);
    const linked = lookups.map((lookup) => memberRead(lookup)).filter((member) => member !== null);
    this.#columns = new Map([
      ['id', 'id'],
      ['createdOn', 'created_on'],
      ['modifiedOn', 'modified_on'],
      ['active', 'active'],
      ...linked.map((member): [string, string] => [member, jsonMember(member)]),
      ...(owner === null ? [] : [[owner, 'owner'] satisfies [string, string]]),
    ]);
    this.#indexes = [
      { name: 'active', on: 'active' },
      { name: 'owner', on: 'owner, active' },
      { name: 'created_on', on: 'created_on, id, active' },
      { name: 'modified_on', on: 'modified_on, id, active' },
      ...linked.map((member) => ({ name: member, on: jsonMember(member) })),
    ];
  }

  get creation(): string {
    return `
      create table if not exists ${this.rows} (
        id integer primary key autoincrement, owner integer, created_on text not null, modified_on text not null,
        active integer not null, row text not null);
      create table if not exists ${this.feed} (
        sequence integer primary key autoincrement, id integer not null unique);`;
  }

  get indexCreation(): string {
    return this.#indexes
      .map(({ name, on }) => `create index if not exists "${this.name}_${name}" on ${this.rows} (${on});`)
      .join('\n');
  }

  get indexRemoval(): string {
    return this.#indexes.map(({ name }) => `drop index if exists "${this.name}_${name}";`).join('\n');
  }

  /** The expression for a member to order by; only an indexed one is cheap. */
  expressionOf(member: string): string {
    return this.#columns.get(member) ?? jsonMember(member);
  }

  /** The condition in SQL; null where no index would answer it. */
  toSql(condition: Condition): SqlCondition | null {
    const column = this.#columns.get(condition.member);
    if (column === undefined) return null;
    if (condition.is !== 'among') {
      return { sql: `${column} ${condition.is === 'from' ? '>=' : '<'} ?`, values: [condition.value] };
    }
    const values = condition.values.map((value) => (typeof value === 'boolean' ? Number(value) : value));
    const [only] = values;
    if (values.length === 1 && only !== undefined) return { sql: `${column} = ?`, values: [only] };
    return { sql: `${column} in (${values.map(() => '?').join(', ')})`, values };
  }
}

/** Members are named by code, never by callers. */
function jsonMember(member: string): string {
  return `row ->> '${member}'`;
}
