import { z } from 'zod';

/**
 * Fields of action inputs and credentials. Values come from forms and from rendered templates, so numbers and
 * switches may arrive as text, and an empty text means that nothing was given.
 */

export interface FieldMeta {
  title: string;
  description?: string;
}

function emptyAsMissing(value: unknown): unknown {
  if (typeof value === 'string' && value.trim() === '') return undefined;
  return value ?? undefined;
}

function asNumber(value: unknown): unknown {
  const given = emptyAsMissing(value);
  return typeof given === 'string' && Number.isFinite(Number(given)) ? Number(given) : given;
}

function asBoolean(value: unknown): unknown {
  const given = emptyAsMissing(value);
  const text = typeof given === 'string' ? given.trim().toLowerCase() : given;
  if (text === 'true' || text === 'yes' || text === '1') return true;
  if (text === 'false' || text === 'no' || text === '0') return false;
  return given;
}

export function idField(meta: FieldMeta) {
  return z.preprocess(asNumber, z.int('expected a whole number').positive()).meta({ ...meta });
}

export function optionalIdField(meta: FieldMeta) {
  return z.preprocess(asNumber, z.int('expected a whole number').positive().optional()).meta({ ...meta });
}

export function textField(meta: FieldMeta) {
  return z
    .string('expected a text')
    .trim()
    .min(1, 'must not be empty')
    .meta({ ...meta });
}

export function optionalTextField(meta: FieldMeta) {
  return z.preprocess(emptyAsMissing, z.string('expected a text').trim().optional()).meta({ ...meta });
}

/** A text that has a value of its own when none is given. */
export function defaultedTextField(value: string, meta: FieldMeta) {
  return z.preprocess(emptyAsMissing, z.string('expected a text').trim().default(value)).meta({ ...meta });
}

/** A switch that is off when nothing is given. */
export function switchField(meta: FieldMeta) {
  return z.preprocess(asBoolean, z.boolean().default(false)).meta({ ...meta });
}

export function optionalChoiceField<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  meta: FieldMeta,
) {
  return z.preprocess(emptyAsMissing, z.enum(choices).optional()).meta({ ...meta });
}

/** One of some numbers, each with a name for the form in `enumNames`, in the same order. */
export function namedNumberField(options: readonly { value: number; name: string }[], meta: FieldMeta) {
  return z
    .preprocess(asNumber, z.literal(options.map((option) => option.value)))
    .meta({ ...meta, enumNames: options.map((option) => option.name) });
}

/** A time that a person or a template wrote; read into ISO 8601 in UTC. */
export function optionalTimeField(meta: FieldMeta) {
  return z
    .preprocess((value) => {
      const given = emptyAsMissing(value);
      const time = typeof given === 'string' ? Date.parse(given) : Number.NaN;
      return Number.isNaN(time) ? given : new Date(time).toISOString();
    }, z.iso.datetime('expected a date and time').optional())
    .meta({ ...meta });
}
