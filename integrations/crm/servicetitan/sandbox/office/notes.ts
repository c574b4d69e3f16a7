import type { Collection } from '../Collection.ts';
import type { NoteRow } from '../rows/noteRows.ts';
import type { Desk } from './Desk.ts';

export interface NewNote {
  readonly text: string;
  readonly pinToTop?: boolean | null | undefined;
}

/** A note before it is put below what it is about, which is not modified by it. */
export function describeNote<Row extends NoteRow>(
  { now }: Desk,
  notes: Collection<Row>,
  { text, pinToTop }: NewNote,
): NoteRow {
  const dates = { createdOn: now, modifiedOn: now };
  return { id: notes.nextId(), text, isPinned: pinToTop ?? false, createdById: 1, ...dates, active: true };
}
