const isoDuration = /^P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Milliseconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds (P7D, PT1H30M); null if it is none. */
export function parseDuration(text: string): number | null {
  const match = isoDuration.exec(text.trim());
  if (!match) return null;
  const [, weeks = '0', days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return (
    (Number(weeks) * 7 + Number(days)) * dayMs +
    Number(hours) * hourMs +
    Number(minutes) * minuteMs +
    Math.round(Number(seconds) * 1000)
  );
}
