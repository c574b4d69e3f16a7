import type { z } from 'zod';
import { IntegrationError } from '../../../errors.ts';
import { listReply } from '../schemas/replies.ts';
import type { ServiceTitanTransport } from '../ServiceTitanTransport.ts';
import { fillPath, readQuery, type CallInput, type CallSettings } from './address.ts';
import type { ListOperation } from './operation.ts';
import { parameter } from './parameters.ts';
import type { CallOptions } from './runSingle.ts';
import { setAside, type RejectedRecord } from './setAside.ts';

export interface ListOptions extends CallOptions {
  /** Records per page, 1 to 5000; 500 if not said. */
  pageSize?: number | undefined;
  /** Asks for `totalCount`, which costs ServiceTitan a count. */
  includeTotal?: boolean | undefined;
}

export interface ListPage<Row> {
  records: Row[];
  /** Records that are not as ServiceTitan declares them. */
  rejected: RejectedRecord[];
  page: number;
  hasMore: boolean;
  totalCount: number | null;
}

/** ServiceTitan takes at most this many values in a comma-separated filter. */
const valuesPerCall = 50;
const largestPage = 5000;
/** Pages in a row that may begin alike or be empty; a server that ignores the page number would be read for ever. */
const mostUnchanged = 20;

/** The pages of a list, one held at a time. Deactivated records are among them unless the caller says otherwise. */
export async function* readList<Row>(
  deps: { transport: ServiceTitanTransport; settings: CallSettings },
  call: {
    operation: ListOperation<string, z.ZodObject, z.ZodType<Row>>;
    input: CallInput;
    options: ListOptions;
  },
): AsyncGenerator<ListPage<Row>, void, undefined> {
  const { operation, options } = call;
  const pageSize = options.pageSize ?? 500;
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > largestPage) {
    throw new IntegrationError('invalid', `Choose a page size from 1 to ${largestPage}, not ${pageSize}.`);
  }
  const portions = portionsOf(operation, { ...everything(operation), ...call.input });
  for (const [index, input] of portions.entries()) {
    const isLast = index === portions.length - 1;
    for await (const page of readPortion(deps, { operation, input, pageSize, options })) {
      yield { ...page, hasMore: page.hasMore || !isLast };
    }
  }
}

async function* readPortion<Row>(
  { transport, settings }: { transport: ServiceTitanTransport; settings: CallSettings },
  call: {
    operation: ListOperation<string, z.ZodObject, z.ZodType<Row>>;
    input: CallInput;
    pageSize: number;
    options: ListOptions;
  },
): AsyncGenerator<ListPage<Row>, void, undefined> {
  const { operation, input, pageSize, options } = call;
  const path = fillPath(operation.path, input, settings);
  const query = readQuery(operation.query, { path: operation.path, input });
  const includeTotal = options.includeTotal ? true : undefined;
  let start: string | undefined;
  let unchanged = 0;
  for (let page = 1; ; page += 1) {
    const reply = await transport.request({
      method: 'GET',
      path,
      what: operation.path,
      query: { ...query, page, pageSize, includeTotal },
      schema: listReply,
      repeatable: true,
      priority: options.priority,
      signal: options.signal,
    });
    const { hasMore, totalCount } = reply;
    yield { ...setAside(operation.row, reply.data), page, hasMore, totalCount: totalCount ?? null };
    if (!hasMore) return;
    const first = JSON.stringify(reply.data[0]) ?? start;
    unchanged = first === start ? unchanged + 1 : 0;
    if (unchanged === mostUnchanged) throw circling(operation.path, page);
    start = first;
  }
}

function circling(path: string, page: number): IntegrationError {
  return new IntegrationError(
    'unexpected',
    `ServiceTitan's list ${path} says after page ${page} that there is more, and shows nothing new: try again later.`,
  );
}

/** Without these a deleted or deactivated record would vanish instead of being seen. */
function everything({ query }: ListOperation): CallInput {
  return {
    ...('active' in query.shape ? { active: 'Any' } : {}),
    ...('activeState' in query.shape ? { activeState: 'All' } : {}),
  };
}

/** One input per portion of a filter that holds more values than ServiceTitan takes at once. */
function portionsOf({ query, path }: ListOperation, input: CallInput): CallInput[] {
  const long = Object.entries(input).filter(
    (entry): entry is [string, readonly unknown[]] =>
      (query.shape[entry[0]] === parameter.ids || query.shape[entry[0]] === parameter.texts) &&
      Array.isArray(entry[1]) &&
      (entry[1].length > valuesPerCall || entry[1].length === 0),
  );
  const [first, second] = long;
  if (!first) return [input];
  if (second) {
    throw new IntegrationError(
      'invalid',
      `Narrow the filter of ${path}: only one of ${first[0]} and ${second[0]} may hold more than ${valuesPerCall} values.`,
    );
  }
  const [name, values] = first;
  const distinct = [...new Set(values)];
  return Array.from({ length: Math.ceil(distinct.length / valuesPerCall) }, (_, index) =>
    Object.assign({}, input, {
      [name]: distinct.slice(index * valuesPerCall, (index + 1) * valuesPerCall),
    }),
  );
}
