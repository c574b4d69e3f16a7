import type { FlowCheck } from './checkFlows.ts';
import { outerEffects, type FixtureResult } from './runFixture.ts';

/** What checking flows came to, for a terminal or a log. */
export function reportChecks(checks: readonly FlowCheck[]): string {
  const lines = checks.flatMap(reportFlow);
  const fixtures = checks.flatMap((check) => check.fixtures);
  const failed = fixtures.filter(
    ({ issues, result }) => issues.length > 0 || result?.differences.length !== 0,
  );
  const unfinished = checks.filter(({ problems }) => problems.length > 0);
  const summary = `${checks.length} flows, ${fixtures.length} fixtures: ${failed.length} failed, ${unfinished.length} flows cannot be published.`;
  return [...lines, summary, ''].join('\n');
}

function reportFlow({ name, problems, fixtures, isGood }: FlowCheck): string[] {
  const untested = fixtures.length === 0 ? ['  (no fixture: nothing but its shape was checked)'] : [];
  return [
    `${isGood ? 'ok  ' : 'FAIL'} ${name}`,
    ...problems.map(
      ({ nodeId, message }) => `  problem${nodeId === null ? '' : ` at ${nodeId}`}: ${message}`,
    ),
    ...untested,
    ...fixtures.flatMap(({ source, issues, result }) => [
      ...issues.map(
        ({ field, message }) => `  FAIL ${source}: ${field === '' ? '' : `${field}: `}${message}`,
      ),
      ...(result ? reportFixture(result) : []),
    ]),
    '',
  ];
}

function reportFixture({ name, differences, trial }: FixtureResult): string[] {
  const done = outerEffects(trial).map(
    ({ day, step }) => `      day ${day}: ${step.message?.subject ?? `[${step.action?.title}]`}`,
  );
  const refused = trial.steps.flatMap(({ message }) =>
    message?.refused ? [`      not sent: ${message.subject} (${message.refused})`] : [],
  );
  return [
    `  ${differences.length === 0 ? 'ok  ' : 'FAIL'} ${name}`,
    ...done,
    ...refused,
    `      ${trial.ended ?? 'It is still under way.'}`,
    ...differences.map((difference) => `      - ${difference}`),
  ];
}
