/** What a test asks of one member, in a form that an index can answer. */
export type Condition =
  | { readonly member: string; readonly is: 'among'; readonly values: readonly (number | string | boolean)[] }
  | { readonly member: string; readonly is: 'from' | 'below'; readonly value: string };

/** A test of rows. With a condition it says the same as that condition. */
export interface Test<Row> {
  (row: Row): boolean;
  readonly condition?: Condition;
}

export interface Selection<Row> {
  readonly tests: readonly Test<Row>[];
  /** What rows are ordered by; equal ones by id. */
  readonly sort: (row: Row) => string | number;
  readonly isDescending: boolean;
}

export interface PageBounds {
  readonly offset: number;
  readonly limit: number;
}

export function passes<Row>(row: Row, tests: readonly Test<Row>[]): boolean {
  return tests.every((test) => test(row));
}

/** Orders by value and then by id, and gives one page. */
export function pageOf<Keyed extends { readonly value: string | number; readonly id: number }>(
  keyed: Iterable<Keyed>,
  isDescending: boolean,
  { offset, limit }: PageBounds,
): Keyed[] {
  const ordered = [...keyed].toSorted(
    (left, right) => compare(left.value, right.value) || left.id - right.id,
  );
  if (isDescending) ordered.reverse();
  return ordered.slice(offset, offset + limit);
}

function compare(left: string | number, right: string | number): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
