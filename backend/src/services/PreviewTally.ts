import type { StateNumber } from '../schemas/state.ts';
import type { PreviewedFlow, PreviewResult } from '../schemas/stateSettings.ts';
import type { ChunkPreview, Move } from '../state/previewChunk.ts';

const exampleLimit = 20;

interface Example extends Move {
  connectionId: string;
}

/** Sums up the chunks of a preview; holds no more than counts and a few examples, however many journeys there are. */
export class PreviewTally {
  lookedAt = 0;
  #overridesLifted = 0;
  readonly #moves = new Map<
    string,
    { from: StateNumber; to: StateNumber; count: number; examples: Example[] }
  >();
  readonly #flows = new Map<string, PreviewedFlow>();

  add(connectionId: string, chunk: ChunkPreview, flows: readonly PreviewedFlow[]): void {
    this.lookedAt += chunk.lookedAt;
    this.#overridesLifted += chunk.overridesLifted;
    for (const move of chunk.moves) {
      const key = `${move.from}:${move.to}`;
      const known = this.#moves.get(key) ?? { from: move.from, to: move.to, count: 0, examples: [] };
      this.#moves.set(key, known);
      known.count += 1;
      if (known.examples.length < exampleLimit) known.examples.push({ ...move, connectionId });
    }
    for (const flow of flows) {
      const known = this.#flows.get(flow.flowId);
      this.#flows.set(flow.flowId, known ? sumOf(known, flow) : flow);
    }
  }

  /** Some of every kind of move, the frequent kinds first. */
  examples(): Example[] {
    const kinds = this.#sortedMoves().map(({ examples }) => examples);
    return Array.from({ length: exampleLimit }, (_, place) => kinds.flatMap((kind) => kind[place] ?? []))
      .flat()
      .slice(0, exampleLimit);
  }

  result(examples: PreviewResult['examples']): PreviewResult {
    const moves = this.#sortedMoves().map(({ from, to, count }) => ({ from, to, count }));
    return {
      moving: moves.reduce((sum, { count }) => sum + count, 0),
      moves,
      examples,
      flows: [...this.#flows.values()].toSorted((one, other) => one.flowName.localeCompare(other.flowName)),
      overridesLifted: this.#overridesLifted,
    };
  }

  #sortedMoves() {
    return [...this.#moves.values()].toSorted(
      (one, other) => other.count - one.count || one.from - other.from || one.to - other.to,
    );
  }
}

function sumOf(one: PreviewedFlow, other: PreviewedFlow): PreviewedFlow {
  return {
    flowId: one.flowId,
    flowName: one.flowName,
    ending: one.ending + other.ending,
    resuming: one.resuming + other.resuming,
    starting: one.starting + other.starting,
    startingWithoutEmail: one.startingWithoutEmail + other.startingWithoutEmail,
    stale: one.stale + other.stale,
    duplicate: one.duplicate + other.duplicate,
    history: one.history + other.history,
  };
}
