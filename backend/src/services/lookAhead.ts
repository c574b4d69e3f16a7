/** The items of an iterable, each fetched while the one before is worked on: one is held beside that, never more. */
export async function* lookAhead<Item>(
  items: AsyncIterable<Item>,
  wait: (next: Promise<IteratorResult<Item>>) => Promise<IteratorResult<Item>>,
): AsyncGenerator<Item, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  const fetch = () => {
    const next = iterator.next();
    // A failure counts when its item is wanted, not before.
    next.catch(() => undefined);
    return next;
  };
  for (let next = fetch(); ;) {
    const { done, value } = await wait(next);
    if (done) return;
    next = fetch();
    yield value;
  }
}
