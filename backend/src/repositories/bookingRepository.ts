import { z } from 'zod';
import {
  bookingContact,
  bookingRecord,
  type BookingContact,
  type BookingRecord,
} from '#integrations/crm/servicetitan/schemas/records.ts';
import { rowsOf, type Database } from './database.ts';

/** Names a booking whose contacts are to be read anew among what was set aside. */
export const unknownContacts = 'contacts: could not be read';

/** Bookings whose contacts could not be read; those tried longest ago first. */
export async function listBookingsToMend(
  database: Database,
  connectionId: string,
  limit: number,
): Promise<BookingRecord[]> {
  const noted = await rowsOf(
    database
      .from('rejected_records')
      .select('record_id')
      .eq('connection_id', connectionId)
      .eq('resource', 'bookings')
      .contains('issues', JSON.stringify([unknownContacts]))
      .order('read_at')
      .order('record_id')
      .limit(limit),
    z.array(z.object({ record_id: z.number() })),
  );
  if (noted.length === 0) return [];
  const rows = await rowsOf(
    database
      .from('servicetitan_records')
      .select('data')
      .eq('connection_id', connectionId)
      .eq('resource', 'bookings')
      .in(
        'record_id',
        noted.map((row) => row.record_id),
      ),
    z.array(z.object({ data: bookingRecord })),
  );
  return rows.map(({ data }) => data);
}

/** So many that their ids fit into an address. */
const idsAtOnce = 200;
const knownRow = z.object({
  record_id: z.number(),
  modified_on: z.string(),
  contacts: z.array(bookingContact).nullable(),
});

/** The contacts of these bookings as far as they were read, with the version of the booking that they were read of. */
export async function findKnownContacts(
  database: Database,
  connectionId: string,
  bookings: readonly Pick<BookingRecord, 'id'>[],
): Promise<Map<number, { modifiedOn: string; contacts: BookingContact[] }>> {
  const known = new Map<number, { modifiedOn: string; contacts: BookingContact[] }>();
  for (let start = 0; start < bookings.length; start += idsAtOnce) {
    const ids = bookings.slice(start, start + idsAtOnce).map(({ id }) => id);
    const rows = await rowsOf(
      database
        .from('servicetitan_records')
        .select('record_id, modified_on, contacts:data->contacts')
        .eq('connection_id', connectionId)
        .eq('resource', 'bookings')
        .in('record_id', ids),
      z.array(knownRow),
    );
    for (const { record_id: id, modified_on: modifiedOn, contacts } of rows)
      if (contacts) known.set(id, { modifiedOn, contacts });
  }
  return known;
}
