import { z } from 'zod';
import type { Reader } from './lists.ts';
import { operations } from './operations/operations.ts';
import { readList } from './operations/readList.ts';
import { setAside, type RejectedRecord } from './operations/setAside.ts';
import { suppressedAddress, suppressionRecord, type SuppressionRecord } from './schemas/suppressions.ts';
import type { SuppressionFilter } from './ServiceTitanFilters.ts';

export interface SuppressionPage {
  records: SuppressionRecord[];
  rejected: RejectedRecord[];
  /** The addresses of rejected rows, as far as they have one. */
  unclear: string[];
  hasMore: boolean;
}

/** Addresses that must not be mailed, those lifted since (`active` false) among them; one page is held at a time. */
export async function* suppressionPages(
  reader: Reader,
  filter: SuppressionFilter,
): AsyncGenerator<SuppressionPage, void, undefined> {
  const pages = readList(reader, {
    operation: { ...operations.listSuppressions, row: z.unknown() },
    input: { sort: '+Id', ...filter },
    options: { pageSize: 2000 },
  });
  for await (const { records: rows, hasMore } of pages) {
    const { records, rejected } = setAside(suppressionRecord, rows);
    yield { records, rejected, unclear: rejected.length > 0 ? addressesOfUnreadable(rows) : [], hasMore };
  }
}

function addressesOfUnreadable(rows: readonly unknown[]): string[] {
  return rows.flatMap((row) =>
    suppressionRecord.safeParse(row).success ? [] : (suppressedAddress.safeParse(row).data ?? []),
  );
}
