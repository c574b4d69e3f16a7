import { z } from 'zod';
import { defaultSwitches, type SwitchValues, switchTable } from './switchTable.ts';

/** Values by name; null puts a switch back to what holds without it. */
export const switchChanges = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

export type SwitchChanges = z.infer<typeof switchChanges>;

type Overrides = Readonly<Record<string, string | number | boolean>>;

const description = z.object({ values: z.array(z.string()), description: z.string() });

/** How this sandbox behaves where ServiceTitan's documents leave it open: for all tenants, and apart for some. */
export class Switches {
  #all: Overrides = {};
  readonly #byTenant = new Map<number, Overrides>();
  readonly #known = new Map<number | null, SwitchValues>();

  valuesFor(tenant: number | null): SwitchValues {
    const known = this.#known.get(tenant);
    if (known) return known;
    const own = tenant === null ? undefined : this.#byTenant.get(tenant);
    const values = switchTable.parse({ ...this.#all, ...own });
    this.#known.set(tenant, values);
    return values;
  }

  /** Sets switches of one tenant or of all; throws a ZodError on a wrong name or value and then changes nothing. */
  set(tenant: number | null, changes: SwitchChanges): void {
    const merged = apply(tenant === null ? this.#all : (this.#byTenant.get(tenant) ?? {}), changes);
    switchTable.parse(merged);
    this.#known.clear();
    if (tenant === null) this.#all = merged;
    else this.#byTenant.set(tenant, merged);
  }

  reset(): void {
    this.#all = {};
    this.#byTenant.clear();
    this.#known.clear();
  }

  /** Every switch with what it can be and what it is. */
  describe() {
    const values: Readonly<Record<string, unknown>> = this.valuesFor(null);
    const standard: Readonly<Record<string, unknown>> = defaultSwitches;
    return Object.entries(switchTable.shape).map(([name, schema]) => ({
      name,
      value: values[name],
      default: standard[name],
      ...description.parse(schema.meta()),
      tenants: Object.fromEntries(
        this.#byTenant.entries().flatMap(([id, own]) => (name in own ? [[id, own[name]]] : [])),
      ),
    }));
  }

  /** What was set, to be kept and set again by `restore`. */
  snapshot(): SwitchSettings {
    return { all: this.#all, tenants: Object.fromEntries(this.#byTenant) };
  }

  restore({ all, tenants }: SwitchSettings): void {
    this.reset();
    this.set(null, all);
    for (const [id, own] of Object.entries(tenants)) this.set(Number(id), own);
  }
}

const overrides = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export const switchSettings = z.object({ all: overrides, tenants: z.record(z.string(), overrides) });
export type SwitchSettings = z.infer<typeof switchSettings>;

function apply(current: Overrides, changes: SwitchChanges): Overrides {
  const merged: Record<string, string | number | boolean> = { ...current };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete merged[name];
    else merged[name] = value;
  }
  return merged;
}
