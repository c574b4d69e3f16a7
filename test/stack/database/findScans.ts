import { nodesOf, type LoggedPlan } from './PlanLog.ts';

/** More of a table than any batch is made of. */
export const tooManyRows = 20_000;

/** What is read of these tables otherwise than by an index, or in larger parts than any batch; by statement. */
export function findScans(logged: readonly LoggedPlan[], growingTables: ReadonlySet<string>): string[] {
  const found = logged.flatMap(({ statement, plan }) =>
    nodesOf(plan).flatMap((node) => {
      const {
        'Relation Name': table = '',
        'Index Name': by,
        'Actual Rows': rows = 0,
        'Actual Loops': loops = 0,
      } = node;
      if (!growingTables.has(table) || loops === 0) return [];
      const read = loops * (rows + (node['Rows Removed by Filter'] ?? 0));
      const index = by === undefined ? '' : ` by ${by}`;
      const how = node['Node Type'] === 'Seq Scan' ? 'all' : read > tooManyRows ? 'much' : null;
      return how
        ? [`${how} of ${table}${index}: ${statement.replaceAll(/\s+/g, ' ').trim().slice(0, 300)}`]
        : [];
    }),
  );
  return [...new Set(found)].toSorted();
}
