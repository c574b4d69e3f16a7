import type { StateNumber } from '../schemas/state.ts';
import { appendTo, compareText } from './compare.ts';
import { sale } from './evidence.ts';
import { lastNews } from './jobFacts.ts';
import { jobsOf, type JourneyRecords } from './journeyRecords.ts';
import type { TableState } from './readState.ts';
import { compareRoots } from './roots.ts';
import { later } from './timestamps.ts';

export interface StatedJourney {
  records: JourneyRecords;
  table: TableState;
}

/** What a journey holds against the others of its customer, with the time that theirs must come before. */
interface Rival {
  journey: JourneyRecords;
  since: string;
}

interface Rivals {
  open: Map<number, Rival[]>;
  jobs: Map<number, Rival[]>;
  sales: Map<string, Rival[]>;
}

const bookedAgain: ReadonlySet<StateNumber> = new Set<StateNumber>([1, 2.5, 5.5]);
const boughtElsewhere: ReadonlySet<StateNumber> = new Set<StateNumber>([3]);
const bought: ReadonlySet<StateNumber> = new Set<StateNumber>([4, 5, 5.5, 6]);

/** Finds the journeys whose state is superseded, each with the journey that supersedes it. */
export function findSuperseded(stated: readonly StatedJourney[]): Map<JourneyRecords, JourneyRecords> {
  const rivals = collectRivals(stated);
  const superseded = new Map<JourneyRecords, JourneyRecords>();
  for (const journey of stated) {
    const rival = rivalOf(journey, rivals);
    if (rival) superseded.set(journey.records, rival.journey);
  }
  return superseded;
}

/**
 * 1, 2.5 and 5.5: another journey of the customer has a job that is open, or that was created, completed or canceled
 * later than the state happened. 3: another journey at the same location was bought, and sold later.
 */
function rivalOf({ records, table }: StatedJourney, { open, jobs, sales }: Rivals): Rival | undefined {
  const { customerId } = records;
  if (customerId === null || table.entering === null) return undefined;
  const { happenedAt } = table.entering;
  if (bookedAgain.has(table.state)) {
    return (
      latestOther(open.get(customerId), records) ??
      since(latestOther(jobs.get(customerId), records), happenedAt)
    );
  }
  if (!boughtElsewhere.has(table.state)) return undefined;
  return since(latestOther(sales.get(placeOf(records) ?? ''), records), happenedAt);
}

function collectRivals(stated: readonly StatedJourney[]): Rivals {
  const rivals: Rivals = { open: new Map(), jobs: new Map(), sales: new Map() };
  for (const { records: journey, table } of stated) {
    const { customerId } = journey;
    const jobs = jobsOf(journey);
    if (customerId !== null && jobs.length > 0) {
      const rival = { journey, since: jobs.map(lastNews).reduce(later) };
      appendTo(rivals.jobs, customerId, rival);
      if (jobs.some(({ isOpen }) => isOpen)) appendTo(rivals.open, customerId, rival);
    }
    const place = placeOf(journey);
    const soldAt = bought.has(table.state) ? firstSoldAt(journey) : undefined;
    if (place !== null && soldAt !== undefined) appendTo(rivals.sales, place, { journey, since: soldAt });
  }
  for (const list of [...rivals.open.values(), ...rivals.jobs.values(), ...rivals.sales.values()]) {
    list.sort(
      (one, other) =>
        compareText(other.since, one.since) || compareRoots(one.journey.root, other.journey.root),
    );
  }
  return rivals;
}

function placeOf({ customerId, locationId }: JourneyRecords): string | null {
  return customerId === null || locationId === null ? null : `${customerId}|${locationId}`;
}

/** When its first Sold estimate was sold, else when its first install job was made. */
function firstSoldAt({ estimates, installJobs }: JourneyRecords): string | undefined {
  const sales = [...estimates].filter(({ isSold }) => isSold).map((estimate) => sale(estimate).happenedAt);
  return earliest(sales) ?? earliest(installJobs.map(({ createdOn }) => createdOn));
}

function earliest(times: readonly string[]): string | undefined {
  return times.toSorted(compareText)[0];
}

function latestOther(rivals: readonly Rival[] | undefined, journey: JourneyRecords): Rival | undefined {
  return rivals?.slice(0, 2).find((rival) => rival.journey !== journey);
}

function since(rival: Rival | undefined, happenedAt: string): Rival | undefined {
  return rival && rival.since > happenedAt ? rival : undefined;
}
