import type { Option } from '#backend/schemas/flowApi.ts';

export interface OptionItem {
  value: string;
  label: string;
}

/** A list's names as a picker shows them: one entry for each id, with the tenants that have it. */
export function optionItems(
  options: readonly Option[],
  chosen: readonly (string | number)[],
  isComplete = true,
): OptionItem[] {
  const byId = Map.groupBy(options, ({ id }) => String(id));
  const items = [...byId].map(([value, same]) => ({ value, label: labelOf(same) }));
  const gone = chosen
    .map(String)
    .filter((id) => !byId.has(id))
    .map((id) => ({ value: id, label: isComplete ? `Not there any more (${id})` : id }));
  return [...items.toSorted((one, other) => one.label.localeCompare(other.label)), ...gone];
}

/** "Install · SOCAL"; where tenants use one number for different things, each of them. */
function labelOf(same: readonly Option[]): string {
  const byName = Map.groupBy(same, ({ name }) => name);
  return [...byName]
    .map(([name, each]) => {
      const tenants = [...new Set(each.flatMap(({ connectionName }) => connectionName ?? []))];
      return tenants.length === 0 ? name : `${name} · ${tenants.join(', ')}`;
    })
    .join(' / ');
}

/** The ids as the options have them: numbers stay numbers. */
export function idsOf(values: readonly string[], options: readonly Option[]): (string | number)[] {
  return values.map((value) => options.find(({ id }) => String(id) === value)?.id ?? numberOrText(value));
}

function numberOrText(value: string): string | number {
  return /^\d{1,15}$/.test(value) ? Number(value) : value;
}
