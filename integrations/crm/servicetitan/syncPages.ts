import { z } from 'zod';
import type { Reader } from './lists.ts';
import type { CallInput } from './operations/address.ts';
import type { ListOperation } from './operations/operation.ts';
import { readFeed } from './operations/readFeed.ts';
import { readList } from './operations/readList.ts';
import type { CallOptions } from './operations/runSingle.ts';
import type { RejectedRecord } from './operations/setAside.ts';
import { resourceSources } from './resources.ts';
import { recordSchemas, type Resource } from './schemas/records.ts';

type RecordOf<R extends Resource> = z.output<(typeof recordSchemas)[R]>;

/** One page of what changed. `continueFrom` is where to go on once the page has been stored. */
export interface SyncPage<R extends Resource = Resource> {
  resource: R;
  records: RecordOf<R>[];
  rejected: RejectedRecord[];
  continueFrom: string | null;
  hasMore: boolean;
}

export interface ReadOptions extends CallOptions {
  /** The `continueFrom` of the last page that was stored; null reads from the beginning. */
  from: string | null;
  /** For resources that are read as lists; export feeds choose their own. */
  pageSize?: number | undefined;
}

/** A change can become visible some minutes after the time that it carries. */
const lateVisibilityMs = 10 * 60_000;

const rowWithTime = z.object({ modifiedOn: z.string() });
const schemaOf: { [R in Resource]: z.ZodType<RecordOf<R>> } = recordSchemas;

/** What changed in a resource since `from`, page by page; only one page is held at a time. */
export async function* syncPages<R extends Resource>(
  reader: Reader,
  resource: R,
  options: ReadOptions,
): AsyncGenerator<SyncPage<R>, void, undefined> {
  const row: z.ZodType<RecordOf<R>> = schemaOf[resource];
  const source = resourceSources[resource];
  if (source.operation.kind === 'feed') {
    const operation = { ...source.operation, row };
    for await (const page of readFeed(reader, { operation, options })) yield { resource, ...page };
    return;
  }
  const { input = {} } = source;
  const operation = { ...source.operation, row };
  for await (const page of changedRows(reader, { operation, input, options })) {
    yield { resource, ...page };
  }
}

/**
 * Rows come by id, so a page in the middle says nothing about how far time has been read: the place moves only with
 * the last page, to the newest row seen. The next read overlaps by some minutes, which also finds what changed
 * behind the back of this one.
 */
async function* changedRows<Row>(
  reader: Reader,
  call: {
    operation: ListOperation<string, z.ZodObject, z.ZodType<Row>>;
    input: CallInput;
    options: ReadOptions;
  },
) {
  const { from, pageSize = 5000, ...options } = call.options;
  const modifiedOnOrAfter =
    from === null ? undefined : new Date(Date.parse(from) - lateVisibilityMs).toISOString();
  const pages = readList(reader, {
    operation: call.operation,
    input: { ...call.input, modifiedOnOrAfter },
    options: { ...options, pageSize },
  });
  let newest = from;
  for await (const { records, rejected, hasMore } of pages) {
    for (const record of records) {
      const modifiedOn = rowWithTime.safeParse(record).data?.modifiedOn;
      if (modifiedOn !== undefined && (newest === null || modifiedOn > newest)) newest = modifiedOn;
    }
    yield { records, rejected, continueFrom: hasMore ? from : newest, hasMore };
  }
}
