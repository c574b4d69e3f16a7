import type { Filter } from './filters.ts';

interface CustomField {
  readonly name?: string | null | undefined;
  readonly value?: string | null | undefined;
}

/** Accounting's own word for `active`. */
export function activeState<Row extends { readonly active: boolean }>(): Filter<Row> {
  return (reader, name) => {
    const wanted = reader.choice(name, ['ActiveOnly', 'InactiveOnly', 'All']) ?? 'ActiveOnly';
    return wanted === 'All' ? undefined : (row) => row.active === (wanted === 'ActiveOnly');
  };
}

/** Any of several words, sent once per word. */
export function choiceAmong<Row>(
  choices: readonly string[],
  read: (row: Row) => string | null | undefined,
): Filter<Row> {
  return (reader, name) => {
    const wanted = reader.choices(name, choices);
    return wanted && ((row) => wanted.has(read(row) ?? ''));
  };
}

/** Custom fields by name and value, all of them or, with the operator Or, any. */
export function customFieldsAre<
  Row extends { readonly customFields?: readonly CustomField[] | null | undefined },
>(): Record<string, Filter<Row>> {
  const operator = 'customField.Operator';
  return {
    'customField.Fields': (reader, name) => {
      const pairs = reader.pairs(name);
      const isAny = reader.choice(operator, ['And', 'Or']) === 'Or';
      if (pairs.length === 0) return undefined;
      return (row) => {
        const has = ([field, value]: [string, string]): boolean =>
          row.customFields?.some((known) => known.name === field && known.value === value) ?? false;
        return isAny ? pairs.some(has) : pairs.every(has);
      };
    },
  };
}

const comparers = {
  Equals: (balance: number, value: number) => balance === value,
  NotEquals: (balance: number, value: number) => balance !== value,
  Greater: (balance: number, value: number) => balance > value,
  Less: (balance: number, value: number) => balance < value,
} as const;

/** A balance against an amount; equality unless told otherwise. */
export function balanceFilter<Row extends { readonly balance: string }>(): Record<string, Filter<Row>> {
  return {
    'balanceFilter.Balance': (reader, name) => {
      const value = reader.decimal(name);
      const comparer =
        reader.choice('balanceFilter.Comparer', ['Equals', 'NotEquals', 'Greater', 'Less']) ?? 'Equals';
      return value === undefined ? undefined : (row) => comparers[comparer](Number(row.balance), value);
    },
  };
}
