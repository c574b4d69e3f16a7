import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourMs } from '#integrations/crm/servicetitan/sandbox/durations.ts';
import { mergeCustomers } from '#integrations/crm/servicetitan/sandbox/office/customers.ts';
import { sellEstimate, unsellEstimate } from '#integrations/crm/servicetitan/sandbox/office/estimates.ts';
import { cancelJob, removeCancellation } from '#integrations/crm/servicetitan/sandbox/office/jobs.ts';
import { Random } from '#integrations/crm/servicetitan/sandbox/random.ts';
import type { JobRow } from '#integrations/crm/servicetitan/sandbox/rows/jobRows.ts';
import { deriveJourneys } from '#backend/state/deriveJourneys.ts';
import type { RecordSet } from '#backend/state/records.ts';
import { keyOf, type JourneyRoot } from '#backend/state/roots.ts';
import { closuresOf } from './closures.ts';
import { GeneratedTenant, settings } from './generatedHistory.ts';
import { deriveInto, ModelDatabase, planFor, standing, unedited, type Derivation } from './ModelDatabase.ts';
import { mirrorOf, recordsOf, tellApart, versionsOf, type Version } from './versions.ts';

const anySeed = fc.nat(2 ** 31);
const histories = (numRuns: number) => ({ numRuns });

/** A tenant's life, and a random that is the history's own. */
function lifeOf(seed: number, events = 14): { tenant: GeneratedTenant; random: Random } {
  const tenant = new GeneratedTenant(seed);
  tenant.live(tenant.random.int(0, events));
  return { tenant, random: new Random('reads', seed) };
}

function shuffle<Value>(values: readonly Value[], random: Random): Value[] {
  return values
    .map((value) => ({ value, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ value }) => value);
}

/** Pieces of random sizes, in the given order. */
function cut<Value>(values: readonly Value[], random: Random): Value[][] {
  const pieces: Value[][] = [[]];
  for (const value of values) {
    if (random.chance(0.15)) pieces.push([]);
    pieces.at(-1)?.push(value);
  }
  return pieces;
}

/** The polls of a life as it went on: each brings what some moments wrote, at the time of the last of them. */
function pollsOf(tenant: GeneratedTenant, random: Random): { versions: Version[]; now: Date }[] {
  return cut(tenant.moments, random)
    .filter((moments) => moments.length > 0)
    .map((moments) => ({
      versions: moments.flatMap(({ versions }) => versions),
      now: new Date((moments.at(-1)?.at ?? tenant.now).getTime() + random.int(0, 60_000)),
    }));
}

/** What one worker finds that nobody disturbs, and every key that it starts. */
class Undisturbed {
  readonly database = new ModelDatabase();
  readonly #liveFrom: Date;

  constructor(tenant: GeneratedTenant) {
    this.#liveFrom = tenant.moments[0]?.at ?? tenant.now;
  }

