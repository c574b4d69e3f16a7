import { QueryReader } from './QueryReader.ts';

const defaultPageSize = 50;
const maximumPageSize = 5000;

/** One page of rows that are no collection of their own, with the envelope of all lists. */
export function pageRows<Row>(rows: readonly Row[], query: URLSearchParams) {
  const reader = new QueryReader(query);
  const page = reader.page();
  const pageSize = reader.integer('pageSize') ?? defaultPageSize;
  if (pageSize < 1 || pageSize > maximumPageSize) {
    reader.refuse('pageSize', `The page size must be between 1 and ${maximumPageSize}.`);
  }
  const wantsTotal = reader.flag('includeTotal') ?? false;
  reader.check();
  const start = (page - 1) * pageSize;
  return {
    page,
    pageSize,
    hasMore: start + pageSize < rows.length,
    totalCount: wantsTotal ? rows.length : null,
    data: rows.slice(start, start + pageSize),
  };
}
