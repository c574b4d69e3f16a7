import type { SQLOutputValue } from 'node:sqlite';

export type SqlRow = Record<string, SQLOutputValue>;

/** A column that is a number; none where there is no row or the value is null. */
export function numberIn(row: SqlRow | undefined, column: string): number {
  const value = row?.[column];
  return typeof value === 'number' ? value : 0;
}

export function textIn(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`The column ${column} holds no text.`);
  return value;
}
