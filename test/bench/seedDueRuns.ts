import type { Database } from '#backend/repositories/database.ts';
import { FlowService } from '#backend/services/FlowService.ts';
import { findAction } from '#integrations/registry.ts';

export type Sql = (text: string) => Promise<unknown>;

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
  const workspaceId = crypto.randomUUID();
  await sql(
    `insert into workspaces (id, name, slug, sender_name, sender_email, postal_address, phone, website, review_url, created_at, updated_at)
     values ('${workspaceId}', 'Demo Home Services', 'bench', 'Demo Home Services', 'hello@demo.example.com',
       E'1 Test Street\\nSampleton, CA 90000', '(555) 555-0100', 'https://demo.example.com', 'https://demo.example.com/review', ${at}, ${at})`,
  );
  await sql(
    `insert into integration_connections (workspace_id, integration_id, name, environment, tenant_id, time_zone, live_from, created_at, updated_at)
     values ('${workspaceId}', 'servicetitan', 'SOCAL', 'sandbox', 410387862, 'America/Los_Angeles', ${at}, ${at}, ${at})`,
  );
  const flows = new FlowService({
    database,
    clock: { now: () => now },
    findAction: (id) => findAction(id)?.action,
  });
  await flows.installLifecycleFlows(workspaceId, now);
  await sql(
    `insert into contacts (workspace_id, connection_id, source_type, source_id, name, email, created_at, updated_at)
     select c.workspace_id, c.id, 'customer', n, 'Testa Fictional ' || n, 'person' || n || '@example.com', ${at}, ${at}
     from integration_connections c, generate_series(1, ${customers}) n`,
  );
  await sql(
    `insert into customer_servicetitan_state (workspace_id, contact_id, servicetitan_customer_id, current_state, state_changed_at, created_at,
       updated_at, connection_id, root_type, root_id, rule_state, explanation, would_change, job_id)
     select workspace_id, id, source_id, 1, ${at}, ${at}, ${at}, connection_id, 'job', source_id, 1, '', '', source_id from contacts`,
  );
  await sql(
    `insert into flow_runs (workspace_id, flow_id, version_id, connection_id, journey_id, contact_id, entry_group, state, started_at)
     select f.workspace_id, f.id, f.published_version_id, j.connection_id, j.id, j.contact_id, gen_random_uuid(), 1, ${at}
     from flows f, customer_servicetitan_state j where f.trigger_state = 1`,
  );
  await sql(
    `insert into flow_steps (workspace_id, run_id, node_id, status, due_at, entered_at)
     select workspace_id, id, 'trigger', 'pending', ${at}, ${at} from flow_runs`,
  );
}
