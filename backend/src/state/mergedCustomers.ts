import type { MirroredCustomer } from './mirroredRecords.ts';

/**
 * Maps every customer that was merged to the one it ended up in. Chains are followed to their end; a loop ends at its
 * smallest id. A customer that is missing from the map stands for itself.
 */
export function mergedCustomers(customers: ReadonlyMap<number, MirroredCustomer>): Map<number, number> {
  const winners = new Map<number, number>();
  for (const start of customers.keys()) {
    const path: number[] = [];
    const onPath = new Set<number>();
    let current = start;
    let next = nextOf(current);
    while (next !== null && !winners.has(current) && !onPath.has(current)) {
      path.push(current);
      onPath.add(current);
      current = next;
      next = nextOf(current);
    }
    const end = onPath.has(current) ? Math.min(...path.slice(path.indexOf(current))) : current;
    const winner = winners.get(end) ?? end;
    for (const id of path) winners.set(id, winner);
  }
  return winners;

  function nextOf(id: number): number | null {
    return customers.get(id)?.mergedToId ?? null;
  }
}
