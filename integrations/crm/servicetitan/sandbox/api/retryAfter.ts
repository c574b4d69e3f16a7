import type { SwitchValues } from '../switches/switchTable.ts';

/** The headers with which a 429 says when to come again, in the way that the tenant's switch asks for. */
export function retryAfter(
  { retryAfter: way, clockSkewSeconds }: SwitchValues,
  now: Date,
  seconds: number,
): Readonly<Record<string, string>> {
  if (way === 'none') return {};
  if (way === 'seconds') return { 'Retry-After': String(seconds) };
  // A date has no fractions of a second: rounded up, so that nobody is told to come too early.
  const at = Math.ceil(now.getTime() / 1000) + seconds + clockSkewSeconds;
  return { 'Retry-After': new Date(at * 1000).toUTCString() };
}
