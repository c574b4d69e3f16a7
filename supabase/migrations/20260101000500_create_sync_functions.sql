-- What two workers could do at once in a sync: leases, ingest with its cursor, the derivation's reading and its applying.

create function public.acquire_lease(p_name text, p_holder text, p_seconds int, p_system_now timestamptz) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_holder text;
begin
  insert into public.leases as l (name, holder, expires_at)
  values (p_name, p_holder, p_system_now + make_interval(secs => p_seconds))
  on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
    where l.holder = excluded.holder or l.expires_at <= p_system_now
  returning l.holder into v_holder;
  return v_holder is not null;
end
$$;
comment on function public.acquire_lease(text, text, int, timestamptz) is 'Takes or renews a lease; false while somebody else holds it.';

create function public.release_lease(p_name text, p_holder text) returns void
language sql volatile security invoker
set search_path = ''
as $$
  delete from public.leases where name = p_name and holder = p_holder
$$;
comment on function public.release_lease(text, text) is 'Gives a lease back.';

-- ---------------------------------------------------------------- ingest

create function public.ingest_records(
  p_connection uuid, p_resource text, p_run uuid, p_records jsonb, p_rejected jsonb, p_cursor text, p_read_at timestamptz, p_source text
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_workspace uuid;
  v_counts jsonb;
begin
  select c.workspace_id into v_workspace from public.integration_connections c where c.id = p_connection;
  if v_workspace is null then
    raise exception 'This connection does not exist.' using errcode = 'PT404';
  end if;

  with parsed as (
    select (e.value ->> 'id')::bigint as record_id,
      coalesce(e.value ->> 'modifiedOn', e.value ->> 'createdOn') as modified_on,
      coalesce((e.value ->> 'active')::boolean, true) as active,
      case when p_resource in ('jobs', 'leads', 'estimates', 'customer_contacts', 'appointments') then (e.value ->> 'customerId')::bigint end as customer_id,
      case when p_resource in ('appointments', 'canceled_logs', 'estimates', 'bookings') then (e.value ->> 'jobId')::bigint end as job_id,
      case when p_resource in ('jobs', 'estimates') then (e.value ->> 'projectId')::bigint end as project_id,
      case when p_resource = 'jobs' then (e.value ->> 'createdFromEstimateId')::bigint end as estimate_id,
      case when p_resource = 'leads' then (e.value ->> 'bookingId')::bigint end as booking_id,
      case when p_resource = 'customers' then (e.value ->> 'mergedToId')::bigint end as merged_to_id,
      e.value as data,
      e.position
    from jsonb_array_elements(p_records) with ordinality as e (value, position)
  ),
  incoming as (
    -- One page may hold a record twice: the newest counts, of canceled logs the inactive one.
    select distinct on (record_id) *
    from parsed
    order by record_id, (p_resource = 'canceled_logs' and not active) desc, modified_on desc, position desc
  ),
  previous as (
    select r.record_id, r.customer_id, r.job_id, r.project_id, r.estimate_id, r.booking_id, r.merged_to_id
    from public.servicetitan_records r
    join incoming i on i.record_id = r.record_id
    where r.connection_id = p_connection and r.resource = p_resource
  ),
  written as (
    insert into public.servicetitan_records as r (
      connection_id, workspace_id, resource, record_id, modified_on, active, customer_id, job_id, project_id, estimate_id, booking_id,
      merged_to_id, data, read_at, sync_run_id, first_read_at)
    select p_connection, v_workspace, p_resource, i.record_id, i.modified_on, i.active, i.customer_id, i.job_id, i.project_id, i.estimate_id,
      i.booking_id, i.merged_to_id, i.data, p_read_at, p_run, p_read_at
    from incoming i
    order by i.record_id
    on conflict (connection_id, resource, record_id) do update set
      modified_on = excluded.modified_on, active = excluded.active, customer_id = excluded.customer_id, job_id = excluded.job_id,
      project_id = excluded.project_id, estimate_id = excluded.estimate_id, booking_id = excluded.booking_id,
      merged_to_id = excluded.merged_to_id, data = excluded.data, read_at = excluded.read_at, sync_run_id = excluded.sync_run_id
      where r.data is distinct from excluded.data
        and case
          when r.resource = 'canceled_logs' then r.active and (not excluded.active or excluded.read_at >= r.read_at)
          else excluded.modified_on > r.modified_on or (excluded.modified_on = r.modified_on and excluded.read_at >= r.read_at)
        end
    returning r.record_id, r.customer_id, r.job_id, r.project_id, r.estimate_id, r.booking_id, r.merged_to_id
  ),
  -- A changed record touches itself and whatever it was linked to before; what it is linked to now is found from it.
  touched as (
    select case when p_resource in ('customers', 'leads', 'bookings', 'jobs', 'estimates') then p_resource end as entity, w.record_id as entity_id from written w
    union select 'jobs', w.job_id from written w where p_resource in ('appointments', 'canceled_logs')
    union select 'customers', w.customer_id from written w where p_resource = 'customer_contacts'
    union select 'customers', p.customer_id from previous p join written w using (record_id) where p_resource in ('jobs', 'leads', 'estimates', 'customer_contacts') and p.customer_id is distinct from w.customer_id
    union select 'jobs', p.job_id from previous p join written w using (record_id) where p.job_id is distinct from w.job_id
    union select 'projects', p.project_id from previous p join written w using (record_id) where p.project_id is distinct from w.project_id
    union select 'estimates', p.estimate_id from previous p join written w using (record_id) where p.estimate_id is distinct from w.estimate_id
    union select 'bookings', p.booking_id from previous p join written w using (record_id) where p.booking_id is distinct from w.booking_id
    union select 'customers', p.merged_to_id from previous p join written w using (record_id) where p.merged_to_id is distinct from w.merged_to_id
  ),
  queued as (
    insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source)
    select v_workspace, p_connection, t.entity, t.entity_id, p_source
    from touched t
    where t.entity is not null and t.entity_id is not null and p_resource not in ('job_types', 'business_units', 'cancel_reasons')
    returning 1
  ),
  mended as (
    delete from public.rejected_records j using incoming i
    where j.connection_id = p_connection and j.resource = p_resource and j.record_id = i.record_id
  )
  select jsonb_build_object(
    'new', (select count(*) from written w where not exists (select 1 from previous p where p.record_id = w.record_id)),
    'changed', (select count(*) from written w where exists (select 1 from previous p where p.record_id = w.record_id)),
    'skipped', (select count(*) from parsed) - (select count(*) from written),
    'queued', (select count(*) from queued))
  into v_counts;

  insert into public.rejected_records (connection_id, workspace_id, resource, record_id, issues, sync_run_id, read_at)
  select distinct on (coalesce((e.value ->> 'id')::bigint, 0)) p_connection, v_workspace, p_resource, coalesce((e.value ->> 'id')::bigint, 0), e.value -> 'issues', p_run, p_read_at
  from jsonb_array_elements(p_rejected) as e (value)
  on conflict (connection_id, resource, record_id) do update set issues = excluded.issues, sync_run_id = excluded.sync_run_id, read_at = excluded.read_at;

  insert into public.sync_cursors as s (connection_id, workspace_id, resource, cursor, last_modified_on, failures, last_error, last_read_at)
  values (p_connection, v_workspace, p_resource, p_cursor,
    (select max(coalesce(e.value ->> 'modifiedOn', e.value ->> 'createdOn')) from jsonb_array_elements(p_records) as e (value)), 0, null, p_read_at)
  on conflict (connection_id, resource) do update set
    cursor = coalesce(excluded.cursor, s.cursor),
    last_modified_on = greatest(s.last_modified_on, excluded.last_modified_on),
    failures = 0, last_error = null, last_read_at = excluded.last_read_at;

  return v_counts;
