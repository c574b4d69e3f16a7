/** A change can become visible some minutes after the time that it carries. */
const lateVisibilityMs = 10 * 60_000;

/** From when to read on after the newest change that was seen. */
export function dateBefore(lastModifiedOn: string): string {
  return new Date(Date.parse(lastModifiedOn) - lateVisibilityMs).toISOString();
}
