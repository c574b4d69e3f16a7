import { z } from 'zod';
import type { Reader } from './lists.ts';
import { readFeed } from './operations/readFeed.ts';
import { readList } from './operations/readList.ts';
import type { CallOptions } from './operations/runSingle.ts';
import type { RejectedRecord } from './operations/setAside.ts';
import { sourceOf } from './resources.ts';
import { recordSchemas, type Resource } from './schemas/records.ts';

type RecordOf<R extends Resource> = z.output<(typeof recordSchemas)[R]>;

/** One page of what changed. */
export interface SyncPage<R extends Resource = Resource> {
  resource: R;
  records: RecordOf<R>[];
  rejected: RejectedRecord[];
  /** Where to go on once the page has been stored: a feed's token; of a list, the newest `modifiedOn` of its last page. */
  continueFrom: string | null;
  hasMore: boolean;
  /** The records do not say that they are active: one that is known to be taken out stays so. */
  keepsActive: boolean;
}

export interface ReadOptions extends CallOptions {
  /** By feed where there is one, unless said otherwise. */
  by?: 'feed' | 'list' | undefined;
  /**
   * Of a feed, the `continueFrom` of the last page that was stored, or a date; of a list, the moment since when records
   * were modified. Null reads from the beginning.
   */
  from: string | null;
  /** Of lists; export feeds choose their own. */
  pageSize?: number | undefined;
}

const rowWithTime = z.object({ modifiedOn: z.string() });
const schemaOf: { [R in Resource]: z.ZodType<RecordOf<R>> } = recordSchemas;

/** What changed in a resource since `from`, page by page; only one page is held at a time. */
export async function* syncPages<R extends Resource>(
  reader: Reader,
  resource: R,
  { by = 'feed', ...options }: ReadOptions,
): AsyncGenerator<SyncPage<R>, void, undefined> {
  const row: z.ZodType<RecordOf<R>> = schemaOf[resource];
  const { feed } = sourceOf(resource);
  if (by === 'list' || !feed) {
    yield* listPages(reader, { resource, row, options });
    return;
  }
  for await (const page of readFeed(reader, { operation: { ...feed, row }, options }))
    yield { resource, keepsActive: false, ...page };
}

/**
 * Rows come by id or in no order at all, so a page in the middle says nothing about how far time has been read: the
 * place moves only with the last page, to the newest row seen.
 */
async function* listPages<R extends Resource>(
  reader: Reader,
  call: { resource: R; row: z.ZodType<RecordOf<R>>; options: Omit<ReadOptions, 'by'> },
): AsyncGenerator<SyncPage<R>, void, undefined> {
  const { resource } = call;
  const { list, input, listHidesInactive = false } = sourceOf(resource);
  if (!list) throw new Error(`${resource} has no list.`);
  const { from, pageSize = 5000, ...options } = call.options;
  const pages = readList(reader, {
    operation: { ...list, row: call.row },
    input: { ...input, modifiedOnOrAfter: from ?? undefined },
    options: { ...options, pageSize },
  });
  let newest = from;
  for await (const { records, rejected, hasMore } of pages) {
    for (const record of records) {
      const modifiedOn = rowWithTime.safeParse(record).data?.modifiedOn;
      if (modifiedOn !== undefined && (newest === null || modifiedOn > newest)) newest = modifiedOn;
    }
    yield {
      resource,
      records,
      rejected,
      continueFrom: hasMore ? from : newest,
      hasMore,
      keepsActive: listHidesInactive,
    };
  }
}

/** Records by their ids; null where ServiceTitan cannot be asked for these. An id that there is no record of is absent. */
export async function findRecords<R extends Resource>(
  reader: Reader,
  resource: R,
  { ids, ...options }: CallOptions & { ids: readonly number[] },
): Promise<Pick<SyncPage<R>, 'records' | 'rejected' | 'keepsActive'> | null> {
  const { list, takesIds, listHidesInactive = false } = sourceOf(resource);
  if (!list || !takesIds) return null;
  const row: z.ZodType<RecordOf<R>> = schemaOf[resource];
  const found: Pick<SyncPage<R>, 'records' | 'rejected' | 'keepsActive'> = {
    records: [],
    rejected: [],
    keepsActive: listHidesInactive,
  };
  if (ids.length === 0) return found;
  const pages = readList(reader, { operation: { ...list, row }, input: { ids }, options });
  for await (const { records, rejected } of pages) {
    found.records.push(...records);
    found.rejected.push(...rejected);
  }
  return found;
}

/** Earlier than ServiceTitan: one of the lists answers only to those who name a time. */
const beginning = '2000-01-01T00:00:00Z';

/** How many records a tenant has, of those modified since a moment; null where it does not say. */
export async function countRecords(
  reader: Reader,
  resource: Resource,
  { from, ...options }: CallOptions & { from: string | null },
): Promise<number | null> {
  const { list } = sourceOf(resource);
  if (!list) return null;
  const pages = readList(reader, {
    operation: { ...list, row: z.unknown() },
    input: { modifiedOnOrAfter: from ?? beginning },
    options: { ...options, pageSize: 1, includeTotal: true },
  });
  for await (const { totalCount } of pages) return totalCount;
  return null;
}
