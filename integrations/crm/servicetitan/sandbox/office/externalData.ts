import type { ExternalData, ExternalDataChanges, NewExternalData } from '../rows/externalData.ts';

function own(guid: string, items: readonly { key: string; value: string }[]): ExternalData {
  return items.map(({ key, value }) => ({ key, value, applicationGuid: guid }));
}

/** What a new record carries. */
export function attachData(input: NewExternalData | null | undefined): ExternalData {
  return input ? own(input.applicationGuid.toLowerCase(), input.externalData) : [];
}

/** Replaces or merges one application's data; that of others stays. */
export function changeData(known: ExternalData | null, changes: ExternalDataChanges): ExternalData {
  const guid = changes.applicationGuid.toLowerCase();
  const others = (known ?? []).filter((item) => item.applicationGuid !== guid);
  const before = (known ?? []).filter((item) => item.applicationGuid === guid);
  const kept = changes.patchMode === 'Merge' ? before : [];
  const merged = new Map<string, string>(kept.map(({ key, value }) => [key, value]));
  for (const { key, value } of changes.externalData) {
    if (value === null || value === undefined) merged.delete(key);
    else merged.set(key, value);
  }
  return [
    ...others,
    ...own(
      guid,
      [...merged].map(([key, value]) => ({ key, value })),
    ),
  ];
}

interface CustomFieldInput {
  readonly typeId: number;
  readonly value?: string | null | undefined;
}
interface CustomField {
  readonly typeId: number;
  readonly name: string | null;
  readonly value: string | null;
}

/** Sets custom fields by their type; the others stay. */
export function changeCustomFields(
  known: readonly CustomField[],
  changes: readonly CustomFieldInput[] | null | undefined,
): CustomField[] {
  const fields = new Map(known.map((field): [number, CustomField] => [field.typeId, field]));
  for (const { typeId, value } of changes ?? []) {
    fields.set(typeId, { typeId, name: fields.get(typeId)?.name ?? null, value: value ?? null });
  }
  return [...fields.values()];
}
