/** Things that have no ids: each with its place in the list, by which it is known as long as the list is drawn. */
export function placed<Thing>(things: readonly Thing[]): { key: string; at: number; thing: Thing }[] {
  return things.map((thing, at) => ({ key: `place ${at}`, at, thing }));
}
