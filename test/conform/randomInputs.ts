import * as fc from 'fast-check';
import { z } from 'zod';
import type { Operation } from '#integrations/crm/servicetitan/operations/operation.ts';
import type { CallOptions } from './ConformClient.ts';
import { mapValues, schemaReader, type Schema } from './jsonSchema.ts';
import { documentsOf } from './randomDocuments.ts';

const inputsPerOperation = 25;

export interface Input {
  readonly path: Readonly<Record<string, string | number>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly options: CallOptions;
}

/** What a caller may give: members by the client's own schemas, in all the shapes that these allow. */
export function inputsOf(operation: Operation, seed: number): Input[] {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) =>
    name === undefined || name === 'tenant' || name === 'booking_provider' ? [] : [name],
  );
  const query = operation.kind === 'feed' ? undefined : operation.query;
  const body = operation.kind === 'single' ? operation.body : undefined;
  return fc
    .sample(
      fc.record({
        path: fc.record(Object.fromEntries(names.map((name) => [name, pathValue(name)]))),
        query: query ? queries(query) : fc.constant({}),
        body: body ? documentsOf(sendableSchema(body), noReferences) : fc.constant(undefined),
        options: optionsOf(operation),
      }),
      { seed, numRuns: inputsPerOperation },
    )
    .map((input) => ({
      ...input,
      body: input.body === undefined ? undefined : JSON.parse(JSON.stringify(input.body)),
    }));
}

const anyRecord = z.record(z.string(), z.unknown());

/** A list asked for no ids at all makes no call, so every array has an element. */
function queries(schema: z.ZodObject): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {}, ...rest } = sendableSchema(schema);
  const filled = mapValues(properties, (part) => (part.type === 'array' ? { ...part, minItems: 1 } : part));
  return documentsOf({ ...rest, properties: filled }, noReferences).map((value) => anyRecord.parse(value));
}

function sendableSchema(schema: z.ZodType): Schema {
  return schemaReader.parse(z.toJSONSchema(schema, { io: 'input' }));
}

function noReferences(reference: string): Schema {
  throw new Error(`The client's schemas hold themselves: ${reference}.`);
}

function pathValue(name: string): fc.Arbitrary<string | number> {
  if (name === 'email')
    return fc.constantFrom('pat@example.com', "o'neil+tag@mail.example.org", 'a%b/c@example.com');
  return fc.oneof(fc.integer({ min: 1 }), fc.constantFrom(1, 2 ** 31, Number.MAX_SAFE_INTEGER));
}

function optionsOf(operation: Operation): fc.Arbitrary<CallOptions> {
  const maybe = (arbitrary: fc.Arbitrary<boolean>) => fc.option(arbitrary, { nil: undefined });
  switch (operation.kind) {
    case 'list':
      return fc.record({
        pageSize: fc.constantFrom(undefined, 1, 5000),
        includeTotal: maybe(fc.boolean()),
      });
    case 'feed':
      return fc.record({
        from: fc.constantFrom(null, '2026-01-01', 'AbC+/=token&x'),
        includeRecentChanges: maybe(fc.boolean()),
      });
    case 'single':
      return fc.constant({});
  }
}
