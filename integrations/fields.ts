import { z } from 'zod';

/**
 * Fields of action inputs and credentials. Values come from forms and from rendered templates, so numbers and
 * switches may arrive as text, and an empty text means that nothing was given.
 */

/** Lists of names that a form offers instead of numbers; whoever serves the form fills them. */
type PickerKind =
  | 'job_types'
  | 'business_units'
  | 'tag_types'
  | 'campaigns'
  | 'technicians'
  | 'employees'
  | 'task_types'
  | 'task_sources'
  | 'flows'
  | 'members';

/** secret: nobody is shown it again. personal: shown to those who work with customers. */
export type Sensitivity = 'secret' | 'personal';

export interface FieldMeta {
  title: string;
  description?: string;
  options?: PickerKind;
  /** A text that is written with the customer's values in it. */
  format?: 'template';
  /** Shown behind the value. */
  unit?: string;
  /** Shown only while these other fields have these values. */
  showIf?: Record<string, unknown>;
  sensitive?: Sensitivity;
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

/** An e-mail address, or nothing. */
export function optionalEmailField(meta: FieldMeta) {
  return z
    .preprocess(
      emptyAsMissing,
      z.string('expected a text').trim().pipe(z.email('is no e-mail address')).optional(),
    )
    .meta({ ...meta });
}

/** A switch that is off when nothing is given. */
export function switchField(meta: FieldMeta) {
  return z.preprocess(asBoolean, z.boolean().default(false)).meta({ ...meta });
}

/** A number of something, with a value of its own when none is given. */
export function defaultedNumberField(
  value: number,
  { min, max }: { min: number; max: number },
  meta: FieldMeta,
) {
  return z
    .preprocess(asNumber, z.number('expected a number').min(min).max(max).default(value))
    .meta({ ...meta });
}

export function optionalChoiceField<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  meta: FieldMeta & { enumNames?: readonly string[] },
) {
  return z.preprocess(emptyAsMissing, z.enum(choices).optional()).meta({ ...meta });
}

/** One of some words, with one of them when none is given. */
export function defaultedChoiceField<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  value: Choices[number],
  meta: FieldMeta & { enumNames?: readonly string[] },
) {
  return z
    .preprocess((given) => emptyAsMissing(given) ?? value, z.enum(choices))
    .meta({ ...meta, default: value });
}

/** A text of several paragraphs or lines. */
export function longTextField(meta: FieldMeta) {
  return z
    .string('expected a text')
    .trim()
    .min(1, 'must not be empty')
    .max(longestText)
    .meta({ ...meta });
}

export function optionalLongTextField(meta: FieldMeta) {
  return z
    .preprocess(emptyAsMissing, z.string('expected a text').trim().max(longestText).optional())
    .meta({ ...meta });
}

const longestText = 20_000;

/** Any number from a list of names that is filled by whoever serves the form. */
export function idsField(meta: FieldMeta) {
  return z.preprocess((value) => value ?? [], z.array(z.string().min(1)).max(50)).meta({ ...meta });
}

/** Any number of some words. */
export function choicesField<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  { enumNames, ...meta }: FieldMeta & { enumNames: readonly string[] },
) {
  const choice = z.enum(choices).meta({ enumNames: [...enumNames] });
  return z.preprocess((value) => value ?? [], z.array(choice)).meta({ ...meta });
}

/** One of some numbers, each with a name for the form in `enumNames`, in the same order. */
export function namedNumberField(options: readonly { value: number; name: string }[], meta: FieldMeta) {
  return z
    .preprocess(asNumber, z.literal(options.map((option) => option.value)))
    .meta({ ...meta, enumNames: options.map((option) => option.name) });
}

const readTime = (value: unknown) => {
  const given = emptyAsMissing(value);
  const time = typeof given === 'string' ? Date.parse(given) : Number.NaN;
  return Number.isNaN(time) ? given : new Date(time).toISOString();
};

/** A time that a person or a template wrote; read into ISO 8601 in UTC. */
export function optionalTimeField(meta: FieldMeta) {
  return z.preprocess(readTime, z.iso.datetime('expected a date and time').optional()).meta({ ...meta });
}
