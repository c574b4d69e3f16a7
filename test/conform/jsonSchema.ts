import { z } from 'zod';

/** A schema of an OpenAPI 3.0 document, or a JSON Schema made from one: what both have in common. */
export interface Schema {
  readonly $ref?: string | undefined;
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly nullable?: boolean | undefined;
  readonly const?: string | number | boolean | undefined;
  readonly enum?: readonly (string | number | null)[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: Schema | undefined;
  readonly oneOf?: readonly Schema[] | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly additionalProperties?: boolean | Schema | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly maxProperties?: number | undefined;
  readonly pattern?: string | undefined;
}

const count = z.int().optional();
const bound = z.number().optional();

/** Words that constrain nothing. Any word that is not named here or above fails the reading: it would go unchecked. */
const annotations = {
  title: z.string().optional(),
  description: z.string().optional(),
  deprecated: z.boolean().optional(),
  default: z.unknown().optional(),
  example: z.unknown().optional(),
  examples: z.unknown().optional(),
  'x-enumNames': z.unknown().optional(),
  'x-deprecatedMessage': z.unknown().optional(),
  $schema: z.string().optional(),
  readOnly: z.boolean().optional(),
  contentMediaType: z.string().optional(),
  propertyNames: z.unknown().optional(),
};

/** Reads a schema, and drops what constrains nothing. */
export const schemaReader: z.ZodType<Schema> = z.lazy(() =>
  z
    .strictObject({
      $ref: z.string().optional(),
      type: z.union([z.string(), z.array(z.string())]).optional(),
      format: z.string().optional(),
      nullable: z.boolean().optional(),
      const: z.union([z.string(), z.number(), z.boolean()]).optional(),
      enum: z.array(z.union([z.string(), z.number(), z.null()])).optional(),
      properties: z.record(z.string(), schemaReader).optional(),
      required: z.array(z.string()).optional(),
      items: schemaReader.optional(),
      oneOf: z.array(schemaReader).optional(),
      anyOf: z.array(schemaReader).optional(),
      additionalProperties: z.union([z.boolean(), schemaReader]).optional(),
      minimum: bound,
      maximum: bound,
      minLength: count,
      maxLength: count,
      minItems: count,
      maxItems: count,
      maxProperties: count,
      pattern: z.string().optional(),
      ...annotations,
    })
    .transform(({ type, ...words }): Schema => {
      const kept = Object.fromEntries(
        Object.entries(words).filter(([word, value]) => !(word in annotations) && value !== undefined),
      );
      if (!Array.isArray(type)) return { ...kept, ...(type === undefined ? {} : { type }) };
      return { anyOf: type.map((each) => (each === 'null' ? { type: each } : { ...kept, type: each })) };
    }),
);

/**
 * A schema of OpenAPI 3.0 in the words of JSON Schema: `nullable` becomes a choice of null, which also works beside
 * `oneOf` and `$ref`, and references lead into the document of that name.
 */
export function toJsonSchema(schema: Schema, document: string): Schema {
  const { nullable, $ref, properties, items, oneOf, anyOf, additionalProperties, ...rest } = schema;
  const translate = (part: Schema) => toJsonSchema(part, document);
  const plain: Schema = {
    ...rest,
    ...($ref === undefined ? {} : { $ref: `${document}${$ref}` }),
    ...(properties && { properties: mapValues(properties, translate) }),
    ...(items && { items: translate(items) }),
    ...(oneOf && { oneOf: oneOf.map(translate) }),
    ...(anyOf && { anyOf: anyOf.map(translate) }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'boolean'
              ? additionalProperties
              : translate(additionalProperties),
        }),
  };
  return nullable ? { anyOf: [plain, { type: 'null' }] } : plain;
}

export function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
