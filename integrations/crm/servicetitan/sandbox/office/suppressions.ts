import { suppressionRow, type SuppressionRow } from '../rows/salesRows.ts';
import type { Desk } from './Desk.ts';

export function findSuppression({ records }: Desk, email: string): SuppressionRow | undefined {
  const wanted = email.trim().toLowerCase();
  return records.suppressions.values().find((row) => row.email.toLowerCase() === wanted);
}

export function suppress(desk: Desk, emails: readonly string[], reason: SuppressionRow['reason']): void {
  const { suppressions } = desk.records;
  for (const email of emails) {
    const known = findSuppression(desk, email);
    const dates = { createdOn: known?.createdOn ?? desk.now, modifiedOn: desk.now };
    suppressions.put(
      suppressionRow.parse({ id: known?.id ?? suppressions.nextId(), email, reason, ...dates }),
    );
  }
}

/** Whoever is not suppressed is left alone. */
export function unsuppress(desk: Desk, emails: readonly string[]): void {
  for (const email of emails) {
    const known = findSuppression(desk, email);
    if (known?.active) desk.records.suppressions.put({ ...known, active: false, modifiedOn: desk.now });
  }
}
