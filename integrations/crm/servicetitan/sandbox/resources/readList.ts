import type { Collection, StoredRow } from '../Collection.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { before, onOrAfter, type Filter } from './filters.ts';
import { QueryReader } from './QueryReader.ts';

const defaultPageSize = 50;
const maximumPageSize = 5000;

export interface ListRules<Row> {
  /** What `active` means when it is not sent; `hidden` where there is no such parameter and inactive rows never show. */
  readonly activeByDefault: 'True' | 'Any' | 'hidden' | 'shown';
  readonly sorts: Readonly<Record<string, (row: Row) => string | number>>;
  readonly filters: Readonly<Record<string, Filter<Row>>>;
  readonly hasOrderBy?: boolean;
  /** Bulk lists refuse a call that names none of these. */
  readonly needsOneOf?: readonly string[];
}

export interface ListPage<Row> {
  readonly page: number;
  readonly pageSize: number;
  readonly hasMore: boolean;
  readonly totalCount: number | null;
  readonly data: readonly Row[];
}

/** The sorts that most resources have. */
export const commonSorts = {
  Id: (row: StoredRow): number => row.id,
  CreatedOn: (row: StoredRow): string => row.createdOn,
  ModifiedOn: (row: StoredRow): string => row.modifiedOn ?? row.createdOn,
};

/** One page of a list, with the defaults, filters and refusals that all of ServiceTitan's lists share. */
export function readList<Row extends StoredRow>(
  rules: ListRules<Row>,
  collection: Collection<Row>,
  { query, records }: { query: URLSearchParams; records: TenantRecords },
): ListPage<Row> {
  const reader = new QueryReader(query);
  const page = Math.max(1, reader.integer('page') ?? 1);
  const pageSize = reader.integer('pageSize') ?? defaultPageSize;
  if (pageSize < 1 || pageSize > maximumPageSize) {
    reader.refuse('pageSize', `The page size must be between 1 and ${maximumPageSize}.`);
  }
  const wantsTotal = reader.flag('includeTotal') ?? false;
  const tests = readFilters(rules, reader, records);
  const sort = readSort(rules, reader);
  if (rules.needsOneOf && !rules.needsOneOf.some((name) => reader.text(name) !== undefined)) {
    for (const name of rules.needsOneOf)
      reader.refuse(name, `One of ${rules.needsOneOf.join(', ')} is required.`);
  }
  reader.check();

  const ordered = collection.ordered(sort.name, sort.value);
  const matching = ordered.filter((row) => tests.every((test) => test(row)));
  if (sort.isDescending) matching.reverse();
  const start = (page - 1) * pageSize;
  return {
    page,
    pageSize,
    hasMore: start + pageSize < matching.length,
    totalCount: wantsTotal ? matching.length : null,
    data: matching.slice(start, start + pageSize),
  };
}

function readFilters<Row extends StoredRow>(
  rules: ListRules<Row>,
  reader: QueryReader,
  records: TenantRecords,
): ((row: Row) => boolean)[] {
  const dates: Record<string, Filter<Row>> = {
    createdOnOrAfter: onOrAfter((row) => row.createdOn),
    createdBefore: before((row) => row.createdOn),
    modifiedOnOrAfter: onOrAfter((row) => row.modifiedOn),
    modifiedBefore: before((row) => row.modifiedOn),
  };
  const tests = Object.entries({ ...dates, ...rules.filters })
    .map(([name, filter]) => filter(reader, name, records))
    .filter((test) => test !== undefined);
  const activeTest = readActive(rules, reader);
  return activeTest ? [activeTest, ...tests] : tests;
}

function readActive<Row extends StoredRow>(
  { activeByDefault }: ListRules<Row>,
  reader: QueryReader,
): ((row: Row) => boolean) | null {
  if (activeByDefault === 'shown') return null;
  if (activeByDefault === 'hidden') return (row) => row.active;
  const wanted = reader.choice('active', ['True', 'Any', 'False']) ?? activeByDefault;
  return wanted === 'Any' ? null : (row) => row.active === (wanted === 'True');
}

function readSort<Row extends StoredRow>(rules: ListRules<Row>, reader: QueryReader) {
  const byId = { name: 'Id', value: (row: Row): string | number => row.id, isDescending: false };
  const names = Object.keys(rules.sorts);
  if (rules.hasOrderBy) {
    const orderBy = reader.choice('orderBy', names);
    const direction = reader.choice('orderByDirection', ['asc', 'ascending', 'desc', 'descending']) ?? 'asc';
    const value = orderBy && rules.sorts[orderBy];
    if (value) return { name: orderBy, value, isDescending: direction.startsWith('desc') };
  }
  const sort = names.length > 0 ? reader.text('sort') : undefined;
  if (sort === undefined) return byId;
  const name = names.find((known) => known.toLowerCase() === sort.slice(1).trim().toLowerCase());
  const value = name && rules.sorts[name];
  if (!value || !/^[+-]/.test(sort)) {
    reader.refuse(
      'sort',
      `Expected + or - (sent as %2B or -) and one of ${names.join(', ')}, not '${sort.slice(0, 60)}'.`,
    );
    return byId;
  }
  return { name, value, isDescending: sort.startsWith('-') };
}
