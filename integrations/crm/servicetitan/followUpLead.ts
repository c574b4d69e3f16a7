import { addNote } from './addNote.ts';
import type { Reader } from './lists.ts';
import { fillPath } from './operations/address.ts';
import { operations } from './operations/operations.ts';
import type { CallOptions } from './operations/runSingle.ts';
import { nothing } from './operations/operation.ts';
import { leadRecord, type LeadRecord } from './schemas/records.ts';
import { writeOnce } from './writeOnce.ts';

export interface FollowUp {
  leadId: number;
  /** ISO 8601 in UTC. */
  followUpDate: string;
  /** What is to be said then; a note at the lead. */
  text?: string | undefined;
  pinToTop: boolean;
  reference: string;
}

/**
 * Sets when a lead is to be called again. The date is looked at before it is sent, and what is to be said goes into a
 * note of its own, which is known by its mark: both can be tried again after a lost answer.
 */
export async function followUpLead(
  reader: Reader,
  { followUp, options }: { followUp: FollowUp; options: CallOptions },
): Promise<LeadRecord> {
  const { leadId, followUpDate, text, pinToTop, reference } = followUp;
  const { record } = await writeOnce(reader, {
    what: 'the follow-up',
    find: async () => {
      const lead = await readLead(reader, leadId, options);
      const isSet = lead.followUpDate !== null && Date.parse(lead.followUpDate) === Date.parse(followUpDate);
      return isSet ? lead : undefined;
    },
    send: async () => {
      const { method, path } = operations.followUpLead;
      await reader.transport.request({
        method,
        path: fillPath(path, { id: leadId }, reader.settings),
        what: path,
        body: { followUpDate },
        schema: nothing,
        repeatable: false,
        ...options,
      });
      return await readLead(reader, leadId, options);
    },
    options,
  });
  if (text !== undefined)
    await addNote(reader, { note: { about: { leadId }, text, pinToTop, reference }, options });
  return record;
}

async function readLead(
  { transport, settings }: Reader,
  leadId: number,
  options: CallOptions,
): Promise<LeadRecord> {
  const { method, path } = operations.getLead;
  return await transport.request({
    method,
    path: fillPath(path, { id: leadId }, settings),
    what: path,
    schema: leadRecord,
    repeatable: true,
    ...options,
  });
}
