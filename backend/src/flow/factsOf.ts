import { z } from 'zod';
import { isFactName, type FactName } from '../schemas/conditions.ts';
import type { StepContext } from './StepContext.ts';

/** What is known of a fact; null: nothing. A list holds all that is true at once. */
export type FactValue = string | number | boolean | readonly (string | number)[] | null;

/** Looks a fact up by its name in conditions. */
export type Facts = (name: string) => FactValue;

const hourMs = 3_600_000;

/** The facts of a run's customer at a moment. */
export function factsOf(context: StepContext, now: Date): Facts {
  return (name) => {
    if (!isFactName(name)) return stepFact(context, name);
    return factReaders[name](context, now);
  };
}

/** Nothing is known. */
export const noFacts: Facts = () => null;

const factReaders = {
  'contact.name': ({ customer }) => customer?.name ?? null,
  'contact.email': ({ customer }) => customer?.email ?? null,
  'contact.phone': ({ customer }) => customer?.phone ?? null,
  'contact.type': ({ customer }) => customer?.type ?? null,
  'contact.city': ({ customer }) => customer?.city ?? null,
  'contact.zip': ({ customer }) => customer?.zip ?? null,
  'contact.tags': ({ customer }) => customer?.tagIds ?? null,
  'contact.unsubscribed': ({ customer }) => customer?.unsubscribed ?? null,
  'contact.connection': ({ connectionId }) => connectionId,
  'journey.state': ({ state }) => state,
  'journey.daysInState': ({ stateSince }, now) => daysSince(stateSince, now),
  'job.jobStatus': ({ job }) => job?.jobStatus ?? null,
  'job.total': ({ job }) => job?.total ?? null,
  'job.type': ({ job }) => job?.typeId ?? null,
  'job.businessUnit': ({ job }) => job?.businessUnitId ?? null,
  'job.campaign': ({ job }) => job?.campaignId ?? null,
  'job.tags': ({ job }) => job?.tagIds ?? null,
  'job.summary': ({ job }) => job?.summary ?? null,
  'job.daysSinceCompleted': ({ job }, now) => (job?.completedOn ? daysSince(job.completedOn, now) : null),
  'appointment.exists': ({ appointment }) => appointment !== null,
  'appointment.hoursUntil': ({ appointment }, now) =>
    appointment && (appointment.start.getTime() - now.getTime()) / hourMs,
  'estimate.count': (context) => offeredEstimates(context).length,
  'estimate.total': (context) => offeredEstimates(context).at(-1)?.total ?? null,
  'estimate.openTotal': ({ openTotal }) => openTotal,
  'estimate.soldTotal': ({ soldTotal }) => soldTotal,
  'messages.sent': ({ messagesSent }) => messagesSent,
  'messages.replied': ({ replied }) => replied,
} as const satisfies Record<FactName, (context: StepContext, now: Date) => FactValue>;

/** Estimates that the customer knows of: what was dismissed is no offer. */
export function offeredEstimates({ estimates }: StepContext): StepContext['estimates'] {
  return estimates.filter(({ status }) => status === 'Open' || status === 'Sold');
}

function daysSince(time: Date, now: Date): number {
  return (now.getTime() - time.getTime()) / (24 * hourMs);
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const branch = z.record(z.string(), z.unknown());

/** steps.<node>.outcome, or a member of what the step answered. */
function stepFact({ steps }: StepContext, name: string): FactValue {
  const [root, nodeId = '', ...path] = name.split('.');
  const step = root === 'steps' ? steps[nodeId] : undefined;
  if (!step) return null;
  if (path.length === 1 && path[0] === 'outcome') return step.outcome;
  let found: unknown = step.output;
  for (const part of path) {
    const parsed = branch.safeParse(found);
    found = parsed.success && Object.hasOwn(parsed.data, part) ? parsed.data[part] : null;
  }
  const value = scalar.safeParse(found);
  return value.success ? value.data : null;
}
