/** How well a title fits what was typed: it is the same, it begins so, a word of it does, it holds it, it does not. */
function fitOf(title: string, typed: string): number {
  const text = title.toLowerCase();
  if (text === typed) return 4;
  if (text.startsWith(typed)) return 3;
  if (text.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(typed))) return 2;
  return text.includes(typed) ? 1 : 0;
}

/** The things that all of the words fit; those first whose title fits best. */
export function searchByWords<Thing extends { title: string }>(
  things: readonly Thing[],
  search: string,
  textOf: (thing: Thing) => string,
): Thing[] {
  const typed = search.trim().toLowerCase();
  const words = typed.split(/\s+/).filter(Boolean);
  const found = things.filter((thing) => {
    const text = textOf(thing).toLowerCase();
    return words.every((word) => text.includes(word));
  });
  if (typed === '') return found;
  return found.toSorted((one, other) => fitOf(other.title, typed) - fitOf(one.title, typed));
}
