import { setImmediate } from 'node:timers/promises';
import { ApiError } from '../api/ApiError.ts';
import { advanceClock } from '../control/advanceClock.ts';
import { ControlError } from '../control/ControlError.ts';
import type { Store } from '../Store.ts';
import { nameEntry, type ScriptEntry } from './storyScript.ts';
import { type StoryOutcome, tellStory } from './tellStory.ts';

export interface ToldEntry {
  /** From 1. */
  readonly entry: number;
  readonly at: string;
  /** Null where the entry only moved the clock. */
  readonly outcome: StoryOutcome | null;
}

/** Plays a script: moves the clock to each entry's time and lets it happen there. What was told before an entry is refused stays. */
export async function playScript(
  store: Store,
  script: readonly ScriptEntry[],
  seed: number,
): Promise<ToldEntry[]> {
  const player = new Player(store, seed);
  const told: ToldEntry[] = [];
  for (const [index, entry] of script.entries()) {
    try {
      told.push({ entry: index + 1, ...store.transaction(() => player.play(entry)) });
    } catch (error) {
      throw refusalOf(error, nameEntry(script, index), index);
    }
    // Each entry is an occurrence of its own: whoever watches gets to see it before the next one.
    await setImmediate();
  }
  return told;
}

class Player {
  readonly #store: Store;
  readonly #seed: number;
  readonly #start: number;
  readonly #cast = new Map<string, number>();
  #tenant: string | number | undefined;

  constructor(store: Store, seed: number) {
    this.#store = store;
    this.#seed = seed;
    this.#start = store.clock.now().getTime();
  }

  play(entry: ScriptEntry): Omit<ToldEntry, 'entry'> {
    this.#moveClock(entry);
    const outcome = entry.event === undefined ? null : this.#tell(entry.event, entry);
    return { at: this.#store.clock.now().toISOString(), outcome };
  }

  #moveClock({ at, advance }: ScriptEntry): void {
    const { clock } = this.#store;
    if (at !== undefined) {
      // A running clock passes the script's first moment while it is played: only a real step back is refused.
      const ahead = this.#start + at - clock.now().getTime();
      if (ahead > 0) advanceClock(clock, ahead, 'at');
      else if (ahead < -60_000) throw new ControlError(400, 'at lies before the time of the entry before it');
    }
    if (advance !== undefined) advanceClock(clock, advance, 'advance');
  }

  #tell(event: NonNullable<ScriptEntry['event']>, entry: ScriptEntry): StoryOutcome {
    this.#tenant = entry.tenant ?? this.#tenant;
    if (this.#tenant === undefined) throw new ControlError(400, 'tenant is required in the first event');
    const outcome = tellStory(
      this.#store,
      {
        tenant: this.#tenant,
        event,
        customerId: this.#find(entry.customer),
        otherCustomerId: this.#find(entry.other),
      },
      this.#seed,
    );
    if (entry.as !== undefined) this.#cast.set(entry.as, outcome.customerId);
    return outcome;
  }

  #find(person: string | number | undefined): number | null {
    if (person === undefined || typeof person === 'number') return person ?? null;
    const id = this.#cast.get(person);
    if (id !== undefined) return id;
    const known = [...this.#cast.keys()].join(', ');
    throw new ControlError(
      400,
      `nobody is called ${person}${known === '' ? '' : ` (known so far: ${known})`}: an earlier entry says "as": "${person}"`,
    );
  }
}

/** A refusal that names the entry; what is no refusal stays what it is. */
function refusalOf(error: unknown, place: string, index: number): unknown {
  if (!(error instanceof ControlError || error instanceof ApiError)) return error;
  const message = `${place}: ${error.message}`;
  const [issue] = error instanceof ControlError ? error.issues : [];
  return new ControlError(error.status, message, [{ field: '', message: error.message, ...issue, index }]);
}
