import { memberRead } from '../memberRead.ts';
import type { Condition, Test } from '../Selection.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import type { QueryReader } from './QueryReader.ts';

/** Reads its parameter and gives the test for rows; undefined where the parameter is not sent. */
export type Filter<Row> = (
  reader: QueryReader,
  name: string,
  records: TenantRecords,
) => Test<Row> | undefined;

type Read<Row, Value> = (row: Row) => Value | null | undefined;

function filter<Row, Value>(
  parse: (reader: QueryReader, name: string) => Value | undefined,
  test: (value: Value) => Test<Row>,
): Filter<Row> {
  return (reader, name) => {
    const value = parse(reader, name);
    return value === undefined ? undefined : test(value);
  };
}

/** A test of one member; where it is a plain member, an index may answer the condition instead. */
export function conditional<Row>(
  read: Read<Row, unknown>,
  test: (row: Row) => boolean,
  condition: (member: string) => Condition,
): Test<Row> {
  const member = memberRead(read);
  return member === null ? test : Object.assign(test, { condition: condition(member) });
}

export function integerIs<Row>(read: Read<Row, number>): Filter<Row> {
  return filter(
    (reader, name) => reader.integer(name),
    (value) =>
      conditional(
        read,
        (row) => read(row) === value,
        (member) => ({ member, is: 'among', values: [value] }),
      ),
  );
}

export function flagIs<Row>(read: Read<Row, boolean>): Filter<Row> {
  return filter(
    (reader, name) => reader.flag(name),
    (value) => (row) => read(row) === value,
  );
}

export function choiceIs<Row>(choices: readonly string[], read: Read<Row, string>): Filter<Row> {
  return filter(
    (reader, name) => reader.choice(name, choices),
    (value) => (row) => read(row) === value,
  );
}

export function textIs<Row>(read: Read<Row, string>): Filter<Row> {
  return filter(
    (reader, name) => reader.text(name)?.toLowerCase(),
    (value) => (row) => read(row)?.toLowerCase() === value,
  );
}

export function textContains<Row>(read: Read<Row, string>): Filter<Row> {
  return filter(
    (reader, name) => reader.text(name)?.toLowerCase(),
    (value) => (row) => read(row)?.toLowerCase().includes(value) ?? false,
  );
}

export function idIn<Row>(read: Read<Row, number>): Filter<Row> {
  return filter(
    (reader, name) => reader.ids(name),
    (ids) =>
      conditional(
        read,
        (row) => ids.has(read(row) ?? -1),
        (member) => ({ member, is: 'among', values: [...ids] }),
      ),
  );
}

export function anyIdIn<Row>(read: (row: Row) => readonly number[]): Filter<Row> {
  return filter(
    (reader, name) => reader.ids(name),
    (ids) => (row) => read(row).some((id) => ids.has(id)),
  );
}

export function numberAbove<Row>(read: Read<Row, number>): Filter<Row> {
  return filter(
    (reader, name) => reader.decimal(name),
    (value) => (row) => (read(row) ?? Number.NEGATIVE_INFINITY) > value,
  );
}

export function numberBelow<Row>(read: Read<Row, number>): Filter<Row> {
  return filter(
    (reader, name) => reader.decimal(name),
    (value) => (row) => (read(row) ?? Number.POSITIVE_INFINITY) < value,
  );
}

/** Inclusive. */
export function onOrAfter<Row>(read: Read<Row, string>): Filter<Row> {
  return filter(
    (reader, name) => reader.timestamp(name),
    (value) =>
      conditional(
        read,
        (row) => (read(row) ?? '') >= value,
        (member) => ({ member, is: 'from', value }),
      ),
  );
}

/** Exclusive; a row without the date is never before it. */
export function before<Row>(read: Read<Row, string>): Filter<Row> {
  return filter(
    (reader, name) => reader.timestamp(name),
    (value) =>
      conditional(
        read,
        (row) => (read(row) ?? '9') < value,
        (member) => ({ member, is: 'below', value }),
      ),
  );
}
