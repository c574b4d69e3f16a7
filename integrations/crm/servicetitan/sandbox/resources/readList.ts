import type { Collection, StoredRow } from '../Collection.ts';
import type { Selection, Test } from '../Selection.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { before, conditional, type Filter, onOrAfter } from './filters.ts';
import { QueryReader } from './QueryReader.ts';
import { visibleIn } from './visibility.ts';

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
  const reader = new QueryReader(query, records.switches);
  const page = reader.page();
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

  // One row more than the page tells whether there are more, without counting them.
  const rows = collection.page({ tests, ...sort }, { offset: (page - 1) * pageSize, limit: pageSize + 1 });
  return {
    page,
    pageSize,
    hasMore: rows.length > pageSize,
    totalCount: wantsTotal ? collection.count(tests) : null,
    data: rows.slice(0, pageSize),
  };
}

function readFilters<Row extends StoredRow>(
  rules: ListRules<Row>,
  reader: QueryReader,
  records: TenantRecords,
): Test<Row>[] {
  const dates: Record<string, Filter<Row>> = {
    createdOnOrAfter: onOrAfter((row) => row.createdOn),
    createdBefore: before((row) => row.createdOn),
    modifiedOnOrAfter: onOrAfter((row) => row.modifiedOn ?? row.createdOn),
    modifiedBefore: before((row) => row.modifiedOn ?? row.createdOn),
  };
  const tests = Object.entries({ ...dates, ...rules.filters })
    .map(([name, filter]) => filter(reader, name, records))
    .filter((test) => test !== undefined);
  const activeTest = readActive(rules, reader);
  const visible = visibleIn<Row>(records.visibleUntil(), reader);
  return [...(activeTest ? [activeTest] : []), ...visible, ...tests];
}

function readActive<Row extends StoredRow>(
  { activeByDefault }: ListRules<Row>,
  reader: QueryReader,
): Test<Row> | null {
  if (activeByDefault === 'shown') return null;
  if (activeByDefault === 'hidden') return activeIs(true);
  const wanted = reader.choice('active', ['True', 'Any', 'False']) ?? activeByDefault;
  return wanted === 'Any' ? null : activeIs(wanted === 'True');
}

function activeIs<Row extends StoredRow>(active: boolean): Test<Row> {
  return conditional<Row>(
    (row) => row.active,
    (row) => row.active === active,
    (member) => ({ member, is: 'among', values: [active] }),
  );
}

type Sort<Row> = Pick<Selection<Row>, 'sort' | 'isDescending'>;

function readSort<Row extends StoredRow>(rules: ListRules<Row>, reader: QueryReader): Sort<Row> {
  const byId: Sort<Row> = { sort: (row) => row.id, isDescending: false };
  const names = Object.keys(rules.sorts);
  if (rules.hasOrderBy) {
    const orderBy = reader.choice('orderBy', names);
    const direction = reader.choice('orderByDirection', ['asc', 'ascending', 'desc', 'descending']) ?? 'asc';
    const chosen = orderBy && rules.sorts[orderBy];
    if (chosen) return { sort: chosen, isDescending: direction.startsWith('desc') };
  }
  const text = names.length > 0 ? reader.text('sort') : undefined;
  if (text === undefined) return byId;
  const name = names.find((known) => known.toLowerCase() === text.slice(1).trim().toLowerCase());
  const sort = name && rules.sorts[name];
  if (!sort || !/^[+-]/.test(text)) {
    reader.refuse(
      'sort',
      `Expected + or - (sent as %2B or -) and one of ${names.join(', ')}, not '${text.slice(0, 60)}'.`,
    );
    return byId;
  }
  return { sort, isDescending: text.startsWith('-') };
}
