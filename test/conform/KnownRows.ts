import { parseJson } from '#integrations/http.ts';
import { z } from 'zod';
import type { Operation } from '#integrations/crm/servicetitan/operations/operation.ts';
import { matchPath } from './requestProblems.ts';
import type { Exchange } from './RecordingServer.ts';

const rowReader = z.looseObject({ id: z.int().optional(), modifiedOn: z.string().nullish() });
export type Row = z.output<typeof rowReader>;

const pageReader = z.object({ data: z.array(rowReader) });

/** Single records whose list is elsewhere. */
const listOf: Readonly<Record<string, string>> = {
  'sales/v2/tenant/{tenant}/status/estimates': 'sales/v2/tenant/{tenant}/estimates',
  'telecom/v2/tenant/{tenant}/calls': 'telecom/v3/tenant/{tenant}/calls',
};

/** The records that lists answered, by the path of the list: where ids and values to ask for come from. */
export class KnownRows {
  readonly #rows = new Map<string, readonly Row[]>();
  readonly #writes: readonly Exchange[];

  constructor(writes: readonly Exchange[]) {
    this.#writes = writes;
  }

  /** Keeps the rows of a list. */
  keep(path: string, rows: readonly Row[]): void {
    this.#rows.set(path, rows);
  }

  /** Keeps the rows of one of several lists that have the same path but for its ids. */
  keepPart(path: string, rows: readonly Row[]): void {
    this.#rows.set(path, [...this.of(path), ...rows]);
  }

  of(path: string): readonly Row[] {
    return this.#rows.get(path) ?? [];
  }

  /** The ids that writes to exactly that path gave to new records. */
  madeBelow(path: string): number[] {
    return this.#writes
      .filter(({ request, reply }) => {
        return request.method === 'POST' && reply.status < 300 && matchPath(path, request.path) !== undefined;
      })
      .flatMap(({ reply }) => rowReader.safeParse(parseJson(reply.body)).data?.id ?? []);
  }

  /** Values for the name in an operation's path: records written to below that path, changed last, and the first. */
  pathInputs({ path }: Operation): Record<string, string | number>[] {
    const name = [...path.matchAll(/\{(\w+)\}/g)]
      .map(([, found]) => found)
      .findLast((found) => found !== undefined);
    if (name === undefined || name === 'tenant' || name === 'booking_provider') return [{}];
    const prefix = path.slice(0, path.indexOf(`/{${name}}`));
    const rows = this.of(listOf[prefix] ?? prefix);
    const latest = rows
      .toSorted((a, b) => (b.modifiedOn ?? '').localeCompare(a.modifiedOn ?? ''))
      .slice(0, 8);
    const known = [...latest, ...rows.slice(0, 3)].map((row) => (name === 'email' ? row['email'] : row.id));
    const written = this.#writes
      .map(({ request }) => Number(matchPath(path, request.path)?.at(-1) ?? Number.NaN))
      .filter(Number.isInteger);
    const values = new Set([...written.slice(0, 3), ...known]);
    return [...values].flatMap((value) =>
      typeof value === 'number' || typeof value === 'string' ? [{ [name]: value }] : [],
    );
  }
}

/** The rows of pages, as they were on the wire. */
export function rowsIn(exchanges: readonly Exchange[]): Row[] {
  return exchanges.flatMap(({ reply }) =>
    reply.status === 200 ? (pageReader.safeParse(parseJson(reply.body)).data?.data ?? []) : [],
  );
}
