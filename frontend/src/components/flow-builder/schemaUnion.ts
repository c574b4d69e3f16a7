import { z } from 'zod';
import { initialValues, inWords, objectSchema, readSchemaFields } from './schemaFields.ts';

const unionSchema = z.looseObject({ title: z.string().optional(), oneOf: z.array(objectSchema).min(1) });

/** One of several forms, chosen by the value of one field. */
export interface SchemaUnion {
  title: string;
  discriminator: string;
  branches: { value: string; title: string; schema: unknown }[];
}

/** Reads a schema that is one of several forms; null where it is a plain one. */
export function readSchemaUnion(schema: unknown): SchemaUnion | null {
  const parsed = unionSchema.safeParse(schema);
  if (!parsed.success) return null;
  const { oneOf, title } = parsed.data;
  const [first] = oneOf;
  const found = Object.entries(first?.properties ?? {}).find(([, each]) => each.const !== undefined);
  if (!found) return null;
  const [discriminator] = found;
  const branches = oneOf.flatMap((branch) => {
    const value = branch.properties[discriminator]?.const;
    if (typeof value !== 'string') return [];
    const { [discriminator]: _, ...properties } = branch.properties;
    return [{ value, title: branch.title ?? inWords(value), schema: { ...branch, properties } }];
  });
  return { title: title ?? inWords(discriminator), discriminator, branches };
}

/** The values of another of the forms: what is asked for in the same words stays as it is entered. */
export function chooseBranch(
  { discriminator, branches }: SchemaUnion,
  value: string,
  entered: Readonly<Record<string, unknown>>,
): Record<string, unknown> | null {
  const chosen = branches.find((each) => each.value === value);
  if (!chosen) return null;
  const before = branches.find((each) => each.value === entered[discriminator]);
  const titles = new Map(readSchemaFields(before?.schema ?? {}).map(({ name, title }) => [name, title]));
  const kept = readSchemaFields(chosen.schema).flatMap(({ name, title }): [string, unknown][] =>
    titles.get(name) === title && entered[name] !== undefined ? [[name, entered[name]]] : [],
  );
  return { [discriminator]: value, ...initialValues(chosen.schema), ...Object.fromEntries(kept) };
}
