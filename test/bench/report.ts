import type { Measured } from './measureProduct.ts';

/** What was measured, line by line, and whether each target is met. */
export function reportOf(measured: readonly Measured[]): string {
  return [...measured.flatMap(describe), ...targetsOf(measured)].join('\n');
}

function describe(one: Measured): string[] {
  const { engine, customers, backfill, messages, incremental, idlePoll, changeToMailMs } = one;
  return [
    `${customers} customers on ${engine}`,
    `  backfill        ${backfill.recordsPerSecond} records/s, floor ${backfill.floorRecordsPerSecond}, ratio ${backfill.ratio}`,
    `  incremental     ${incremental.recordsPerSecond} records/s, ${incremental.transitionsPerSecond} transitions/s, ${incremental.requests} requests`,
    `  idle poll       ${idlePoll.requests} requests, ${idlePoll.sqlCalls} SQL calls`,
    `  messages        ${Math.round(messages.perSecond)}/s, floor ${Math.round(messages.floorPerSecond)}, ratio ${messages.ratio.toFixed(2)}`,
    `  change to mail  ${changeToMailMs.p50} ms (p50), ${changeToMailMs.p95} ms (p95)`,
    `  worker          ${one.cpuSeconds} CPU s, ${one.peakMb} MB at most, ${one.costPerCustomerMs} ms per customer`,
    '',
  ];
}

/** The targets hold on real PostgreSQL; those that compare two sizes need both to be measured. */
function targetsOf(measured: readonly Measured[]): string[] {
  const onPostgres = measured.filter(({ engine }) => engine === 'postgres');
  if (onPostgres.length === 0) return [];
  const each = onPostgres.flatMap(({ customers, backfill, messages, idlePoll }) => [
    target(`${customers}: backfill ratio at least 0.4`, backfill.ratio, backfill.ratio >= 0.4),
    target(`${customers}: messages ratio at least 0.5`, messages.ratio, messages.ratio >= 0.5),
    target(`${customers}: idle poll at most 12 requests`, idlePoll.requests, idlePoll.requests <= 12),
    target(`${customers}: idle poll at most 20 SQL calls`, idlePoll.sqlCalls, idlePoll.sqlCalls <= 20),
  ]);
  const small = onPostgres.find(({ customers }) => customers === 10_000);
  const large = onPostgres.find(({ customers }) => customers === 100_000);
  if (!small || !large) return ['Targets', ...each];
  const memory = large.peakMb / small.peakMb;
  const cost = large.costPerCustomerMs / small.costPerCustomerMs;
  return [
    'Targets',
    ...each,
    target('peak memory at 100,000 within 1.3 times that at 10,000', memory, memory <= 1.3),
    target('cost per customer at 100,000 within 1.5 times that at 10,000', cost, cost <= 1.5),
  ];
}

function target(what: string, value: number, isMet: boolean): string {
  return `  ${isMet ? 'met   ' : 'MISSED'}  ${what}: ${Number.isInteger(value) ? value : value.toFixed(2)}`;
}
