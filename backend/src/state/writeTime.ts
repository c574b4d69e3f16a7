/** A moment for people, in the tenant's zone: "Mar 2, 2026, 12:00 PM". */
export function writeTime(time: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    new Date(time),
  );
}
