import type { ClassifiedKind } from '../schemas/stateSettings.ts';

/** The words by which a job type's name gives itself away, the first line that matches. */
const suggestions = [
  { words: /estimate|sales|consult|quote/i, kind: 'sales' },
  { words: /install|replacement|change[\s-]?out/i, kind: 'install' },
] as const satisfies readonly { words: RegExp; kind: ClassifiedKind }[];

/** Suggests the kinds of job types by their names, for an administrator to confirm; most names suggest nothing. */
export function suggestClassification(
  jobTypes: readonly { id: number; name: string }[],
): Record<string, ClassifiedKind> {
  const suggested: Record<string, ClassifiedKind> = {};
  for (const { id, name } of jobTypes) {
    const match = suggestions.find(({ words }) => words.test(name));
    if (match) suggested[id] = match.kind;
  }
  return suggested;
}