  derivation(records: RecordSet, now: Date): Derivation {
    return { records, settings, now, liveFrom: this.#liveFrom };
  }

  poll(records: RecordSet, now: Date): void {
    deriveInto(this.database, this.derivation(records, now));
  }
}

describe('histories of small tenants', { timeout: 60_000 }, () => {
  it('end in the same rows in any order, any number of times, in any batches', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        const { tenant, random } = lifeOf(seed);
        const versions = tellApart(tenant.versions);
        const once = new Undisturbed(tenant);
        once.poll(mirrorOf(versions), tenant.now);

        const again = versions.filter(() => random.chance(0.4));
        const mixed = new Undisturbed(tenant);
        const read: Version[] = [];
        const start = tenant.now.getTime() - 300 * hourMs;
        const batches = cut(shuffle([...versions, ...again], random), random);
        for (const [index, batch] of batches.entries()) {
          read.push(...batch);
          const now = new Date(start + ((tenant.now.getTime() - start) * (index + 1)) / batches.length);
          mixed.poll(mirrorOf(read), now);
        }
        expect(standing(mixed.database.load())).toEqual(standing(once.database.load()));
      }),
      histories(400),
    );
  });

  it('give the same whether all is derived at once or by closures', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        const { tenant, random } = lifeOf(seed);
        const [whole, parts] = [new Undisturbed(tenant), new Undisturbed(tenant)];
        const read: Version[] = [];
        for (const { versions, now } of pollsOf(tenant, random)) {
          read.push(...versions);
          const records = mirrorOf(read);
          whole.poll(records, now);
          for (const closure of shuffle(closuresOf(records), random)) parts.poll(closure, now);
          expect(standing(parts.database.load())).toEqual(standing(whole.database.load()));
          expect(parts.database.started.toSorted()).toEqual(whole.database.started.toSorted());
        }
      }),
      histories(300),
    );
  });

  it('survive a death before and after every write, and reads that are set back', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        const { tenant, random } = lifeOf(seed);
        const [undisturbed, killed] = [new Undisturbed(tenant), new Undisturbed(tenant)];
        const read: Version[] = [];
        for (const { versions, now } of pollsOf(tenant, random)) {
          const repeated = read.slice(random.int(0, read.length));
          read.push(...versions);
          const records = mirrorOf(read);
          undisturbed.poll(records, now);
          const closures = shuffle(closuresOf(mirrorOf([...read, ...tellApart(repeated)])), random);
          for (let next = 0; next < closures.length;) {
            const batch = joined(closures.slice(next, next + 3));
            const changes = planFor(killed.derivation(batch, now), killed.database.load(batch));
            // Dead before it was written: another begins again. Dead before it was settled: all comes once more.
            if (random.chance(0.2)) continue;
            killed.database.apply(changes, now);
            if (random.chance(0.2)) killed.database.apply(changes, now);
            if (random.chance(0.8)) next += 3;
          }
        }
        expect(standing(killed.database.load())).toEqual(standing(undisturbed.database.load()));
        expect(killed.database.started.toSorted()).toEqual(undisturbed.database.started.toSorted());
      }),
      histories(300),
    );
  });

  it('let of two workers on the same journeys one win, and start nothing twice', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        const { tenant, random } = lifeOf(seed);
        const [alone, shared] = [new Undisturbed(tenant), new Undisturbed(tenant)];
        const read: Version[] = [];
        for (const { versions, now } of pollsOf(tenant, random)) {
          read.push(...versions);
          const records = mirrorOf(read);
          alone.poll(records, now);
          // One of them may not have seen the last records yet, and comes again for them.
          const behind = mirrorOf(read.slice(0, random.int(read.length - versions.length, read.length)));
          const views = random.chance(0.5) ? [records, records] : [behind, records];
          const plans = views.map((view) =>
            planFor(shared.derivation(view, now), shared.database.load(view)),
          );
          const won = shuffle(plans, random).map((plan) => shared.database.apply(plan, now));
          const touched = plans.map((plan) => plan.map(({ row }) => keyOf(row.root)));
          const isContested = touched[0]?.some((root) => touched[1]?.includes(root)) ?? false;
          if (isContested) expect(won).toEqual([true, false]);
          shared.poll(records, now);
          expect(standing(shared.database.load())).toEqual(standing(alone.database.load()));
        }
        expect(new Set(shared.database.started).size).toBe(shared.database.started.length);
      }),
      histories(300),
    );
  });

  it('go back where something is undone, and start nothing anew when it is done once more', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(anySeed, (seed) => {
        const { tenant, random } = lifeOf(seed);
        const acts = reversibleActs(tenant);
        if (acts.length === 0) return;
        const { name, act, undo } = random.pick(acts);
        kinds.set(name, (kinds.get(name) ?? 0) + 1);
        const worker = new Undisturbed(tenant);
        const { database } = worker;
        const poll = () => worker.poll(mirrorOf(tenant.versions), tenant.now);
        poll();
        const before = unedited(database.load());
        act();
        poll();
        const [done, started] = [unedited(database.load()), [...database.started]];
        undo();
        poll();
        expect(unedited(database.load())).toEqual(before);
        // A second cancellation is another one, with a log of its own.
        if (name === 'canceled') return;
        act();
        poll();
        expect(unedited(database.load()).map(({ root, state }) => [keyOf(root), state])).toEqual(
          done.map(({ root, state }) => [keyOf(root), state]),
        );
        expect(database.started).toEqual(started);
      }),
      histories(300),
    );
    expect([...kinds.keys()].toSorted()).toEqual(['canceled', 'completed', 'deleted', 'sold']);
  });

  it('keep their journeys when customers are merged: only leads and what supersedes what may change', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        const { tenant, random } = lifeOf(seed);
        const [winner, loser] = shuffle(tenant.customers(), random);
        if (!winner || !loser) return;
        const derived = () =>
          deriveJourneys({ records: mirrorOf(tenant.versions), settings, now: tenant.now })
            .filter(({ root }) => isOfWork(root))
            .map(({ root, members, seen }) => ({ root, seen, members: members.filter(isOfWork).map(keyOf) }));
        const before = derived();
        tenant.act((desk) => mergeCustomers(desk, loser.id, winner.id));
        expect(derived()).toEqual(before);
      }),
      histories(300),
    );
  });

  it('explain every state by a record that there is', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        const { tenant } = lifeOf(seed);
        const records = mirrorOf(tenant.versions);
        const known = new Set(versionsOf(records).map(({ kind, record }) => `${kind} ${record.id}`));
        const worker = new Undisturbed(tenant);
        worker.poll(records, tenant.now);
        for (const row of standing(worker.database.load())) {
          const [type = '', id = ''] = (row.enteringKey ?? '').split(':');
          expect(known).toContain(`${kindOf(type)} ${id}`);
          expect(row.rule).not.toBeNull();
          expect([row.explanation, row.wouldChange]).not.toContain('');
          expect(row.happenedFromModifiedOn).toBe(false);
        }
      }),
      histories(150),
    );
  });
});

