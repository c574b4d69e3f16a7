import type { Desk } from '../office/Desk.ts';
import type { Random } from '../random.ts';
import type { CustomerRow } from '../rows/crmRows.ts';
import { isReachable } from './storyEventTable.ts';

/** Of more customers than these, a story looks at a sample. */
const sampleSize = 2000;

/** Those on whom a random choice may fall, in a random order: stories are told to be seen, so they may get e-mail. */
export function drawCandidates({ records }: Desk, random: Random): CustomerRow[] {
  const suppressed = new Set(
    records.suppressions.where((row) => row.active).map((row) => row.email.toLowerCase()),
  );
  const isMailable = ({ id, doNotMail, doNotService }: CustomerRow) => {
    if (doNotMail || doNotService) return false;
    const contacts = records.customer_contacts.ownedBy(id);
    const emails = contacts.filter((row) => row.active && row.type === 'Email');
    return emails.length > 0 && !emails.some((row) => suppressed.has(row.value.trim().toLowerCase()));
  };
  const customers = records.customers.sample(sampleSize, () => random.next());
  return random.shuffle(customers.filter((row) => isReachable(row) && isMailable(row)));
}
