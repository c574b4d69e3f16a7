/** A value as jsonb can hold it: without NULs and halves of characters. Null where that cannot be done. */
export function storable(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'string' ? member.replaceAll('\0', '').toWellFormed() : member,
  );
  // What is left of these is in a member's name.
  if (text === undefined || /\\u(?:0000|d[89a-f])/i.test(text)) return null;
  const copy: unknown = JSON.parse(text);
  return copy;
}
