import { toTimestamp } from '../timestamps.ts';
import { dayMs } from '../durations.ts';
import type { History } from './History.ts';

const daysAgo = 33;

/** The office tagged many records with one click: all of them carry the same modifiedOn, to the last digit. */
export function editInBulk({ records, anchor, customer, random }: History): void {
  if (!random.chance(0.1)) return;
  const modifiedOn = toTimestamp(new Date(anchor.getTime() - daysAgo * dayMs));
  const tag = records.tag_types.values().next().value;
  const row = records.customers.get(customer.id);
  if (!tag || !row || row.modifiedOn >= modifiedOn) return;
  const tagTypeIds = [...new Set([...row.tagTypeIds, tag.id])];
  records.customers.put({ ...row, tagTypeIds, modifiedOn });
  for (const location of records.locations.ownedBy(customer.id)) {
    if (location.modifiedOn < modifiedOn) records.locations.put({ ...location, tagTypeIds, modifiedOn });
  }
}
