export interface Finding {
  readonly operation: string;
  readonly where: string;
  readonly what: string;
}

export interface ModuleCount {
  readonly operations: number;
  readonly checks: number;
  readonly failures: number;
}

/** What was checked, and what was found wrong; the same finding twice is told once. */
export class Findings {
  readonly #checks = new Map<string, number>();
  readonly #unjudged = new Set<string>();
  readonly #found = new Map<string, Map<string, Finding>>();

  /** Counts a check of an operation, and keeps what is wrong with it. */
  check(operation: string, where: string, problems: readonly string[]): void {
    this.#checks.set(operation, (this.#checks.get(operation) ?? 0) + 1);
    for (const what of problems) {
      const found = this.#found.get(operation) ?? new Map<string, Finding>();
      found.set(`${where}: ${what}`, { operation, where, what });
      this.#found.set(operation, found);
    }
  }

  /** Notes a filter, a sort or a member whose effect nothing could be held against. */
  leaveUnjudged(operation: string, what: string): void {
    this.#unjudged.add(`${operation} ${what}`);
  }

  get unjudged(): string[] {
    return [...this.#unjudged];
  }

  get checks(): number {
    return this.#checks.values().reduce((sum, count) => sum + count, 0);
  }

  get failures(): Finding[] {
    return [...this.#found.values()].flatMap((found) => [...found.values()]);
  }

  /** By the group that each operation belongs to. */
  countBy(groupOf: (operation: string) => string): Map<string, ModuleCount> {
    const counts = new Map<string, ModuleCount>();
    for (const [operation, checks] of this.#checks) {
      const group = groupOf(operation);
      const before = counts.get(group) ?? { operations: 0, checks: 0, failures: 0 };
      counts.set(group, {
        operations: before.operations + 1,
        checks: before.checks + checks,
        failures: before.failures + (this.#found.get(operation)?.size ?? 0),
      });
    }
    return counts;
  }
}