end
$$;
comment on function public.ingest_records(uuid, text, uuid, jsonb, jsonb, text, timestamptz, text) is
  'Stores one page of records, sets aside the rejected ones, queues what they touch and moves the cursor: all or nothing. Replays change nothing.';

create function public.note_read_failure(p_connection uuid, p_resource text, p_error text, p_read_at timestamptz) returns void
language sql volatile security invoker
set search_path = ''
as $$
  insert into public.sync_cursors as s (connection_id, workspace_id, resource, failures, last_error, last_read_at)
  select c.id, c.workspace_id, p_resource, 1, p_error, p_read_at from public.integration_connections c where c.id = p_connection
  on conflict (connection_id, resource) do update set failures = s.failures + 1, last_error = excluded.last_error, last_read_at = excluded.last_read_at
$$;
comment on function public.note_read_failure(uuid, text, text, timestamptz) is 'Remembers that reading a resource failed; its cursor stays.';

create function public.note_idle_reads(p_connection uuid, p_resources text[], p_read_at timestamptz) returns void
language sql volatile security invoker
set search_path = ''
as $$
  insert into public.sync_cursors as s (connection_id, workspace_id, resource, last_read_at)
  select c.id, c.workspace_id, r.resource, p_read_at
  from public.integration_connections c cross join unnest(p_resources) as r (resource)
  where c.id = p_connection
  order by r.resource
  on conflict (connection_id, resource) do update set failures = 0, last_error = null, last_read_at = excluded.last_read_at
$$;
comment on function public.note_idle_reads(uuid, text[], timestamptz) is 'Remembers reads that brought nothing; the cursors stay.';

-- ---------------------------------------------------------------- derivation: reading

