/** Where the ids of what is filled in begin: no sandbox tenant has records there. */
const firstId = 10_000_000;

/** SQL expressions by column; `n` counts the rows. */
type Columns = Readonly<Record<string, string>>;

const at = `now() - n * interval '3 minutes'`;
const stamp = `to_char((${at}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".0000000Z"')`;
const anId = `${firstId} + n`;
const uuid = (number: string) => `('00000000-0000-4000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
const text = `md5(n::text)`;
const key = `'job:' || n`;
const state = `(array[0, 0, 0, 0, 1, 2, 2.5, 3, 4, 5, 5.5, 6])[1 + n % 12]`;
const email = `'person' || n || '@example.com'`;
/** What has an id of its own beside has a random one, which comes after it. */
export const lastFilledId = '00000000-0000-4000-8000-ffffffffffff';
/** For a column that most other tables have. */
const absent = 'absent';
/** Work of other connections, which nobody does here. */
const another = `md5('another ' || n % 50)::uuid`;

/**
 * SQL that makes a connection look as one of so many customers does after some years: what was mirrored, derived, started,
 * sent and logged, with values as unlike each other as real ones. Foreign keys must not be checked meanwhile: not all
 * that is referred to is there.
 */
export function fillTenantSql({
  connectionId,
  customers,
}: {
  connectionId: string;
  customers: number;
}): string[] {
  const jobs = Math.round(customers * 1.16);
  const runs = Math.round(customers / 2);
  const few = customers / 5;
  // Neighbours in one column are far apart in the others, as they are after years of changes.
  const anyContact = uuid(`1 + (n * 7919) % ${customers}`);
  // What belongs together names the same job and customer: by links at random, everybody would hang together with everybody.
  const jobNumber = `(1 + (n * 104729) % ${jobs})`;
  const anyJob = `${firstId} + ${jobNumber}`;
  const customerOf = (job: string) => `${firstId} + 1 + (${job} * 7919) % ${customers}`;
  const projectOf = (job: string) => `case when ${job} % 5 = 0 then ${customerOf(job)} end`;
  const anyRun = `1 + (n * 7919) % ${runs}`;
  const anyCustomer = customerOf('n');
  const flowOf = (run: string) => `(f.flows)[1 + (${run}) % cardinality(f.flows)]`;
  const versionOf = (run: string) => `(f.versions)[1 + (${run}) % cardinality(f.flows)]`;

  function insert(table: string, count: number, columns: Columns): string {
    const all: Columns = { workspace_id: 'c.workspace_id', connection_id: 'c.id', ...columns };
    const names = Object.keys(all).filter((name) => all[name] !== absent);
    return `insert into public.${table} (${names.join(', ')})
      select ${names.map((name) => all[name]).join(', ')}
      from public.integration_connections c
      cross join (select array_agg(id order by id) as flows, array_agg(published_version_id order by id) as versions from public.flows) as f
      cross join generate_series(1::bigint, ${Math.round(count)}) as n
      where c.id = '${connectionId}'`;
  }

  function records(resource: string, count: number, links: Columns): string {
    return insert('servicetitan_records', count, {
      resource: `'${resource}'`,
      record_id: anId,
      modified_on: stamp,
      active: 'true',
      data: `jsonb_build_object('id', ${anId}, 'name', ${text}, 'summary', repeat(${text}, 6), 'createdOn', ${stamp},
        'jobNumber', n::text, 'jobStatus', 'Completed')`,
      read_at: at,
      first_read_at: at,
      ...links,
    });
  }

  return [
    records('customers', customers, { merged_to_id: `case when n % 100 = 0 then ${anyCustomer} end` }),
    records('customer_contacts', customers, { customer_id: anyCustomer }),
    records('jobs', jobs, {
      customer_id: anyCustomer,
      project_id: projectOf('n'),
      estimate_id: `case when n % 8 = 0 then ${anId} end`,
    }),
    records('appointments', jobs, { job_id: anyJob }),
    records('canceled_logs', jobs / 10, { job_id: anyJob }),
    records('estimates', customers * 0.78, {
      customer_id: customerOf(jobNumber),
      job_id: anyJob,
      project_id: projectOf(jobNumber),
    }),
    records('leads', customers * 0.17, {
      customer_id: `case when n % 10 > 0 then ${anyCustomer} end`,
      booking_id: `case when n % 20 = 0 then ${firstId} + n / 20 end`,
    }),
    records('bookings', customers / 10, { job_id: `case when n % 2 = 0 then ${anyJob} end` }),
    insert('full_pass_records', few, { connection_id: another, resource: `'jobs'`, record_id: anId }),
    insert('rejected_records', few, {
      connection_id: another,
      resource: `'jobs'`,
      record_id: anId,
      issues: `'[]'`,
      read_at: at,
    }),
    insert('contacts', customers, {
      id: uuid('n'),
      source_type: `'customer'`,
      source_id: anId,
      name: text,
      email,
      created_at: at,
      updated_at: at,
    }),
    insert('customer_servicetitan_state', jobs, {
      id: uuid('n'),
      contact_id: anyContact,
      servicetitan_customer_id: anyCustomer,
      current_state: state,
      rule_state: state,
      job_id: anId,
      root_type: `'job'`,
      root_id: anId,
      entering_key: key,
      explanation: text,
      would_change: text,
      next_due_at: `case when ${state} > 0 then now() + interval '1 day' + n * interval '1 minute' end`,
      state_changed_at: at,
      created_at: at,
      updated_at: at,
    }),
    insert('state_transitions', jobs, {
      journey_id: uuid('n'),
      contact_id: anyContact,
      from_state: '0',
      to_state: state,
      entering_key: key,
      explanation: text,
      recorded_at: at,
      source: `'poll'`,
    }),
    insert('state_overrides', few, {
      journey_id: uuid('n * 5'),
      state: '0',
      reason: `'The flow is done.'`,
      set_by: `'flow'`,
      source: `'flow'`,
      set_on: `'2026-01-01T00:00:00.0000000Z'`,
      rule_state_then: '1',
      lifted_at: `case when n % 2 = 0 then ${at} end`,
    }),
    insert('state_entries', jobs, {
      journey_id: uuid('n'),
      state,
      entering_key: key,
      entry_group: uuid('n'),
      outcome: `'started'`,
      recorded_at: at,
    }),
    insert('derivation_queue', few, {
      connection_id: another,
      entity: `'jobs'`,
      entity_id: anId,
      source: `'poll'`,
    }),
    insert('flow_runs', runs, {
      id: uuid('n'),
      flow_id: flowOf('n'),
      version_id: versionOf('n'),
      journey_id: uuid('n'),
      contact_id: anyContact,
      entry_group: uuid('n'),
      person_key: `'customer:' || c.id || ':' || ${anyCustomer}`,
      alone_key: `'customer:' || c.id || ':' || ${anyCustomer}`,
      state,
      status: `case when n % 5 = 0 then 'active' else 'done' end`,
      started_at: at,
      ended_at: `case when n % 5 > 0 then ${at} end`,
    }),
    insert('flow_starts', runs, {
      connection_id: absent,
      entry_group: uuid('n'),
      flow_id: flowOf('n'),
      outcome: `'started'`,
      run_id: uuid('n'),
      recorded_at: at,
    }),
    insert('flow_steps', customers, {
      run_id: uuid(anyRun),
      flow_id: flowOf(anyRun),
      node_id: `'node ' || n`,
      status: `case when n % 5 = 0 then 'pending' else 'done' end`,
      due_at: `case when n % 5 = 0 then now() + interval '1 day' + n * interval '1 minute' else ${at} end`,
      entered_at: at,
      finished_at: `case when n % 5 > 0 then ${at} end`,
      watch: `n % 50 = 0`,
    }),
    insert('contact_replies', few, { connection_id: absent, contact_id: uuid('n'), at }),
    insert('alerts', few, {
      connection_id: absent,
      kind: `'run_parked'`,
      flow_id: flowOf('n'),
      run_id: uuid('n'),
      contact_id: anyContact,
      message: text,
      created_at: at,
      mailed_at: at,
      closed_at: `case when n % 100 > 0 then ${at} end`,
      closed_by: `'owner@company.example'`,
    }),
    insert('team_mails', few, {
      connection_id: absent,
      id: uuid('n'),
      run_id: uuid('n'),
      to_email: email,
      subject: text,
      handed_over_at: at,
      finished_at: at,
      status: `'sent'`,
    }),
    insert('messages', customers, {
      connection_id: absent,
      run_id: uuid(anyRun),
      flow_id: flowOf(anyRun),
      journey_id: uuid(anyRun),
      contact_id: anyContact,
      class: `'marketing'`,
      send_key: `'key ' || n`,
      to_email: email,
      subject: text,
      html: `repeat(${text}, 6)`,
      body_text: text,
      message_id: `'<' || n || '@example.com>'`,
      status: `case when n % 50 = 0 then 'queued' else 'sent' end`,
      due_at: `case when n % 50 = 0 then now() + interval '1 day' + n * interval '1 minute' else ${at} end`,
      created_at: at,
      sent_at: `case when n % 50 > 0 then ${at} end`,
    }),
    insert('suppressions', few, {
      email,
      reason: `'unsubscribe'`,
      source: `case when n % 2 = 0 then 'unsubscribe' else 'servicetitan' end`,
      written_back_at: at,
      created_at: at,
    }),
    insert('sync_runs', few, {
      connection_id: another,
      source: `'poll'`,
      status: `'succeeded'`,
      started_at: `now() - n * interval '2 minutes'`,
      finished_at: `now() - n * interval '2 minutes'`,
    }),
    insert('webhook_events', few, {
      occurrence_id: text,
      type: `'tn.jpm.job-updated'`,
      happened_at: `now() - n * interval '30 seconds'`,
      received_at: `now() - n * interval '30 seconds'`,
    }),
    insert('change_events', few, {
      connection_id: absent,
      type: `'journey'`,
      payload: `'{}'`,
      at: `now() - n * interval '4 seconds'`,
    }),
    insert('audit_log', few, {
      connection_id: absent,
      actor: `'owner@company.example'`,
      action: `'state.set'`,
      subject: key,
      at,
    }),
  ];
}
