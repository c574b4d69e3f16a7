import { z } from 'zod';
import type { Schema } from './jsonSchema.ts';
import type { Row } from './KnownRows.ts';
import { sampleDocuments } from './randomDocuments.ts';

export interface FilterCase {
  readonly value: unknown;
  /** The record that the value was taken from: it must be among the answer. */
  readonly expected?: number | undefined;
}

const dayMs = 86_400_000;
const record = z.record(z.string(), z.unknown());
const identified = z.object({ id: z.int() });

/** Values to narrow a list by: each known word, or what a record of the list has. */
export function filterCases(name: string, schema: Schema, rows: readonly Row[]): FilterCase[] {
  if (schema.enum) return schema.enum.map((value) => ({ value }));
  if (schema.type === 'boolean') return [{ value: true }, { value: false }];
  if (name === 'sort') return sorts(schema, rows);
  if (schema.items?.enum) return schema.items.enum.map((value) => ({ value: [value] }));
  for (const row of rows.slice(0, 200)) {
    const value = schema.format === 'date-time' ? momentOf(name, row) : valueOf(name, schema, row);
    if (value === undefined) continue;
    const isOurs = !name.startsWith('externalData');
    return [{ value: schema.type === 'array' ? [value] : value, expected: isOurs ? row.id : undefined }];
  }
  return [{ value: fallback(schema) }];
}

/** The fields that the client knows; where it takes any text, those that every list can be sorted by. */
function sorts(schema: Schema, rows: readonly Row[]): FilterCase[] {
  const known = schema.pattern
    ? new Set(sampleDocuments(schema, { resolve: unresolvable, seed: 1, count: 200 }))
    : new Set(['+Id', '-Id', '-ModifiedOn']);
  return [...known].map((value) => ({ value, expected: rows[0]?.id }));
}

/** `…OnOrAfter` includes its moment, `…Before` and `…After` do not. */
function momentOf(name: string, row: Row): string | undefined {
  const stem = name.replace(/(?:OnOrAfter|After|OnBefore|Before)$/, '');
  const moment = z.iso
    .datetime({ offset: true })
    .safeParse(valueFor(stem, row) ?? valueFor(`${stem}On`, row)).data;
  if (moment === undefined || name.endsWith('OnOrAfter')) return moment;
  const shiftMs = name.endsWith('Before') ? dayMs : -dayMs;
  return new Date(Date.parse(moment) + shiftMs).toISOString();
}

/** Undefined where the record has nothing of that name that fits; 0 and the empty text stand for nothing. */
function valueOf(name: string, schema: Schema, row: Row): unknown {
  const found = valueFor(name, row);
  const value: unknown = Array.isArray(found) ? found[0] : found;
  const { type } = schema.items ?? schema;
  const fits = type === 'integer' || type === 'number' ? typeof value === 'number' : typeof value === type;
  return fits && value !== 0 && value !== '' ? value : undefined;
}

/** Members that a filter means by another name; the first that a record has. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  ids: ['id'],
  number: ['number', 'jobNumber', 'appointmentNumber', 'referenceNumber'],
  invoicedOn: ['invoiceDate'],
  paidOn: ['date'],
  starts: ['start', 'startDate'],
  completed: ['completedOn', 'actualCompletionDate'],
  phoneNumberCalled: ['to'],
  callerPhoneNumber: ['from'],
};

/** What a record has by that name: a member, the `id` of one (`customerId` of `customer`), or a member of a member. */
function valueFor(name: string, row: unknown): unknown {
  const singular = name.replace(/s$/, '');
  const [direct] = [name, singular, ...(otherNames[name] ?? [])].flatMap((each) => member(row, each) ?? []);
  const named = z.object({ name: z.string() }).safeParse(direct);
  if (named.success) return named.data.name;
  if (direct !== undefined) return direct;
  const linked = identified.safeParse(member(row, singular.replace(/Id$/, '')));
  if (linked.success && singular.endsWith('Id')) return linked.data.id;
  const parts = Object.values(record.safeParse(row).data ?? {}).filter(
    (part) => record.safeParse(part).success,
  );
  for (const part of parts) {
    const inner = valueFor(name, part);
    if (name !== 'id' && name !== 'name' && inner !== undefined) return inner;
  }
  return undefined;
}

function member(row: unknown, name: string): unknown {
  return record.safeParse(row).data?.[name];
}

function fallback(schema: Schema): unknown {
  if (schema.type === 'array') return [fallback(schema.items ?? {})];
  if (schema.type === 'integer' || schema.type === 'number') return 1;
  if (schema.type === 'object') return { name: 'value' };
  if (schema.format === 'date-time') return '2026-01-01T00:00:00Z';
  return schema.format === 'uuid' ? '5a4db0c5-0000-4000-8000-000000000001' : 'any';
}

function unresolvable(reference: string): Schema {
  throw new Error(`A filter's schema has no references, and this one has ${reference}.`);
}
