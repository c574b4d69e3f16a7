import type { Collection, StoredRow } from '../Collection.ts';

interface Named {
  readonly id: number;
  readonly name: string | null;
}

/** A record by id and name: as the row gives it, else as it is called now; null where there is none. */
export function namedLink(
  collection: Collection<StoredRow & { readonly name: string }>,
  id: number | null | undefined,
  given?: { readonly id: number; readonly name?: string | null | undefined } | null,
): Named | null {
  if (given) return { id: given.id, name: given.name ?? collection.get(given.id)?.name ?? null };
  return id ? { id, name: collection.get(id)?.name ?? null } : null;
}

/** Of what a loaded record names, the id. */
export function linkedId(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  return typeof value.id === 'number' ? value.id : null;
}
