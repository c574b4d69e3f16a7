import { parseJson } from '#integrations/http.ts';
import { z } from 'zod';
import type { Pair } from './checkDeclarations.ts';
import type { World } from './filterMeanings.ts';
import type { Findings } from './Findings.ts';
import { fillPath } from './fillPath.ts';
import { rowsIn, type KnownRows, type Row } from './KnownRows.ts';
import { filtersOf, inputForAll } from './listCases.ts';
import { narrowList } from './narrowList.ts';
import { readOneFeed } from './readOneFeed.ts';
import type { Exchange } from './RecordingServer.ts';
import type { SandboxUnderTest } from './SandboxUnderTest.ts';

export interface ReadDeps {
  readonly under: SandboxUnderTest;
  readonly findings: Findings;
  readonly rows: KnownRows;
  /** Checks what went over the wire since the last time, and gives it. */
  readonly inspect: (pair: Pair) => Exchange[];
}

type Path = Readonly<Record<string, string | number>>;

/** Reads everything that can be read, as the client does it and narrowed in every way. */
export async function readEverything(pairs: readonly Pair[], deps: ReadDeps): Promise<void> {
  const { rows } = deps;
  const isNested = ({ operation }: Pair) => /\{(?!tenant|booking_provider)\w+\}/.test(operation.path);
  const lists = pairs.filter(({ operation }) => operation.kind === 'list');
  const ownLists = lists.filter((pair) => !isNested(pair));
  for (const pair of ownLists) rows.keep(pair.operation.path, await readOneList(pair, {}, deps));
  // Filters reach into other lists, so all of them come first.
  const world: World = (list) => rows.of(lists.find(({ name }) => name === list)?.operation.path ?? '');
  for (const pair of ownLists)
    await narrowList({ pair, path: {}, rows: rows.of(pair.operation.path), world, deps });
  for (const pair of lists.filter((each) => isNested(each))) {
    for (const path of rows.pathInputs(pair.operation)) {
      const found = await readOneList(pair, path, deps);
      rows.keepPart(pair.operation.path, found);
      await narrowList({ pair, path, rows: found, world, deps });
    }
  }
  for (const pair of pairs) {
    if (pair.operation.kind === 'single' && pair.operation.method === 'GET') await readRecords(pair, deps);
  }
  for (const pair of pairs) {
    if (pair.operation.kind === 'feed') await readOneFeed(pair, { ...deps, pairs });
  }
}

/** All rows of a list. */
async function readOneList(pair: Pair, path: Path, deps: ReadDeps): Promise<Row[]> {
  const { name, operation } = pair;
  const { under, findings, inspect } = deps;
  if (operation.kind !== 'list') return [];
  const [id = 0] = Object.values(path);
  const headers = await under.credentials(under.tenant);
  await under.fetch({ method: 'GET', address: fillPath(operation.path, under.tenant, id), headers });
  inspect(pair);
  const input = { ...inputForAll(name, filtersOf(operation)), ...path };
  const all = await under.client.tryCall(pair, input, { pageSize: 1000 });
  findings.check(name, 'sandbox list', all.problems);
  const rows = rowsIn(inspect(pair));
  const ids = new Set(rows.map((row) => row.id));
  const made = Object.keys(path).length > 0 ? [] : deps.rows.madeBelow(operation.path);
  const lost = made.filter((each) => !ids.has(each));
  findings.check(name, 'sandbox list', lost.length > 0 ? ['a record that was made is not in it'] : []);
  const counted = await under.client.tryCall(pair, input, { pageSize: 3, includeTotal: true, pages: 2 });
  findings.check(name, 'sandbox list with a total', counted.problems);
  const total = z.object({ totalCount: z.literal(rows.length) });
  for (const { reply } of inspect(pair)) {
    const isCounted = reply.status !== 200 || total.safeParse(parseJson(reply.body)).success;
    findings.check(
      name,
      'sandbox list with a total',
      isCounted ? [] : ['the total is not how many there are'],
    );
  }
  return rows;
}

async function readRecords(pair: Pair, { under, findings, inspect, rows }: ReadDeps): Promise<void> {
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
