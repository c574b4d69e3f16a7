-- What the customer screens read, each in one call.

create function public.list_cards(
  p_workspace uuid, p_connection uuid, p_search text, p_state numeric, p_after_at timestamptz, p_after_id uuid, p_limit int
) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  with found as (
    select * from public.journey_cards k
    where k.workspace_id = p_workspace and (p_connection is null or k.connection_id = p_connection)
      and (p_state is null or k.current_state = p_state)
      and (p_search is null or k.customer_name ilike '%' || p_search || '%' or k.job_number ilike p_search || '%' or k.customer_email ilike p_search || '%')
  )
  select jsonb_build_object(
    'total', (select count(*) from found),
    'cards', coalesce((
      select jsonb_agg(to_jsonb(c)) from (
        select * from found f
        where p_after_at is null or f.state_changed_at < p_after_at or (f.state_changed_at = p_after_at and f.id > p_after_id)
        order by f.state_changed_at desc, f.id limit p_limit
      ) c), '[]'))
$$;
comment on function public.list_cards(uuid, uuid, text, numeric, timestamptz, uuid, int) is 'One page of journeys, newest change first, with how many there are.';

create function public.read_timeline(p_contact uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  with contact as (
    select c.* from public.contacts c where c.id = p_contact
  ),
  journeys as (
    select s.* from public.customer_servicetitan_state s where s.contact_id = p_contact
  ),
  jobs as (
    select r.* from contact c join public.servicetitan_records r
      on r.connection_id = c.connection_id and r.resource = 'jobs' and r.customer_id = c.source_id
    where c.source_type = 'customer'
  ),
  records as (
    select r.resource, r.record_id, r.data from contact c join public.servicetitan_records r
      on r.connection_id = c.connection_id and r.customer_id = c.source_id and r.resource in ('leads', 'jobs')
    where c.source_type = 'customer'
    union
    select r.resource, r.record_id, r.data from jobs j join public.servicetitan_records r
      on r.connection_id = j.connection_id and r.job_id = j.record_id and r.resource in ('appointments', 'estimates', 'canceled_logs', 'bookings')
    union
    select r.resource, r.record_id, r.data from contact c join public.servicetitan_records r
      on r.connection_id = c.connection_id and r.customer_id = c.source_id and r.resource = 'estimates' and r.job_id is null
    where c.source_type = 'customer'
    union
    select r.resource, r.record_id, r.data from contact c join public.servicetitan_records r
      on r.connection_id = c.connection_id and r.resource = c.source_type || 's' and r.record_id = c.source_id
  )
  select jsonb_build_object(
    'records', coalesce((select jsonb_agg(to_jsonb(x)) from (select * from records order by data ->> 'createdOn' desc limit 500) x), '[]'),
    'transitions', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select t.id, t.journey_id, t.from_state, t.to_state, t.source, t.explanation, t.outcome, t.happened_on, t.recorded_at
      from journeys s join public.state_transitions t on t.journey_id = s.id order by t.id desc limit 500) x), '[]'),
    'runs', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select r.id, r.journey_id, r.flow_id, f.name as flow_name, r.status, r.ended_reason, r.started_at, r.ended_at
      from journeys s join public.flow_runs r on r.journey_id = s.id join public.flows f on f.id = r.flow_id order by r.started_at desc limit 500) x), '[]'),
    'steps', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select r.id as run_id, r.journey_id, r.flow_id, f.name as flow_name, r.version_id, p.due_at,
        (select n.value from jsonb_array_elements(v.graph -> 'nodes') as n (value) where n.value ->> 'id' = p.node_id) as node
      from journeys s join public.flow_runs r on r.journey_id = s.id and r.status = 'active'
      join public.flow_steps p on p.run_id = r.id and p.status = 'pending'
      join public.flows f on f.id = r.flow_id join public.flow_versions v on v.id = r.version_id
      order by p.due_at limit 100) x), '[]'),
    'messages', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select m.id, m.journey_id, m.subject, m.to_email, m.status, m.reason, m.created_at, m.sent_at
      from public.messages m where m.contact_id = p_contact order by m.created_at desc limit 500) x), '[]'),
    'overrides', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select o.id, o.journey_id, o.state, o.reason, o.set_by, o.set_on
      from journeys s join public.state_overrides o on o.journey_id = s.id order by o.set_on desc limit 500) x), '[]'),
    'suppressed', (select public.find_suppression(c.workspace_id, c.email) from contact c)
  )
$$;
comment on function public.read_timeline(uuid) is 'Records, transitions, runs, steps to come, messages and overrides of a contact.';

create function public.connection_overview(p_workspace uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
    select n.id, n.name, n.environment, n.tenant_id, n.time_zone, n.status, n.status_reason, n.live_from,
      (select r.finished_at from public.sync_runs r where r.connection_id = n.id and r.status = 'succeeded' order by r.started_at desc limit 1) as last_sync_at,
      exists (select 1 from public.sync_runs r where r.connection_id = n.id and r.status = 'running') as syncing,
      (select count(*) from public.servicetitan_records r where r.connection_id = n.id and r.resource = 'customers' and r.active) as customers
    from public.integration_connections n where n.workspace_id = p_workspace order by n.name
  ) x
$$;
comment on function public.connection_overview(uuid) is 'The connections of a workspace as the hub shows them.';

create function public.connection_resources(p_connection uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'resources', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select c.resource, c.last_read_at, c.last_modified_on, c.failures, c.last_error,
        (select count(*) from public.servicetitan_records r where r.connection_id = c.connection_id and r.resource = c.resource) as records
      from public.sync_cursors c where c.connection_id = p_connection order by c.resource) x), '[]'),
    'jobTypes', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select t.record_id as id, t.data ->> 'name' as name, k.kind, coalesce(u.jobs, 0) as jobs
      from public.servicetitan_records t
      left join public.job_classifications k on k.connection_id = t.connection_id and k.subject = 'job_type' and k.servicetitan_id = t.record_id
      left join (
        select (j.data ->> 'jobTypeId')::bigint as job_type_id, count(*) as jobs from public.servicetitan_records j
        where j.connection_id = p_connection and j.resource = 'jobs' group by 1
      ) u on u.job_type_id = t.record_id
      where t.connection_id = p_connection and t.resource = 'job_types' and (t.active or u.jobs > 0)
      order by k.kind is not null, u.jobs desc nulls last, t.record_id) x), '[]')
  )
$$;
comment on function public.connection_resources(uuid) is 'How far each resource of a connection was read, and its job types with what they mean.';

create function public.next_due_at(p_after timestamptz) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'step', (select min(s.due_at) from public.flow_steps s join public.flow_runs r on r.id = s.run_id
      where s.status = 'pending' and s.due_at > p_after and r.status = 'active'),
    'reset', (select min(j.next_due_at) from public.customer_servicetitan_state j where j.next_due_at > p_after))
$$;
comment on function public.next_due_at(timestamptz) is 'The next moments at which the clock alone gives something to do; for catching up with a clock that jumped.';

create index sync_runs_finished_idx on public.sync_runs (finished_at desc) where finished_at is not null;
create index customer_servicetitan_state_next_due_idx on public.customer_servicetitan_state (next_due_at) where next_due_at is not null;

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('list_cards', 'read_timeline', 'connection_overview', 'connection_resources', 'next_due_at')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
