import { z } from 'zod';
import type { Sensitivity } from './fields.ts';

/** The part of a JSON Schema that tells what a value is made of, with what the fields say of themselves. */
export interface JsonShape {
  type?: string | undefined;
  title?: string | undefined;
  sensitive?: Sensitivity | undefined;
  unit?: string | undefined;
  isOpen?: boolean | undefined;
  enum?: unknown[] | undefined;
  properties?: Record<string, JsonShape> | undefined;
  items?: JsonShape | undefined;
  anyOf?: JsonShape[] | undefined;
}

/** Of a value that may be of several types, the first says enough. */
const typeName = z.union([z.string(), z.array(z.string()).transform(([first]) => first)]);

const jsonShape: z.ZodType<JsonShape> = z.object({
  type: typeName.optional(),
  title: z.string().optional(),
  sensitive: z.enum(['secret', 'personal']).optional(),
  unit: z.string().optional(),
  isOpen: z.boolean().optional(),
  enum: z.array(z.unknown()).optional(),
  properties: z
    .record(
      z.string(),
      z.lazy(() => jsonShape),
    )
    .optional(),
  items: z.lazy(() => jsonShape).optional(),
  anyOf: z.array(z.lazy(() => jsonShape)).optional(),
});

/** What a schema's values are made of, as they come in: what is computed from them has no shape to read. */
export function shapeOf(schema: z.ZodType): JsonShape {
  return jsonShape.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }));
}

/** The shape without the possibility of being nothing. */
export function presentShape(shape: JsonShape): JsonShape {
  const present = shape.anyOf?.filter(({ type }) => type !== 'null') ?? [];
  const [only] = present;
  if (!only || present.length > 1) return shape;
  const { anyOf: _, ...said } = shape;
  return presentShape({ ...only, ...said });
}