create function public.record_neighbors(p_connection uuid, p_entity text, p_id bigint) returns table (entity text, entity_id bigint)
language sql stable security invoker
set search_path = ''
as $$
  -- Where the record itself points.
  select l.entity, l.entity_id
  from public.servicetitan_records r
  cross join lateral (values
    ('customers', r.customer_id), ('customers', r.merged_to_id), ('jobs', r.job_id),
    ('projects', r.project_id), ('estimates', r.estimate_id), ('bookings', r.booking_id)
  ) as l (entity, entity_id)
  where r.connection_id = p_connection and r.resource = p_entity and r.record_id = p_id and l.entity_id is not null
  -- What points at it.
  union all
  select r.resource, r.record_id from public.servicetitan_records r
  where p_entity = 'customers' and r.connection_id = p_connection and r.customer_id = p_id and r.resource in ('jobs', 'leads', 'estimates')
  union all
  select 'customers', r.record_id from public.servicetitan_records r
  where p_entity = 'customers' and r.connection_id = p_connection and r.merged_to_id = p_id
  union all
  select r.resource, r.record_id from public.servicetitan_records r
  where p_entity = 'jobs' and r.connection_id = p_connection and r.job_id = p_id and r.resource in ('estimates', 'bookings')
  union all
  select 'jobs', r.record_id from public.servicetitan_records r
  where p_entity = 'estimates' and r.connection_id = p_connection and r.estimate_id = p_id
  union all
  select 'leads', r.record_id from public.servicetitan_records r
  where p_entity = 'bookings' and r.connection_id = p_connection and r.booking_id = p_id and r.resource = 'leads'
  union all
  select r.resource, r.record_id from public.servicetitan_records r
  where p_entity = 'projects' and r.connection_id = p_connection and r.project_id = p_id and r.resource in ('jobs', 'estimates')
  -- A row must always be derived together with its root, wherever that has gone.
  union all
  select s.root_type || 's', s.root_id from public.customer_servicetitan_state s
  where p_entity = 'customers' and s.connection_id = p_connection and s.servicetitan_customer_id = p_id
$$;
comment on function public.record_neighbors(uuid, text, bigint) is 'The records one link away: the links that journeys are derived over.';

create function public.load_derivation(p_connection uuid, p_limit int, p_include_records boolean) returns jsonb
language plpgsql stable security invoker
set search_path = ''
as $$
declare
  v_source text;
  v_reached jsonb;
begin
  -- Overrides and due timers first. Changed settings come before a poll reads anything; when records of a failed poll are still
  -- queued, these go first, so that their news is not taken for a matter of settings.
  select o.source into v_source
  from (values ('manual', 1), ('flow', 1), ('timer', 2), ('webhook', 3), ('poll', 3), ('settings', 4)) as o (source, rank)
  where exists (select 1 from public.derivation_queue d where d.connection_id = p_connection and d.source = o.source)
  order by o.rank, o.source limit 1;
  if v_source in ('webhook', 'poll') and not p_include_records then return null; end if;
  if v_source is null then return null; end if;

  with recursive reach (entity, entity_id) as (
    select d.entity, d.entity_id from (
      select q.entity, q.entity_id from public.derivation_queue q
      where q.connection_id = p_connection and q.source = v_source
      order by q.id limit p_limit
    ) d
    union
    select n.entity, n.entity_id from reach r cross join lateral public.record_neighbors(p_connection, r.entity, r.entity_id) n
  )
  select jsonb_agg(jsonb_build_array(entity, entity_id)) into v_reached from reach;

  return (
    with reach as (
      select e.value ->> 0 as entity, (e.value ->> 1)::bigint as entity_id from jsonb_array_elements(v_reached) as e (value)
    ),
    records as (
      select r.resource, r.data from reach n
      join public.servicetitan_records r on r.connection_id = p_connection and r.resource = n.entity and r.record_id = n.entity_id
      union all
      select r.resource, r.data from reach n
      join public.servicetitan_records r on r.connection_id = p_connection and r.job_id = n.entity_id and r.resource in ('appointments', 'canceled_logs')
      where n.entity = 'jobs'
      union all
      select r.resource, r.data from reach n
      join public.servicetitan_records r on r.connection_id = p_connection and r.customer_id = n.entity_id and r.resource = 'customer_contacts'
      where n.entity = 'customers'
    ),
    rows_ as (
      select s.* from reach n
      join public.customer_servicetitan_state s on s.connection_id = p_connection and s.root_type = left(n.entity, -1) and s.root_id = n.entity_id
    )
    select jsonb_build_object(
      'source', v_source,
      'derivation', (select c.derivations from public.integration_connections c where c.id = p_connection),
      'records', coalesce((select jsonb_object_agg(g.resource, g.items) from (select resource, jsonb_agg(data) as items from records group by resource) g), '{}'),
      'rows', coalesce((select jsonb_agg(to_jsonb(x)) from rows_ x), '[]'),
      'overrides', coalesce((select jsonb_agg(to_jsonb(o)) from public.state_overrides o join rows_ x on x.id = o.journey_id where o.lifted_at is null), '[]'),
      'queueIds', coalesce((select jsonb_agg(q.id) from public.derivation_queue q join reach n on n.entity = q.entity and n.entity_id = q.entity_id
        where q.connection_id = p_connection and q.source = v_source), '[]')
    )
  );
end
$$;
comment on function public.load_derivation(uuid, int, boolean) is
  'The next queued records with everything that they are linked to, their rows and overrides, and the queue ids that deriving them settles; null when nothing (without records: nothing of people, timers or settings) is queued.';

-- ---------------------------------------------------------------- derivation: applying

