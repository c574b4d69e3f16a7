import { createHash } from 'node:crypto';

/** An id that follows from a key: what is done again after a crash finds what it made before. */
export function uuidOfKey(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  // Version 8: an id of the application's own making.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
