import type { Clock } from '../clock.ts';
import { findNode } from '../flow/nextSteps.ts';
import { findLanding, planMove } from '../flow/planMove.ts';
import type { Database } from '../repositories/database.ts';
import { loadGraphs } from '../repositories/flowRunRepository.ts';
import { listMoves } from '../repositories/moveRepository.ts';
import {
  applyMoves,
  endMove,
  loadMove,
  requestMove,
  type MovableRun,
  type RunMove,
} from '../repositories/runMendRepository.ts';
import type { FlowGraph } from '../schemas/flow.ts';
import { stepAt } from './stepAt.ts';

const batchSize = 200;

interface Target {
  flowId: string;
  versionId: string;
}

/**
 * Takes people under way to another version, batch by batch. Who is at a step that a worker holds is taken once that is
 * settled; what is interrupted goes on with the next round of due work.
 */
export class RunMover {
  readonly #deps: { database: Database; clock: Clock; systemClock: Clock };

  constructor(deps: { database: Database; clock: Clock; systemClock: Clock }) {
    this.#deps = deps;
  }

  /** Moves all that can be moved now; answers how many. */
  async moveRuns(move: {
    workspaceId: string;
    flowId: string;
    versionId: string;
    actor: string;
  }): Promise<number> {
    const { database, clock } = this.#deps;
    await requestMove(database, { ...move, now: clock.now() });
    return this.#moveAll(move);
  }

  /** Goes on with moves that were interrupted, or that had to wait for somebody's step. */
  async continueMoves(): Promise<number> {
    let moved = 0;
    for (const target of await listMoves(this.#deps.database)) moved += await this.#moveAll(target);
    return moved;
  }

  async #moveAll({ flowId, versionId }: Target): Promise<number> {
    const { database, clock, systemClock } = this.#deps;
    const graphs = await loadGraphs(database, [versionId]);
    // Nobody is taken to a version that cannot be read.
    if (!graphs.has(versionId)) return 0;
    let moved = 0;
    for (let after = ''; ;) {
      const page = { flowId, after, limit: batchSize, systemNow: systemClock.now() };
      const runs = await loadMove(database, page);
      const moves = await this.#planAll(runs, versionId, graphs);
      if (moves.length > 0) {
        const { systemNow } = page;
        moved += await applyMoves(database, { flowId, moves, now: clock.now(), systemNow });
      }
      if (runs.length < batchSize) break;
      after = runs.at(-1)?.aloneKey ?? after;
    }
    await endMove(database, { flowId, versionId, now: clock.now() });
    return moved;
  }

  async #planAll(runs: MovableRun[], targetId: string, graphs: Map<string, FlowGraph>): Promise<RunMove[]> {
    const missing = [...new Set(runs.map(({ versionId }) => versionId))].filter((id) => !graphs.has(id));
    if (missing.length > 0)
      for (const [id, graph] of await loadGraphs(this.#deps.database, missing)) graphs.set(id, graph);
    const target = graphs.get(targetId);
    if (!target) return [];
    const landings = new Map(
      [...new Set(runs.map(({ versionId }) => versionId))].flatMap((id) => {
        const graph = graphs.get(id);
        return graph ? [[id, planMove(graph, target)]] : [];
      }),
    );
    const now = this.#deps.clock.now();
    return runs.flatMap((run) => {
      const { step, runId, versionId } = run;
      if (!step || step.isHeld) return [];
      const landing = findLanding(step.nodeId, landings.get(versionId), target);
      // Of whose way nothing is known, that is not over: who cannot go on is parked where he is.
      if (landing === undefined) return [];
      const node = landing === null ? undefined : findNode(target, landing);
      // Who stays where he is goes on waiting from when he came; who has to go elsewhere begins there now.
      const enteredAt = node?.id === step.nodeId ? step.enteredAt : now;
      const to = node ? stepAt(node, { visit: step.visit, enteredAt, facts: run }) : null;
      return [{ runId, stepId: step.id, versionId, targetId, to }];
    });
  }
}