/** Leads look for the visit that they led to among all that is their customer's; bookings come with their leads. */
function isOfWork({ type }: JourneyRoot): boolean {
  return type === 'job' || type === 'estimate';
}

function kindOf(type: string): string {
  return type === 'canceled_log' ? 'canceledLogs' : `${type}s`;
}

function joined(sets: readonly RecordSet[]): RecordSet {
  return recordsOf(sets.flatMap(versionsOf));
}

interface ReversibleAct {
  name: 'sold' | 'canceled' | 'completed' | 'deleted';
  act: () => void;
  undo: () => void;
}

/** What an office can do in this tenant at this moment and take back completely. */
function reversibleActs(tenant: GeneratedTenant): ReversibleAct[] {
  const { records } = tenant;
  const job = ({ id }: JobRow) => records.jobs.get(id) ?? never();
  const estimates = records.estimates.where(({ active }) => active);
  const isUnmoved = (row: JobRow) =>
    row.jobStatus === 'Scheduled' &&
    records.appointments
      .ownedBy(row.id)
      .every(({ active, status, unused }) => active && !unused && status === 'Scheduled');
  return [
    ...estimates
      .filter(({ status, soldOn }) => status?.name === 'Open' && soldOn === null)
      .map(
        ({ id }) =>
          ({
            name: 'sold',
            act: () =>
              tenant.act((desk) => sellEstimate(desk, desk.records.estimates.get(id) ?? never(), 601)),
            undo: () => tenant.act((desk) => unsellEstimate(desk, desk.records.estimates.get(id) ?? never())),
          }) satisfies ReversibleAct,
      ),
    ...records.jobs.where(isUnmoved).map(
      (row) =>
        ({
          name: 'canceled',
          act: () => tenant.act((desk) => cancelJob(desk, job(row), { reasonId: 201, memo: null })),
          undo: () => tenant.act((desk) => removeCancellation(desk, job(row))),
        }) satisfies ReversibleAct,
    ),
    ...records.jobs.where(isUnmoved).map(
      (row) =>
        ({
          name: 'completed',
          act: () =>
            tenant.act(({ now }) => {
              const completed = { jobStatus: 'Completed', completedOn: now, modifiedOn: now } as const;
              records.jobs.put({ ...job(row), ...completed });
            }),
          undo: () =>
            tenant.act(({ now }) => {
              const open = { jobStatus: 'Scheduled', completedOn: null, modifiedOn: now } as const;
              records.jobs.put({ ...job(row), ...open });
            }),
        }) satisfies ReversibleAct,
    ),
    ...estimates.map(
      (row) =>
        ({
          name: 'deleted',
          act: () =>
            tenant.act(({ now }) => records.estimates.put({ ...row, active: false, modifiedOn: now })),
          undo: () =>
            tenant.act(({ now }) => records.estimates.put({ ...row, active: true, modifiedOn: now })),
        }) satisfies ReversibleAct,
    ),
  ];
}

function never(): never {
  throw new Error('It was there a moment ago.');
}
