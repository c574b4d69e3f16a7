const dayInMilliseconds = 86_400_000;

/** A moment as records write it: UTC, seven digits, so that it compares with theirs as a string. */
export function timestampOf(moment: Date): string {
  return `${moment.toISOString().slice(0, 23)}0000Z`;
}

/** The timestamp so many times 24 hours later, with all its digits. */
export function addDays(timestamp: string, days: number): string {
  const seconds = Date.parse(`${timestamp.slice(0, 19)}Z`) + days * dayInMilliseconds;
  return `${new Date(seconds).toISOString().slice(0, 19)}${timestamp.slice(19)}`;
}

/** The later of two timestamps. */
export function later(one: string, other: string): string {
  return one > other ? one : other;
}
