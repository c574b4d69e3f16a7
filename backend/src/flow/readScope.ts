/** What a name such as customer.firstName stands for; null: nothing is known. */
export function readScope(scope: object, name: string): string | null {
  let found: unknown = scope;
  for (const part of name.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return null;
    found = new Map<string, unknown>(Object.entries(found)).get(part);
  }
  return typeof found === 'string' || typeof found === 'number' ? String(found) || null : null;
}
