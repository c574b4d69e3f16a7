import type { Pair } from './checkDeclarations.ts';
import { sinceProblems, twinProblems, type Twin } from './feedProblems.ts';
import { rowsIn, type Row } from './KnownRows.ts';
import { activityOf, filtersOf } from './listCases.ts';
import { linkedValues } from './memberValues.ts';
import type { ReadDeps } from './sandboxReads.ts';

const byId = ({ id }: Row): readonly unknown[] => [id];

/** Feeds that have no list at their own path without `export/`. */
const elsewhere: Readonly<Record<string, Twin>> = {
  exportEstimatesOldPath: { list: 'listEstimates', idsOf: byId },
  exportCalls: { list: 'listCalls', idsOf: byId },
  exportJobHistory: { list: 'listJobs', idsOf: byId },
  exportInvoiceItems: {
    list: 'listInvoices',
    idsOf: ({ items }) => linkedValues(items, 'id'),
    hidesInactive: true,
    repeats: true,
  },
  exportJobCanceledLogs: { list: 'listJobCanceledLogs', idsOf: byId, isPart: true },
  exportJobNotes: {
    list: 'listJobNotes',
    idsOf: ({ text, createdOn }) => [`${String(text)} ${String(createdOn)}`],
    isPart: true,
  },
};

/** Feeds whose records no list has. */
const unlisted: ReadonlySet<string> = new Set(['exportProjectNotes', 'exportMembershipStatusChanges']);

const since = '2026-01-01';

/** Reads a feed to its end, and holds it against the list of the same records and against what was made. */
export async function readOneFeed(
  pair: Pair,
  { pairs, ...deps }: ReadDeps & { pairs: readonly Pair[] },
): Promise<void> {
  const { name, operation } = pair;
  const { findings, rows } = deps;
  const all = await read(pair, {}, deps);
  const listPath = operation.path.replace('/export/', '/');
  const own = pairs.find((each) => each.operation.kind === 'list' && each.operation.path === listPath);
  const twin = elsewhere[name] ?? (own && twinOf(own));
  if (twin) {
    const listed = rows.of(pairs.find((each) => each.name === twin.list)?.operation.path ?? '');
    findings.check(name, 'sandbox feed', twinProblems(twin, { all, listed }));
  } else if (unlisted.has(name)) findings.leaveUnjudged(name, 'by a list');
  else findings.check(name, 'sandbox feed', ['there is no list to hold it against']);
  const has = new Set(all.map(({ id }) => id));
  const isLost = rows.madeBelow(listPath).some((id) => !has.has(id));
  findings.check(name, 'sandbox feed', isLost ? ['a record that was made is not in it'] : []);

  const later = await read(pair, { from: since }, deps);
  const recent = await read(pair, { includeRecentChanges: true, from: since }, deps);
  for (const part of [later, recent]) {
    const problems = sinceProblems(twin ?? {}, { part, all, since });
    findings.check(name, 'sandbox feed since a date', problems);
  }
}

function twinOf({ name, operation }: Pair): Twin {
  const filters = operation.kind === 'list' ? filtersOf(operation) : {};
  return { list: name, idsOf: byId, hidesInactive: activityOf(name, filters) === undefined };
}

async function read(
  pair: Pair,
  options: { includeRecentChanges?: boolean; from?: string },
  { under, findings, inspect }: ReadDeps,
): Promise<Row[]> {
  const { problems } = await under.client.tryCall(pair, {}, options);
  findings.check(pair.name, 'sandbox feed', problems);
  return rowsIn(inspect(pair));
}
