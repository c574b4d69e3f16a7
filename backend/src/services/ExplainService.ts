import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Database } from '../repositories/database.ts';
import {
  explainContact,
  type ExplainedContact,
  type ExplainedTransition,
} from '../repositories/explainRepository.ts';
import type { ExplainReply, JourneyExplanation, TransitionExplanation } from '../schemas/explain.ts';
import { stateTitles } from '../schemas/state.ts';
import { explainEntry, explainStart } from '../state/explainFlows.ts';
import { explainReset } from '../state/explain.ts';
import { explainRule } from '../state/explainRules.ts';
import { readFacts, type Facts } from '../state/facts.ts';
import type { JourneyRecords } from '../state/journeyRecords.ts';
import { mentionRecords, nameOfKey } from '../state/mentionRecords.ts';
import { placeRecords } from '../state/placeRecords.ts';
import { keyOf } from '../state/roots.ts';
import { explainConsent } from './explainConsent.ts';

const yearMs = 365 * 24 * 3600_000;

const sourceWords = {
  poll: 'by reading ServiceTitan',
  webhook: 'by reading ServiceTitan, which had told of a change',
  timer: 'by the clock alone',
  flow: 'by a flow',
  manual: 'by hand',
  settings: 'by changed settings',
  backfill: 'when the history was read',
} as const satisfies Record<ExplainedTransition['source'], string>;

/** What everything about a contact is explained from. */
interface Known {
  read: ExplainedContact;
  facts: Facts;
  /** The journeys of the closure, by their root's key. */
  placed: ReadonlyMap<string, JourneyRecords>;
}

/** Says why a customer's journeys are where they are, and why flows did or did not start. */
export class ExplainService {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(deps: { database: Database; clock: Clock }) {
    this.#database = deps.database;
    this.#clock = deps.clock;
  }

  /** Throws not_found for another workspace's contact. */
  async explain(workspaceId: string, contactId: string): Promise<ExplainReply> {
    const since = new Date(this.#clock.now().getTime() - yearMs);
    const read = await explainContact(this.#database, { workspaceId, contactId, since });
    if (!read) throw new AppError('not_found', 'There is no such customer in this workspace.');
    const facts = readFacts(read.closure.records, read.settings.journeys);
    const placed = new Map(placeRecords(facts).map((journey) => [keyOf(journey.root), journey]));
    const known: Known = { read, facts, placed };
    return {
      contactId,
      consent: explainConsent(read),
      journeys: read.journeys.map((journey) => explainJourney(journey, known)),
    };
  }
}

function explainJourney(journey: ExplainedContact['journeys'][number], known: Known): JourneyExplanation {
  const { read, placed } = known;
  const { derived } = journey;
  const transitions = read.transitions.filter(({ journeyId }) => journeyId === journey.id);
  const [last] = transitions;
  const override = read.overrides.find(({ id }) => id === derived.overrideId);
  const records = placed.get(keyOf(derived.root));
  return {
    journeyId: journey.id,
    title: titleOf(journey),
    state: derived.state,
    stateTitle: stateTitles[derived.state],
    explanation: derived.explanation,
    wouldChange: derived.wouldChange,
    rule: explainRule(derived.rule),
    entering: enteringOf(journey, records, known),
    since: journey.since,
    recorded: last ? { at: last.recordedAt, source: last.source, words: sourceWords[last.source] } : null,
    nextReset:
      derived.nextDueAt === null
        ? null
        : {
            at: new Date(derived.nextDueAt).toISOString(),
            because: explainReset(derived.state, read.settings.journeys),
          },
    supersededBy: rivalOf(derived.supersededBy, known),
    override: override ?? null,
    records: records ? mentionRecords(records, read.timeZone) : [],
    transitions: transitions.map((transition) => explainTransition(transition, known)),
  };
}

function titleOf({ derived, jobNumber }: ExplainedContact['journeys'][number]): string {
  if (jobNumber !== null) return `Job ${jobNumber}`;
  const { type, id } = derived.root;
  return `${type.charAt(0).toUpperCase()}${type.slice(1)} ${id}`;
}

const resourceOfType = new Map([
  ['job', 'jobs'],
  ['canceled_log', 'canceled_logs'],
  ['estimate', 'estimates'],
  ['lead', 'leads'],
  ['booking', 'bookings'],
]);

function enteringOf(
  { derived, lineage }: ExplainedContact['journeys'][number],
  records: JourneyRecords | undefined,
  { read, facts }: Known,
): JourneyExplanation['entering'] {
  if (derived.enteringKey === null) return null;
  const [type = '', id = ''] = derived.enteringKey.split(':');
  const resource = resourceOfType.get(type);
  if (resource === undefined) return null;
  const mention = (records ? mentionRecords(records, read.timeZone) : []).find(
    (one) => one.resource === resource && one.recordId === Number(id),
  );
  return {
    resource,
    recordId: Number(id),
    label: nameOfKey(derived.enteringKey, facts),
    says: mention?.says ?? '',
    happenedOn: derived.happenedAt,
    modifiedOn: derived.enteringModifiedOn,
    lineage,
  };
}

function rivalOf(
  root: ExplainedContact['journeys'][number]['derived']['supersededBy'],
  { read, facts }: Known,
): JourneyExplanation['supersededBy'] {
  if (root === null) return null;
  const rival = read.journeys.find(({ derived }) => keyOf(derived.root) === keyOf(root));
  return { journeyId: rival?.id ?? null, label: nameOfKey(keyOf(root), facts) };
}

function explainTransition(transition: ExplainedTransition, known: Known): TransitionExplanation {
  const { read, facts } = known;
  const { to, entry, enteringKey, outcome } = transition;
  const isReturn = outcome === 'resumed' || outcome === 'known';
  const enteredBy = enteringKey === null ? null : nameOfKey(enteringKey, facts);
  const first =
    isReturn && entry?.firstKey && entry.firstAt
      ? { by: nameOfKey(entry.firstKey, facts), at: entry.firstAt, isSame: entry.firstKey === enteringKey }
      : null;
  const liveNow = read.flows.filter((flow) => flow.triggerState === to).map(({ name }) => name);
  const asked = to === 0 ? [] : transition.starts;
  return {
    transitionId: transition.id,
    at: transition.recordedAt,
    from: transition.from,
    to,
    source: transition.source,
    enteredBy,
    summary: explainEntry({ to, outcome, enteredBy, first, asked: asked.length, liveNow }, read.timeZone),
    flows: asked.map((start) => ({
      flowId: start.flowId,
      flowName: start.flowName,
      started: start.outcome === 'started',
      because: explainStart(
        {
          outcome: start.outcome,
          // What was not kept with it is what the transition says, and the flow's limit as it is now.
          detail: {
            happenedOn: transition.happenedOn,
            maxAgeHours: start.maxAgeHours,
            liveFrom: read.settings.liveFrom,
            ...start.detail,
          },
          recordedAt: start.recordedAt,
          runStatus: start.run?.status ?? null,
          endedReason: start.run?.endedReason ?? null,
        },
        read.timeZone,
      ),
      runId: start.run?.id ?? start.detail.runId ?? null,
    })),
  };
}
