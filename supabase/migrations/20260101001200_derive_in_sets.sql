-- Deriving in sets: closures, loading and applying take some statements for a whole batch, whatever its size; what of the queue may be derived
-- follows from how far the resources have been read; and whole connections are derived in chunks, from a position that is kept.

create table public.derivation_walks (
  connection_id uuid not null,
  workspace_id uuid not null,
  source text not null,
  phase int not null default 1,
  record_id bigint not null default 0,
  constraint derivation_walks_pkey primary key (connection_id, source),
  constraint derivation_walks_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint derivation_walks_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint derivation_walks_source_known check (source in ('backfill', 'settings'))
);
comment on table public.derivation_walks is
  'A derivation of all journeys of a connection that is under way: of the history that a backfill brought, or with changed settings. The position moves in the transaction that applies a chunk.';
comment on column public.derivation_walks.phase is 'Where it stands: 1 customers, 2 jobs, 3 estimates, 4 leads, 5 bookings; record_id is the last one of them that was looked at.';
create index derivation_walks_workspace_idx on public.derivation_walks (workspace_id);
alter table public.derivation_walks enable row level security;
create policy derivation_walks_members_read on public.derivation_walks for select to authenticated using (public.is_member(workspace_id));
grant select on public.derivation_walks to authenticated;
grant all on public.derivation_walks to service_role;

-- What hangs on a connection, or on a journey, goes with it, and these belong to one workspace. A second foreign key said the same again, and each was
-- looked up for every row of millions.
alter table public.servicetitan_records drop constraint servicetitan_records_workspace_fkey;
alter table public.contacts drop constraint contacts_workspace_fkey;
alter table public.customer_servicetitan_state drop constraint customer_servicetitan_state_workspace_fkey;
alter table public.derivation_queue drop constraint derivation_queue_workspace_fkey;
alter table public.state_entries drop constraint state_entries_workspace_fkey, drop constraint state_entries_connection_fkey;
alter table public.state_transitions
  drop constraint state_transitions_workspace_fkey, drop constraint state_transitions_connection_fkey, drop constraint state_transitions_contact_fkey;
alter table public.flow_starts drop constraint flow_starts_workspace_fkey;

-- ---------------------------------------------------------------- closures

-- Sequential scans are off in what loads: a first tenant outgrows the planner's statistics within minutes, and by them whole tables look small.

-- A key is a record in one number: eight times its id and its kind (1 customers, 2 jobs, 3 estimates, 4 leads, 5 bookings, 6 projects).

create function public.reach_records(p_connection uuid, p_keys bigint[]) returns bigint[]
language plpgsql stable security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_all bigint[] := '{}';
  v_new bigint[] := p_keys;
  v_customers bigint[];
  v_jobs bigint[];
  v_estimates bigint[];
  v_leads bigint[];
  v_bookings bigint[];
  v_projects bigint[];
begin
  while v_new is not null loop
    v_all := v_all || v_new;
    select array_agg(k >> 3) filter (where k & 7 = 1), array_agg(k >> 3) filter (where k & 7 = 2), array_agg(k >> 3) filter (where k & 7 = 3),
      array_agg(k >> 3) filter (where k & 7 = 4), array_agg(k >> 3) filter (where k & 7 = 5), array_agg(k >> 3) filter (where k & 7 = 6)
    into v_customers, v_jobs, v_estimates, v_leads, v_bookings, v_projects
    from unnest(v_new) as k;
    with found (resource, record_id, customer_id, job_id, project_id, estimate_id, booking_id, merged_to_id) as (
      -- Where the new ones point.
      select r.resource, r.record_id, null::bigint, null::bigint, null::bigint, null::bigint, null::bigint, r.merged_to_id from public.servicetitan_records r
      where r.connection_id = p_connection and r.resource = 'customers' and r.record_id = any (v_customers) and r.deleted_at is null
      union all
      select r.resource, r.record_id, r.customer_id, null, r.project_id, r.estimate_id, null, null from public.servicetitan_records r
      where r.connection_id = p_connection and r.resource = 'jobs' and r.record_id = any (v_jobs) and r.deleted_at is null
      union all
      select r.resource, r.record_id, r.customer_id, r.job_id, r.project_id, null, null, null from public.servicetitan_records r
      where r.connection_id = p_connection and r.resource = 'estimates' and r.record_id = any (v_estimates) and r.deleted_at is null
      union all
      select r.resource, r.record_id, r.customer_id, null, null, null, r.booking_id, null from public.servicetitan_records r
      where r.connection_id = p_connection and r.resource = 'leads' and r.record_id = any (v_leads) and r.deleted_at is null
      union all
      select r.resource, r.record_id, null, r.job_id, null, null, null, null from public.servicetitan_records r
      where r.connection_id = p_connection and r.resource = 'bookings' and r.record_id = any (v_bookings) and r.deleted_at is null
      -- What points at them.
      union all
      select r.resource, r.record_id, null, null, null, null, null, null from public.servicetitan_records r
      where r.connection_id = p_connection and r.customer_id = any (v_customers) and r.resource in ('jobs', 'leads', 'estimates') and r.deleted_at is null
      union all
      select r.resource, r.record_id, null, null, null, null, null, null from public.servicetitan_records r
      where r.connection_id = p_connection and r.merged_to_id = any (v_customers) and r.deleted_at is null
      union all
      select r.resource, r.record_id, null, null, null, null, null, null from public.servicetitan_records r
      where r.connection_id = p_connection and r.job_id = any (v_jobs) and r.resource in ('bookings', 'estimates') and r.deleted_at is null
      union all
      select r.resource, r.record_id, null, null, null, null, null, null from public.servicetitan_records r
      where r.connection_id = p_connection and r.estimate_id = any (v_estimates) and r.deleted_at is null
      union all
      select r.resource, r.record_id, null, null, null, null, null, null from public.servicetitan_records r
      where r.connection_id = p_connection and r.booking_id = any (v_bookings) and r.resource = 'leads' and r.deleted_at is null
      union all
      select r.resource, r.record_id, null, null, null, null, null, null from public.servicetitan_records r
      where r.connection_id = p_connection and r.project_id = any (v_projects) and r.resource in ('jobs', 'estimates') and r.deleted_at is null
      -- A row must always be derived together with its root, wherever that has gone.
      union all
      select s.root_type || 's', s.root_id, null, null, null, null, null, null from public.customer_servicetitan_state s
      where s.connection_id = p_connection and s.servicetitan_customer_id = any (v_customers)
    )
    select array_agg(u.k) into v_new
    from (
      select f.record_id * 8 + case f.resource when 'customers' then 1 when 'jobs' then 2 when 'estimates' then 3 when 'leads' then 4 else 5 end as k from found f
      union select f.customer_id * 8 + 1 from found f where f.customer_id is not null
      union select f.merged_to_id * 8 + 1 from found f where f.merged_to_id is not null
      union select f.job_id * 8 + 2 from found f where f.job_id is not null
      union select f.estimate_id * 8 + 3 from found f where f.estimate_id is not null
      union select f.booking_id * 8 + 5 from found f where f.booking_id is not null
      union select f.project_id * 8 + 6 from found f where f.project_id is not null
      except select a.k from unnest(v_all) as a (k)
    ) u;
  end loop;
  return v_all;
