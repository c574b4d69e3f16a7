/** Quotations in all kinds of marks, also those that are cut off. An apostrophe within a word is no such mark. */
const quotations: readonly (readonly [RegExp, string])[] = [
  [/"[^"]*(?:"|$)/g, '"…"'],
  [/[“„«][^”“»]*(?:[”“»]|$)/g, '“…”'],
  [/‘.*?(?:’(?![\p{L}\p{N}])|$)/gsu, '‘…’'],
  [/(?<![\p{L}\p{N}])'.*?(?:'(?![\p{L}\p{N}])|$)/gsu, "'…'"],
];
const longNumber = /\d{7,}/g;

/** A vendor's text without what it quotes and without long numbers, which may be somebody's name or phone number. */
export function maskQuoted(text: string): string {
  return quotations
    .reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text)
    .replace(longNumber, '…');
}

const capitalized = /\p{Lu}[\p{L}\p{M}'’-]*(?:\s+\p{Lu}[\p{L}\p{M}'’-]*)*/gu;
const harmless = new Set(['API', 'GUID', 'ID', 'IDs', 'Id', 'Ids', 'JSON', 'ServiceTitan', 'URL', 'UTC']);

/**
 * What a vendor says is wrong with a value. It may repeat the value without quoting it, so that the numbers and
 * capitalized words of which names and addresses consist are hidden as well.
 */
export function maskValue(text: string): string {
  return maskQuoted(text)
    .replaceAll(/\d+/g, '…')
    .replace(capitalized, (run, offset: number, whole: string) => {
      const beginsSentence = /(?:^|[.:;!?]\s+)$/.test(whole.slice(Math.max(0, offset - 3), offset));
      const telling = run.split(/\s+/).filter((word) => !harmless.has(word));
      return telling.length <= (beginsSentence ? 1 : 0) ? run : '…';
    });
}
