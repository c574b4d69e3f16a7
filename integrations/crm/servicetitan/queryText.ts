type QueryValue = string | number | boolean;

/** The parameters of a call; an array is its name repeated, and what is undefined is left out. */
export type Query = Record<string, QueryValue | readonly QueryValue[] | undefined>;

/** A query text; encodes `+`, which would arrive as a space. */
export function queryText(query: Query): string {
  return Object.entries(query)
    .flatMap(([name, value]) =>
      valuesOf(value).map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(String(each))}`),
    )
    .join('&');
}

function valuesOf(value: Query[string]): readonly QueryValue[] {
  if (value === undefined) return [];
  return typeof value === 'object' ? value : [value];
}
