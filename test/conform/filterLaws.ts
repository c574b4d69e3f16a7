import { filterValues, unjudgedFilters, type World } from './filterMeanings.ts';
import type { Schema } from './jsonSchema.ts';
import type { Row } from './KnownRows.ts';
import { momentOf } from './memberValues.ts';

type Judge = (row: Row) => boolean;

/** A value to narrow a list by, and which of its rows are then to be in the answer. */
export interface FilterCase {
  readonly value: unknown;
  /** Must be in the answer. */
  readonly must: Judge;
  /** May be in it: the vendor does not say whether a text is compared whole, or some bounds include their moment. */
  readonly may: Judge;
}

interface Comparison {
  readonly must: (has: unknown, asked: unknown) => boolean;
  readonly may: (has: unknown, asked: unknown) => boolean;
  /** A value that no row passes. */
  readonly beyond: unknown;
}

const anywhere = { from: '2099-01-01T00:00:00Z', below: '1999-01-01T00:00:00Z', id: 987_654_321_987 };

function exactly(test: Comparison['must'], beyond: unknown): Comparison {
  return { must: test, may: test, beyond };
}

function moments(test: (has: string, asked: string) => boolean): Comparison['must'] {
  return (has, asked) => test(momentOf(has) ?? '', momentOf(asked) ?? '');
}

const isSame: Comparison['must'] = (has, asked) => has === asked;
const from = moments((has, asked) => has >= asked);
const after = moments((has, asked) => has > asked);
const below = moments((has, asked) => has < asked);
const upTo = moments((has, asked) => has <= asked);
const fold = (text: unknown) => String(text).toLowerCase();
/** The two dates of which the vendor says what `Before` and `After` mean. */
const isStated = /^(?:created|modified)/;

/** What the last words of a filter's name say of it; else its type does. */
function comparisonOf(name: string, schema: Schema): Comparison {
  const type = schema.items?.type ?? schema.type;
  if (schema.format === 'date-time') {
    if (name.endsWith('OnOrAfter')) return exactly(from, anywhere.from);
    if (name.endsWith('After'))
      return isStated.test(name)
        ? exactly(after, anywhere.from)
        : { must: after, may: from, beyond: anywhere.from };
    return name.endsWith('OnBefore') || name === 'soldBefore'
      ? { must: below, may: upTo, beyond: anywhere.below }
      : exactly(below, anywhere.below);
  }
  const number =
    (test: (has: number, asked: number) => boolean): Comparison['must'] =>
    (has, asked) =>
      test(Number(has), Number(asked));
  const [above, atLeast] = [number((has, asked) => has > asked), number((has, asked) => has >= asked)];
  const [under, atMost] = [number((has, asked) => has < asked), number((has, asked) => has <= asked)];
  if (name.endsWith('Greater')) return { must: above, may: atLeast, beyond: 1e12 };
  if (name.endsWith('Less')) return { must: under, may: atMost, beyond: -1e12 };
  if (name === 'minDuration') return { must: above, may: atLeast, beyond: 1_000_000_000 };
  if (name === 'maxDuration') return { must: under, may: atMost, beyond: -1 };
  if (type === 'integer') {
    const { maximum = anywhere.id } = schema.items ?? schema;
    return exactly(isSame, Math.min(maximum, anywhere.id));
  }
  if (type === 'number') return exactly(isSame, 89.123_456);
  if (type !== 'string' || schema.enum || schema.items?.enum) return exactly(isSame, undefined);
  if (name === 'statuses')
    return exactly((has, asked) => String(asked).split(',').includes(String(has)), undefined);
  if (schema.type === 'array') return exactly(isSame, 'no row has this');
  if (name === 'priority') return exactly((has, asked) => fold(has) === fold(asked), undefined);
  const beyond = /phone/i.test(name) ? '9990001234567' : 'no row has this';
  return {
    must: (has, asked) => fold(has) === fold(asked),
    may: (has, asked) => fold(has).includes(fold(asked)),
    beyond,
  };
}

export interface FilterCases {
  readonly cases: readonly FilterCase[];
  /** Whether any row has a value that the answers can be held against. */
  readonly isJudged: boolean;
}

/** Values to narrow a list by: what its rows have, each known word, and what no row has. */
export function filterCases(
  { list, filter, schema }: { list: string; filter: string; schema: Schema },
  rows: readonly Row[],
  world: World,
): FilterCases {
  const words = schema.enum ?? schema.items?.enum ?? (schema.type === 'boolean' ? [true, false] : undefined);
  const asValue = (asked: unknown) => (schema.type === 'array' ? [asked] : asked);
  const tolerate = (asked: unknown) => ({ ...anyAnswer, value: asValue(asked) });
  if (filter in unjudgedFilters) {
    return { cases: (words ?? [anyValue(schema)]).map((asked) => tolerate(asked)), isJudged: false };
  }
  const comparison = comparisonOf(filter, schema);
  const stem = filter.replace(/(?:OnOrAfter|After|OnBefore|Before|Greater|Less)$/, '');
  const has = new Map(rows.map((row) => [row, filterValues({ list, stem }, row, world) ?? []]));
  const make = (asked: unknown): FilterCase => ({
    value: asValue(asked),
    must: (row) => has.get(row)?.some((value) => comparison.must(value, asked)) ?? false,
    may: (row) => has.get(row)?.some((value) => comparison.may(value, asked)) ?? false,
  });
  const known = distinct([...has.values()].flat());
  const beyond = comparison.beyond === undefined ? [] : [make(comparison.beyond)];
  if (known.length === 0) {
    return { cases: [...(words ?? []).map((asked) => tolerate(asked)), ...beyond], isJudged: false };
  }
  const cases = (words ?? known).map((asked) => make(asked));
  return { cases: words ? cases : [...telling(cases, rows), ...beyond], isJudged: true };
}

const anyAnswer = { must: () => false, may: () => true };

function anyValue(schema: Schema): unknown {
  return schema.format === 'uuid' ? '5a4db0c5-0000-4000-8000-000000000001' : { name: 'value' };
}

/** Not all values there are, but those that rows differ by: one in the middle, and one that few rows have. */
function telling(cases: readonly FilterCase[], rows: readonly Row[]): FilterCase[] {
  const middle = cases[Math.floor(cases.length / 2)];
  const narrow = cases.slice(0, 50).find(({ may }) => rows.some((row) => !may(row)));
  return [...new Set([middle, narrow])].filter((each) => each !== undefined);
}

function distinct(values: readonly unknown[]): unknown[] {
  const kept = new Set(values.filter((value) => value !== '' && value !== 0));
  return [...kept].toSorted((a, b) => Number(a) - Number(b) || String(a).localeCompare(String(b)));
}

/** What is wrong with the answer to a filter, given all rows of the list. */
export function filterProblems(
  { must, may }: FilterCase,
  rows: readonly Row[],
  answered: readonly (number | undefined)[],
): string[] {
  const ids = new Set(answered);
  const missing = rows.filter((row) => must(row) && !ids.has(row.id));
  const allowed = new Set(rows.filter((row) => may(row)).map(({ id }) => id));
  const extra = [...ids].filter((id) => !allowed.has(id));
  return [
    ...(missing.length > 0 ? ['rows that pass the filter are not in the answer'] : []),
    ...(extra.length > 0 ? ['the answer has rows that do not pass the filter'] : []),
    ...(ids.size < answered.length ? ['the answer has a row twice'] : []),
  ];
}
