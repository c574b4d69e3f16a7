/** Stands for any value: whatever a function does with it works, and leads nowhere. */
function standIn(): unknown {
  return new Proxy(() => 0, {
    get: (_target, name) => (name === Symbol.toPrimitive ? () => 0 : nowhere),
    apply: () => nowhere,
  });
}

const nowhere: unknown = standIn();

/**
 * The name of the member that a function reads of a row, where reading it is all that it does: `(row) => row.customerId`
 * gives customerId. So a condition is written once, as code, and can still be answered from an index.
 */
export function memberRead<Row>(read: (row: Row) => unknown): (keyof Row & string) | null {
  const members = new Map<unknown, keyof Row & string>();
  const probe: Row = new Proxy(Object.create(null), {
    get: (_target, name: keyof Row & string) => {
      const value = standIn();
      members.set(value, name);
      return value;
    },
  });
  const result = read(probe);
  return members.size === 1 ? (members.get(result) ?? null) : null;
}