create function public.entered_at(p_change jsonb, p_now timestamptz) returns timestamptz
language sql stable security invoker
set search_path = ''
as $$
  -- A product that catches up with a clock that jumped learns of things before their time: they begin when they happened.
  -- In whole milliseconds, as p_now is: what happened just now must not lie ahead of it by the digits that it lacks.
  select greatest(p_now, case when (p_change ->> 'state')::numeric <> 0 then date_trunc('milliseconds', (p_change ->> 'happenedOn')::timestamptz) end)
$$;
comment on function public.entered_at(jsonb, timestamptz) is 'From when on what entering a state starts counts: now, or when it happened if that lies ahead.';

create function public.enter_state(
  p_row public.customer_servicetitan_state, p_transition jsonb, p_now timestamptz, p_at timestamptz
) returns text
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_state numeric := p_row.current_state;
  v_entry public.state_entries;
  v_group uuid;
  v_left_at timestamptz;
  v_outcome text;
  v_best text;
  v_flow record;
  v_run uuid;
begin
  select * into v_entry from public.state_entries e
  where e.connection_id = p_row.connection_id and e.state = v_state and e.entering_key = p_row.entering_key;

  if v_entry.id is null then
    -- A return may also come by another record that was there already when the journey left the state.
    select t.recorded_at into v_left_at from public.state_transitions t
    where t.journey_id = p_row.id and t.from_state = v_state order by t.id desc limit 1;
    if v_left_at is not null and (p_transition ->> 'enteringCreatedOn')::timestamptz <= v_left_at then
      select e.entry_group into v_group from public.state_entries e
      where e.journey_id = p_row.id and e.state = v_state order by e.recorded_at desc, e.id limit 1;
    end if;
    if v_group is not null then
      insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
      values (p_row.workspace_id, p_row.connection_id, p_row.id, v_state, p_row.entering_key, v_group, 'returned', p_now);
    end if;
  else
    v_group := v_entry.entry_group;
  end if;

  if v_group is not null then
    update public.flow_steps s set status = 'pending'
    from public.flow_runs r
    where r.entry_group = v_group and r.status = 'ended' and r.ended_reason = 'left_state' and s.run_id = r.id and s.status = 'canceled';
    update public.messages m set status = 'queued', reason = null, journey_id = p_row.id
    from public.flow_runs r join public.flows f on f.id = r.flow_id
    where r.entry_group = v_group and r.status = 'ended' and r.ended_reason = 'left_state'
      and m.run_id = r.id and m.status = 'skipped' and m.reason = 'left_state'
      and m.due_at > p_now - make_interval(hours => f.max_age_hours);
    -- The same record may come back in another row: what it started goes on there.
    update public.flow_runs r set status = 'active', ended_reason = null, ended_at = null, resumed_at = p_now, journey_id = p_row.id, contact_id = p_row.contact_id
    where r.entry_group = v_group and r.status = 'ended' and r.ended_reason = 'left_state';
    return case when found then 'resumed' else 'known' end;
  end if;

  v_group := gen_random_uuid();
  v_best := case when (p_transition ->> 'backfill')::boolean then 'backfill' when (p_transition ->> 'settings')::boolean then 'settings' else 'no_flow' end;

  for v_flow in
    select f.id, f.max_age_hours, v.id as version_id,
      (select n.value ->> 'id' from jsonb_array_elements(v.graph -> 'nodes') as n (value) where n.value ->> 'type' = 'trigger' limit 1) as trigger_node
    from public.flows f join public.flow_versions v on v.id = f.published_version_id
    where f.workspace_id = p_row.workspace_id and f.status in ('live', 'paused') and f.trigger_state = v_state
    order by f.id
  loop
    v_run := null;
    if v_best in ('backfill', 'settings') then
      v_outcome := v_best;
    elsif p_row.happened_on::timestamptz <= p_now - make_interval(hours => v_flow.max_age_hours)
      and (p_transition ->> 'enteringModifiedOn')::timestamptz <= p_now - make_interval(hours => v_flow.max_age_hours)
      and not (v_state in (2, 5) and (p_transition ->> 'appointmentAhead')::boolean) then
      v_outcome := 'stale';
    elsif v_state not in (2, 5, 6) and exists (
      select 1 from public.flow_runs r join public.customer_servicetitan_state j on j.id = r.journey_id
      where r.flow_id = v_flow.id and r.status = 'active' and r.journey_id <> p_row.id and j.connection_id = p_row.connection_id
        and (j.servicetitan_customer_id = p_row.servicetitan_customer_id or (p_row.servicetitan_customer_id is null and j.contact_id = p_row.contact_id))
    ) then
      v_outcome := 'duplicate';
    else
      v_outcome := 'started';
      insert into public.flow_runs (workspace_id, flow_id, version_id, connection_id, journey_id, contact_id, entry_group, state, job_id, entering_key, started_at)
      values (p_row.workspace_id, v_flow.id, v_flow.version_id, p_row.connection_id, p_row.id, p_row.contact_id, v_group, v_state, p_row.job_id, p_row.entering_key, p_at)
      returning id into v_run;
      insert into public.flow_steps (workspace_id, run_id, node_id, status, due_at, entered_at)
      values (p_row.workspace_id, v_run, v_flow.trigger_node, 'pending', p_at, p_at);
    end if;
    insert into public.flow_starts (entry_group, workspace_id, flow_id, outcome, run_id, recorded_at)
    values (v_group, p_row.workspace_id, v_flow.id, v_outcome, v_run, p_now);
    if v_best = 'no_flow' or v_outcome = 'started' then v_best := v_outcome; end if;
  end loop;

  insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
  values (p_row.workspace_id, p_row.connection_id, p_row.id, v_state, p_row.entering_key, v_group, v_best, p_now);
  return v_best;
