import { Random } from '#integrations/crm/servicetitan/sandbox/random.ts';
import type { Judge, Sentence } from './crashCrew.ts';
import type { Task } from './crashWorker.ts';

type Phase = Task['phase'];

/** A poll that finds nothing takes about as long. */
const longestMs = 400;
/** Most steps of a poll occur once for each of the two tenants. */
const mostOccurrences = 3;
const nothing = { lethal: {}, afterMs: null };

/** Condemns workers: everybody dies of a step that nobody has died of, and besides some die of any step or moment. */
export class CrashJudge implements Judge {
  /** How many died at each step; under "any moment" those whom time killed. */
  readonly deaths = new Map<string, number>();
  readonly #random: Random;
  readonly #known = new Map<Phase, Set<string>>();
  #left = 0;

  constructor(seed: number) {
    this.#random = new Random('deaths', seed);
  }

  /** So many may die by chance from now on. */
  allow(deaths: number): void {
    this.#left = deaths;
  }

  get isOpen(): boolean {
    return this.#left > 0;
  }

  learn(phase: Phase, steps: Iterable<string>): void {
    const known = this.#known.get(phase) ?? new Set();
    for (const step of steps) known.add(step);
    this.#known.set(phase, known);
  }

  get count(): number {
    return [...this.deaths.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Steps that occurred to somebody, and at which nobody has died. */
  get spared(): string[] {
    const known = [...this.#known.values()].flatMap((steps) => [...steps]);
    return [...new Set(known)].filter((step) => !this.deaths.has(step)).toSorted();
  }

  sentence(phase: Phase, { byChance }: { byChance: boolean }): Sentence {
    const drawn = byChance && this.isOpen ? this.#draw(phase) : nothing;
    return { ...drawn, diedAt: [...this.deaths.keys()] };
  }

  died(step: string | null): void {
    const name = step ?? 'any moment';
    // Who died of a step for the first time had not been drawn for it.
    if (this.deaths.has(name) || step === null) this.#left -= 1;
    this.deaths.set(name, (this.deaths.get(name) ?? 0) + 1);
  }

  #draw(phase: Phase): Pick<Sentence, 'lethal' | 'afterMs'> {
    const known = [...(this.#known.get(phase) ?? [])];
    // Most happens in polls: the other phases have few steps, which come again there.
    if (phase !== 'poll' && this.#random.chance(0.8)) return nothing;
    const afterMs = Math.round(this.#random.between(0, longestMs));
    if (known.length === 0 || this.#random.chance(0.4)) return { lethal: {}, afterMs };
    return { lethal: { [this.#random.pick(known)]: this.#random.int(1, mostOccurrences) }, afterMs: null };
  }
}