end
$$;
comment on function public.reach_records(uuid, bigint[]) is
  'Everything that journeys of these records are derived over: all that is linked, in both directions and over any number of links. Keys in, keys out; also of records that are not mirrored.';

create function public.record_key(p_entity text, p_id bigint) returns bigint
language sql immutable security invoker
set search_path = ''
as $$
  select p_id * 8 + case p_entity when 'customers' then 1 when 'jobs' then 2 when 'estimates' then 3 when 'leads' then 4 when 'bookings' then 5 when 'projects' then 6 end
$$;
comment on function public.record_key(text, bigint) is 'A record in one number.';

-- ---------------------------------------------------------------- what may be derived

create function public.derivable_marks(p_connection uuid, p_lists_only boolean) returns table (resource text, mark bigint, read_at_mark bigint)
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  return query
  with marks as (
    -- What is paused, and can be done without, is not waited for: as if it had just been read.
    select o.resource, o.rank, case when p.is_paused then 9223372036854775807 else coalesce(max(c.start_mark), 0) end as start_mark,
      case when p.is_paused then 9223372036854775807 else coalesce(max(c.done_mark), 0) end as done_mark,
      -- Begun since it was last read to its end, however that ended. A first pass takes hours: that one is not waited for.
      not p.is_paused and coalesce(max(c.reading_mark) filter (where c.path = 'list' or c.completed_at is not null), 0) > coalesce(max(c.start_mark), 0) as is_open
    from unnest(array['customers', 'customer_contacts', 'bookings', 'leads', 'jobs', 'appointments', 'canceled_logs', 'estimates']) with ordinality as o (resource, rank)
    cross join lateral (select public.is_done_without(p_connection, o.resource) as is_paused) p
    left join public.sync_cursors c on c.connection_id = p_connection and c.resource = o.resource and (c.path = 'list' or (c.path = 'feed' and not p_lists_only))
    group by o.resource, o.rank, p.is_paused
  )
  select m.resource, least(m.done_mark, (select min(l.start_mark) from marks l where l.rank > m.rank or (l.rank < m.rank and l.is_open))), m.start_mark
  from marks m;
end
$$;
comment on function public.derivable_marks(uuid, boolean) is
  'Up to where in the queue the entries of each resource may be derived: it was read to its end since, all that comes after it in read order was read from a later moment on, and of what comes before it no read is left undone. So nothing is derived without what was visible with it.';

create function public.is_backfilling(p_connection uuid) returns boolean
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  return exists (select 1 from public.integration_connections c where c.id = p_connection and c.backfilled_at is null)
    and exists (
      select 1 from unnest(array['customers', 'customer_contacts', 'bookings', 'leads', 'jobs', 'appointments', 'canceled_logs', 'estimates']) as o (resource)
      where not exists (
        select 1 from public.sync_cursors c
        where c.connection_id = p_connection and c.resource = o.resource and c.path = 'feed' and c.done_mark is not null)
        and not public.is_done_without(p_connection, o.resource));
end
$$;
comment on function public.is_backfilling(uuid) is 'Whether a feed that states are derived from has not come to its end yet: the history is incomplete.';

-- ---------------------------------------------------------------- loading

create function public.load_closure(p_connection uuid, p_keys bigint[]) returns json
language plpgsql stable security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_records json;
  v_rows json;
  v_overrides json;
  v_customers bigint[];
  v_jobs bigint[];
  v_estimates bigint[];
  v_leads bigint[];
  v_bookings bigint[];
