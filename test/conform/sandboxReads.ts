import { parseJson } from '#integrations/http.ts';
import { z } from 'zod';
import type { Pair } from './checkDeclarations.ts';
import { filterCases } from './filterValues.ts';
import type { Findings } from './Findings.ts';
import { schemaReader, type Schema } from './jsonSchema.ts';
import { fillPath } from './fillPath.ts';
import type { KnownRows, Row } from './KnownRows.ts';
import type { Exchange } from './RecordingServer.ts';
import type { SandboxUnderTest } from './SandboxUnderTest.ts';
import { applicationGuid } from './writes/WriteWorld.ts';

interface Deps {
  readonly under: SandboxUnderTest;
  readonly findings: Findings;
  readonly rows: KnownRows;
  /** Checks what went over the wire since the last time, and gives it. */
  readonly inspect: (pair: Pair) => Exchange[];
}

interface ListQuirk {
  /** Without it the list refuses to answer. */
  readonly always?: Readonly<Record<string, unknown>>;
  /** Filters whose values no record has. */
  readonly values?: Readonly<Record<string, readonly unknown[]>>;
}

const directions = { orderBy: ['Id', 'ModifiedOn'], orderByDirection: ['asc', 'descending'] };
const farAhead = '2036-01-01T00:00:00Z';
const quirks: Readonly<Record<string, ListQuirk>> = {
  listCustomerContacts: { always: { modifiedBefore: farAhead } },
  listLocationContacts: { always: { modifiedBefore: farAhead } },
  listJobTypes: { values: directions },
  listEstimates: { values: directions },
  listInvoices: { values: directions },
  listPayments: { values: { statuses: ['Pending,Posted,Exported'] } },
  // Here ascending is written without a plus.
  listCalls: { values: { sort: ['Id', '-Id'] } },
};

const ours = { externalDataApplicationGuid: applicationGuid, externalDataKey: 'conform' };
/** Filters that are refused alone. */
const companions: Readonly<Record<string, object>> = { externalDataKey: ours, externalDataValues: ours };

/** Reads everything that can be read, as the client does it and narrowed in every way. */
export async function readEverything(pairs: readonly Pair[], deps: Deps): Promise<void> {
  const { rows } = deps;
  const isNested = ({ operation }: Pair) => /\{(?!tenant|booking_provider)\w+\}/.test(operation.path);
  const reads = pairs.filter(({ operation }) => operation.method === 'GET');
  for (const pair of reads.toSorted((a, b) => Number(isNested(a)) - Number(isNested(b)))) {
    switch (pair.operation.kind) {
      case 'list':
        for (const path of rows.pathInputs(pair.operation)) await readOneList(pair, path, deps);
        break;
      case 'feed':
        await readOneFeed(pair, deps);
        break;
      case 'single':
        await readRecords(pair, deps);
        break;
    }
  }
}

async function readOneList(
  pair: Pair,
  path: Readonly<Record<string, string | number>>,
  deps: Deps,
): Promise<void> {
  const { name, operation } = pair;
  const { under, findings, inspect, rows } = deps;
  const [id = 0] = Object.values(path);
  const headers = await under.credentials(under.tenant);
  await under.fetch({ method: 'GET', address: fillPath(operation.path, under.tenant, id), headers });
  inspect(pair);
  const base = { ...quirks[name]?.always, ...path };
  const all = await under.client.tryCall(pair, base, { pageSize: 1000 });
  findings.check(name, 'sandbox list', all.problems);
  rows.keep(operation.path, inspect(pair));
  const counted = await under.client.tryCall(pair, base, { pageSize: 3, includeTotal: true, pages: 2 });
  findings.check(name, 'sandbox list with a total', counted.problems);
  const total = z.object({ totalCount: z.int() });
  for (const { reply } of inspect(pair)) {
    const isCounted = reply.status !== 200 || total.safeParse(parseJson(reply.body)).success;
    findings.check(name, 'sandbox list with a total', isCounted ? [] : ['includeTotal gives no total']);
  }
  await narrow(pair, { base, rows: rows.of(operation.path), deps });
}

async function narrow(
  pair: Pair,
  { base, rows, deps }: { base: Readonly<Record<string, unknown>>; rows: readonly Row[]; deps: Deps },
): Promise<void> {
  const { name, operation } = pair;
  const { under, findings, inspect } = deps;
  if (operation.kind !== 'list') return;
  for (const [filter, schema] of Object.entries(filtersOf(operation.query))) {
    const given = quirks[name]?.values?.[filter]?.map((value) => ({ value, expected: rows[0]?.id }));
    for (const { value, expected } of given ?? filterCases(filter, schema, rows)) {
      const where = `sandbox list by ${filter}`;
      const input = { ...base, ...companions[filter], [filter]: value };
      const answer = await under.client.tryCall(pair, input, { pageSize: 5000, pages: 1 });
      findings.check(name, where, answer.problems);
      inspect(pair);
      if (expected === undefined || answer.problems.length > 0) continue;
      const isThere = answer.records.some((record) => identified.safeParse(record).data?.id === expected);
      findings.check(
        name,
        where,
        isThere ? [] : ['the record that the value was taken from is not in the answer'],
      );
    }
  }
}

const identified = z.object({ id: z.int() });

function filtersOf(query: z.ZodObject): Readonly<Record<string, Schema>> {
  return schemaReader.parse(z.toJSONSchema(query, { io: 'input' })).properties ?? {};
}

async function readOneFeed(pair: Pair, { under, findings, inspect }: Deps): Promise<void> {
  for (const options of [{}, { includeRecentChanges: true, from: '2026-01-01' }]) {
    const { problems } = await under.client.tryCall(pair, {}, options);
    findings.check(pair.name, 'sandbox feed', problems);
    inspect(pair);
  }
}

async function readRecords(pair: Pair, { under, findings, inspect, rows }: Deps): Promise<void> {
  const inputs = rows.pathInputs(pair.operation);
  findings.check(pair.name, 'sandbox read', inputs.length > 0 ? [] : ['there is no record to read']);
  const jobs = rows.of('jpm/v2/tenant/{tenant}/jobs').filter((row) => row['jobStatus'] === 'Canceled');
  const ids = jobs.slice(0, 10).flatMap(({ id }) => (id === undefined ? [] : [id]));
  const query = pair.name === 'getReasonsOfCanceledJobs' ? { ids } : {};
  for (const path of inputs) {
    const { problems } = await under.client.tryCall(pair, { ...path, ...query });
    findings.check(pair.name, 'sandbox read', problems);
    inspect(pair);
  }
}
