import { ControlError } from '../control/ControlError.ts';
import { ApiError } from './ApiError.ts';
import { isMetBy } from './Faults.ts';

/** Something that happens once, right after a page of a list or feed was answered and before the next one is asked for. */
export interface PageAct {
  readonly tenant: number;
  /** A path prefix or a regular expression, as in a fault. */
  readonly path: string;
  /** How many pages are answered before. */
  readonly afterPage: number;
  readonly act: () => unknown;
  /** The act as it was asked for. */
  readonly asked: unknown;
}

interface Waiting extends PageAct {
  readonly id: number;
  answered: number;
  outcome: unknown;
}

/** Acts that wait for a page to be answered. */
export class PageActs {
  #acts: Waiting[] = [];
  #lastId = 0;

  add(act: PageAct): void {
    this.#acts.push({ ...act, id: (this.#lastId += 1), answered: 0, outcome: null });
  }

  list() {
    return this.#acts.map(({ act: _act, asked, outcome, ...rest }) => ({ ...rest, act: asked, outcome }));
  }

  clear(): void {
    this.#acts = [];
  }

  /** Counts an answered page, and does what waits for it. What an act refuses is its outcome: the page is not at fault. */
  answered({ tenant, method, path }: { tenant: number; method: string; path: string }): void {
    if (method !== 'GET') return;
    for (const waiting of this.#acts) {
      if (waiting.tenant !== tenant || waiting.outcome !== null || !isMetBy(waiting.path, path)) continue;
      waiting.answered += 1;
      if (waiting.answered < waiting.afterPage) continue;
      try {
        waiting.outcome = { done: waiting.act() };
      } catch (error) {
        if (!(error instanceof ControlError || error instanceof ApiError)) throw error;
        waiting.outcome = { refused: error.message };
      }
    }
  }
}
