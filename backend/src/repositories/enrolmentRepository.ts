import { z } from 'zod';
import { call, type Database } from './database.ts';

/** Whom a flow's trigger speaks of, and who of them may enter. */
export interface Audience {
  /** Whose runs stand in the way; null: a flow that has none yet. */
  flowId: string | null;
  states: readonly number[];
  /** None: those of all tenants. */
  connectionIds: readonly string[];
  oneFor: 'customer' | 'journey';
  again: 'each_time' | 'once' | 'after_days';
  againAfterDays: number;
}

/** How many runs would begin if everybody in each of these audiences entered its flow now, in their order. */
export async function countEntrants(
  database: Database,
  { workspaceId, audiences, now }: { workspaceId: string; audiences: readonly Audience[]; now: Date },
): Promise<number[]> {
  const parameters = {
    p_workspace: workspaceId,
    p_audiences: audiences.map(audienceRow),
    p_now: now.toISOString(),
  };
  return call(database, 'count_entrants', parameters, z.array(z.number()));
}

const entrant = z.object({
  journeyId: z.uuid(),
  /** Of those with the same key one only enters. */
  entrantKey: z.string(),
});

/** Some of an audience, one by one. */
export async function sampleEntrants(
  database: Database,
  sample: { workspaceId: string; audience: Audience; limit: number; now: Date },
): Promise<z.infer<typeof entrant>[]> {
  const parameters = {
    p_workspace: sample.workspaceId,
    p_audience: audienceRow(sample.audience),
    p_limit: sample.limit,
    p_now: sample.now.toISOString(),
  };
  return call(database, 'sample_entrants', parameters, z.array(entrant));
}

function audienceRow(audience: Audience): Record<string, unknown> {
  const { flowId, states, connectionIds, oneFor, again, againAfterDays } = audience;
  return {
    flow_id: flowId,
    states,
    connection_ids: connectionIds.length === 0 ? null : connectionIds,
    one_for: oneFor,
    again,
    again_after_days: againAfterDays,
  };
}
