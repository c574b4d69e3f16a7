export type Sql = (text: string) => Promise<unknown>;

/** A workspace with one connection and so many customers, each with a journey in a state; answers the workspace's id. */
export async function seedCustomers({
  sql,
  customers,
  state,
  now,
}: {
  sql: Sql;
  customers: number;
  state: number;
  now: Date;
}): Promise<string> {
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
  await sql(
    `insert into contacts (workspace_id, connection_id, source_type, source_id, name, email, created_at, updated_at)
     select c.workspace_id, c.id, 'customer', n, 'Testa Fictional ' || n, 'person' || n || '@example.com', ${at}, ${at}
     from integration_connections c, generate_series(1, ${customers}) n`,
  );
  await sql(
    `insert into customer_servicetitan_state (workspace_id, contact_id, servicetitan_customer_id, current_state, state_changed_at, created_at,
       updated_at, connection_id, root_type, root_id, rule_state, explanation, would_change, job_id)
     select workspace_id, id, source_id, ${state}, ${at}, ${at}, ${at}, connection_id, 'job', source_id, ${state}, '', '', source_id from contacts`,
  );
  return workspaceId;
}
