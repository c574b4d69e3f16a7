import * as fc from 'fast-check';
import { mapValues, type Schema } from './jsonSchema.ts';
import { anyText, texts } from './randomTexts.ts';

/** Finds the schema that a reference names. */
export type Resolve = (reference: string) => Schema;

/**
 * An int64 reaches 2^63, but JavaScript holds whole numbers exactly up to 2^53 - 1 only: the client refuses a greater
 * id on purpose, because rounded it would be another record's. So no document has one.
 */
const greatest: Readonly<Record<string, number>> = {
  int32: 2 ** 31 - 1,
  int64: Number.MAX_SAFE_INTEGER,
};

/** Below this, optional members are absent and arrays empty, so that a schema which holds itself comes to an end. */
const deepest = 6;

/** Documents of a schema: all that it allows, its borders more often than chance would have them. */
export function documentsOf(schema: Schema, resolve: Resolve): fc.Arbitrary<unknown> {
  return build(schema, 0);

  function build(part: Schema, depth: number): fc.Arbitrary<unknown> {
    if (part.$ref !== undefined) return build(resolve(part.$ref), depth);
    if (part.const !== undefined) return fc.constant(part.const);
    if (part.enum) return fc.constantFrom(...part.enum);
    const choices = part.oneOf ?? part.anyOf;
    if (choices) return fc.oneof(...choices.map((choice) => build(choice, depth)));
    switch (part.type) {
      case 'null':
        return fc.constant(null);
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return wholeNumbers(part);
      case 'number':
        return numbers(part);
      case 'string':
        return texts(part);
      case 'array':
        return arrays(part, depth);
      case 'object':
        return objects(part, depth);
      case undefined:
        return fc.oneof(fc.constant(null), fc.integer(), fc.boolean(), anyText);
      default:
        throw new Error(`No documents can be made for the type ${part.type}.`);
    }
  }

  function arrays({ items = {}, minItems = 0, maxItems = 3 }: Schema, depth: number) {
    if (depth >= deepest && minItems === 0) return fc.constant([]);
    const maxLength = Math.max(minItems, Math.min(maxItems, 3));
    return fc.array(build(items, depth + 1), { minLength: minItems, maxLength });
  }

  function objects({ properties = {}, required = [], additionalProperties = true }: Schema, depth: number) {
    if (Object.keys(properties).length === 0 && typeof additionalProperties === 'object') {
      return fc.dictionary(mapKeys, build(additionalProperties, depth + 1), { maxKeys: 3 });
    }
    const kept =
      depth < deepest
        ? Object.entries(properties)
        : Object.entries(properties).filter(([name]) => required.includes(name));
    const members = mapValues(Object.fromEntries(kept), (member) => build(member, depth + 1));
    return fc.oneof(
      { weight: 4, arbitrary: fc.record(members, { requiredKeys: [...required] }) },
      { weight: 1, arbitrary: fc.record(members) },
      { weight: 1, arbitrary: fc.record(only(members, required)) },
    );
  }
}

/** A name that `Object` has of itself would not arrive as a member. */
const mapKeys = fc.stringMatching(/^[a-z][a-zA-Z0-9]{2,8}$/).filter((name) => !(name in Object.prototype));

function only<Value>(
  members: Readonly<Record<string, Value>>,
  names: readonly string[],
): Record<string, Value> {
  return Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name)));
}

function wholeNumbers({ format = 'int64', minimum, maximum }: Schema): fc.Arbitrary<number> {
  const limit = greatest[format] ?? Number.MAX_SAFE_INTEGER;
  const max = Math.min(limit, maximum ?? limit);
  const min = Math.max(-limit, minimum ?? -limit);
  const borders = [min, max, 0, 1, -1, 2 ** 31 - 1, 2 ** 31].filter(
    (border) => border >= min && border <= max,
  );
  return fc.oneof(fc.integer({ min, max }), fc.constantFrom(...borders));
}

function numbers({ minimum, maximum }: Schema): fc.Arbitrary<number> {
  const min = minimum ?? -1e12;
  const max = maximum ?? 1e12;
  const borders = [0, 0.1, 0.01, -0.5, 1, 99.99, 1e-7, 12_345_678.9].filter(
    (border) => border >= min && border <= max,
  );
  return fc.oneof(fc.double({ min, max, noNaN: true }), fc.constantFrom(...borders));
}

/** The documents of one seed, as they arrive: through JSON. */
export function sampleDocuments(
  schema: Schema,
  { resolve, seed, count }: { resolve: Resolve; seed: number; count: number },
): unknown[] {
  return fc
    .sample(documentsOf(schema, resolve), { seed, numRuns: count })
    .map((document): unknown => JSON.parse(JSON.stringify(document ?? null)));
}