end
$$;
comment on function public.enter_state(public.customer_servicetitan_state, jsonb, timestamptz, timestamptz) is
  'Starts, resumes or leaves alone what entering a state stands for; uses up its key. Only apply_journeys calls it, which has locked the row.';

create function public.apply_journeys(
  p_connection uuid, p_derivation bigint, p_contacts jsonb, p_changes jsonb, p_queue_ids bigint[], p_now timestamptz
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_workspace uuid;
  v_change jsonb;
  v_transition jsonb;
  v_row public.customer_servicetitan_state;
  v_old public.customer_servicetitan_state;
  v_contact uuid;
  v_outcome text;
  v_ids uuid[] := '{}';
  v_position int := 0;
  v_transitions int := 0;
  v_started int := 0;
  v_ended int := 0;
  v_count int;
  v_at timestamptz;
begin
  -- What was derived from is still what the mirror says only if nobody has settled queued records since it was loaded.
  update public.integration_connections c set derivations = c.derivations + 1
  where c.id = p_connection and c.derivations = p_derivation
  returning c.workspace_id into v_workspace;
  if v_workspace is null then
    raise exception 'Somebody else has derived this connection meanwhile.' using errcode = 'PT409';
  end if;

  insert into public.contacts as c (workspace_id, connection_id, source_type, source_id, name, email, phone, do_not_mail, do_not_service,
    marketing_allowed, reminders_allowed, active, merged_to_id, created_at, updated_at)
  select v_workspace, p_connection, x.source_type, x.source_id, x.name, x.email, x.phone, x.do_not_mail, x.do_not_service,
    x.marketing_allowed, x.reminders_allowed, x.active, x.merged_to_id, p_now, p_now
  from jsonb_to_recordset(p_contacts) as x (source_type text, source_id bigint, name text, email text, phone text, do_not_mail boolean,
    do_not_service boolean, marketing_allowed boolean, reminders_allowed boolean, active boolean, merged_to_id bigint)
  order by x.source_type, x.source_id
  on conflict (connection_id, source_type, source_id) do update set
    name = excluded.name, email = excluded.email, phone = excluded.phone, do_not_mail = excluded.do_not_mail, do_not_service = excluded.do_not_service,
    marketing_allowed = excluded.marketing_allowed, reminders_allowed = excluded.reminders_allowed, active = excluded.active, merged_to_id = excluded.merged_to_id, updated_at = excluded.updated_at
    where (c.name, c.email, c.phone, c.do_not_mail, c.do_not_service, c.marketing_allowed, c.reminders_allowed, c.active, c.merged_to_id)
      is distinct from (excluded.name, excluded.email, excluded.phone, excluded.do_not_mail, excluded.do_not_service, excluded.marketing_allowed, excluded.reminders_allowed, excluded.active, excluded.merged_to_id);

  -- Locked in a fixed order: two workers wait for each other instead of dead-locking. The contacts' locks decide one at a time.
  perform 1 from public.contacts c
  where c.connection_id = p_connection and (c.source_type, c.source_id) in (
    select e.value ->> 'contactType', (e.value ->> 'contactId')::bigint from jsonb_array_elements(p_changes) as e (value))
  order by c.id for update;
  perform 1 from public.customer_servicetitan_state s
  where s.id in (select (e.value ->> 'id')::uuid from jsonb_array_elements(p_changes) as e (value) where e.value ->> 'id' is not null)
  order by s.id for update;
  if exists (
    select 1 from jsonb_array_elements(p_changes) as e (value)
    left join public.customer_servicetitan_state s on s.id = (e.value ->> 'id')::uuid
    where e.value ->> 'id' is not null and s.version is distinct from (e.value ->> 'expectedVersion')::int
  ) then
    raise exception 'A journey has moved meanwhile.' using errcode = 'PT409';
  end if;

  -- First the rows and the leavings.
  for v_change in select e.value from jsonb_array_elements(p_changes) with ordinality as e (value, position) order by e.position loop
    v_transition := nullif(v_change -> 'transition', 'null');
    v_at := public.entered_at(v_change, p_now);
    v_old := null;
    select c.id into v_contact from public.contacts c
    where c.connection_id = p_connection and c.source_type = v_change ->> 'contactType' and c.source_id = (v_change ->> 'contactId')::bigint;

    update public.state_overrides o set lifted_at = p_now
    where o.id in (select (l.value)::uuid from jsonb_array_elements_text(v_change -> 'liftedOverrideIds') as l (value)) and o.lifted_at is null;

    if v_change ->> 'id' is null then
      insert into public.customer_servicetitan_state (workspace_id, connection_id, root_type, root_id, current_state, rule_state, explanation, would_change,
        state_changed_at, created_at, updated_at)
      values (v_workspace, p_connection, v_change ->> 'rootType', (v_change ->> 'rootId')::bigint, 0, 0, '', '', p_now, p_now, p_now)
      on conflict (connection_id, root_type, root_id) do nothing
      returning * into v_old;
      if v_old.id is null then
        raise exception 'A journey has moved meanwhile.' using errcode = 'PT409';
      end if;
    else
      select * into v_old from public.customer_servicetitan_state s where s.id = (v_change ->> 'id')::uuid;
    end if;

    update public.customer_servicetitan_state s set
      contact_id = coalesce(v_contact, s.contact_id),
      servicetitan_customer_id = (v_change ->> 'customerId')::bigint,
      root_type = v_change ->> 'rootType', root_id = (v_change ->> 'rootId')::bigint,
      current_state = (v_change ->> 'state')::numeric,
      previous_state = case when v_transition is null then s.previous_state else s.current_state end,
      -- What the backfill finds has been so since it happened.
      state_changed_at = case
        when v_transition is null then s.state_changed_at
        when (v_transition ->> 'backfill')::boolean then (v_change ->> 'happenedOn')::timestamptz
        else v_at end,
      job_id = (v_change ->> 'jobId')::bigint,
      rule_state = (v_change ->> 'ruleState')::numeric,
      entering_key = v_change ->> 'enteringKey', rule = v_change ->> 'rule', happened_on = v_change ->> 'happenedOn',
      explanation = v_change ->> 'explanation', would_change = v_change ->> 'wouldChange',
      override_id = (v_change ->> 'overrideId')::uuid, location_id = (v_change ->> 'locationId')::bigint,
      appointment_id = (v_change ->> 'appointmentId')::bigint,
      appointment_start = (v_change ->> 'appointmentStart')::timestamptz, appointment_end = (v_change ->> 'appointmentEnd')::timestamptz,
      arrival_window_start = (v_change ->> 'arrivalWindowStart')::timestamptz, arrival_window_end = (v_change ->> 'arrivalWindowEnd')::timestamptz,
      next_due_at = (v_change ->> 'nextDueAt')::timestamptz,
      open_total = (v_change ->> 'openTotal')::numeric, sold_total = (v_change ->> 'soldTotal')::numeric,
      derived = v_change -> 'derived', version = s.version + 1, updated_at = p_now
    where s.id = v_old.id
    returning * into v_row;
    v_ids := v_ids || v_row.id;

    -- A lead became a customer, or two customers were merged: what runs goes on with who they are now.
    if v_row.contact_id is distinct from v_old.contact_id then
      update public.flow_runs r set contact_id = v_row.contact_id where r.journey_id = v_row.id and r.status in ('active', 'ended');
    end if;

    if v_transition is not null and (v_transition ->> 'from')::numeric <> 0 then
      update public.messages m set status = 'skipped', reason = 'left_state'
      from public.flow_runs r
      where r.journey_id = v_row.id and r.state = (v_transition ->> 'from')::numeric and r.status = 'active' and m.run_id = r.id and m.status = 'queued';
      update public.flow_steps t set status = 'canceled', leased_by = null, leased_until = null
      from public.flow_runs r
      where r.journey_id = v_row.id and r.state = (v_transition ->> 'from')::numeric and r.status = 'active' and t.run_id = r.id
        and t.status = 'pending' and t.leased_by is null;
      update public.flow_runs r set status = 'ended', ended_reason = 'left_state', ended_at = v_at
      where r.journey_id = v_row.id and r.state = (v_transition ->> 'from')::numeric and r.status = 'active';
      get diagnostics v_count = row_count;
      v_ended := v_ended + v_count;
    end if;

    -- Waits that hang on the appointment move with it.
    if v_row.appointment_start is distinct from v_old.appointment_start then
      update public.flow_steps t set due_at = v_row.appointment_start + make_interval(mins => t.anchor_minutes)
      from public.flow_runs r
      where r.journey_id = v_row.id and r.status in ('active', 'ended') and t.run_id = r.id and t.status in ('pending', 'canceled') and t.anchor_minutes is not null;
    end if;

    -- A refresh uses up the new record's key, which from then on stands for the same runs.
    if v_transition is null and v_row.current_state <> 0 and v_row.entering_key is distinct from v_old.entering_key then
      insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
      select v_workspace, p_connection, v_row.id, v_row.current_state, v_row.entering_key, e.entry_group, 'refreshed', p_now
      from public.state_entries e
      where e.connection_id = p_connection and e.state = v_row.current_state and e.entering_key = v_old.entering_key
      on conflict (connection_id, state, entering_key) do update set
        entry_group = excluded.entry_group, journey_id = excluded.journey_id, outcome = excluded.outcome;
    end if;
  end loop;

  -- Then the entries, in the order in which they happened: the caller has sorted them.
  for v_change in select e.value from jsonb_array_elements(p_changes) with ordinality as e (value, position) order by e.position loop
    v_position := v_position + 1;
    v_transition := nullif(v_change -> 'transition', 'null');
    if v_transition is null then continue; end if;
    select * into v_row from public.customer_servicetitan_state s where s.id = v_ids[v_position];
    v_transitions := v_transitions + 1;
    v_outcome := null;
    if v_row.current_state <> 0 then
      v_outcome := public.enter_state(v_row, v_transition, p_now, public.entered_at(v_change, p_now));
    end if;
    insert into public.state_transitions (workspace_id, connection_id, journey_id, contact_id, from_state, to_state, job_id, entering_key, rule, explanation,
      happened_on, recorded_at, source, outcome)
    values (v_workspace, p_connection, v_row.id, v_row.contact_id, (v_transition ->> 'from')::numeric, v_row.current_state, v_row.job_id, v_row.entering_key, v_row.rule,
      v_row.explanation, v_row.happened_on, public.entered_at(v_change, p_now), v_transition ->> 'source', v_outcome);
    if v_outcome = 'started' then
      select count(*) into v_count from public.flow_starts f join public.state_entries e on e.entry_group = f.entry_group
      where e.connection_id = p_connection and e.state = v_row.current_state and e.entering_key = v_row.entering_key and f.outcome = 'started';
      v_started := v_started + v_count;
    end if;
  end loop;

  -- Rows whose customer had not been read yet when they were made: consent hangs on who they really are.
  with known as (
    select c.id, c.source_id from jsonb_to_recordset(p_contacts) as x (source_type text, source_id bigint)
    join public.contacts c on c.connection_id = p_connection and c.source_type = x.source_type and c.source_id = x.source_id
    where x.source_type = 'customer'
  ),
  linked as (
    update public.customer_servicetitan_state s set contact_id = k.id, updated_at = p_now
    from known k
    where s.connection_id = p_connection and s.servicetitan_customer_id = k.source_id and s.contact_id is distinct from k.id
    returning s.id, s.contact_id
  )
  update public.flow_runs r set contact_id = l.contact_id from linked l where r.journey_id = l.id and r.status in ('active', 'ended');

  delete from public.derivation_queue q where q.id = any (p_queue_ids);

  if coalesce(array_length(v_ids, 1), 0) > 100 then
    insert into public.change_events (workspace_id, type, payload, at)
    values (v_workspace, 'journey', jsonb_build_object('connectionId', p_connection), p_now);
  else
    insert into public.change_events (workspace_id, type, payload, at)
    select v_workspace, 'journey', jsonb_build_object('connectionId', p_connection, 'journeyId', s.id, 'contactId', s.contact_id), p_now
    from public.customer_servicetitan_state s where s.id = any (v_ids);
  end if;

  return jsonb_build_object('rows', coalesce(array_length(v_ids, 1), 0), 'transitions', v_transitions, 'runsStarted', v_started, 'runsEnded', v_ended);
end
$$;
comment on function public.apply_journeys(uuid, bigint, jsonb, jsonb, bigint[], timestamptz) is
  'Writes derived journeys: rows, transition log, what leaving ends and entering starts, and settles the queue; one transaction. SQLSTATE PT409 when a row has moved, or another derivation was applied, since it was loaded: derive again.';

create function public.enqueue_due_journeys(p_connection uuid, p_now timestamptz) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_count int;
begin
  insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source)
  select s.workspace_id, s.connection_id, s.root_type || 's', s.root_id, 'timer'
  from public.customer_servicetitan_state s
  where s.connection_id = p_connection and s.next_due_at <= p_now
    and not exists (
      select 1 from public.derivation_queue q
      where q.connection_id = p_connection and q.entity = s.root_type || 's' and q.entity_id = s.root_id and q.source = 'timer');
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function public.enqueue_due_journeys(uuid, timestamptz) is 'Queues the journeys that the clock alone may have moved; answers how many.';

