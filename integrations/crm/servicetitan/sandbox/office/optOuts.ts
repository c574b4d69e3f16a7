import { type OptOutRow, optOutRow } from '../rows/callRows.ts';
import type { Desk } from './Desk.ts';

/** Texts to these numbers stop. Who has opted out before gets the new type. */
export function optOut(
  { records, now }: Desk,
  input: { readonly contactNumbers: readonly string[]; readonly optOutType: OptOutRow['optOutType'] },
): void {
  const { opt_outs: optOuts } = records;
  const known = new Map([...optOuts.values()].map((row) => [row.contactNumber, row]));
  for (const contactNumber of new Set(input.contactNumbers)) {
    const { id, createdOn } = known.get(contactNumber) ?? { id: optOuts.nextId(), createdOn: now };
    const { optOutType } = input;
    optOuts.put(optOutRow.parse({ id, contactNumber, optOutType, createdOn, modifiedOn: now }));
  }
}
