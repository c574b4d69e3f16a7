import { z } from 'zod';

/** The members of ServiceTitan's records: read leniently in replies, strictly in what is sent. */

/** An int64. Above 2^53 JavaScript would round it to another record's id, so there it is refused. */
export const id = z.int();
/** An int32. */
export const whole = z.int32();
export const decimal = z.number();
export const flag = z.boolean();
/** The database can store neither a NUL nor half a surrogate pair: one of them would keep a whole page from being stored. */
export const text = z.string().overwrite((value) => value.replaceAll('\0', '').toWellFormed());
export const guid = z.guid();

/** A member that may be null or absent in a reply; null either way. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? null);
}

/** Words that ServiceTitan is known to answer. It adds to them without notice, so any other is taken too. */
export function word(...known: readonly string[]) {
  return z.string().meta({ examples: [...known] });
}

const timestampPattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * A UTC time with exactly seven fractional digits and a Z, so that two of them compare as strings without losing
 * what ServiceTitan said (JavaScript dates keep only three digits). Further digits are cut, never rounded up.
 */
export const timestamp = z.string().transform((value, context) => {
  const match = timestampPattern.exec(value.trim());
  const [, seconds = '', fraction = '', zone = 'Z'] = match ?? [];
  const moment = new Date(`${seconds}${zone}`);
  if (Number.isNaN(moment.getTime()) || !isOfCalendar(seconds)) {
    context.addIssue({ code: 'custom', message: 'expected an ISO 8601 time' });
    return z.NEVER;
  }
  const inUtc = zone === 'Z' ? seconds : moment.toISOString().slice(0, 19);
  return `${inUtc}.${fraction.padEnd(7, '0').slice(0, 7)}Z`;
});

/** JavaScript takes the 30th of February for the 2nd of March; the database does not take it at all. */
function isOfCalendar(seconds: string): boolean {
  return new Date(`${seconds}Z`).toISOString().slice(0, 19) === seconds;
}

/** A time that is sent: ISO 8601 with its zone, as many fractional digits as it has. */
export const sentTime = z.iso.datetime({ offset: true });
/** A day that is sent, such as 2026-03-31. */
export const sentDate = z.iso.date();
