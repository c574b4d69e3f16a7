import { z } from 'zod';
import { summarize } from '../failures.ts';

/** A record that is not as declared: kept out, so that the rest can go on. */
export interface RejectedRecord {
  id: number | null;
  /** Where it differs, without its values. */
  issues: string[];
  /** The record as it came: for the mirror alone, never for a message or a log. */
  data: unknown;
}

const rowWithId = z.object({ id: z.int() });

/** Parses each record by itself; what cannot be read is named and set aside. */
export function setAside<Row>(schema: z.ZodType<Row>, rows: readonly unknown[]) {
  const records: Row[] = [];
  const rejected: RejectedRecord[] = [];
  for (const row of rows) {
    const parsed = schema.safeParse(row);
    if (parsed.success) records.push(parsed.data);
    else
      rejected.push({
        id: rowWithId.safeParse(row).data?.id ?? null,
        issues: summarize(parsed.error),
        data: row,
      });
  }
  return { records, rejected };
}
