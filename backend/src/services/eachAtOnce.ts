/**
 * Does the work for every item, at most `limit` at once; items may come one after the other. The first failure is thrown
 * after all that had begun has ended.
 */
export async function eachAtOnce<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const lane = async () => {
    for (let next = await queue.next(); !next.done; next = await queue.next()) await work(next.value);
  };
  const results = await Promise.allSettled(Array.from({ length: limit }, lane));
  for (const result of results) {
    if (result.status === 'rejected') throw result.reason;
  }
}
