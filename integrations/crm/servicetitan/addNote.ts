import { z } from 'zod';
import { readRows, type Reader } from './lists.ts';
import { fillPath } from './operations/address.ts';
import { operations } from './operations/operations.ts';
import type { CallOptions } from './operations/runSingle.ts';
import { flag, text, timestamp } from './operations/values.ts';
import { markOf, withMark, writeOnce } from './writeOnce.ts';

/** What a note is about. */
type NoteSubject = { customerId: number } | { jobId: number } | { leadId: number };

export interface NewNote {
  about: NoteSubject;
  text: string;
  pinToTop: boolean;
  /** The same for every try of the same note. */
  reference: string;
}

const noteRecord = z.object({ text, isPinned: flag, createdOn: timestamp });
export type NoteRecord = z.infer<typeof noteRecord>;

/** Adds a note once. Notes have no place for a reference of ours: its mark stands at the end of the text. */
export async function addNote(
  reader: Reader,
  { note, options }: { note: NewNote; options: CallOptions },
): Promise<{ note: NoteRecord; created: boolean }> {
  const { id, list, create } = operationsFor(note.about);
  const mark = markOf(note.reference);
  const { record, created } = await writeOnce(reader, {
    what: 'the note',
    find: async () => {
      const notes = await readRows(reader, { operation: list, row: noteRecord, input: { id }, options });
      return notes.find((row) => row.text.includes(mark));
    },
    send: async () =>
      await reader.transport.request({
        method: create.method,
        path: fillPath(create.path, { id }, reader.settings),
        what: create.path,
        body: { text: withMark(note.text, note.reference), pinToTop: note.pinToTop },
        schema: noteRecord,
        repeatable: false,
        ...options,
      }),
    options,
  });
  return { note: record, created };
}

function operationsFor(about: NoteSubject) {
  const { listCustomerNotes, listJobNotes, listLeadNotes } = operations;
  const { createCustomerNote, createJobNote, createLeadNote } = operations;
  if ('customerId' in about)
    return { id: about.customerId, list: listCustomerNotes, create: createCustomerNote };
  if ('jobId' in about) return { id: about.jobId, list: listJobNotes, create: createJobNote };
  return { id: about.leadId, list: listLeadNotes, create: createLeadNote };
}
