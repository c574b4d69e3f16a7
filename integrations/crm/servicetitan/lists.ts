import { z } from 'zod';
import { IntegrationError } from '../../errors.ts';
import { unreadable } from './failures.ts';
import { listReply } from './schemas/replies.ts';
import type { Endpoint, Query, ServiceTitanTransport } from './ServiceTitanTransport.ts';

/** ServiceTitan takes at most this many values in a comma-separated filter. */
const idsPerCall = 50;
const maxPages = 200;

export interface ListCall extends Endpoint {
  query?: Query | undefined;
  pageSize?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** The pages of a list, one at a time, as long as ServiceTitan says that there are more. */
export async function* listPages(transport: ServiceTitanTransport, call: ListCall) {
  const pageSize = call.pageSize ?? 500;
  for (let page = 1; page <= maxPages; page += 1) {
    const { module, path, signal } = call;
    const query = { ...call.query, page, pageSize };
    const reply = await transport.get({ module, path, query, schema: listReply, signal });
    yield reply;
    if (!reply.hasMore) return;
  }
  throw new IntegrationError(
    'unexpected',
    `ServiceTitan's list of ${call.path} has more than ${maxPages} pages: narrow the filter.`,
  );
}

/** A whole list, parsed. With `ids` only these, asked for in portions. */
export async function listAll<Row>(
  transport: ServiceTitanTransport,
  call: ListCall & { schema: z.ZodType<Row>; ids?: readonly number[] | undefined },
): Promise<Row[]> {
  const schema = z.array(call.schema);
  const rows: Row[] = [];
  for (const ids of portions(call.ids)) {
    for await (const page of listPages(transport, { ...call, query: { ...call.query, ids } })) {
      const parsed = schema.safeParse(page.data);
      if (!parsed.success) throw unreadable(`GET ${call.path}`, parsed.error);
      rows.push(...parsed.data);
    }
  }
  return rows;
}

function portions(ids: readonly number[] | undefined): (string | undefined)[] {
  if (ids === undefined) return [undefined];
  const distinct = [...new Set(ids)];
  return Array.from({ length: Math.ceil(distinct.length / idsPerCall) }, (_, index) =>
    distinct.slice(index * idsPerCall, (index + 1) * idsPerCall).join(','),
  );
}
