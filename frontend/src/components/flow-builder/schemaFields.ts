import { z } from 'zod';
import { optionKinds, type OptionKind } from '#backend/schemas/conditions.ts';

type Choice = { value: string | number; name: string };

/** A form field, read from one property of a JSON Schema. */
export interface SchemaField {
  name: string;
  title: string;
  description: string | undefined;
  required: boolean;
  /** Nothing may be chosen: neither required nor filled by a default. */
  mayBeEmpty: boolean;
  kind:
    | 'text'
    | 'longText'
    | 'lines'
    | 'secret'
    | 'number'
    | 'switch'
    | 'choice'
    | 'choices'
    | 'time'
    | 'option'
    | 'options'
    | 'conditions'
    | 'shares'
    | 'node';
  choices: Choice[];
  /** Where its names come from. */
  options: OptionKind | null;
  unit: string | null;
  /** What holds when nothing is entered. */
  usual: unknown;
  /** Several values, not one text of them. */
  isList: boolean;
  /** Written with the customer's values in it. */
  isTemplate: boolean;
  /** Shown only while these other fields have these values. */
  showIf: Record<string, unknown> | null;
}

const scalar = z.union([z.string(), z.number()]);
const property = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  writeOnly: z.boolean().optional(),
  maxLength: z.number().optional(),
  const: scalar.optional(),
  enum: z.array(scalar).optional(),
  enumNames: z.array(z.string()).optional(),
  anyOf: z.array(z.looseObject({ const: scalar.optional(), type: z.string().optional() })).optional(),
  items: z
    .looseObject({ enum: z.array(scalar).optional(), enumNames: z.array(z.string()).optional() })
    .optional(),
  options: z.string().optional(),
  editor: z.string().optional(),
  format: z.string().optional(),
  unit: z.string().optional(),
  sensitive: z.string().optional(),
  showIf: z.record(z.string(), z.unknown()).optional(),
});
type Property = z.infer<typeof property>;

export const objectSchema = z.looseObject({
  title: z.string().optional(),
  properties: z.record(z.string(), property).default({}),
  required: z.array(z.string()).default([]),
});

/** "customerId" as "Customer id", when a schema gives no title. */
export function inWords(name: string): string {
  const spaced = name.replaceAll(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
  return spaced.charAt(0).toUpperCase() + spaced.slice(1).replaceAll(/[_.]/g, ' ');
}

function named(values: readonly (string | number)[], names: readonly string[] | undefined): Choice[] {
  return values.map((value, index) => ({ value, name: names?.[index] ?? inWords(String(value)) }));
}

function choicesOf({ enum: values, enumNames, anyOf, const: only, items }: Property): Choice[] {
  if (items?.enum) return named(items.enum, items.enumNames);
  const constants = (anyOf ?? []).flatMap((each) => (each.const === undefined ? [] : [each.const]));
  const all = values ?? (constants.length > 0 ? constants : only === undefined ? [] : [only]);
  return named(all, enumNames);
}

function optionsOf({ options }: Property): OptionKind | null {
  return optionKinds.find((kind) => kind === options) ?? null;
}

function typeOf({ type, anyOf }: Property): string | undefined {
  const types = [type ?? (anyOf ?? []).flatMap((each) => each.type ?? [])].flat();
  return types.find((each) => each !== 'null');
}

function kindOf(schema: Property, choices: readonly Choice[]): SchemaField['kind'] {
  const { editor, format } = schema;
  const type = typeOf(schema);
  if (editor === 'conditions' || editor === 'shares' || editor === 'node') return editor;
  if (optionsOf(schema)) return type === 'array' ? 'options' : 'option';
  if (format === 'lines') return 'lines';
  if (format === 'time') return 'time';
  if (choices.length > 0) return type === 'array' ? 'choices' : 'choice';
  if (type === 'array') return 'lines';
  if (type === 'boolean') return 'switch';
  if (type === 'integer' || type === 'number') return 'number';
  if (schema.writeOnly || schema.sensitive === 'secret') return 'secret';
  return (schema.maxLength ?? 0) > 1000 ? 'longText' : 'text';
}

function readField(name: string, each: Property, isRequired: boolean): SchemaField {
  const choices = choicesOf(each);
  return {
    name,
    title: each.title ?? inWords(name),
    description: each.description,
    required: isRequired && each.default === undefined,
    mayBeEmpty: !isRequired && each.default === undefined,
    kind: kindOf(each, choices),
    choices,
    options: optionsOf(each),
    unit: each.unit ?? null,
    usual: each.default,
    isList: typeOf(each) === 'array',
    isTemplate: each.format === 'template',
    showIf: each.showIf ?? null,
  };
}

/** The fields of a form for values of this JSON Schema, in its order. */
export function readSchemaFields(schema: unknown): SchemaField[] {
  const { properties, required } = objectSchema.parse(schema);
  return Object.entries(properties).map(([name, each]) => readField(name, each, required.includes(name)));
}

/** What a form of this schema begins with, as complete as can be guessed. */
export function initialValues(schema: unknown): Record<string, unknown> {
  const { properties, required } = objectSchema.parse(schema);
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, each]): [string, unknown][] => {
      if (each.default !== undefined) return [[name, each.default]];
      if (!required.includes(name)) return [];
      const field = readField(name, each, true);
      switch (field.kind) {
        case 'conditions':
          return [[name, { match: 'all', groups: [] }]];
        case 'choices':
        case 'options':
        case 'lines':
          return [[name, []]];
        case 'choice':
          return [[name, field.choices[0]?.value]];
        case 'switch':
          return [[name, false]];
        case 'time':
          return [[name, '09:00']];
        case 'number':
          return [[name, field.unit === 'hours' || name === 'hours' ? 24 : 1]];
        case 'text':
        case 'longText':
        case 'secret':
        case 'option':
        case 'shares':
        case 'node':
          return [];
      }
    }),
  );
}

/** Whether a field is to be seen, by what else is entered. */
export function isShown({ showIf }: SchemaField, values: Readonly<Record<string, unknown>>): boolean {
  return showIf === null || Object.entries(showIf).every(([name, value]) => values[name] === value);
}