create function public.enqueue_all_journeys(p_connection uuid, p_source text) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_count int;
begin
  insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source)
  select r.workspace_id, r.connection_id, r.resource, r.record_id, p_source
  from public.servicetitan_records r
  where r.connection_id = p_connection and r.resource in ('jobs', 'leads', 'bookings', 'estimates')
    and not exists (
      select 1 from public.derivation_queue q
      where q.connection_id = p_connection and q.entity = r.resource and q.entity_id = r.record_id and q.source = p_source);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function public.enqueue_all_journeys(uuid, text) is 'Queues everything of a connection, for changed settings.';

create function public.classify_job_types(p_connection uuid, p_kinds jsonb, p_now timestamptz) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  insert into public.job_classifications (connection_id, workspace_id, subject, servicetitan_id, kind, updated_at)
  select c.id, c.workspace_id, 'job_type', x."jobTypeId", x.kind, p_now
  from public.integration_connections c, jsonb_to_recordset(p_kinds) as x ("jobTypeId" bigint, kind text)
  where c.id = p_connection
  order by x."jobTypeId"
  on conflict (connection_id, subject, servicetitan_id) do update set kind = excluded.kind, updated_at = excluded.updated_at;
  return public.enqueue_all_journeys(p_connection, 'settings');
end
$$;
comment on function public.classify_job_types(uuid, jsonb, timestamptz) is 'Saves what job types mean and queues all journeys, in one; answers how many records were queued.';

