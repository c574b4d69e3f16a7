import type { Database } from '#backend/repositories/database.ts';
import { FlowService } from '#backend/services/FlowService.ts';
import { findAction } from '#integrations/registry.ts';
import { seedCustomers, type Sql } from './seedCustomers.ts';

/** A workspace in which so many customers have just become leads: each has a run whose first step is due. */
export async function seedDueRuns({
  database,
  sql,
  customers,
  now,
}: {
  database: Database;
  sql: Sql;
  customers: number;
  now: Date;
}): Promise<void> {
  const at = `timestamptz '${now.toISOString()}'`;
  const workspaceId = await seedCustomers({ sql, customers, state: 1, now });
  const flows = new FlowService({
    database,
    clock: { now: () => now },
    findAction: (id) => findAction(id)?.action,
    secrets: { seal: (_workspaceId, graph) => graph, problems: () => [] },
  });
  await flows.installLifecycleFlows(workspaceId, now);
  await sql(
    `insert into flow_runs (workspace_id, flow_id, version_id, connection_id, journey_id, contact_id, entry_group, state, started_at)
     select f.workspace_id, f.id, f.published_version_id, j.connection_id, j.id, j.contact_id, gen_random_uuid(), 1, ${at}
     from flows f join flow_triggers t on t.flow_id = f.id, customer_servicetitan_state j where t.state = 1`,
  );
  await sql(
    `insert into flow_steps (workspace_id, run_id, node_id, status, due_at, entered_at)
     select workspace_id, id, 'trigger', 'pending', ${at}, ${at} from flow_runs`,
  );
}
