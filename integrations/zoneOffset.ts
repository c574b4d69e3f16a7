/** Making one takes far longer than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** How far clocks in a zone (an IANA name) are ahead of UTC at a moment, both in milliseconds. */
export function zoneOffset(timeZone: string, moment: number): number {
  const seconds = Math.floor(moment / 1000) * 1000;
  const parts = formatterOf(timeZone).formatToParts(seconds);
  const read = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  const shown = [read('hour'), read('minute'), read('second')] as const;
  return Date.UTC(read('year'), read('month') - 1, read('day'), ...shown) - seconds;
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, formatter);
  return formatter;
}
