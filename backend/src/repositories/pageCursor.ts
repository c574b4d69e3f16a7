import { z } from 'zod';
import { AppError } from '../errors.ts';

const time = z.iso.datetime({ offset: true });
const id = z.uuid();

/** The last row of a page, opaque to whoever asks for the next one. `at` keeps all the digits that the database wrote. */
export function encodeCursor(at: string, rowId: string): string {
  // PostgREST writes 2026-01-01T00:00:00+00:00, PostgreSQL itself 2026-01-01 00:00:00+00.
  const iso = at.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
  return Buffer.from(`${iso} ${rowId}`).toString('base64url');
}

/** The row that a page begins behind; throws invalid_input for what is no cursor of ours. */
export function readCursor(cursor: string): { at: string; id: string } {
  const [at = '', rowId = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  if (!time.safeParse(at).success || !id.safeParse(rowId).success) {
    throw new AppError('invalid_input', 'cursor: this is not one of ours. Start again from the first page.');
  }
  return { at, id: rowId };
}

/** The PostgREST filter for the rows after the cursor, newest first. */
export function afterCursor(cursor: string, column: string): string {
  const { at, id: rowId } = readCursor(cursor);
  return `${column}.lt.${at},and(${column}.eq.${at},id.lt.${rowId})`;
}
