import { array, assert, integer, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Collection } from '#integrations/crm/servicetitan/sandbox/Collection.ts';

interface Row {
  readonly id: number;
  readonly owner: number;
  readonly createdOn: string;
  readonly active: boolean;
}

function row(id: number, owner = 1): Row {
  return { id, owner, createdOn: '2026-01-01T00:00:00.0000000Z', active: true };
}

function collect(): Collection<Row> {
  return new Collection<Row>({ firstId: 100, ownerOf: ({ owner }) => owner, onPut: () => {} });
}

function idsAfter(collection: Collection<Row>, sequence: number): number[] {
  return [...collection.changesAfter(sequence)].map((change) => change.row.id);
}

describe('the feed of a collection', () => {
  it('has every record once, in the order of its last put, from wherever one begins', () => {
    assert(
      property(array(integer({ min: 1, max: 20 }), { maxLength: 3000 }), nat(100), (ids, start) => {
        const collection = collect();
        for (const id of ids) collection.put(row(id));
        const lastPuts = ids
          .map((id, index) => ({ id, sequence: index + 1 }))
          .filter(({ id, sequence }) => ids.lastIndexOf(id) === sequence - 1 && sequence > start);
        expect(idsAfter(collection, start)).toEqual(lastPuts.map(({ id }) => id));
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
});

it('knows what belongs to whom, also after a change of owner', () => {
  const collection = collect();
  collection.put(row(1, 7));
  collection.put(row(2, 7));
  collection.put(row(1, 8));
  expect(collection.ownedBy(7).map(({ id }) => id)).toEqual([2]);
  expect(collection.ownedBy(8).map(({ id }) => id)).toEqual([1]);
});

it('orders by value and then by id, and anew after a change', () => {
  const collection = collect();
  for (const [id, owner] of [
    [3, 1],
    [1, 2],
    [2, 1],
  ] as const)
    collection.put(row(id, owner));
  const ids = () => collection.ordered('owner', ({ owner }) => owner).map(({ id }) => id);
  expect(ids()).toEqual([2, 3, 1]);
  collection.put(row(1, 0));
  expect(ids()).toEqual([1, 2, 3]);
});
