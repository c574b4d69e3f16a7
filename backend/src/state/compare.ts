/** Orders strings by their code units, which is the order of timestamps. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** The order in which records were created; ties go to the smallest id. */
export function byCreation(
  one: { createdOn: string; id: number },
  other: { createdOn: string; id: number },
): number {
  return compareText(one.createdOn, other.createdOn) || one.id - other.id;
}

/** Adds to the list that a map keeps for a key. */
export function appendTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
