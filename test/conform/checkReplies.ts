import { z } from 'zod';
import { nothing } from '#integrations/crm/servicetitan/operations/operation.ts';
import type { Operation } from '#integrations/crm/servicetitan/operations/operation.ts';
import type { Pair } from './checkDeclarations.ts';
import type { Findings } from './Findings.ts';
import { schemaReader, type Schema } from './jsonSchema.ts';
import type { DocumentedOperation } from './OpenApiDocuments.ts';
import { sampleDocuments, type Resolve } from './randomDocuments.ts';

const documentsPerOperation = 200;

/** Checks that the client reads whatever the vendor's schema of an answer allows. */
export function checkReplies(
  pairs: readonly Pair[],
  deps: { resolve: Resolve; seed: number; findings: Findings },
): void {
  const { resolve, seed, findings } = deps;
  for (const { name, operation, documented } of pairs) {
    const reader = readerOf(operation);
    const schema = replySchemaOf(operation, documented, resolve);
    if (!schema) {
      const ignored =
        reader === nothing ? [] : ['the client reads an answer that the vendor does not describe'];
      findings.check(name, 'reply', ignored);
      continue;
    }
    for (const document of sampleDocuments(schema, { resolve, seed, count: documentsPerOperation })) {
      const read = reader.safeParse(document);
      findings.check(name, 'reply', read.success ? [] : read.error.issues.map(describe));
    }
    const unknown = membersOf(reader).filter((member) => !hasMember(schema, member.split('.'), resolve));
    findings.check(
      name,
      'reply',
      unknown.map((member) => `the client reads ${member}, which the vendor does not have`),
    );
  }
}

/** What is read of an answer: the row of a list or feed, all of any other. */
function readerOf(operation: Operation): z.ZodType {
  return operation.kind === 'single' ? operation.reply : operation.row;
}

/** The schema of what `readerOf` reads; undefined where the vendor documents an answer without one. */
export function replySchemaOf(
  operation: Operation,
  documented: DocumentedOperation,
  resolve: Resolve,
): Schema | undefined {
  const whole = successOf(documented);
  if (operation.kind === 'single' || !whole) return whole;
  return resolved(whole, resolve).properties?.['data']?.items;
}

function successOf({ replies }: DocumentedOperation): Schema | undefined {
  return replies.get(200) ?? replies.get(201);
}

function resolved(schema: Schema, resolve: Resolve): Schema {
  return schema.$ref === undefined ? schema : resolved(resolve(schema.$ref), resolve);
}

function describe({ path, message }: z.core.$ZodIssue): string {
  const place = path.map((part) => (typeof part === 'number' ? '*' : String(part))).join('.');
  return `the client refuses what the vendor allows: ${place || 'the whole'}: ${message}`;
}

/** Every member that a schema of the client reads, such as `address.street`. */
function membersOf(reader: z.ZodType): string[] {
  const schema = schemaReader.parse(z.toJSONSchema(reader, { io: 'input', unrepresentable: 'any' }));
  return walk(schema, '');

  function walk(part: Schema, prefix: string): string[] {
    const inner = [...(part.anyOf ?? []), ...(part.oneOf ?? []), ...(part.items ? [part.items] : [])];
    const own = Object.entries(part.properties ?? {}).flatMap(([member, value]) => [
      `${prefix}${member}`,
      ...walk(value, `${prefix}${member}.`),
    ]);
    return [...own, ...inner.flatMap((each) => walk(each, prefix))];
  }
}

function hasMember(schema: Schema, [first, ...rest]: readonly string[], resolve: Resolve): boolean {
  if (first === undefined) return true;
  const part = resolved(schema, resolve);
  const inner = [...(part.anyOf ?? []), ...(part.oneOf ?? []), ...(part.items ? [part.items] : [])];
  if (inner.some((each) => hasMember(each, [first, ...rest], resolve))) return true;
  const member = part.properties?.[first];
  return member !== undefined && hasMember(member, rest, resolve);
}
