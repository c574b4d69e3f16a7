import type { Pair } from './checkDeclarations.ts';
import { fillPath } from './fillPath.ts';
import { filterCases, filterProblems } from './filterLaws.ts';
import type { World } from './filterMeanings.ts';
import { rowsIn, type Row } from './KnownRows.ts';
import { activityOf, companionsOf, filtersOf, inputForAll, sortCases } from './listCases.ts';
import { valuesOf } from './memberValues.ts';
import type { ReadDeps } from './sandboxReads.ts';
import { sortKey, sortProblems } from './sortProblems.ts';

type Input = Readonly<Record<string, unknown>>;

/** Orders that come without the filters they belong to. */
const sorting = new Set(['sort', 'orderBy', 'orderByDirection']);

interface Narrowing {
  readonly pair: Pair;
  /** Its place in the path, where it has one. */
  readonly path: Input;
  /** All rows of the list. */
  readonly rows: readonly Row[];
  readonly world: World;
  readonly deps: ReadDeps;
}

/** Narrows and sorts a list in every way, and holds the answers against all of its rows. */
export async function narrowList(narrowing: Narrowing): Promise<void> {
  const { operation } = narrowing.pair;
  if (operation.kind !== 'list') return;
  await checkActivity(narrowing, filtersOf(operation));
  await checkFilters(narrowing, filtersOf(operation));
  await checkSorts(narrowing, filtersOf(operation));
}

async function checkFilters(narrowing: Narrowing, filters: ReturnType<typeof filtersOf>): Promise<void> {
  const { pair, rows, world, deps } = narrowing;
  const { name: list } = pair;
  const activity = activityOf(list, filters)?.parameter;
  for (const [filter, schema] of Object.entries(filters)) {
    if (filter === activity || sorting.has(filter)) continue;
    const { cases, isJudged } = filterCases({ list, filter, schema }, rows, world);
    if (!isJudged && rows.length > 0) deps.findings.leaveUnjudged(list, filter);
    for (const each of cases) {
      const input = { ...companionsOf(filter), [filter]: each.value };
      const answer = await ask(narrowing, { filter, input: { ...inputForAll(list, filters), ...input } });
      if (answer)
        deps.findings.check(list, `sandbox list by ${filter}`, filterProblems(each, rows, idsOf(answer)));
    }
  }
}

async function checkActivity(narrowing: Narrowing, filters: ReturnType<typeof filtersOf>): Promise<void> {
  const { pair, rows, deps } = narrowing;
  const activity = activityOf(pair.name, filters);
  if (!activity) return;
  const { parameter, unsent } = activity;
  const { [parameter]: _all, ...base } = inputForAll(pair.name, filters);
  const read = async (word: string) =>
    (await ask(narrowing, { filter: parameter, input: { ...base, [parameter]: word } })) ?? [];
  const [active, inactive] = [await read(activity.active), await read(activity.inactive)];
  const none = await askPlainly(narrowing, base);
  const problems = [
    ...(isSameSet([...idsOf(active), ...idsOf(inactive)], idsOf(rows))
      ? []
      : [`${activity.active} and ${activity.inactive} together are not ${activity.all}`]),
    ...(active.some((row) => hasActive(row, false)) ? [`${activity.active} gives inactive rows`] : []),
    ...(inactive.some((row) => hasActive(row, true)) ? [`${activity.inactive} gives active rows`] : []),
    ...(unsent === undefined || isSameSet(idsOf(none), idsOf(unsent === activity.all ? rows : active))
      ? []
      : [`unsent, it does not mean ${unsent}`]),
  ];
  deps.findings.check(pair.name, `sandbox list by ${parameter}`, problems);
  if (!rows.some((row) => hasActive(row, true))) deps.findings.leaveUnjudged(pair.name, parameter);
}

async function checkSorts(narrowing: Narrowing, filters: ReturnType<typeof filtersOf>): Promise<void> {
  const { pair, rows, deps } = narrowing;
  for (const { input, field, isDescending } of sortCases(pair.name, filters)) {
    const where = `sandbox list sorted by ${field}`;
    const answer = await ask(narrowing, {
      filter: where,
      input: { ...inputForAll(pair.name, filters), ...input },
    });
    if (!answer) continue;
    const isWhole = isSameSet(idsOf(answer), idsOf(rows));
    deps.findings.check(pair.name, where, [
      ...(isWhole ? [] : ['sorting changes which rows are in the answer']),
      ...sortProblems({ field, isDescending }, answer),
    ]);
    if (new Set(rows.map((row) => sortKey(field, row))).size < 2)
      deps.findings.leaveUnjudged(pair.name, `sort by ${field}`);
  }
}

function hasActive(row: Row, value: boolean): boolean {
  return valuesOf('active', row)?.includes(value) ?? false;
}

/** Asks with these parameters and no others: the client adds `active` by itself. */
async function askPlainly({ pair, deps }: Narrowing, input: Input): Promise<Row[]> {
  const { under } = deps;
  const query = new URLSearchParams({ pageSize: '5000' });
  for (const [name, value] of Object.entries(input)) query.set(name, String(value));
  const address = `${fillPath(pair.operation.path, under.tenant, 0)}?${query.toString()}`;
  await under.fetch({ method: 'GET', address, headers: await under.credentials(under.tenant) });
  return rowsIn(deps.inspect(pair));
}

/** The rows of the answer; undefined where it failed, which is told. */
async function ask(
  { pair, path, deps }: Narrowing,
  { filter, input }: { filter: string; input: Input },
): Promise<readonly Row[] | undefined> {
  const { problems } = await deps.under.client.tryCall(pair, { ...input, ...path }, { pageSize: 5000 });
  deps.findings.check(pair.name, `sandbox list by ${filter}`, problems);
  const rows = rowsIn(deps.inspect(pair));
  return problems.length > 0 ? undefined : rows;
}

function idsOf(rows: readonly Row[]): (number | undefined)[] {
  return rows.map(({ id }) => id);
}

/** Whether both have the same ids, each as often. */
function isSameSet(left: readonly unknown[], right: readonly unknown[]): boolean {
  const known = new Set(right);
  return (
    left.length === right.length && new Set(left).size === known.size && left.every((id) => known.has(id))
  );
}