begin
  -- By their numbers and not by a join: while a first tenant is read, the planner knows too little of the table to find the right way round.
  select array_agg(k >> 3) filter (where k & 7 = 1), array_agg(k >> 3) filter (where k & 7 = 2), array_agg(k >> 3) filter (where k & 7 = 3),
    array_agg(k >> 3) filter (where k & 7 = 4), array_agg(k >> 3) filter (where k & 7 = 5)
  into v_customers, v_jobs, v_estimates, v_leads, v_bookings
  from unnest(p_keys) as k;
  with records as (
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = 'customers' and r.record_id = any (v_customers) and r.deleted_at is null
    union all
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = 'jobs' and r.record_id = any (v_jobs) and r.deleted_at is null
    union all
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = 'estimates' and r.record_id = any (v_estimates) and r.deleted_at is null
    union all
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = 'leads' and r.record_id = any (v_leads) and r.deleted_at is null
    union all
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = 'bookings' and r.record_id = any (v_bookings) and r.deleted_at is null
    union all
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.job_id = any (v_jobs) and r.resource in ('appointments', 'canceled_logs') and r.deleted_at is null
    union all
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.customer_id = any (v_customers) and r.resource = 'customer_contacts' and r.deleted_at is null
  )
  select coalesce(json_object_agg(g.resource, g.items), '{}') into v_records
  from (select resource, json_agg(data) as items from records group by resource) g;

  -- As a whole and not one by one: most chunks of a first derivation have none at all.
  with roots as (
    select (array[null, 'job', 'estimate', 'lead', 'booking', null])[k & 7] as root_type, k >> 3 as root_id from unnest(p_keys) as k where k & 7 between 2 and 5
  ),
  found as (
    -- What has a column of its own is told by that; of times, which lose their last digit there, only when it says something else.
    select s.id, s.version, s.derived || jsonb_build_object(
        'root', jsonb_build_object('type', s.root_type, 'id', s.root_id), 'customerId', s.servicetitan_customer_id, 'locationId', s.location_id, 'jobId', s.job_id,
        'state', s.current_state, 'ruleState', s.rule_state, 'rule', s.rule, 'enteringKey', s.entering_key, 'happenedAt', s.happened_on, 'overrideId', s.override_id,
        'openTotal', s.open_total, 'soldTotal', s.sold_total, 'explanation', s.explanation, 'wouldChange', s.would_change)
      || case when (s.derived ->> 'nextDueAt')::timestamptz is distinct from s.next_due_at then jsonb_build_object('nextDueAt', s.next_due_at) else '{}' end
      || case when (s.derived #>> '{appointment,start}')::timestamptz is distinct from s.appointment_start then '{"appointment": null}' else '{}'::jsonb end as derived
    from roots n
    cross join lateral (
      select * from public.customer_servicetitan_state s where s.connection_id = p_connection and s.root_type = n.root_type and s.root_id = n.root_id offset 0) s
  )
  select coalesce((select json_agg(json_build_object('id', f.id, 'version', f.version, 'derived', f.derived)) from found f), '[]'),
    coalesce((
      select json_agg(json_build_object('id', o.id, 'journeyId', o.journey_id, 'state', o.state, 'setOn', o.set_on, 'ruleStateThen', o.rule_state_then))
      from found f join public.state_overrides o on o.journey_id = f.id and o.lifted_at is null), '[]')
  into v_rows, v_overrides;
  return json_build_object('records', v_records, 'rows', v_rows, 'overrides', v_overrides);
end
$$;
comment on function public.load_closure(uuid, bigint[]) is 'The mirrored records of a closure, with the rows of its roots and their overrides.';

create function public.load_settings(p_connection uuid) returns json
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  return (
    select json_build_object(
      'liveFrom', c.live_from, 'connection', c.settings, 'completedResetDays', w.completed_reset_days, 'staleResetDays', w.stale_reset_days, 'mayStartFlows', c.settings_start_flows,
      'kinds', coalesce((select json_agg(json_build_array(j.subject, j.servicetitan_id, j.kind)) from public.job_classifications j where j.connection_id = c.id), '[]'))
    from public.integration_connections c join public.workspaces w on w.id = c.workspace_id
    where c.id = p_connection);
end
$$;
comment on function public.load_settings(uuid) is 'What the derivation of a connection hangs on beside its records.';

create function public.queued_news(p_connection uuid, p_keys bigint[]) returns table (id bigint, key bigint, resource text, source text)
language plpgsql stable security invoker
set search_path = ''
set enable_seqscan = off
as $$
begin
  if not exists (select 1 from public.derivation_queue q where q.connection_id = p_connection) then return; end if;
  return query
  select q.id, k.key, q.resource, q.source from unnest(p_keys) as k (key)
  join public.derivation_queue q on q.connection_id = p_connection
    and q.entity = (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k.key & 7] and q.entity_id = k.key >> 3
  where q.source in ('webhook', 'poll', 'backfill');
end
$$;
comment on function public.queued_news(uuid, bigint[]) is 'What reads have queued of these records.';

create function public.without_keys(p_keys bigint[], p_without bigint[]) returns bigint[]
language sql immutable security invoker
set search_path = ''
as $$
  select case when p_without is null then p_keys else (select array_agg(u.k) from (select k from unnest(p_keys) as k except select k from unnest(p_without) as k) u) end
$$;
comment on function public.without_keys(bigint[], bigint[]) is 'Keys without some of them; null when none is left.';

create function public.roots_of(p_keys bigint[]) returns json
language sql immutable security invoker
set search_path = ''
as $$
  select coalesce(json_agg((array[null, 'job', 'estimate', 'lead', 'booking', null])[k & 7] || ':' || (k >> 3)), '[]') from unnest(p_keys) as k where k & 7 between 2 and 5
$$;
comment on function public.roots_of(bigint[]) is 'The records of some keys that a journey can be known by, as the state machine writes them.';

create function public.walk_step(p_connection uuid, p_phase int, p_record_id bigint, p_limit int) returns table (phase int, record_id bigint, keys bigint[])
language plpgsql stable security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_looked int;
begin
  phase := p_phase;
  record_id := p_record_id;
  loop
    if phase = 1 then
      select count(*), max(x.record_id), array_agg(x.record_id * 8 + 1) into v_looked, record_id, keys
      from (
        select r.record_id from public.servicetitan_records r
        where r.connection_id = p_connection and r.resource = 'customers' and r.record_id > walk_step.record_id and r.deleted_at is null
        order by r.record_id limit p_limit
      ) x;
      if v_looked = p_limit then return next; return; end if;
    else
      -- Whatever hangs on a mirrored customer or job came with it: only the others are begun with. They are few, so many are looked at.
      select count(*), max(x.record_id), array_agg(x.record_id * 8 + phase) filter (where not x.hangs) into v_looked, record_id, keys
      from (
        select r.record_id,
          exists (
            select 1 from public.servicetitan_records o
            where o.connection_id = p_connection and o.resource = 'customers' and o.record_id = r.customer_id and o.deleted_at is null)
          or (phase > 2 and exists (
            select 1 from public.servicetitan_records o
            where o.connection_id = p_connection and o.resource = 'jobs' and o.record_id = r.job_id and o.deleted_at is null)) as hangs
        from public.servicetitan_records r
        where r.connection_id = p_connection and r.resource = (array['customers', 'jobs', 'estimates', 'leads', 'bookings'])[phase]
          and r.record_id > walk_step.record_id and r.deleted_at is null
        order by r.record_id limit p_limit * 10
      ) x;
      if v_looked = p_limit * 10 then return next; return; end if;
    end if;
    if phase = 5 then
      phase := null;
      record_id := null;
      return next;
      return;
    end if;
    if keys is not null then
      phase := phase + 1;
      record_id := 0;
      return next;
      return;
    end if;
    phase := phase + 1;
    record_id := 0;
  end loop;
end
$$;
comment on function public.walk_step(uuid, int, bigint, int) is
  'The next records of a connection that whole closures are begun with, from a position on, and the position after them (null: that was all).';

create function public.load_chunk(p_connection uuid, p_rule text, p_phase int, p_record_id bigint, p_limit int) returns json
language plpgsql stable security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_step record;
  v_keys bigint[];
  v_behind bigint[];
  v_held bigint[];
  v_left json;
  v_settled bigint[];
  v_pending bigint[];
begin
  select * into v_step from public.walk_step(p_connection, p_phase, p_record_id, p_limit);
  v_keys := case when v_step.keys is not null then public.reach_records(p_connection, v_step.keys) end;
  -- A closure belongs to the first of its records that the walk meets.
  select array_agg(k) into v_behind from unnest(v_keys) as k
  cross join lateral (
    select 1 from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k & 7]
      and r.record_id = k >> 3 and r.deleted_at is null offset 0) r
  where k & 7 < p_phase or (k & 7 = p_phase and k >> 3 <= p_record_id);
  if v_behind is not null then
    v_keys := public.without_keys(v_keys, public.reach_records(p_connection, v_behind));
  end if;
  -- News of reads that are not through yet is left to its own derivation; so is any news where settings have changed, which must not be taken for their effect.
  if p_rule in ('backfill', 'settings') and v_keys is not null then
    select array_agg(n.key) into v_held from public.queued_news(p_connection, v_keys) n
    left join public.derivable_marks(p_connection, false) m on m.resource = n.resource
    where p_rule = 'settings' or (n.resource is not null and n.id >= m.mark);
    if v_held is not null then
      select json_agg(distinct h) into v_left from unnest(v_held) as h;
      v_keys := public.without_keys(v_keys, public.reach_records(p_connection, v_held));
    end if;
    if p_rule = 'backfill' then
      select array_agg(n.id) into v_settled from public.queued_news(p_connection, v_keys) n;
    end if;
  end if;
  if p_rule = 'all' then
    select array_agg(distinct k) into v_held from unnest(v_keys) as k
    join public.derivation_queue q on q.connection_id = p_connection and q.entity = (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k & 7] and q.entity_id = k >> 3;
    if v_held is not null then v_pending := public.reach_records(p_connection, v_held); end if;
  end if;
  return json_build_object(
    'rule', p_rule,
    'source', case when p_rule = 'settings' then 'settings' else 'poll' end,
    'derivation', (select c.derivations from public.integration_connections c where c.id = p_connection),
    'settings', public.load_settings(p_connection),
    'closure', public.load_closure(p_connection, v_keys),
    'queueIds', coalesce(to_json(v_settled), '[]'),
    'pending', public.roots_of(v_pending),
    'walk', json_build_object('source', p_rule, 'phase', p_phase, 'recordId', p_record_id,
      'next', case when v_step.phase is not null then json_build_object('phase', v_step.phase, 'recordId', v_step.record_id) end,
      'left', case when p_rule = 'settings' then v_left end),
    'isUrgent', exists (select 1 from public.derivation_queue q where q.connection_id = p_connection and q.source in ('manual', 'flow', 'timer')));
end
$$;
comment on function public.load_chunk(uuid, text, int, bigint, int) is
  'A part of all that a connection''s journeys are derived from, and where the next begins. Every closure is in exactly one chunk. Rule backfill: without what is still being read; settings: without any news; all: whole.';

