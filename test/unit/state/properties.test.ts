import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveJourneys } from '#backend/state/deriveJourneys.ts';
import { readFacts } from '#backend/state/facts.ts';
import type { Journey } from '#backend/state/journey.ts';
import type { JourneyOverride } from '#backend/state/overrides.ts';
import type { StoredRow } from '#backend/state/journeyRow.ts';
import { newestCanceledLogs, newestVersions, type RecordSet } from '#backend/state/records.ts';
import { stateNumbers } from '#backend/schemas/state.ts';
import { anyRecords, anyVersions, dated } from './arbitraryRecords.ts';
import { at, dateOf, homeOf, override, recordSet, settings as usual } from './builders.ts';
import { applyChanges, plan } from './storedRows.ts';

const settings = { ...usual, clericalReasonIds: [1], completedResetDays: 20, staleResetDays: 40 };
const runs = { numRuns: 400 };
const day = fc.integer({ min: 0, max: 100 });
const anyOverrides: fc.Arbitrary<JourneyOverride[]> = fc
  .array(
    fc
      .record({
        root: fc.record({
          type: fc.constantFrom('job' as const, 'estimate' as const, 'lead' as const),
          id: fc.integer({ min: 1, max: 5 }),
        }),
        state: fc.constantFrom(...stateNumbers),
        setAt: day.map((value) => at(value)),
        ruleStateThen: fc.constantFrom(...stateNumbers),
      })
      .map((fields) => override(fields)),
    { maxLength: 2 },
  )
  .map((list) => list.map((value, index) => Object.assign(value, { id: `override ${index}` })));

/** Every array of a set put through the same treatment. */
function each(records: RecordSet, treat: <R>(list: readonly R[]) => R[]): RecordSet {
  return {
    customers: treat(records.customers),
    leads: treat(records.leads),
    bookings: treat(records.bookings),
    jobs: treat(records.jobs),
    appointments: treat(records.appointments),
    canceledLogs: treat(records.canceledLogs),
    estimates: treat(records.estimates),
  };
}

/** What a mirror holds after reading the two sets one after the other. */
function mirror(one: RecordSet, other: RecordSet): RecordSet {
  return {
    customers: [...newestVersions([...one.customers, ...other.customers]).values()],
    leads: [...newestVersions([...one.leads, ...other.leads]).values()],
    bookings: [...newestVersions([...one.bookings, ...other.bookings]).values()],
    jobs: [...newestVersions([...one.jobs, ...other.jobs]).values()],
    appointments: [...newestVersions([...one.appointments, ...other.appointments]).values()],
    canceledLogs: [...newestCanceledLogs([...one.canceledLogs, ...other.canceledLogs]).values()],
    estimates: [...newestVersions([...one.estimates, ...other.estimates]).values()],
  };
}

/** A shuffle that a number decides, so that a failure can be replayed. */
function shuffled<R>(list: readonly R[], seed: number): R[] {
  return list
    .map((value, index) => ({ value, rank: Math.imul(index + 1, seed * 2 + 1) % 1009 }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ value }) => value);
}

