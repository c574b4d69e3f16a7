import type { Clock } from '../clock.ts';
import { evaluateConditions } from '../flow/evaluateConditions.ts';
import { factsOf } from '../flow/factsOf.ts';
import type { Database } from '../repositories/database.ts';
import { countEntrants, sampleEntrants, type Audience } from '../repositories/enrolmentRepository.ts';
import { loadJourneyContexts } from '../repositories/flowRunRepository.ts';
import type { Conditions } from '../schemas/conditions.ts';
import { nodeDefinitions, type DraftGraph } from '../schemas/flow.ts';
import type { Enrolment } from '../schemas/flowApi.ts';

/** So many customers are asked one by one; where there are more, their number alone is told. */
const mostAsked = 1000;
/** A customer may have several journeys, which are asked each. */
const mostJourneys = 2 * mostAsked;

interface EnrolmentDeps {
  database: Database;
  clock: Clock;
}

/** With how many may enter before they are asked what the trigger asks. */
export type CountedEnrolment = Enrolment & { entrants: number };

/**
 * How many runs would begin if everybody whom a graph's trigger speaks of entered it now; null where it is not for those
 * who stand somewhere. `flowId`: whose runs stand in the way; null: a flow that has none yet.
 */
export async function countEnrolments(
  deps: EnrolmentDeps,
  workspaceId: string,
  asked: readonly { flowId: string | null; graph: DraftGraph }[],
): Promise<(CountedEnrolment | null)[]> {
  const read = asked.map(({ flowId, graph }) => audienceOf(flowId, graph));
  const known = read.flatMap((each) => each ?? []);
  if (known.length === 0) return read.map(() => null);
  const audiences = known.map(({ audience }) => audience);
  const now = deps.clock.now();
  const counts = await countEntrants(deps.database, { workspaceId, audiences, now });
  const found = await Promise.all(
    known.map((each, index) => askEach(deps, workspaceId, { ...each, entrants: counts[index] ?? 0 })),
  );
  const results = new Map(known.map((each, index) => [each, found[index] ?? null]));
  return read.map((each) => (each ? (results.get(each) ?? null) : null));
}

interface Addressed {
  audience: Audience;
  where: Conditions;
}

function audienceOf(flowId: string | null, { nodes, settings }: DraftGraph): Addressed | null {
  const trigger = nodes.find(({ type }) => type === 'trigger');
  const parsed = nodeDefinitions.trigger.data.safeParse(trigger?.data);
  if (!parsed.success || (parsed.data.on !== 'state_changed' && parsed.data.on !== 'schedule')) return null;
  const { states, connectionIds, where } = parsed.data;
  const { oneFor, again, againAfterDays } = settings;
  return { audience: { flowId, states, connectionIds, oneFor, again, againAfterDays }, where };
}

async function askEach(
  { database, clock }: EnrolmentDeps,
  workspaceId: string,
  { audience, where, entrants }: Addressed & { entrants: number },
): Promise<CountedEnrolment> {
  if (where.groups.length === 0 || entrants === 0) return { count: entrants, isExact: true, entrants };
  if (entrants > mostAsked) return { count: entrants, isExact: false, entrants };
  const now = clock.now();
  const sample = await sampleEntrants(database, { workspaceId, audience, limit: mostJourneys, now });
  const journeyIds = sample.map(({ journeyId }) => journeyId);
  const contexts = await loadJourneyContexts(database, { workspaceId, journeyIds });
  const holding = sample.filter(({ journeyId }) => {
    const found = contexts[journeyId];
    return found !== undefined && evaluateConditions(where, factsOf(found.context, now)).holds;
  });
  const count = new Set(holding.map(({ entrantKey }) => entrantKey)).size;
  return { count, isExact: sample.length < mostJourneys, entrants };
}
