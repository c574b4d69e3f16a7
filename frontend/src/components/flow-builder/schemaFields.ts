import { z } from 'zod';

/** A form field, read from one property of a JSON Schema. */
export interface SchemaField {
  name: string;
  title: string;
  description: string | undefined;
  required: boolean;
  /** Nothing may be chosen: neither required nor filled by a default. */
  mayBeEmpty: boolean;
  kind: 'text' | 'longText' | 'secret' | 'number' | 'switch' | 'choice';
  choices: { value: string | number; name: string }[];
}

const property = z.looseObject({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  writeOnly: z.boolean().optional(),
  maxLength: z.number().optional(),
  const: z.union([z.string(), z.number()]).optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  enumNames: z.array(z.string()).optional(),
  anyOf: z.array(z.looseObject({ const: z.union([z.string(), z.number()]).optional() })).optional(),
});
type Property = z.infer<typeof property>;

const objectSchema = z.looseObject({
  properties: z.record(z.string(), property).default({}),
  required: z.array(z.string()).default([]),
});

/** "customerId" as "Customer id", when a schema gives no title. */
function inWords(name: string): string {
  const spaced = name.replaceAll(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
  return spaced.charAt(0).toUpperCase() + spaced.slice(1).replaceAll(/[_.]/g, ' ');
}

function choicesOf({ enum: values, enumNames, anyOf, const: only }: Property): SchemaField['choices'] {
  const constants = (anyOf ?? []).flatMap((each) => (each.const === undefined ? [] : [each.const]));
  const all = values ?? (constants.length > 0 ? constants : only === undefined ? [] : [only]);
  return all.map((value, index) => ({ value, name: enumNames?.[index] ?? inWords(String(value)) }));
}

function kindOf(schema: Property, choices: SchemaField['choices']): SchemaField['kind'] {
  if (choices.length > 0) return 'choice';
  if (schema.type === 'boolean') return 'switch';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.writeOnly) return 'secret';
  return (schema.maxLength ?? 0) > 1000 ? 'longText' : 'text';
}

/** The fields of a form for values of this JSON Schema, in its order. */
export function readSchemaFields(schema: unknown): SchemaField[] {
  const { properties, required } = objectSchema.parse(schema);
  return Object.entries(properties).map(([name, each]) => {
    const choices = choicesOf(each);
    return {
      name,
      title: each.title ?? inWords(name),
      description: each.description,
      required: required.includes(name) && each.default === undefined,
      mayBeEmpty: !required.includes(name) && each.default === undefined,
      kind: kindOf(each, choices),
      choices,
    };
  });
}
