import { array, assert, integer, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Collection } from '#integrations/crm/servicetitan/sandbox/Collection.ts';
import { HeldCollection } from '#integrations/crm/servicetitan/sandbox/HeldCollection.ts';
import type { Test } from '#integrations/crm/servicetitan/sandbox/Selection.ts';
import { Database } from '#integrations/crm/servicetitan/sandbox/storage/Database.ts';
import { StoredCollection } from '#integrations/crm/servicetitan/sandbox/storage/StoredCollection.ts';

interface Row {
  readonly id: number;
  readonly owner: number;
  readonly createdOn: string;
  readonly modifiedOn: string;
  readonly active: boolean;
}

const moment = '2026-01-01T00:00:00.0000000Z';

function row(id: number, owner = 1, modifiedOn = moment): Row {
  return { id, owner, createdOn: moment, modifiedOn, active: id % 3 !== 0 };
}

const shape = { firstId: 100, ownerOf: ({ owner }: Row) => owner, lookups: [] };

function store(database = Database.temporary()): StoredCollection<Row> {
  return new StoredCollection<Row>({ ...shape, database, name: 'rows', onPut: () => {} });
}

const kinds: readonly [string, () => Collection<Row>][] = [
  ['stored', store],
  ['held', () => new HeldCollection<Row>(shape)],
];

function idsAfter(collection: Collection<Row>, sequence: number): number[] {
  return [...collection.changesAfter(sequence)].map((change) => change.row.id);
}

const byId = { sort: ({ id }: Row) => id, isDescending: false };

describe.each(kinds)('the feed of a %s collection', (_kind, collect) => {
  it('has every record once, in the order of its last put, from wherever one begins', () => {
    assert(
      property(array(integer({ min: 1, max: 20 }), { maxLength: 300 }), nat(100), (ids, start) => {
        const collection = collect();
        for (const id of ids) collection.put(row(id));
        const lastPuts = ids
          .map((id, index) => ({ id, sequence: index + 1 }))
          .filter(({ id, sequence }) => ids.lastIndexOf(id) === sequence - 1 && sequence > start);
        expect(idsAfter(collection, start)).toEqual(lastPuts.map(({ id }) => id));
        expect(collection.lastSequence).toBe(ids.length);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the place of a quiet change and shows its content', () => {
    const collection = collect();
    for (const id of [1, 2]) collection.put(row(id));
    collection.putQuietly(row(1, 9));
    expect(idsAfter(collection, 0)).toEqual([1, 2]);
    expect([...collection.changesAfter(0)][0]?.row.owner).toBe(9);
  });

  it('goes on counting after it was emptied, and never gives an id twice', () => {
    const collection = collect();
    collection.put(row(collection.nextId()));
    collection.put(row(250));
    collection.clear();
    expect([collection.size, idsAfter(collection, 0)]).toEqual([0, []]);
    expect(collection.nextId()).toBe(251);
    collection.put(row(251));
    expect([...collection.changesAfter(2)].map(({ sequence }) => sequence)).toEqual([3]);
  });

  it('leaves out what its reader does not want', () => {
    const collection = collect();
    for (const id of [1, 2, 3, 4]) collection.put(row(id, 1, `2026-0${id}-01T00:00:00.0000000Z`));
    const since = '2026-02-01T00:00:00.0000000Z';
    expect([...collection.changesAfter(0, { since, active: true })].map(({ row: { id } }) => id)).toEqual([
      2, 4,
    ]);
  });
});

describe.each(kinds)('a %s collection', (_kind, collect) => {
  it('knows what belongs to whom, also after a change of owner', () => {
    const collection = collect();
    collection.put(row(1, 7));
    collection.put(row(2, 7));
    collection.put(row(1, 8));
    expect(collection.ownedBy(7).map(({ id }) => id)).toEqual([2]);
    expect(collection.ownedBy(8).map(({ id }) => id)).toEqual([1]);
  });

  it('walks its rows by id from anywhere, also while they change', () => {
    const collection = collect();
    for (let id = 1; id <= 1200; id += 1) collection.put(row(id));
    const seen = collection
      .values(100)
      .map(({ id }) => collection.put(row(id, 2)).id)
      .toArray();
    expect([seen.length, seen[0], seen.at(-1)]).toEqual([1100, 101, 1200]);
  });

  it('orders by value and then by id, both ways, and gives a page of it', () => {
    const collection = collect();
    for (const [id, owner] of [
      [4, 1],
      [2, 2],
      [1, 2],
      [5, 1],
    ] as const)
      collection.put(row(id, owner));
    const sorts = [({ owner }: Row) => owner, ({ owner }: Row) => owner * 2];
    for (const sort of sorts) {
      const ids = (isDescending: boolean, offset = 0) =>
        collection.page({ tests: [], sort, isDescending }, { offset, limit: 3 }).map(({ id }) => id);
      expect([ids(false), ids(true), ids(false, 2)]).toEqual([
        [4, 5, 1],
        [2, 1, 5],
        [1, 2],
      ]);
    }
  });

  it('gives all rows as a sample, or some where there are many', () => {
    const collection = collect();
    for (let id = 11; id <= 60; id += 1) collection.put(row(id));
    const draws = [0, 0.5, 0.999, 0.5];
    expect(collection.sample(50, () => 0)).toEqual(collection.where(() => true));
    expect(collection.sample(4, () => draws.shift() ?? 0).map(({ id }) => id)).toEqual([11, 36, 60]);
  });

  it('answers a condition and code that says the same alike', () => {
    const collection = collect();
    for (let id = 1; id <= 60; id += 1) collection.put(row(id, id % 4));
    const ofTwo = ({ owner }: Row) => owner === 2;
    const conditional: Test<Row> = Object.assign(({ owner }: Row) => owner === 2, {
      condition: { member: 'owner', is: 'among', values: [2] } as const,
    });
    const expected = collection.where((each) => ofTwo(each) && each.id > 20).map(({ id }) => id);
    for (const test of [ofTwo, conditional]) {
      const tests = [test, ({ id }: Row) => id > 20];
      expect(collection.page({ tests, ...byId }, { offset: 0, limit: 50 }).map(({ id }) => id)).toEqual(
        expected,
      );
      expect(collection.count(tests)).toBe(expected.length);
    }
  });
});

it('takes back all that a failed transaction wrote', () => {
  const database = Database.temporary();
  const collection = store(database);
  collection.put(row(1));
  const fail = () =>
    database.transaction(() => {
      collection.put(row(1, 5));
      collection.put(row(2));
      throw new Error('no');
    });
  expect(fail).toThrow('no');
  expect([collection.size, collection.get(1)?.owner, collection.lastSequence, collection.get(2)]).toEqual([
    1,
    1,
    1,
    undefined,
  ]);
});
