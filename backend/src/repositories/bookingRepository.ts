import { z } from 'zod';
import { bookingRecord, type BookingRecord } from '#integrations/crm/servicetitan/schemas/records.ts';
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
