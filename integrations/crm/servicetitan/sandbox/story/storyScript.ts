import { z } from 'zod';
import { ControlError } from '../control/ControlError.ts';
import { dayMs, hourMs, parseDuration } from '../durations.ts';
import { storyEventName } from './storyInput.ts';

const unitsMs = { w: 7 * dayMs, d: dayMs, h: hourMs, m: 60_000 } as const;
const offsetForm = /^\+(?=\d)(?:(?<w>\d+)w)?(?:(?<d>\d+)d)?(?:(?<h>\d+)h)?(?:(?<m>\d+)m)?$/;

/** Milliseconds of an offset such as +2d, +1d4h or +P2DT4H; null if it is none. */
function parseOffset(text: string): number | null {
  const groups = offsetForm.exec(text.trim())?.groups;
  if (!groups) return text.startsWith('+') ? parseDuration(text.slice(1)) : null;
  return Object.entries(unitsMs).reduce((sum, [unit, ms]) => sum + Number(groups[unit] ?? 0) * ms, 0);
}

const offset = z.string().transform((text, context) => {
  const milliseconds = parseOffset(text);
  if (milliseconds !== null) return milliseconds;
  context.addIssue({
    code: 'custom',
    message: 'must be a time from the start of the script, such as +0d, +2d or +1d4h',
  });
  return z.NEVER;
});

const advance = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (milliseconds !== null) return milliseconds;
  context.addIssue({ code: 'custom', message: 'must be an ISO 8601 duration such as P1D' });
  return z.NEVER;
});

/** A customer: the name that an earlier entry gave with `as`, or an id. */
const person = z.union([z.string().min(1), z.int().positive()], { error: 'must be a name or a customer id' });

const entry = z
  .strictObject({
    at: offset.optional(),
    advance: advance.optional(),
    event: storyEventName.optional(),
    /** Id or name; where it is missing, that of the entry before. */
    tenant: z.union([z.string().min(1), z.int()]).optional(),
    customer: person.optional(),
    other: person.optional(),
    /** What later entries call the customer. */
    as: z.string().min(1).optional(),
  })
  .refine((value) => value.event !== undefined || value.at !== undefined || value.advance !== undefined, {
    path: ['event'],
    message: 'or at or advance is required',
  })
  .refine((value) => value.event !== undefined || (value.as ?? value.customer ?? value.other) === undefined, {
    path: ['event'],
    message: 'is required where a customer is named',
  });

export type ScriptEntry = z.output<typeof entry>;

const script = z.array(entry, { error: 'must be an array of entries' }).min(1, 'must have an entry');

/** A script by its schema; a refusal names the entry, counted from 1, and its event. */
export function readScript(input: unknown): ScriptEntry[] {
  const parsed = script.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path: [index, ...field], message }) =>
    typeof index === 'number' ? { index, field: field.join('.'), message } : { field: '', message },
  );
  const [first] = issues;
  const place = first && 'index' in first ? `${nameEntry(input, first.index)}: ${first.field}` : 'the script';
  throw new ControlError(400, `${place} ${first?.message ?? 'cannot be read'}`.replaceAll('  ', ' '), issues);
}

const named = z.looseObject({ event: z.string() });

/** How messages call an entry: entry 3 (sales_booked). */
export function nameEntry(entries: unknown, index: number): string {
  const event = named.safeParse(Array.isArray(entries) ? entries[index] : null);
  return `entry ${index + 1}${event.success ? ` (${event.data.event})` : ''}`;
}
