/** A new id for a step or a note, that says what it is. */
export function makeId(stem: string): string {
  return `${stem}_${crypto.randomUUID().slice(0, 8)}`;
}