describe('any records', () => {
  it('give the same journeys in any order, any number of times', () => {
    fc.assert(
      fc.property(anyVersions, fc.nat(500), anyOverrides, (records, seed, overrides) => {
        const now = dateOf(45);
        const mixed = each(records, (list) => shuffled([...list, ...list], seed));
        expect(deriveJourneys({ records: mixed, settings, now, overrides })).toEqual(
          deriveJourneys({ records, settings, now, overrides }),
        );
      }),
      runs,
    );
  });

  it('give the same journeys in any batches', () => {
    fc.assert(
      fc.property(anyVersions, fc.nat(8), (records, cut) => {
        const now = dateOf(45);
        const first = each(records, (list) => list.slice(cut));
        const second = each(records, (list) => list.slice(0, cut));
        expect(deriveJourneys({ records: mirror(first, second), settings, now })).toEqual(
          deriveJourneys({ records, settings, now }),
        );
      }),
      runs,
    );
  });

  it('end in the same rows in whatever batches they were derived and stored', () => {
    const rowsAfter = (batches: RecordSet[]) => {
      let rows: StoredRow[] = [];
      let read = recordSet({});
      for (const batch of batches) {
        read = mirror(read, batch);
        rows = applyChanges(
          rows,
          plan(deriveJourneys({ records: read, settings, now: dateOf(45), rows }), rows),
        );
      }
      expect(plan(deriveJourneys({ records: read, settings, now: dateOf(45), rows }), rows)).toEqual([]);
      return rows
        .filter(({ state }) => state !== 0)
        .map(({ id: _id, version: _version, ...row }) => row)
        .toSorted((one, other) => JSON.stringify(one.root).localeCompare(JSON.stringify(other.root)));
    };
    fc.assert(
      fc.property(anyVersions.map(dated), fc.nat(8), (records, cut) => {
        const first = each(records, (list) => list.slice(cut));
        const second = each(records, (list) => list.slice(0, cut));
        expect(rowsAfter([first, second])).toEqual(rowsAfter([records]));
        expect(rowsAfter([second, first, second])).toEqual(rowsAfter([records]));
      }),
      runs,
    );
  });

  it('join each exactly one journey', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const journeys = deriveJourneys({ records, settings, now: dateOf(45) });
        const { jobs, estimates, leads, bookings } = readFacts(records, settings);
        const placed = [
          ...[...jobs.values()]
            .filter(({ kind }) => kind === 'sales' || kind === 'install')
            .map(({ id }) => `job:${id}`),
          ...[...estimates.values()].filter(({ counts }) => counts).map(({ id }) => `estimate:${id}`),
          ...leads.map(({ id }) => `lead:${id}`),
          ...bookings.map(({ id }) => `booking:${id}`),
        ];
        const homeless = placed.filter((key) => homeOf(journeys, key) === undefined);
        expect(homeless).toEqual([]);
        const voids = [...jobs.values()]
          .filter(({ kind }) => kind === 'void')
          .map(({ id }) => homeOf(journeys, `job:${id}`));
        expect(voids.filter((home) => home !== undefined)).toEqual([]);
      }),
      runs,
    );
  });

  it('are never due late: until the earliest nextDueAt, every journey stays as it is', () => {
    fc.assert(
      fc.property(anyRecords, anyOverrides, day, day, (records, overrides, from, wait) => {
        const now = dateOf(from);
        const then = dateOf(from + wait);
        const before = deriveJourneys({ records, settings, now, overrides });
        const after = deriveJourneys({ records, settings, now: then, overrides });
        const isDue = ({ nextDueAt }: Journey) => nextDueAt !== null && nextDueAt <= at(from + wait);
        expect(
          after.filter((_, index) => !isDue(before[index] ?? never())).map(withoutAppointmentAhead),
        ).toEqual(before.filter((journey) => !isDue(journey)).map(withoutAppointmentAhead));
        const due = after.filter((_, index) => isDue(before[index] ?? never()));
        expect(
          due.filter(({ state, isReset, nextDueAt }) => state !== 0 || !isReset || nextDueAt !== null),
        ).toEqual([]);
      }),
      runs,
    );
  });

  it('need no second plan once one is applied, overrides included', () => {
    fc.assert(
      fc.property(anyRecords, anyRecords, anyOverrides, (records, next, anywhere) => {
        const now = dateOf(45);
        const first = applyChanges([], plan(deriveJourneys({ records, settings, now })));
        // An override belongs to a row, whatever root that has later.
        const set = anywhere.flatMap((any, index) => {
          const row = first[(any.root.id + index) % first.length];
          return row ? [{ rowId: row.id, override: Object.assign({}, any, { root: row.root }) }] : [];
        });
        const overrides = set.map(({ override: value }) => value);
        const changes = plan(
          deriveJourneys({ records: next, settings, now, overrides, rows: first }),
          first,
          { overrides },
        );
        const rows = applyChanges(first, changes);
        const lifted = new Set(changes.flatMap(({ liftedOverrideIds }) => liftedOverrideIds));
        const standing = set
          .filter(({ override: { id } }) => !lifted.has(id))
          .map(({ rowId, override: value }) =>
            Object.assign({}, value, { root: rows.find(({ id }) => id === rowId)?.root ?? never() }),
          );
        const again = deriveJourneys({ records: next, settings, now, overrides: standing, rows });
        expect(plan(again, rows, { overrides: standing })).toEqual([]);
      }),
      runs,
    );
  });
});

/** It says what lies ahead at the moment and is not stored. */
function withoutAppointmentAhead({
  appointmentAhead: _ahead,
  ...journey
}: Journey): Omit<Journey, 'appointmentAhead'> {
  return journey;
}

function never(): never {
  throw new Error('the journeys differ');
}
