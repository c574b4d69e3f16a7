import { z } from 'zod';
import type { Collection, StoredRow } from '../Collection.ts';
import type { ScopedResource } from '../scopes.ts';
import type { ResourceName, TenantRecords } from '../TenantRecords.ts';
import { fieldErrors } from './fieldErrors.ts';
import { readExport } from './readExport.ts';
import { readList, type ListRules } from './readList.ts';

export interface ShowContext {
  readonly records: TenantRecords;
  readonly query: URLSearchParams;
}

export interface ResourceDefinition<Row extends StoredRow> extends ListRules<Row> {
  readonly name: ResourceName;
  /** Other spellings that the control plane understands. */
  readonly aliases?: readonly string[];
  /** What a missing record is called in a 404. */
  readonly noun: string;
  readonly scope: ScopedResource;
  readonly select: (records: TenantRecords) => Collection<Row>;
  readonly schema: z.ZodType<Row>;
  /** Defaults that depend on the record itself or on others. */
  readonly fill?: (raw: Readonly<Record<string, unknown>>, records: TenantRecords) => Record<string, unknown>;
  /** Below /{module}/v2/tenant/{tenant}/; absent where there is no plain list. */
  readonly listPath?: string;
  readonly exportPaths?: readonly string[];
  /** Whether the export feed can be narrowed by `active`: only the appointments' can. */
  readonly exportTakesActive?: boolean;
  /** Whether GET {listPath}/{id} exists. */
  readonly hasGet?: boolean;
  /** What the API shows of a row where that is more than its members: derived ones, or ones cut to the request. */
  readonly show?: (row: Row, context: ShowContext) => object;
  /** What GET by id shows, where it is more than a list does. */
  readonly showOne?: (row: Row, context: ShowContext) => object;
  /** What the export feed shows, where its rows are others than the list's. */
  readonly showInExport?: (row: Row, context: ShowContext) => object;
  /** Members that never leave the sandbox. */
  readonly internal?: readonly string[];
  /** Members that export rows have and list rows lack. */
  readonly exportOnly?: readonly string[];
}

interface LoadProblem {
  readonly index: number;
  readonly errors: Readonly<Record<string, readonly string[]>>;
}

type LoadOutcome = { readonly loaded: number } | { readonly problem: LoadProblem };

/** What can be done with a resource without knowing the type of its rows. */
export interface Resource {
  readonly name: ResourceName;
  readonly aliases: readonly string[];
  readonly noun: string;
  readonly scope: ScopedResource;
  readonly listPath: string | null;
  readonly exportPaths: readonly string[];
  readonly hasGet: boolean;
  list(records: TenantRecords, query: URLSearchParams): unknown;
  /** Undefined where there is no such record, or it is taken out and only `active` rows are shown. */
  get(records: TenantRecords, id: number, query?: URLSearchParams): Record<string, unknown> | undefined;
  export(records: TenantRecords, query: URLSearchParams): unknown;
  /** Puts wire-shaped records, all or, with the first problem, none. */
  load(records: TenantRecords, rows: readonly unknown[], now: string): LoadOutcome;
  has(records: TenantRecords, id: number): boolean;
  drop(records: TenantRecords, id: number): void;
  dump(records: TenantRecords, after: number, limit: number): { data: unknown[]; hasMore: boolean };
}

const rawRecord = z.record(z.string(), z.unknown());

/** A resource from its definition: one list, one export and one loader for all of them. */
export function defineResource<Row extends StoredRow>(definition: ResourceDefinition<Row>): Resource {
  const { name, select, schema, show = (row) => row } = definition;
  const { showOne = show, showInExport = show } = definition;
  const internal = new Set(definition.internal);
  const hiddenInLists = new Set([...internal, ...(definition.exportOnly ?? [])]);
  const showsInactive = !definition.exportOnly?.includes('active');

  return {
    name,
    aliases: definition.aliases ?? [],
    noun: definition.noun,
    scope: definition.scope,
    listPath: definition.listPath ?? null,
    exportPaths: definition.exportPaths ?? [],
    hasGet: definition.hasGet ?? false,

    list(records, query) {
      const { data, ...envelope } = readList(definition, select(records), { query, records });
      return { ...envelope, data: data.map((row) => without(show(row, { records, query }), hiddenInLists)) };
    },

    get(records, id, query = new URLSearchParams()) {
      const row = select(records).get(id);
      if (!row || !(row.active || showsInactive)) return undefined;
      return without(showOne(row, { records, query }), hiddenInLists);
    },

    export(records, query) {
      const { data, ...envelope } = readExport({ epoch: records.epoch, feed: name }, select(records), {
        query,
        takesActive: definition.exportTakesActive ?? false,
        visibleUntil: records.visibleUntil(),
      });
      return {
        ...envelope,
        data: data.map((row) => without(showInExport(row, { records, query }), internal)),
      };
    },

    load(records, rows, now) {
      const collection = select(records);
      const parsed: Row[] = [];
      for (const [index, input] of rows.entries()) {
        const raw = rawRecord.safeParse(input);
        if (!raw.success) return { problem: { index, errors: { '': ['must be an object'] } } };
        const isKnown =
          collection.get(typeof raw.data['id'] === 'number' ? raw.data['id'] : null) !== undefined;
        const createdOn = raw.data['createdOn'] ?? now;
        const dates = { createdOn, modifiedOn: isKnown ? now : createdOn };
        const row = schema.safeParse({ ...dates, ...definition.fill?.(raw.data, records), ...raw.data });
        if (!row.success) return { problem: { index, errors: fieldErrors(row.error) } };
        parsed.push(row.data);
      }
      for (const row of parsed) collection.put(row);
      return { loaded: parsed.length };
    },

    has(records, id) {
      return select(records).get(id) !== undefined;
    },

    drop(records, id) {
      select(records).drop(id);
    },

    dump(records, after, limit) {
      const rows = select(records)
        .values(after)
        .take(limit + 1)
        .toArray();
      return { data: rows.slice(0, limit), hasMore: rows.length > limit };
    },
  };
}

/** A copy of a row without some of its members. */
export function without(row: object, hidden: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([member]) => !hidden.has(member)));
}