create function public.awaited_keys(p_connection uuid, p_keys bigint[], p_lists_only boolean) returns bigint[]
language plpgsql stable security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_missing record;
  v_reach bigint[];
  v_first bigint;
  v_awaited bigint[];
begin
  for v_missing in
    select k.k, m.read_at_mark
    from (select k, (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k & 7] as entity from unnest(p_keys) as k) k
    join public.derivable_marks(p_connection, p_lists_only) m on m.resource = k.entity
    where not exists (
      select 1 from public.servicetitan_records r where r.connection_id = p_connection and r.resource = k.entity and r.record_id = k.k >> 3)
  loop
    v_reach := public.reach_records(p_connection, array[v_missing.k]);
    -- Not for ever: where some of it has waited until that was read again, it is not here to be read.
    select min(n.id) into v_first from public.queued_news(p_connection, v_reach) n;
    if v_first >= v_missing.read_at_mark then
      v_awaited := v_awaited || v_reach;
    end if;
  end loop;
  return v_awaited;
end
$$;
comment on function public.awaited_keys(uuid, bigint[], boolean) is
  'What hangs on records that are named and were not read yet: these may have come between two reads, and are looked for once more before anything is told without them.';

create function public.choose_derivation(p_connection uuid, p_limit int, p_only_people boolean, p_after_records bigint, p_after_settings bigint) returns json
language plpgsql stable security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_created_on text;
  v_is_backfilling boolean := public.is_backfilling(p_connection);
  v_walk public.derivation_walks;
  v_rule text;
  v_source text;
  v_keys bigint[];
  v_seeds bigint[];
  v_after bigint;
  v_held bigint[];
  v_old bigint[];
  v_pending bigint[];
  v_settled bigint[];
  v_postponed bigint[];
