import type { FlowGraph } from '../schemas/flow.ts';
import type { TriedStep, TryReply } from '../schemas/flowApi.ts';
import type { FlowFixture } from '../schemas/flowFile.ts';
import { fixtureContext, fixtureRecipient } from './fixtureContext.ts';
import { tryFlow, type Trial } from './tryFlow.ts';

export interface FixtureResult {
  name: string;
  /** What came out otherwise than expected; empty: the fixture passed. */
  differences: string[];
  trial: Omit<TryReply, 'customerName'>;
}

/** A step that is noticed outside, and on which day after the start. */
interface Effect {
  day: number;
  step: TriedStep;
}

const dayMs = 24 * 3_600_000;

/** Leads a fixture's customer through a flow and compares with what is expected. */
export function runFixture(
  graph: FlowGraph,
  fixture: FlowFixture,
  tools: Pick<Trial, 'names' | 'findAction'>,
): FixtureResult {
  const context = fixtureContext(fixture);
  const trial = tryFlow({
    ...tools,
    graph,
    context,
    start: new Date(fixture.start),
    days: fixture.days,
    personKey: fixture.name,
    future: fixture.future,
    recipient: fixtureRecipient(context),
  });
  return { name: fixture.name, differences: compare(fixture, trial), trial };
}

/** What would be noticed outside, in its order: e-mails that would go out, and actions. */
export function outerEffects(trial: FixtureResult['trial']): Effect[] {
  return effectsOf(trial).filter(
    ({ step }) => step.action !== null || (step.message !== null && step.message.refused === null),
  );
}

function effectsOf(trial: FixtureResult['trial']): Effect[] {
  const start = Date.parse(trial.start);
  return trial.steps.flatMap((step) =>
    step.at === null ? [] : [{ step, day: roundDay((Date.parse(step.at) - start) / dayMs) }],
  );
}

function roundDay(days: number): number {
  return Math.round(days * 100) / 100;
}

function compare({ expect }: FlowFixture, trial: FixtureResult['trial']): string[] {
  const effects = outerEffects(trial);
  const sent = effects
    .filter(({ step }) => step.message !== null)
    .map(({ day, step }) => ({ day, step, what: `"${step.message?.subject}"` }));
  const messages = expect.messages.map((wanted) => ({ ...wanted, what: `"${wanted.subject}"` }));
  const done = effects
    .filter(({ step }) => step.action !== null)
    .map(({ day, step }) => ({ day, step, what: step.action?.actionId ?? '' }));
  const actions = expect.actions?.map(({ day, action }) => ({ day, what: action }));
  return [
    ...compareLists('e-mail', messages, sent),
    ...messages.flatMap((wanted, index) => lackOfText(wanted, sent[index]?.step)),
    ...(actions ? compareLists('action', actions, done) : []),
    ...(expect.status === undefined || expect.status === trial.status
      ? []
      : [`It should be ${expect.status}, and is ${trial.status}.`]),
    ...(expect.endedReason === undefined || expect.endedReason === trial.endedReason
      ? []
      : [
          `It should end by ${expect.endedReason ?? 'its own end'}, and ends by ${trial.endedReason ?? 'its own end'}.`,
        ]),
  ];
}

interface Timed {
  day: number;
  what: string;
}

/** Days; nearer than this is the same time: people who wait for the same moment are spread over minutes. */
const tolerance = 0.1;

function compareLists(kind: string, wanted: readonly Timed[], got: readonly Timed[]): string[] {
  const differences: string[] = [];
  for (let index = 0; index < Math.max(wanted.length, got.length); index += 1) {
    const [one, other] = [wanted[index], got[index]];
    if (!one && other) differences.push(`Day ${other.day}: ${kind} ${other.what} is not expected.`);
    else if (one && !other) differences.push(`Day ${one.day}: ${kind} ${one.what} is missing.`);
    else if (one && other && (one.what !== other.what || Math.abs(one.day - other.day) > tolerance))
      differences.push(
        `${kind} ${index + 1} should be ${one.what} on day ${one.day}, and is ${other.what} on day ${other.day}.`,
      );
  }
  return differences;
}

function lackOfText(
  { subject, says }: { subject: string; says?: string | undefined },
  step: TriedStep | undefined,
): string[] {
  if (says === undefined || !step?.message || step.message.text.includes(says)) return [];
  return [`"${subject}" should say "${says}".`];
}
