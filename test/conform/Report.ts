import type { Findings, Finding } from './Findings.ts';

const shownInFull = 20;

export interface Report {
  readonly operations: number;
  readonly checks: number;
  readonly failures: readonly Finding[];
  /** Filters, sorts and members of bodies whose effect was not held against anything. */
  readonly unjudged: readonly string[];
  readonly seed: number;
  readonly seconds: number;
  readonly modules: readonly {
    readonly module: string;
    readonly operations: number;
    readonly checks: number;
    readonly failures: number;
  }[];
}

/** What came of a whole run; `modules` says which part of ServiceTitan each operation belongs to. */
export function makeReport(
  findings: Findings,
  { modules, seed, seconds }: { modules: ReadonlyMap<string, string>; seed: number; seconds: number },
): Report {
  const groupOf = (operation: string) =>
    modules.get(operation) ?? (operation.startsWith('tn.') ? 'webhooks' : 'claims');
  const counts = [...findings.countBy(groupOf)].map(([module, count]) => ({ module, ...count }));
  return {
    operations: modules.size,
    checks: findings.checks,
    failures: findings.failures,
    unjudged: findings.unjudged,
    seed,
    seconds,
    modules: counts.toSorted((a, b) => a.module.localeCompare(b.module)),
  };
}

/** The report for a reader: a line per module, what is wrong, and the sum. */
export function writeReport({
  modules,
  failures,
  unjudged,
  operations,
  checks,
  seed,
  seconds,
}: Report): string {
  const lines = modules.map(
    ({ module, ...count }) =>
      `${module.padEnd(20)} ${plural(count.operations, 'operation')}, ${plural(count.checks, 'check')}, ${plural(count.failures, 'failure')}`,
  );
  const shown = failures
    .slice(0, shownInFull)
    .map(({ operation, where, what }) => `${operation}: ${where}: ${what}`);
  const hidden = Map.groupBy(failures.slice(shownInFull), ({ operation }) => operation);
  const counted = [...hidden].map(([operation, more]) => `${operation}: ${more.length} more`);
  const sum = `${plural(operations, 'operation')} covered, ${plural(checks, 'check')} made, ${plural(failures.length, 'failure')}, ${unjudged.length} filters, sorts and members not judged (seed ${seed}, ${Math.round(seconds)} s)`;
  const blind = unjudged.length > 0 ? [`not judged: ${unjudged.join(', ')}`] : [];
  return [...lines, ...blind, ...shown, ...counted, sum].join('\n');
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