begin
  select to_char(c.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"0000Z"') into v_created_on from public.integration_connections c where c.id = p_connection;

  -- People and the clock first.
  select o.source into v_source
  from (values ('manual', 1), ('flow', 1), ('timer', 2)) as o (source, rank)
  where exists (select 1 from public.derivation_queue q where q.connection_id = p_connection and q.source = o.source)
  order by o.rank, o.source limit 1;
  if v_source is not null then
    v_rule := 'people';
    select array_agg(distinct public.record_key(x.entity, x.entity_id)) into v_seeds
    from (
      select q.entity, q.entity_id from public.derivation_queue q where q.connection_id = p_connection and q.source = v_source
      -- Not in the order of the primary key, which would be walked through all that waits of other connections.
      order by q.id + 0 limit p_limit
    ) x;
    v_keys := public.reach_records(p_connection, v_seeds);
    select array_agg(q.id) into v_settled from unnest(v_keys) as k
    join public.derivation_queue q on q.connection_id = p_connection and q.source = v_source
      and q.entity = (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k & 7] and q.entity_id = k >> 3;
    select array_agg(n.key) into v_pending from public.queued_news(p_connection, v_keys) n;
    if v_pending is not null then v_pending := public.reach_records(p_connection, v_pending); end if;
    if v_is_backfilling or exists (select 1 from public.derivation_walks w where w.connection_id = p_connection and w.source = 'backfill') then v_pending := v_keys; end if;
  end if;
  if v_rule is null and p_only_people then return null; end if;

  -- Then the history, once it is all there.
  if v_rule is null then
    select * into v_walk from public.derivation_walks w where w.connection_id = p_connection and w.source = 'backfill';
    if v_walk.source is not null and not v_is_backfilling then
      return public.load_chunk(p_connection, 'backfill', v_walk.phase, v_walk.record_id, p_limit);
    end if;
  end if;

  -- Then what reads brought.
  if v_rule is null then
    with marks as materialized (select m.resource, m.mark from public.derivable_marks(p_connection, v_is_backfilling) m)
    select min(x.source), array_agg(distinct public.record_key(x.entity, x.entity_id)), max(x.id) into v_source, v_seeds, v_after
    from (
      select d.* from unnest(case when v_is_backfilling then array['webhook', 'poll'] else array['webhook', 'poll', 'backfill'] end) as o (source)
      cross join lateral (
        select q.id, q.entity, q.entity_id, q.source from public.derivation_queue q
        left join marks m on m.resource = q.resource
        where q.connection_id = p_connection and q.source = o.source and q.id > p_after_records
          and (q.resource is null or q.id < m.mark)
        order by q.id limit p_limit
      ) d
      order by d.id limit p_limit
    ) x;
    if v_seeds is not null then
      v_rule := 'records';
      v_source := case when v_source = 'webhook' then 'webhook' else 'poll' end;
      v_keys := public.reach_records(p_connection, v_seeds);
      select array_agg(n.key) into v_held from public.queued_news(p_connection, v_keys) n
      left join public.derivable_marks(p_connection, v_is_backfilling) m on m.resource = n.resource
      where n.resource is not null and n.id >= m.mark and (n.source <> 'backfill' or not v_is_backfilling);
      if v_held is not null then v_keys := public.without_keys(v_keys, public.reach_records(p_connection, v_held)); end if;
      if v_is_backfilling then
        -- The past of what is not new since the connection was made may still be on its way. So may what is named and was not read yet,
        -- unless its list has been read since.
        select array_agg(x.k) filter (where x.is_old), array_agg(x.k) filter (where not x.is_old) into v_old, v_held
        from (
          select k.k, coalesce(r.data ->> 'createdOn' < v_created_on, v_after < m.read_at_mark) as is_old
          from (select k, (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k & 7] as entity from unnest(v_keys) as k) k
          left join public.servicetitan_records r on r.connection_id = p_connection and r.resource = k.entity and r.record_id = k.k >> 3 and r.deleted_at is null
          left join public.derivable_marks(p_connection, true) m on m.resource = k.entity
          where k.entity <> 'projects' and coalesce(r.data ->> 'createdOn' < v_created_on, true)
        ) x;
        if v_held is not null then v_keys := public.without_keys(v_keys, public.reach_records(p_connection, v_held)); end if;
        if v_old is not null then
          v_old := public.reach_records(p_connection, v_old);
          v_keys := public.without_keys(v_keys, v_old);
          select array_agg(n.id) into v_postponed from public.queued_news(p_connection, v_old) n where n.source <> 'backfill';
        end if;
      end if;
      v_keys := public.without_keys(v_keys, public.awaited_keys(p_connection, v_keys, v_is_backfilling));
      select array_agg(n.id) into v_settled from public.queued_news(p_connection, v_keys) n;
    end if;
  end if;

  -- Last what changed settings make of it; news of the same records goes before, so that it is not taken for their effect.
  if v_rule is null then
    select array_agg(distinct public.record_key(x.entity, x.entity_id)), max(x.id) into v_seeds, v_after
    from (
      select q.id, q.entity, q.entity_id from public.derivation_queue q
      where q.connection_id = p_connection and q.source = 'settings' and q.id > p_after_settings
      order by q.id limit p_limit
    ) x;
    if v_seeds is not null then
      v_rule := 'settings';
      v_source := 'settings';
      v_keys := public.reach_records(p_connection, v_seeds);
      select array_agg(n.key) into v_held from public.queued_news(p_connection, v_keys) n;
      if v_held is not null then v_keys := public.without_keys(v_keys, public.reach_records(p_connection, v_held)); end if;
      select array_agg(q.id) into v_settled from unnest(v_keys) as k
      join public.derivation_queue q on q.connection_id = p_connection and q.source = 'settings'
        and q.entity = (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k & 7] and q.entity_id = k >> 3;
    end if;
  end if;
  if v_rule is null and not v_is_backfilling then
    select * into v_walk from public.derivation_walks w where w.connection_id = p_connection and w.source = 'settings';
    if v_walk.source is not null then
      return public.load_chunk(p_connection, 'settings', v_walk.phase, v_walk.record_id, p_limit);
    end if;
  end if;
  if v_rule is null then return null; end if;

  return json_build_object(
    'rule', v_rule,
    'source', v_source,
    'derivation', (select c.derivations from public.integration_connections c where c.id = p_connection),
    'settings', public.load_settings(p_connection),
    'closure', public.load_closure(p_connection, v_keys),
    'queueIds', coalesce(to_json(v_settled), '[]'),
    'postponedIds', coalesce(to_json(v_postponed), '[]'),
    'pending', public.roots_of(v_pending),
    'after', v_after);
end
$$;
comment on function public.choose_derivation(uuid, int, boolean, bigint, bigint) is
  'What is to be derived next, read in one moment: overrides and timers, the history, what reads brought, changed settings. Null when nothing is.';

create function public.load_derivation(
  p_connection uuid, p_limit int, p_now timestamptz, p_only_people boolean default false, p_after_records bigint default 0, p_after_settings bigint default 0,
  p_is_first boolean default true
) returns json
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  -- Once for each derivation of a connection: a journey with news that may not be told yet stays due, and would be queued for ever.
  if p_is_first then perform public.enqueue_due_journeys(p_connection, p_now); end if;
  if public.is_backfilling(p_connection) then
    delete from public.derivation_walks w where w.connection_id = p_connection and w.source = 'backfill';
  else
    insert into public.derivation_walks (connection_id, workspace_id, source)
    select c.id, c.workspace_id, 'backfill' from public.integration_connections c
    where c.id = p_connection and c.backfilled_at is null
      and exists (select 1 from public.sync_cursors s where s.connection_id = c.id and s.path = 'feed' and s.done_mark is not null)
    on conflict do nothing;
  end if;
  return public.choose_derivation(p_connection, p_limit, p_only_people, p_after_records, p_after_settings);
end
$$;
comment on function public.load_derivation(uuid, int, timestamptz, boolean, bigint, bigint, boolean) is
  'What is to be derived next, with everything that it is derived from; null when nothing is. What the clock has made due is queued when it is first asked.';

create or replace function public.enqueue_due_journeys(p_connection uuid, p_now timestamptz) returns int
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

create or replace function public.enqueue_all_journeys(p_connection uuid, p_source text) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_count int;
begin
  -- From the beginning, also where an earlier one is under way: what that has done was done with other settings.
  insert into public.derivation_walks as w (connection_id, workspace_id, source)
  select c.id, c.workspace_id, p_source from public.integration_connections c
  where c.id = p_connection and exists (select 1 from public.customer_servicetitan_state s where s.connection_id = c.id)
  on conflict (connection_id, source) do update set phase = excluded.phase, record_id = excluded.record_id;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function public.enqueue_all_journeys(uuid, text) is
  'Has everything of a connection derived anew, for changed settings; answers 0 when nothing has been derived yet, which will be with them.';

-- ---------------------------------------------------------------- applying

create type public.journey_change as (
  position int, journey_id uuid, is_new boolean, expected_version int, found_version int,
  contact_id uuid, old_contact_id uuid, customer_id bigint, root_type text, root_id bigint,
  state numeric, old_state numeric, rule_state numeric, entering_key text, old_entering_key text, rule text, happened_on text, explanation text, would_change text,
  override_id uuid, job_id bigint, location_id bigint, appointment jsonb, appointment_start timestamptz, old_appointment_start timestamptz,
  next_due_at timestamptz, open_total numeric, sold_total numeric, derived jsonb, lifted uuid[], entry jsonb, at timestamptz
);
comment on type public.journey_change is 'A change of a journey as apply_journeys takes it, with what the row said before.';

create function public.read_changes(p_connection uuid, p_changes jsonb, p_now timestamptz) returns public.journey_change[]
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  return (
    select array_agg(row(
        c.position, coalesce(c.id, gen_random_uuid()), c.id is null, c."expectedVersion", s.version,
        coalesce(k.id, s.contact_id), s.contact_id, r."customerId", r.root ->> 'type', (r.root ->> 'id')::bigint,
        r.state, coalesce(s.current_state, 0), r."ruleState", r."enteringKey", s.entering_key, r.rule, r."happenedAt", r.explanation, r."wouldChange",
        r."overrideId", r."jobId", r."locationId", nullif(r.appointment, 'null'), (r.appointment ->> 'start')::timestamptz, s.appointment_start,
        r."nextDueAt", r."openTotal", r."soldTotal", c.row, c.lifted, c.entry,
        -- A product that catches up with a clock that jumped learns of things before their time: they begin when they happened.
        -- In whole milliseconds, as p_now is: what happened just now must not lie ahead of it by the digits that it lacks.
        greatest(p_now, case when r.state <> 0 then date_trunc('milliseconds', r."happenedAt"::timestamptz) end)
      )::public.journey_change order by c.position)
    from (
      select e.position::int as position, (e.value ->> 'id')::uuid as id, (e.value ->> 'expectedVersion')::int as "expectedVersion",
        e.value ->> 'contactType' as contact_type, (e.value ->> 'contactId')::bigint as contact_source_id, e.value -> 'row' as row,
        case when e.value ? 'lifted' then array(select l.value::uuid from jsonb_array_elements_text(e.value -> 'lifted') as l (value)) end as lifted,
        nullif(e.value -> 'entry', 'null') as entry
      from jsonb_array_elements(p_changes) with ordinality as e (value, position)
    ) c
    left join lateral jsonb_to_record(c.row) as r (
      root jsonb, "customerId" bigint, "locationId" bigint, "jobId" bigint, state numeric, rule text, "enteringKey" text, "happenedAt" text, "ruleState" numeric,
      "overrideId" uuid, appointment jsonb, "nextDueAt" timestamptz, "openTotal" numeric, "soldTotal" numeric, explanation text, "wouldChange" text) on true
    left join public.contacts k on k.connection_id = p_connection and k.source_type = c.contact_type and k.source_id = c.contact_source_id
    left join public.customer_servicetitan_state s on s.id = c.id);
end
$$;
comment on function public.read_changes(uuid, jsonb, timestamptz) is 'The changes of a batch as rows, with what the journeys said before.';

create function public.store_contacts(p_connection uuid, p_workspace uuid, p_contacts jsonb, p_now timestamptz) returns bigint[]
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_new bigint[];
begin
  with written as (
    insert into public.contacts as c (workspace_id, connection_id, source_type, source_id, name, email, phone, do_not_mail, do_not_service,
      marketing_allowed, reminders_allowed, active, merged_to_id, created_at, updated_at)
    select p_workspace, p_connection, x.source_type, x.source_id, x.name, x.email, x.phone, x.do_not_mail, x.do_not_service,
      x.marketing_allowed, x.reminders_allowed, x.active, x.merged_to_id, p_now, p_now
    from jsonb_to_recordset(p_contacts) as x (source_type text, source_id bigint, name text, email text, phone text, do_not_mail boolean,
      do_not_service boolean, marketing_allowed boolean, reminders_allowed boolean, active boolean, merged_to_id bigint)
    order by x.source_type, x.source_id
    on conflict (connection_id, source_type, source_id) do update set
      name = excluded.name, email = excluded.email, phone = excluded.phone, do_not_mail = excluded.do_not_mail, do_not_service = excluded.do_not_service,
      marketing_allowed = excluded.marketing_allowed, reminders_allowed = excluded.reminders_allowed, active = excluded.active, merged_to_id = excluded.merged_to_id, updated_at = excluded.updated_at
      where (c.name, c.email, c.phone, c.do_not_mail, c.do_not_service, c.marketing_allowed, c.reminders_allowed, c.active, c.merged_to_id)
        is distinct from (excluded.name, excluded.email, excluded.phone, excluded.do_not_mail, excluded.do_not_service, excluded.marketing_allowed, excluded.reminders_allowed, excluded.active, excluded.merged_to_id)
    returning c.source_id, c.source_type, c.xmax = 0 as is_new
  )
  select array_agg(w.source_id) into v_new from written w where w.is_new and w.source_type = 'customer';
  return v_new;
end
$$;
comment on function public.store_contacts(uuid, uuid, jsonb, timestamptz) is 'Writes what is known of people; answers the ServiceTitan ids of customers that are new.';

create function public.write_journeys(p_connection uuid, p_workspace uuid, p_changes public.journey_change[], p_now timestamptz) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_count int;
begin
  insert into public.customer_servicetitan_state (id, workspace_id, connection_id, contact_id, servicetitan_customer_id, current_state, job_id, previous_state,
    state_changed_at, created_at, updated_at, root_type, root_id, rule_state, entering_key, rule, happened_on, explanation, would_change, override_id, location_id,
    appointment_id, appointment_start, appointment_end, arrival_window_start, arrival_window_end, next_due_at, open_total, sold_total, derived)
  select c.journey_id, p_workspace, p_connection, c.contact_id, c.customer_id, c.state, c.job_id, case when c.entry is not null then 0 end,
    -- What the backfill finds has been so since it happened.
    case when c.entry is null then p_now when (c.entry ->> 'backfill')::boolean then c.happened_on::timestamptz else c.at end, p_now, p_now,
    c.root_type, c.root_id, c.rule_state, c.entering_key, c.rule, c.happened_on, c.explanation, c.would_change, c.override_id, c.location_id,
    (c.appointment ->> 'id')::bigint, c.appointment_start, (c.appointment ->> 'end')::timestamptz, (c.appointment ->> 'arrivalWindowStart')::timestamptz,
    (c.appointment ->> 'arrivalWindowEnd')::timestamptz, c.next_due_at, c.open_total, c.sold_total, c.derived
  from unnest(p_changes) as c where c.is_new
  on conflict (connection_id, root_type, root_id) do nothing;
  get diagnostics v_count = row_count;
  if v_count < (select count(*) from unnest(p_changes) as c where c.is_new) then
    raise exception 'A journey has moved meanwhile.' using errcode = 'PT409';
  end if;

  if v_count < cardinality(p_changes) then
    update public.customer_servicetitan_state s set
      contact_id = c.contact_id, servicetitan_customer_id = c.customer_id, root_type = c.root_type, root_id = c.root_id,
      current_state = c.state,
      previous_state = case when c.entry is null then s.previous_state else s.current_state end,
      state_changed_at = case when c.entry is null then s.state_changed_at when (c.entry ->> 'backfill')::boolean then c.happened_on::timestamptz else c.at end,
      job_id = c.job_id, rule_state = c.rule_state, entering_key = c.entering_key, rule = c.rule, happened_on = c.happened_on,
      explanation = c.explanation, would_change = c.would_change, override_id = c.override_id, location_id = c.location_id,
      appointment_id = (c.appointment ->> 'id')::bigint, appointment_start = c.appointment_start, appointment_end = (c.appointment ->> 'end')::timestamptz,
      arrival_window_start = (c.appointment ->> 'arrivalWindowStart')::timestamptz, arrival_window_end = (c.appointment ->> 'arrivalWindowEnd')::timestamptz,
      next_due_at = c.next_due_at, open_total = c.open_total, sold_total = c.sold_total, derived = c.derived, version = s.version + 1, updated_at = p_now
    from unnest(p_changes) as c
    where s.id = c.journey_id and not c.is_new;
  end if;
end
$$;
comment on function public.write_journeys(uuid, uuid, public.journey_change[], timestamptz) is 'Writes the rows of a batch. Only apply_journeys calls it, which has locked them.';

create function public.leave_states(p_connection uuid, p_workspace uuid, p_changes public.journey_change[], p_now timestamptz) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_ended int;
begin
  update public.state_overrides o set lifted_at = p_now
  where o.id in (select l.id from unnest(p_changes) as c cross join lateral unnest(c.lifted) as l (id)) and o.lifted_at is null;

  -- A lead became a customer, or two customers were merged: what runs goes on with who they are now.
  update public.flow_runs r set contact_id = c.contact_id
  from unnest(p_changes) as c
  where not c.is_new and c.contact_id is distinct from c.old_contact_id and r.journey_id = c.journey_id and r.status in ('active', 'ended');

  update public.messages m set status = 'skipped', reason = 'left_state'
  from unnest(p_changes) as c join public.flow_runs r on r.journey_id = c.journey_id and r.state = c.old_state and r.status = 'active'
  where c.entry is not null and c.old_state <> 0 and m.run_id = r.id and m.status = 'queued';
  update public.flow_steps t set status = 'canceled', leased_by = null, leased_until = null
  from unnest(p_changes) as c join public.flow_runs r on r.journey_id = c.journey_id and r.state = c.old_state and r.status = 'active'
  where c.entry is not null and c.old_state <> 0 and t.run_id = r.id and t.status = 'pending' and t.leased_by is null;
  update public.flow_runs r set status = 'ended', ended_reason = 'left_state', ended_at = c.at
  from unnest(p_changes) as c
  where c.entry is not null and c.old_state <> 0 and r.journey_id = c.journey_id and r.state = c.old_state and r.status = 'active';
  get diagnostics v_ended = row_count;

  -- Waits that hang on the appointment move with it.
  update public.flow_steps t set due_at = c.appointment_start + make_interval(mins => t.anchor_minutes)
  from unnest(p_changes) as c join public.flow_runs r on r.journey_id = c.journey_id and r.status in ('active', 'ended')
  where not c.is_new and c.appointment_start is distinct from c.old_appointment_start
    and t.run_id = r.id and t.status in ('pending', 'canceled') and t.anchor_minutes is not null;

  -- A refresh uses up the new record's key, which from then on stands for the same runs.
  insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
  select p_workspace, p_connection, c.journey_id, c.state, c.entering_key, e.entry_group, 'refreshed', p_now
  from unnest(p_changes) as c
  join public.state_entries e on e.connection_id = p_connection and e.state = c.state and e.entering_key = c.old_entering_key
  where not c.is_new and c.entry is null and c.state <> 0 and c.entering_key is distinct from c.old_entering_key
  on conflict (connection_id, state, entering_key) do update set
    entry_group = excluded.entry_group, journey_id = excluded.journey_id, outcome = excluded.outcome;
  return v_ended;
end
$$;
comment on function public.leave_states(uuid, uuid, public.journey_change[], timestamptz) is
  'What ends or moves before anything is entered: overrides, runs of states that were left, waits; answers how many runs ended. Only apply_journeys calls it.';

create or replace function public.enter_state(
  p_row public.customer_servicetitan_state, p_transition jsonb, p_now timestamptz, p_at timestamptz
) returns text
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_state numeric := p_row.current_state;
  v_created_on timestamptz := (p_row.derived ->> 'enteringCreatedOn')::timestamptz;
  v_modified_on timestamptz := (p_row.derived ->> 'enteringModifiedOn')::timestamptz;
  v_entry public.state_entries;
  v_group uuid;
  v_left_at timestamptz;
  v_outcome text;
  v_best text;
  v_detail jsonb;
  v_flow record;
  v_run uuid;
begin
  select * into v_entry from public.state_entries e
  where e.connection_id = p_row.connection_id and e.state = v_state and e.entering_key = p_row.entering_key;

  if v_entry.id is null then
    -- A return may also come by another record that was there already when the journey left the state.
    select t.recorded_at into v_left_at from public.state_transitions t
    where t.journey_id = p_row.id and t.from_state = v_state order by t.id desc limit 1;
    if v_left_at is not null and v_created_on <= v_left_at then
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
    v_detail := null;
    if v_best = 'backfill' then
      v_outcome := v_best;
      select jsonb_build_object('liveFrom', c.live_from) into v_detail from public.integration_connections c where c.id = p_row.connection_id;
    elsif v_best = 'settings' then
      v_outcome := v_best;
    elsif p_row.happened_on::timestamptz <= p_now - make_interval(hours => v_flow.max_age_hours)
      and v_modified_on <= p_now - make_interval(hours => v_flow.max_age_hours)
      and not (v_state in (2, 5) and (p_transition ->> 'appointmentAhead')::boolean) then
      v_outcome := 'stale';
      v_detail := jsonb_build_object('happenedOn', p_row.happened_on, 'modifiedOn', p_row.derived ->> 'enteringModifiedOn', 'maxAgeHours', v_flow.max_age_hours);
    else
      if v_state not in (2, 5, 6) then
        select jsonb_build_object('otherRunId', r.id) into v_detail
        from public.flow_runs r join public.customer_servicetitan_state j on j.id = r.journey_id
        where r.flow_id = v_flow.id and r.status = 'active' and r.journey_id <> p_row.id and j.connection_id = p_row.connection_id
          and (j.servicetitan_customer_id = p_row.servicetitan_customer_id or (p_row.servicetitan_customer_id is null and j.contact_id = p_row.contact_id))
        order by r.started_at, r.id limit 1;
      end if;
      v_outcome := case when v_detail is null then 'started' else 'duplicate' end;
    end if;
    if v_outcome = 'started' then
      insert into public.flow_runs (workspace_id, flow_id, version_id, connection_id, journey_id, contact_id, entry_group, state, job_id, entering_key, started_at)
      values (p_row.workspace_id, v_flow.id, v_flow.version_id, p_row.connection_id, p_row.id, p_row.contact_id, v_group, v_state, p_row.job_id, p_row.entering_key, p_at)
      returning id into v_run;
      insert into public.flow_steps (workspace_id, run_id, node_id, status, due_at, entered_at)
      values (p_row.workspace_id, v_run, v_flow.trigger_node, 'pending', p_at, p_at);
    end if;
    insert into public.flow_starts (entry_group, workspace_id, flow_id, outcome, run_id, recorded_at, detail)
    values (v_group, p_row.workspace_id, v_flow.id, v_outcome, v_run, p_now, v_detail);
    if v_best = 'no_flow' or v_outcome = 'started' then v_best := v_outcome; end if;
  end loop;

  insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
  values (p_row.workspace_id, p_row.connection_id, p_row.id, v_state, p_row.entering_key, v_group, v_best, p_now);
  return v_best;
end
$$;

create function public.enter_quietly(p_connection uuid, p_workspace uuid, p_changes public.journey_change[], p_now timestamptz) returns int[]
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_live_from timestamptz;
  v_quiet int[];
begin
  select c.live_from into v_live_from from public.integration_connections c where c.id = p_connection;
  with triggered as materialized (
    select f.id, f.trigger_state as state from public.flows f
    where f.workspace_id = p_workspace and f.status in ('live', 'paused') and f.published_version_id is not null
  ),
  -- All that neither can start anything nor comes back to where it was.
  quiet as materialized (
    select c.*, gen_random_uuid() as entry_group,
      case when c.state = 0 then null when (c.entry ->> 'backfill')::boolean then 'backfill' when (c.entry ->> 'settings')::boolean then 'settings' else 'no_flow' end as outcome
    from unnest(p_changes) as c
    where c.entry is not null and (c.state = 0 or (
      ((c.entry ->> 'backfill')::boolean or (c.entry ->> 'settings')::boolean or not exists (select 1 from triggered t where t.state = c.state))
      and not exists (select 1 from public.state_entries e where e.connection_id = p_connection and e.state = c.state and e.entering_key = c.entering_key)
      and (c.is_new or not exists (select 1 from public.state_transitions t where t.journey_id = c.journey_id and t.from_state = c.state))))
  ),
  entered as (
    insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
    select p_workspace, p_connection, q.journey_id, q.state, q.entering_key, q.entry_group,
      q.outcome, p_now
    from quiet q where q.state <> 0
  ),
  refrained as (
    insert into public.flow_starts (entry_group, workspace_id, flow_id, outcome, recorded_at, detail)
    select q.entry_group, p_workspace, t.id, q.outcome, p_now, case when q.outcome = 'backfill' then jsonb_build_object('liveFrom', v_live_from) end
    from quiet q join triggered t on t.state = q.state
    where q.state <> 0
  ),
  logged as (
    insert into public.state_transitions (workspace_id, connection_id, journey_id, contact_id, from_state, to_state, job_id, entering_key, rule, explanation,
      happened_on, recorded_at, source, outcome)
    select p_workspace, p_connection, q.journey_id, q.contact_id, (q.entry ->> 'from')::numeric, q.state, q.job_id, q.entering_key, q.rule, q.explanation,
      q.happened_on, q.at, q.entry ->> 'source', q.outcome
    from quiet q order by q.position
  )
  select array_agg(q.position) into v_quiet from quiet q;
  return v_quiet;
end
$$;
comment on function public.enter_quietly(uuid, uuid, public.journey_change[], timestamptz) is
  'Logs the transitions that can start or resume nothing, and uses up their keys; answers which they were. Only apply_journeys calls it.';

drop function public.apply_journeys(uuid, bigint, jsonb, jsonb, bigint[], timestamptz);
create function public.apply_journeys(
  p_connection uuid, p_derivation bigint, p_contacts jsonb, p_changes jsonb, p_queue_ids bigint[], p_now timestamptz, p_walk jsonb default null, p_postponed_ids bigint[] default '{}'
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_workspace uuid;
  v_derivations bigint;
  v_changes public.journey_change[];
  v_change public.journey_change;
  v_row public.customer_servicetitan_state;
  v_new_customers bigint[];
  v_quiet int[];
  v_outcome text;
  v_transitions int;
  v_started int := 0;
  v_ended int := 0;
  v_count int;
begin
  -- What was derived from is still what the mirror says only if nobody has settled queued records since it was loaded.
  update public.integration_connections c set derivations = c.derivations + 1
  where c.id = p_connection and c.derivations = p_derivation
  returning c.workspace_id, c.derivations into v_workspace, v_derivations;
  if v_workspace is null then
    raise exception 'Somebody else has derived this connection meanwhile.' using errcode = 'PT409';
  end if;

  v_new_customers := public.store_contacts(p_connection, v_workspace, p_contacts, p_now);

  -- Locked in a fixed order: two workers wait for each other instead of dead-locking. That derivations of a connection come one after the other is
  -- decided above; a person or a flow may still set the state of one of these.
  perform 1 from public.customer_servicetitan_state s
  where s.id in (select (e.value ->> 'id')::uuid from jsonb_array_elements(p_changes) as e (value) where e.value ->> 'id' is not null)
  order by s.id for update;
  v_changes := public.read_changes(p_connection, p_changes, p_now);
  if exists (select 1 from unnest(v_changes) as c where not c.is_new and c.found_version is distinct from c.expected_version) then
    raise exception 'A journey has moved meanwhile.' using errcode = 'PT409';
  end if;

  if v_changes is not null then
    perform public.write_journeys(p_connection, v_workspace, v_changes, p_now);
    -- All leavings come before all entries.
    if exists (select 1 from unnest(v_changes) as c where not c.is_new) then
      v_ended := public.leave_states(p_connection, v_workspace, v_changes, p_now);
    end if;
    v_quiet := public.enter_quietly(p_connection, v_workspace, v_changes, p_now);
    -- What may start or resume something comes one by one, in the order in which it happened: the caller has sorted it.
    for v_change in select c.* from unnest(v_changes) as c where c.entry is not null and not c.position = any (coalesce(v_quiet, '{}')) order by c.position loop
      select * into v_row from public.customer_servicetitan_state s where s.id = v_change.journey_id;
      v_outcome := public.enter_state(v_row, v_change.entry, p_now, v_change.at);
      insert into public.state_transitions (workspace_id, connection_id, journey_id, contact_id, from_state, to_state, job_id, entering_key, rule, explanation,
        happened_on, recorded_at, source, outcome)
      values (v_workspace, p_connection, v_row.id, v_row.contact_id, (v_change.entry ->> 'from')::numeric, v_row.current_state, v_row.job_id, v_row.entering_key, v_row.rule,
        v_row.explanation, v_row.happened_on, v_change.at, v_change.entry ->> 'source', v_outcome);
      if v_outcome = 'started' then
        select count(*) into v_count from public.flow_starts f join public.state_entries e on e.entry_group = f.entry_group
        where e.connection_id = p_connection and e.state = v_row.current_state and e.entering_key = v_row.entering_key and f.outcome = 'started';
        v_started := v_started + v_count;
      end if;
    end loop;
  end if;
  select count(*) into v_transitions from unnest(v_changes) as c where c.entry is not null;

  -- Rows whose customer had not been read yet when they were made: consent hangs on who they really are.
  if v_new_customers is not null then
    with known as (
      select c.id, c.source_id from public.contacts c
      where c.connection_id = p_connection and c.source_type = 'customer' and c.source_id = any (v_new_customers)
    ),
    linked as (
      update public.customer_servicetitan_state s set contact_id = k.id, updated_at = p_now
      from known k
      where s.connection_id = p_connection and s.servicetitan_customer_id = k.source_id and s.contact_id is distinct from k.id
      returning s.id, s.contact_id
    )
    update public.flow_runs r set contact_id = l.contact_id from linked l where r.journey_id = l.id and r.status in ('active', 'ended');
  end if;

  delete from public.derivation_queue q where q.id = any (p_queue_ids);
  update public.derivation_queue q set source = 'backfill' where q.id = any (p_postponed_ids);
  if p_walk is not null then
    perform public.move_walk(p_connection, v_workspace, p_walk, p_now);
  end if;

  if cardinality(v_changes) > 100 then
    insert into public.change_events (workspace_id, type, payload, at)
    values (v_workspace, 'journey', jsonb_build_object('connectionId', p_connection), p_now);
  else
    insert into public.change_events (workspace_id, type, payload, at)
    select v_workspace, 'journey', jsonb_build_object('connectionId', p_connection, 'journeyId', c.journey_id, 'contactId', c.contact_id), p_now
    from unnest(v_changes) as c;
  end if;

  return jsonb_build_object('rows', coalesce(cardinality(v_changes), 0), 'transitions', v_transitions, 'runsStarted', v_started, 'runsEnded', v_ended, 'derivation', v_derivations);
end
$$;
comment on function public.apply_journeys(uuid, bigint, jsonb, jsonb, bigint[], timestamptz, jsonb, bigint[]) is
  'Writes derived journeys: rows, transition log, what leaving ends and entering starts, settles the queue and moves the walk; one transaction. SQLSTATE PT409 when a row has moved, or another derivation was applied, since it was loaded: derive again.';

create function public.move_walk(p_connection uuid, p_workspace uuid, p_walk jsonb, p_now timestamptz) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source)
  select p_workspace, p_connection, (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k.value::bigint & 7], k.value::bigint >> 3, 'settings'
  from jsonb_array_elements_text(coalesce(nullif(p_walk -> 'left', 'null'), '[]')) as k (value);
  update public.derivation_walks w set phase = (p_walk #>> '{next,phase}')::int, record_id = (p_walk #>> '{next,recordId}')::bigint
  where p_walk #>> '{next,phase}' is not null and w.connection_id = p_connection and w.source = p_walk ->> 'source' and w.phase = (p_walk ->> 'phase')::int and w.record_id = (p_walk ->> 'recordId')::bigint;
  if not found then
    delete from public.derivation_walks w
    where p_walk #>> '{next,phase}' is null and w.connection_id = p_connection and w.source = p_walk ->> 'source' and w.phase = (p_walk ->> 'phase')::int and w.record_id = (p_walk ->> 'recordId')::bigint;
    if not found then
      raise exception 'Another worker has gone on with this walk, or it began anew.' using errcode = 'PT409';
    end if;
    if p_walk ->> 'source' = 'backfill' then
      update public.integration_connections c set backfilled_at = p_now where c.id = p_connection and c.backfilled_at is null;
    end if;
  end if;
end
$$;
comment on function public.move_walk(uuid, uuid, jsonb, timestamptz) is
  'Moves a walk to where its next chunk begins; at its end it is over. What it had to leave because of news is queued. Only apply_journeys calls it.';

drop function public.entered_at(jsonb, timestamptz);
drop function public.record_neighbors(uuid, text, bigint);
drop function public.load_derivation(uuid, int, boolean);

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('reach_records', 'record_key', 'derivable_marks', 'is_backfilling', 'load_closure', 'load_settings', 'queued_news', 'without_keys', 'roots_of', 'walk_step',
      'load_chunk', 'awaited_keys', 'choose_derivation', 'load_derivation', 'read_changes', 'store_contacts', 'write_journeys', 'leave_states', 'enter_quietly', 'apply_journeys', 'move_walk')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
