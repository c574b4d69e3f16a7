import { readdirSync, readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { mapValues, schemaReader, toJsonSchema, type Schema } from './jsonSchema.ts';

const parameterReader = z.object({
  name: z.string(),
  in: z.enum(['query', 'path', 'header', 'cookie']),
  required: z.boolean().default(false),
  schema: schemaReader,
});

const contentReader = z
  .object({ 'application/json': z.object({ schema: schemaReader.optional() }).optional() })
  .transform((content) => content['application/json']?.schema);

const operationReader = z.object({
  parameters: z.array(parameterReader).default([]),
  requestBody: z.object({ content: contentReader }).optional(),
  responses: z.record(z.string(), z.object({ content: contentReader.optional() })),
});

const documentReader = z.object({
  openapi: z.string().startsWith('3.0.'),
  servers: z.tuple([z.object({ url: z.url() })]),
  paths: z.record(z.string(), z.record(z.string(), operationReader)),
  components: z.object({ schemas: z.record(z.string(), schemaReader).default({}) }),
});

export interface Parameter {
  readonly name: string;
  readonly isRequired: boolean;
  readonly schema: Schema;
}

/** One operation as the vendor documents it, in plain JSON Schema. */
export interface DocumentedOperation {
  readonly query: readonly Parameter[];
  /** In the order in which they stand in the path. */
  readonly path: readonly Parameter[];
  readonly body: Schema | undefined;
  /** By status; undefined is an answer without a schema. */
  readonly replies: ReadonlyMap<number, Schema | undefined>;
  /** What a refusal of this module looks like. */
  readonly refusal: Schema;
}

/** ServiceTitan's OpenAPI documents: operations by method and path, and their components. */
export class OpenApiDocuments {
  /** Every component's schema, by `document#/components/schemas/name`. */
  readonly components: ReadonlyMap<string, Schema>;
  readonly #operations = new Map<string, DocumentedOperation>();

  constructor(documents: Readonly<Record<string, unknown>>) {
    const components = new Map<string, Schema>();
    for (const [name, content] of Object.entries(documents)) {
      const document = documentReader.parse(content);
      for (const [component, schema] of Object.entries(document.components.schemas)) {
        components.set(`${name}#/components/schemas/${component}`, toJsonSchema(schema, name));
      }
      const base = new URL(document.servers[0].url).pathname;
      for (const [relative, methods] of Object.entries(document.paths)) {
        for (const [method, operation] of Object.entries(methods)) {
          const key = keyOf(method, `${base}${relative}`);
          this.#operations.set(key, describe({ name, path: relative, operation }));
        }
      }
    }
    this.components = components;
  }

  /** Undefined where the vendor documents no such operation. Names of path parameters may differ. */
  find(method: string, fullPath: string): DocumentedOperation | undefined {
    return this.#operations.get(keyOf(method, fullPath));
  }
}

/** The documents of a folder, or null where there is no such folder. */
export function readDocuments(folder: string): OpenApiDocuments | null {
  if (!existsSync(folder)) return null;
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const contents = names.map((name): [string, unknown] => [
    path.basename(name, '.json'),
    JSON.parse(readFileSync(path.join(folder, name), 'utf8')),
  ]);
  return new OpenApiDocuments(Object.fromEntries(contents));
}

function keyOf(method: string, fullPath: string): string {
  return `${method.toUpperCase()} /${fullPath.replace(/^\//, '').replaceAll(/\{[^}]*\}/g, '{}')}`;
}

function describe(found: {
  name: string;
  path: string;
  operation: z.output<typeof operationReader>;
}): DocumentedOperation {
  const { name, operation } = found;
  const translate = (schema: Schema) => toJsonSchema(schema, name);
  const of = (place: 'query' | 'path') =>
    operation.parameters
      .filter((parameter) => parameter.in === place)
      .map((parameter) => ({
        name: parameter.name,
        isRequired: parameter.required,
        schema: translate(parameter.schema),
      }));
  const pathParameters = of('path');
  const body = operation.requestBody?.content;
  const replies = mapValues(operation.responses, ({ content }) => content && translate(content));
  return {
    query: of('query'),
    path: [...found.path.matchAll(/\{([^}]*)\}/g)].flatMap(([, named]) =>
      pathParameters.filter((parameter) => parameter.name === named),
    ),
    body: body && translate(body),
    replies: new Map(Object.entries(replies).map(([status, schema]) => [Number(status), schema])),
    refusal: { $ref: `${name}#/components/schemas/ApiErrorResponse` },
  };
}
