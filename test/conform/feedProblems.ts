import type { Row } from './KnownRows.ts';
import { momentOf } from './memberValues.ts';

/** The list of the records that a feed has. */
export interface Twin {
  readonly list: string;
  /** The records that a row of the list shows. */
  readonly idsOf: (row: Row) => readonly unknown[];
  /** Whether only some of the records were listed. */
  readonly isPart?: boolean;
  /** Whether no row of the list shows records that are not active. */
  readonly hidesInactive?: boolean;
  /** Whether a record comes again when the one that it is part of changes. */
  readonly repeats?: boolean;
}

/** What is wrong with all that a feed gave beside its list; a feed has inactive records, whatever its list has. */
export function twinProblems(
  { idsOf, isPart = false, hidesInactive = false }: Twin,
  { all, listed }: { all: readonly Row[]; listed: readonly Row[] },
): string[] {
  const identify = (row: Row) => (isPart ? idsOf(row)[0] : idOf(row));
  const fed = new Set(all.map((row) => identify(row)));
  const wanted = new Set(listed.flatMap((row) => idsOf(row)));
  const shown = all.filter((row) => !hidesInactive || row['active'] !== false).map((row) => identify(row));
  const isMissing = [...wanted].some((id) => !fed.has(id));
  const isMore = !isPart && shown.some((id) => !wanted.has(id));
  return [
    ...(isMissing ? ['records of its list are not in it'] : []),
    ...(isMore ? ['it has records that its list does not have'] : []),
  ];
}

/** What is wrong with a feed since a date, which is matched on the last change and includes its moment. */
export function sinceProblems(
  { repeats = false }: Pick<Twin, 'repeats'>,
  { part, all, since }: { part: readonly Row[]; all: readonly Row[]; since: string },
): string[] {
  const found = new Set(part.map((row) => idOf(row)));
  const isMissing = all.some((row) => (changeOf(row) ?? '') >= since && !found.has(idOf(row)));
  const isEarlier = !repeats && part.some((row) => (momentOf(row.modifiedOn) ?? since) < since);
  return [
    ...(isMissing ? ['records that changed later are not in it'] : []),
    ...(isEarlier ? ['it has records that changed earlier'] : []),
  ];
}

function changeOf(row: Row): string | undefined {
  return momentOf(row.modifiedOn ?? row['createdOn']);
}

/** The history of a job goes by the job. */
function idOf(row: Row): unknown {
  return row.id ?? row['jobId'];
}
