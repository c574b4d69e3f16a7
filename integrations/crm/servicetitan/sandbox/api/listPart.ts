import type { StoredRow } from '../Collection.ts';
import { HeldCollection } from '../HeldCollection.ts';
import { without } from '../resources/defineResource.ts';
import { readList } from '../resources/readList.ts';
import type { Call } from './route.ts';

/** A list of the records below one other record: paging only, no filters and no sort. */
export function listPart(call: Call, rows: readonly StoredRow[], hidden: readonly string[] = []) {
  const part = new HeldCollection<StoredRow>({ firstId: 1, ownerOf: () => null, lookups: [] });
  for (const row of rows) part.put(row);
  const rules = { activeByDefault: 'shown', sorts: {}, filters: {} } as const;
  const { data, ...envelope } = readList(rules, part, { query: call.query, records: call.desk.records });
  return { ...envelope, data: data.map((row) => without(row, new Set(hidden))) };
}