create function public.set_override(
  p_id uuid, p_journey uuid, p_state numeric, p_reason text, p_set_by text, p_source text, p_set_on text, p_now timestamptz
) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_row public.customer_servicetitan_state;
begin
  select * into v_row from public.customer_servicetitan_state s where s.id = p_journey for update;
  if v_row.id is null then
    raise exception 'This journey does not exist.' using errcode = 'PT404';
  end if;
  if exists (select 1 from public.state_overrides o where o.id = p_id) then
    return false;
  end if;
  update public.state_overrides o set lifted_at = p_now where o.journey_id = p_journey and o.lifted_at is null;
  insert into public.state_overrides (id, workspace_id, connection_id, journey_id, state, reason, set_by, source, set_on, rule_state_then)
  values (p_id, v_row.workspace_id, v_row.connection_id, p_journey, p_state, p_reason, p_set_by, p_source, p_set_on, v_row.rule_state);
  insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source)
  values (v_row.workspace_id, v_row.connection_id, v_row.root_type || 's', v_row.root_id, p_source);
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (v_row.workspace_id, p_set_by, 'state.set', 'journey:' || p_journey, jsonb_build_object('state', p_state, 'reason', p_reason), p_now);
  return true;
end
$$;
comment on function public.set_override(uuid, uuid, numeric, text, text, text, text, timestamptz) is
  'Sets a journey''s state by hand or by a flow and queues it; the same id a second time does nothing and answers false.';

