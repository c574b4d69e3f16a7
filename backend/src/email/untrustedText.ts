/*
 * Values come from ServiceTitan and from web forms; templates come from the workspace. Only templates may make links, so
 * the characters that links are made of are replaced in values by private ones until the text has been laid out.
 */
const encoded = [
  ['[', '\uE000'],
  [']', '\uE001'],
  ['(', '\uE002'],
  [')', '\uE003'],
  ['://', '\uE004'],
] as const;

/** A value as it may stand in a template's text: one line, without control characters, nothing that makes a link. */
export function encodeValue(value: unknown): string {
  const text =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  // eslint-disable-next-line no-control-regex
  const line = text.replace(/[\uE000-\uE004]/g, '').replace(/[\u0000-\u001F\u007F\u2028\u2029]+/g, ' ');
  return encoded.reduce((result, [from, to]) => result.replaceAll(from, to), line);
}

/** The text with its values as they were. */
export function decodeValues(text: string): string {
  return encoded.reduce((result, [from, to]) => result.replaceAll(to, from), text);
}
