import { assignRows } from './assignRows.ts';
import { appendTo } from './compare.ts';
import { explain } from './explain.ts';
import type { EstimateFacts } from './estimateFacts.ts';
import { readFacts, type Facts } from './facts.ts';
import { contactState, heldByOverride, heldByRules, resetCountsFrom } from './heldState.ts';
import { lastStart, liveAppointment, type JobFacts } from './jobFacts.ts';
import type { Journey } from './journey.ts';
import { jobsOf, membersOf, type JourneyRecords } from './journeyRecords.ts';
import type { JourneyAppointment, JourneyRow } from './journeyRow.ts';
import { decideOverride, type JourneyOverride } from './overrides.ts';
import { placeRecords } from './placeRecords.ts';
import { readState, type TableState } from './readState.ts';
import type { RecordSet } from './records.ts';
import { resetsAt } from './reset.ts';
import { compareRoots, keyOf, type JourneyRoot } from './roots.ts';
import type { JourneySettings } from './settings.ts';
import { findSuperseded } from './supersession.ts';
import { later, timestampOf } from './timestamps.ts';

/** What the derivation wants to see again of a stored row. */
type RememberedRow = Pick<JourneyRow, 'root' | 'jobId' | 'seen'>;

export interface DeriveInput {
  records: RecordSet;
  settings: JourneySettings;
  now: Date;
  overrides?: readonly JourneyOverride[];
  rows?: readonly RememberedRow[];
}

/**
 * All journeys of a closed set of records (see RecordSet), those in state 0 included, by root. A pure function: the
 * same records in any order, any number of times, give the same journeys.
 */
export function deriveJourneys({
  records,
  settings,
  now,
  overrides = [],
  rows = [],
}: DeriveInput): Journey[] {
  const facts = readFacts(records, settings);
  const placed = placeRecords(facts).map((journey) => ({
    journey,
    root: journey.root,
    members: membersOf(journey),
  }));
  const carriers = assignRows(placed, carriersOf(rows, overrides)).rowOf;
  const stated = placed.map((place) => {
    const carrier = carriers.get(place);
    const table = readState(place.journey, carrier?.row?.seen ?? null);
    return { journey: place.journey, members: place.members, carrier, table };
  });
  const superseded = findSuperseded(stated.map(({ journey, table }) => ({ records: journey, table })));
  return stated
    .map(({ journey, members, carrier, table }) =>
      finish({
        journey,
        members,
        table,
        supersededBy: superseded.get(journey),
        overrides: carrier?.overrides ?? [],
        row: carrier?.row ?? null,
        facts,
        settings,
        now: timestampOf(now),
      }),
    )
    .toSorted((one, other) => compareRoots(one.root, other.root));
}

/** A row with its overrides; an override whose row is not given stands for one. */
interface Carrier {
  root: JourneyRoot;
  row: RememberedRow | null;
  overrides: readonly JourneyOverride[];
}

function carriersOf(rows: readonly RememberedRow[], overrides: readonly JourneyOverride[]): Carrier[] {
  const overridesOf = new Map<string, JourneyOverride[]>();
  for (const override of overrides) appendTo(overridesOf, keyOf(override.root), override);
  const rowOf = new Map(rows.map((row) => [keyOf(row.root), row]));
  const roots = new Map([...rows, ...overrides].map(({ root }) => [keyOf(root), root]));
  return [...roots].map(([key, root]) => ({
    root,
    row: rowOf.get(key) ?? null,
    overrides: overridesOf.get(key) ?? [],
  }));
}

function finish(input: {
  journey: JourneyRecords;
  members: readonly JourneyRoot[];
  table: TableState;
  supersededBy: JourneyRecords | undefined;
  overrides: readonly JourneyOverride[];
  row: RememberedRow | null;
  facts: Facts;
  settings: JourneySettings;
  now: string;
}): Journey {
  const { journey, members, table, supersededBy, row, facts, settings, now } = input;
  const ruleState = supersededBy ? 0 : table.state;
  const { holding, lifted } = decideOverride({ overrides: input.overrides, ruleState, table });
  const byRules = heldByRules(journey, ruleState, table);
  const held = holding ? heldByOverride(journey, holding, row ? row.jobId : byRules.jobId) : byRules;
  const dueAt = resetsAt({
    state: held.state,
    since: resetCountsFrom(held, table),
    lastStart: lastStartOf(journey),
    settings,
  });
  const isReset = dueAt !== null && dueAt <= now;
  const standing = isReset ? contactState : held;
  const job = facts.jobs.get(standing.jobId ?? 0);
  const { entering } = table;
  return {
    ...standing,
    root: journey.root,
    customerId: journey.customerId,
    locationId: journey.locationId,
    foundedOn: journey.foundedOn,
    ruleState,
    seen: entering && {
      state: table.state,
      enteringKey: keyOf(entering),
      happenedAt: entering.happenedAt,
    },
    supersededBy: supersededBy?.root ?? null,
    isReset,
    overrideId: holding?.id ?? null,
    appointment: job ? appointmentOf(job) : null,
    nextDueAt: isReset ? null : dueAt,
    openTotal: totalOf(journey, ({ isOpen }) => isOpen),
    soldTotal: totalOf(journey, ({ isSold }) => isSold),
    ...explain({ state: standing.state, table, supersededBy, override: holding, isReset, settings }),
    members,
    liftedOverrideIds: lifted.map(({ id }) => id),
    appointmentAhead: job !== undefined && (lastStart(job) ?? '') > now,
  };
}

function lastStartOf(journey: JourneyRecords): string | null {
  const starts = jobsOf(journey).map((job) => lastStart(job) ?? '');
  return starts.reduce(later, '') || null;
}

function appointmentOf(job: JobFacts): JourneyAppointment | null {
  const appointment = liveAppointment(job);
  if (!appointment) return null;
  const { id, start, end, arrivalWindowStart, arrivalWindowEnd } = appointment;
  return { id, start, end, arrivalWindowStart, arrivalWindowEnd };
}

function totalOf({ estimates }: JourneyRecords, isMeant: (estimate: EstimateFacts) => boolean): number {
  const cents = [...estimates].filter(isMeant).map(({ total }) => Math.round(total * 100));
  return cents.reduce((sum, amount) => sum + amount, 0) / 100;
}