-- ---------------------------------------------------------------- screens

create view public.journey_cards with (security_invoker = true) as
select s.id, s.id as journey_id, s.workspace_id, s.connection_id, s.contact_id, s.servicetitan_customer_id, s.current_state, s.state_changed_at, s.happened_on,
  s.appointment_start, s.appointment_end, s.arrival_window_start, s.arrival_window_end, s.open_total, s.sold_total, s.job_id, s.root_type, s.root_id,
  s.explanation, s.would_change, s.override_id,
  coalesce(c.name, 'Unknown customer') as customer_name, c.email as customer_email, n.name as connection_name, n.time_zone,
  j.data ->> 'jobNumber' as job_number
from public.customer_servicetitan_state s
join public.integration_connections n on n.id = s.connection_id
left join public.contacts c on c.id = s.contact_id
left join public.servicetitan_records j on j.connection_id = s.connection_id and j.resource = 'jobs' and j.record_id = s.job_id
union all
-- Customers without any journey: contacts, too.
select c.id, null, c.workspace_id, c.connection_id, c.id, c.source_id, 0, c.created_at, null,
  null, null, null, null, 0, 0, null, null, null,
  'No job, lead or estimate is known.', 'A lead or a booked visit starts a journey.', null,
  c.name, c.email, n.name, n.time_zone, null
from public.contacts c
join public.integration_connections n on n.id = c.connection_id
where c.source_type = 'customer' and c.active and c.merged_to_id is null
  and not exists (select 1 from public.customer_servicetitan_state s where s.contact_id = c.id);
comment on view public.journey_cards is 'A journey, or a customer without any, as the board and the list show it.';
grant select on public.journey_cards to authenticated, service_role;

create function public.board_totals(p_workspace uuid, p_connection uuid, p_search text) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
    select k.current_state as state, count(*) as count, sum(k.open_total) as open_total, sum(k.sold_total) as sold_total
    from public.journey_cards k
    where k.workspace_id = p_workspace and (p_connection is null or k.connection_id = p_connection)
      and (p_search is null or k.customer_name ilike '%' || p_search || '%' or k.job_number ilike p_search || '%' or k.customer_email ilike p_search || '%')
    group by k.current_state
  ) t
$$;
comment on function public.board_totals(uuid, uuid, text) is 'Count and estimate values per state.';

create function public.board_cards(p_workspace uuid, p_connection uuid, p_search text, p_limit int) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(k)), '[]')
  from unnest(array[0, 1, 2, 2.5, 3, 4, 5, 5.5, 6]::numeric[]) as column_state
  cross join lateral (
    select * from public.journey_cards c
    where c.workspace_id = p_workspace and c.current_state = column_state and (p_connection is null or c.connection_id = p_connection)
      and (p_search is null or c.customer_name ilike '%' || p_search || '%' or c.job_number ilike p_search || '%' or c.customer_email ilike p_search || '%')
    order by c.state_changed_at desc, c.id limit p_limit
  ) k
$$;
comment on function public.board_cards(uuid, uuid, text, int) is 'The newest cards of each state.';

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('acquire_lease', 'release_lease', 'ingest_records', 'note_read_failure', 'note_idle_reads', 'record_neighbors', 'load_derivation',
      'entered_at', 'enter_state', 'apply_journeys', 'enqueue_due_journeys', 'enqueue_all_journeys', 'classify_job_types', 'set_override', 'board_totals', 'board_cards')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
