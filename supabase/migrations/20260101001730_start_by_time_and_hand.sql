-- Starts that no record brings: the time before or after an appointment, set times, a person's hand, another flow. Each has a key of its own and goes
-- through start_run. Starts of many are written down first and carried out batch by batch, from a position that moves with each.

create index customer_servicetitan_state_appointment_idx on public.customer_servicetitan_state (connection_id, appointment_start) where appointment_start is not null;
create index customer_servicetitan_state_standing_idx on public.customer_servicetitan_state (connection_id, current_state, id) where current_state <> 0;

create table public.flow_schedules (
  flow_id uuid not null,
  connection_id uuid not null,
  workspace_id uuid not null,
  since timestamptz not null,
  next_due_at timestamptz not null,
  constraint flow_schedules_pkey primary key (flow_id, connection_id),
  constraint flow_schedules_flow_fkey foreign key (flow_id) references public.flows (id) on delete cascade,
  constraint flow_schedules_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint flow_schedules_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.flow_schedules is 'When a flow that starts at set times does so next, for each tenant by its own clock.';
comment on column public.flow_schedules.since is 'That of the trigger that it was computed for: with another trigger it is computed anew.';
create index flow_schedules_connection_idx on public.flow_schedules (connection_id);
create index flow_schedules_workspace_idx on public.flow_schedules (workspace_id);

create table public.flow_enrolments (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  flow_id uuid not null,
  key text not null,
  kind text not null,
  connection_ids uuid[],
  states numeric(2, 1)[] not null,
  due_at timestamptz not null,
  spread_minutes int not null,
  after_id uuid not null default '00000000-0000-0000-0000-000000000000',
  started int not null default 0,
  refrained int not null default 0,
  requested_by text,
  created_at timestamptz not null,
  done_at timestamptz,
  constraint flow_enrolments_pkey primary key (id),
  constraint flow_enrolments_once unique (flow_id, key),
  constraint flow_enrolments_flow_fkey foreign key (flow_id) references public.flows (id) on delete cascade,
  constraint flow_enrolments_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint flow_enrolments_kind_known check (kind in ('schedule', 'manual'))
);
comment on table public.flow_enrolments is 'Starts of a flow for everybody who is in some states: a moment of its schedule, or somebody''s request.';
comment on column public.flow_enrolments.after_id is 'The last journey that was looked at; it moves in the transaction that starts those up to it.';
create index flow_enrolments_open_idx on public.flow_enrolments (created_at, id) where done_at is null;
create index flow_enrolments_workspace_idx on public.flow_enrolments (workspace_id);

alter table public.flow_schedules enable row level security;
alter table public.flow_enrolments enable row level security;
create policy flow_schedules_members_read on public.flow_schedules for select to authenticated using (public.is_member(workspace_id));
create policy flow_enrolments_members_read on public.flow_enrolments for select to authenticated using (public.is_member(workspace_id));
grant select on public.flow_schedules, public.flow_enrolments to authenticated;
grant all on public.flow_schedules, public.flow_enrolments to service_role;

-- ---------------------------------------------------------------- appointments

create function public.start_appointment_runs(p_now timestamptz, p_limit int) returns jsonb
language plpgsql volatile security invoker
set search_path = '' set enable_seqscan = off
as $$
declare
  v_all jsonb;
  v_due record;
  v_row public.customer_servicetitan_state;
  v_looked int := 0;
  v_started int := 0;
begin
  select jsonb_agg(to_jsonb(d)) into v_all from (
    select d.*
    from (
      select t.flow_id, t.offset_minutes, t.states, c.id as connection_id,
        greatest(t.since, c.live_from, p_now - make_interval(hours => f.max_age_hours)) - make_interval(mins => t.offset_minutes) as after,
        p_now - make_interval(mins => t.offset_minutes) as until
      from public.flow_triggers t
      join public.flows f on f.id = t.flow_id and f.status = 'live'
      join public.integration_connections c on c.workspace_id = t.workspace_id and c.status = 'connected' and (t.connection_ids is null or c.id = any (t.connection_ids))
      where t.kind = 'appointment'
    ) w
    cross join lateral (
      select w.flow_id, w.offset_minutes, j.id as journey_id, j.appointment_start, j.appointment_start + make_interval(mins => w.offset_minutes) as moment,
        -- With another time it is another appointment: it is announced anew.
        'appointment:' || j.id || ':' || extract(epoch from j.appointment_start)::bigint as key
      from public.customer_servicetitan_state j
      where j.connection_id = w.connection_id and j.appointment_start > w.after and j.appointment_start <= w.until
        -- Nobody is reminded of a visit that has begun.
        and (w.offset_minutes >= 0 or j.appointment_start > p_now)
        and (w.states is null or j.current_state = any (w.states))
        and not exists (
          select 1 from public.flow_starts s
          where s.entry_group = public.key_group('appointment:' || j.id || ':' || extract(epoch from j.appointment_start)::bigint) and s.flow_id = w.flow_id offset 0)
    ) d
    order by d.moment, d.journey_id, d.flow_id
    limit p_limit
  ) d;
  -- In one order, as transitions lock them.
  perform 1 from public.customer_servicetitan_state j
  where j.id in (select (e.value ->> 'journey_id')::uuid from jsonb_array_elements(v_all) as e (value)) order by j.id for share;
  for v_due in
    select * from jsonb_to_recordset(coalesce(v_all, '[]')) as x (flow_id uuid, offset_minutes int, journey_id uuid, appointment_start timestamptz, moment timestamptz, key text)
    order by x.moment, x.journey_id, x.flow_id
  loop
    v_looked := v_looked + 1;
    select * into v_row from public.customer_servicetitan_state j where j.id = v_due.journey_id;
    continue when v_row.appointment_start is distinct from v_due.appointment_start;
    -- What was said of the time before is over; what follows a visit that took place goes on.
    if v_due.offset_minutes < 0 then
      perform public.end_runs(array(
        select r.id from public.flow_runs r
        where r.journey_id = v_due.journey_id and r.flow_id = v_due.flow_id and r.status in ('active', 'parked') and r.trigger_kind = 'appointment'
          and r.started_by is distinct from v_due.key), 'rescheduled', p_now);
    end if;
    if public.start_run(v_due.flow_id, v_row, public.key_group(v_due.key), 'appointment', jsonb_build_object('startedBy', v_due.key), p_now,
      -- It counts from its moment, unless that was over before it could be known.
      case when v_due.moment > p_now - interval '15 minutes' then v_due.moment else p_now end,
      case when v_due.moment > p_now - interval '15 minutes' then v_due.moment else p_now end) = 'started' then
      v_started := v_started + 1;
    end if;
  end loop;
  return jsonb_build_object('looked', v_looked, 'started', v_started);
end
$$;
comment on function public.start_appointment_runs(timestamptz, int) is
  'Starts the flows whose time before or after an appointment has come, once for each time of an appointment; answers how many were looked at and started.';

create function public.end_runs(p_runs uuid[], p_reason text, p_now timestamptz, p_actor text default null) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_ended uuid[];
begin
  -- Journey, run, step: the order in which transitions and settlements lock them, too.
  perform 1 from public.customer_servicetitan_state j
  where j.id in (select r.journey_id from public.flow_runs r where r.id = any (p_runs)) order by j.id for share;
  perform 1 from public.flow_runs r where r.id = any (p_runs) order by r.id for no key update;
  with ended as (
    update public.flow_runs r set status = 'ended', ended_reason = p_reason, ended_at = p_now
    where r.id = any (p_runs) and (r.status in ('active', 'parked') or (r.status = 'ended' and r.ended_reason = 'left_state'))
    returning r.*
  ),
  told as (
    insert into public.change_events (workspace_id, type, payload, at)
    select e.workspace_id, 'run', jsonb_build_object('contactId', e.contact_id, 'runId', e.id, 'flowId', e.flow_id, 'journeyId', e.journey_id), p_now from ended e
  )
  select array_agg(e.id) into v_ended from ended e;
  update public.messages m set status = 'skipped', reason = 'canceled' where m.run_id = any (v_ended) and m.status = 'queued';
  update public.flow_steps s set status = 'canceled' where s.run_id = any (v_ended) and s.status = 'pending' and s.leased_by is null;
  update public.alerts a set closed_at = p_now, closed_by = p_actor where a.run_id = any (v_ended) and a.closed_at is null;
  if p_reason = 'rescheduled' then
    -- The visit may come back to the very time that these were begun for: then they begin anew.
    with freed as (
      update public.flow_runs r set entry_group = gen_random_uuid() where r.id = any (v_ended) returning r.id, r.entry_group
    )
    update public.flow_starts s set entry_group = f.entry_group from freed f where s.run_id = f.id;
  end if;
  return coalesce(cardinality(v_ended), 0);
end
$$;
comment on function public.end_runs(uuid[], text, timestamptz, text) is
  'Ends runs before their next step, for good, withdraws what they have not sent and closes their alerts; answers how many. rescheduled: what began them may begin others. A step that somebody holds is finished, and nothing follows.';

-- ---------------------------------------------------------------- set times

create function public.due_schedules(p_now timestamptz) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'flowId', t.flow_id, 'connectionId', c.id, 'timeZone', c.time_zone, 'schedule', t.schedule, 'since', t.since, 'nextDueAt', s.next_due_at, 'maxAgeHours', f.max_age_hours
  ) order by t.flow_id, c.id), '[]')
  from public.flow_triggers t
  join public.flows f on f.id = t.flow_id and f.status = 'live'
  join public.integration_connections c on c.workspace_id = t.workspace_id and c.status = 'connected' and (t.connection_ids is null or c.id = any (t.connection_ids))
  left join public.flow_schedules s on s.flow_id = t.flow_id and s.connection_id = c.id and s.since = t.since
  where t.kind = 'schedule' and (s.next_due_at is null or s.next_due_at <= p_now)
$$;
comment on function public.due_schedules(timestamptz) is 'The schedules whose moment has come, or of which it is not known yet.';

create function public.advance_schedule(
  p_flow uuid, p_connection uuid, p_since timestamptz, p_expected timestamptz, p_due timestamptz, p_next timestamptz, p_now timestamptz
) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_trigger public.flow_triggers;
begin
  select * into v_trigger from public.flow_triggers t where t.flow_id = p_flow and t.kind = 'schedule' and t.since = p_since;
  if v_trigger.id is null then return false; end if;
  insert into public.flow_schedules as s (flow_id, connection_id, workspace_id, since, next_due_at)
  values (p_flow, p_connection, v_trigger.workspace_id, p_since, p_next)
  on conflict (flow_id, connection_id) do update set since = excluded.since, next_due_at = excluded.next_due_at
    where s.since <> excluded.since or s.next_due_at = p_expected;
  if not found then return false; end if;
  if p_due is not null then
    insert into public.flow_enrolments (workspace_id, flow_id, key, kind, connection_ids, states, due_at, spread_minutes, created_at)
    values (v_trigger.workspace_id, p_flow, 'schedule:' || p_connection || ':' || extract(epoch from p_due)::bigint, 'schedule', array[p_connection],
      v_trigger.states, p_due, 15, p_now)
    on conflict (flow_id, key) do nothing;
  end if;
  return true;
end
$$;
comment on function public.advance_schedule(uuid, uuid, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz) is
  'Writes down a moment of a schedule, if one is due, and when the next is, in one; false when somebody else has, or the trigger is another by now.';

-- ---------------------------------------------------------------- many at once

create function public.person_share(p_key text) returns double precision
language sql immutable security invoker
set search_path = ''
as $$
  select ('x' || substr(encode(sha256(convert_to(p_key, 'UTF8')), 'hex'), 1, 12))::bit(48)::bigint / 281474976710656.0::double precision
$$;
comment on function public.person_share(text) is 'A number from 0 up to, not including, 1 that is always the same for the same key, and the application''s own.';

create function public.advance_enrolment(p_now timestamptz, p_limit int) returns jsonb
language plpgsql volatile security invoker
set search_path = '' set enable_seqscan = off
as $$
declare
  v_enrolment public.flow_enrolments;
  v_row public.customer_servicetitan_state;
  v_looked int := 0;
  v_started int := 0;
  v_due timestamptz;
begin
  select e.* into v_enrolment from public.flow_enrolments e join public.flows f on f.id = e.flow_id
  where e.done_at is null and f.status in ('live', 'paused') order by e.created_at, e.id limit 1 for update of e skip locked;
  if v_enrolment.id is null then return null; end if;
  for v_row in
    select j.*
    from (
      select s.id from public.integration_connections c
      cross join unnest(v_enrolment.states) as w (state)
      cross join lateral (
        select x.id from public.customer_servicetitan_state x
        where x.connection_id = c.id and x.current_state = w.state and x.current_state <> 0 and x.id > v_enrolment.after_id
        order by x.id limit p_limit
      ) s
      where c.workspace_id = v_enrolment.workspace_id and (v_enrolment.connection_ids is null or c.id = any (v_enrolment.connection_ids))
      order by s.id limit p_limit
    ) n
    join public.customer_servicetitan_state j on j.id = n.id
    order by n.id for share of j
  loop
    v_looked := v_looked + 1;
    v_enrolment.after_id := v_row.id;
    -- One by one within some minutes, not all in the same second.
    v_due := greatest(v_enrolment.due_at, p_now) + make_interval(secs => floor(60 * v_enrolment.spread_minutes * public.person_share(
      public.person_key(v_row.connection_id, v_row.servicetitan_customer_id, v_row.contact_id, v_row.id) || ' ' || v_enrolment.flow_id)));
    -- Whoever left meanwhile is not meant any more.
    if v_row.current_state = any (v_enrolment.states) and public.start_run(v_enrolment.flow_id, v_row,
      public.key_group(v_enrolment.key || ':' || v_row.id), v_enrolment.kind, jsonb_build_object('startedBy', coalesce('member:' || v_enrolment.requested_by, v_enrolment.key)),
      p_now, p_now, v_due) = 'started' then
      v_started := v_started + 1;
    end if;
  end loop;
  update public.flow_enrolments e set after_id = v_enrolment.after_id, started = e.started + v_started, refrained = e.refrained + v_looked - v_started,
    done_at = case when v_looked < p_limit then p_now end
  where e.id = v_enrolment.id;
  return jsonb_build_object('looked', v_looked, 'started', v_started);
end
$$;
comment on function public.advance_enrolment(timestamptz, int) is
  'Starts the next part of the oldest enrolment that nobody is at; answers how many were looked at and started, null when there is none. What a crash interrupts begins again where it was.';

create function public.audience_of(p_flow uuid) returns table (states numeric[], connection_ids uuid[])
language sql stable security invoker
set search_path = ''
as $$
  select array(select distinct s.state from public.flow_triggers t cross join unnest(coalesce(t.states, array[t.state])) as s (state) where t.flow_id = p_flow and s.state is not null),
    (select t.connection_ids from public.flow_triggers t where t.flow_id = p_flow limit 1)
$$;
comment on function public.audience_of(uuid) is 'In which states, and of which tenants (null: all), those are whom a flow''s trigger speaks of.';

create function public.list_entrants(
  p_workspace uuid, p_flow uuid, p_states numeric[], p_connections uuid[], p_one_for text, p_again text, p_again_after_days int, p_now timestamptz
) returns table (journey_id uuid, entrant_key text)
language sql stable security invoker
set search_path = ''
as $$
  -- Who may not enter again at once enters by one journey only.
  select k.journey_id, case p_again when 'each_time' then k.alone_key else k.person_key end
  from (
    select j.id as journey_id, w.person_key, case p_one_for when 'customer' then w.person_key else 'journey:' || j.id end as alone_key
    from public.integration_connections c
    join public.customer_servicetitan_state j on j.connection_id = c.id and j.current_state = any (p_states) and j.current_state <> 0
    cross join lateral (select public.person_key(j.connection_id, j.servicetitan_customer_id, j.contact_id, j.id) as person_key) w
    where c.workspace_id = p_workspace and (p_connections is null or c.id = any (p_connections))
  ) k
  where not exists (select 1 from public.flow_runs r where r.flow_id = p_flow and r.status = 'active' and r.alone_key = k.alone_key)
    and (p_again = 'each_time' or not exists (
      select 1 from public.flow_runs r
      where r.flow_id = p_flow and r.person_key = k.person_key and coalesce(r.ended_reason, '') not in ('not_matched', 'rescheduled')
        and (p_again = 'once' or r.started_at > p_now - make_interval(days => p_again_after_days))))
$$;
comment on function public.list_entrants(uuid, uuid, numeric[], uuid[], text, text, int, timestamptz) is
  'The journeys that may enter a flow (null: one that has no runs yet) by these rules if everybody who is in these states now were to; of those with the same key one only.';

create function public.count_enrolment(p_workspace uuid, p_flow uuid, p_now timestamptz) returns int
language sql stable security invoker
set search_path = ''
as $$
  select count(distinct e.entrant_key)::int
  from public.flows f
  cross join lateral public.audience_of(f.id) t
  cross join lateral public.list_entrants(f.workspace_id, f.id, t.states, t.connection_ids, f.one_for, f.again, f.again_after_days, p_now) e
  where f.id = p_flow and f.workspace_id = p_workspace
$$;
comment on function public.count_enrolment(uuid, uuid, timestamptz) is
  'How many runs would begin if everybody who is in the flow''s states now were to enter it; what the trigger asks of each is asked when they do.';

create function public.request_enrolment(p_workspace uuid, p_flow uuid, p_request uuid, p_expected int, p_actor text, p_now timestamptz) returns text
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_states numeric[];
  v_connections uuid[];
begin
  if not exists (select 1 from public.flows f where f.id = p_flow and f.workspace_id = p_workspace) then return 'not_found'; end if;
  -- Who asks again, because the answer was lost, has what he asked for, however many are left by now.
  if exists (select 1 from public.flow_enrolments e where e.flow_id = p_flow and e.key = 'manual:' || p_request) then return 'known'; end if;
  if not exists (select 1 from public.flows f where f.id = p_flow and f.status = 'live') then return 'not_live'; end if;
  select t.states, t.connection_ids into v_states, v_connections from public.audience_of(p_flow) t;
  if coalesce(cardinality(v_states), 0) = 0 then return 'no_states'; end if;
  if public.count_enrolment(p_workspace, p_flow, p_now) <> p_expected then return 'changed'; end if;
  insert into public.flow_enrolments (workspace_id, flow_id, key, kind, connection_ids, states, due_at, spread_minutes, requested_by, created_at)
  values (p_workspace, p_flow, 'manual:' || p_request, 'manual', v_connections, v_states, p_now, 15, p_actor, p_now)
  on conflict (flow_id, key) do nothing;
  if not found then return 'known'; end if;
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (p_workspace, p_actor, 'flow.enrolled', 'flow:' || p_flow, jsonb_build_object('requestId', p_request), p_now);
  return 'requested';
end
$$;
comment on function public.request_enrolment(uuid, uuid, uuid, int, text, timestamptz) is
  'Has everybody who is in the flow''s states enter it, once for the request. changed, and nothing done: they are not as many as was expected.';

-- ---------------------------------------------------------------- one

create function public.start_flow(
  p_workspace uuid, p_flow uuid, p_journey uuid, p_key text, p_kind text, p_started_by text, p_actor text, p_now timestamptz
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_flow public.flows;
  v_row public.customer_servicetitan_state;
  v_group uuid := public.key_group(p_key || ':' || p_journey);
  v_outcome text;
  v_depth int := 0;
begin
  select * into v_flow from public.flows f where f.id = p_flow and f.workspace_id = p_workspace;
  if v_flow.id is null then return '{"outcome": "no_flow"}'; end if;
  if v_flow.published_version_id is null or v_flow.status not in ('live', 'paused') then return '{"outcome": "not_live"}'; end if;
  -- A transition of the journey comes before or after, not meanwhile.
  select * into v_row from public.customer_servicetitan_state j where j.id = p_journey and j.workspace_id = p_workspace for share;
  if v_row.id is null then return '{"outcome": "no_journey"}'; end if;
  -- Flows that start each other in a circle would otherwise never end.
  if p_kind = 'flow' then
    select r.depth + 1 into v_depth from public.flow_runs r where r.id = split_part(p_started_by, ':', 2)::uuid;
    if v_depth > 20 then return '{"outcome": "circle"}'; end if;
  end if;
  v_outcome := public.start_run(p_flow, v_row, v_group, p_kind, jsonb_build_object('startedBy', p_started_by, 'depth', v_depth), p_now, p_now, p_now);
  if v_outcome <> 'known' and p_actor is not null then
    insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
    values (p_workspace, p_actor, 'flow.started', 'flow:' || p_flow, jsonb_build_object('journeyId', p_journey, 'outcome', v_outcome), p_now);
  end if;
  if v_outcome = 'started' then
    insert into public.change_events (workspace_id, type, payload, at)
    select p_workspace, 'run', jsonb_build_object('contactId', v_row.contact_id, 'runId', r.id, 'flowId', p_flow, 'journeyId', p_journey), p_now
    from public.flow_runs r where r.flow_id = p_flow and r.entry_group = v_group;
  end if;
  return (
    select jsonb_build_object('outcome', case v_outcome when 'known' then s.outcome else v_outcome end, 'runId', coalesce(s.run_id::text, s.detail ->> 'runId'))
    from public.flow_starts s where s.entry_group = v_group and s.flow_id = p_flow);
end
$$;
comment on function public.start_flow(uuid, uuid, uuid, text, text, text, text, timestamptz) is
  'Starts a flow for a journey by hand or from another flow, once for the key; answers what became of it and which run it is, or which one stood in the way.';

create or replace function public.next_due_at(p_after timestamptz) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'step', least(
      (select min(s.due_at) from public.flow_steps s join public.flow_runs r on r.id = s.run_id
        where s.status = 'pending' and s.due_at > p_after and r.status = 'active'),
      (select min(s.next_due_at) from public.flow_schedules s join public.flows f on f.id = s.flow_id and f.status = 'live' where s.next_due_at > p_after),
      (select min(d.moment)
        from public.flow_triggers t
        join public.flows f on f.id = t.flow_id and f.status = 'live'
        join public.integration_connections c on c.workspace_id = t.workspace_id
        cross join lateral (
          select min(j.appointment_start) + make_interval(mins => t.offset_minutes) as moment
          from public.customer_servicetitan_state j
          where j.connection_id = c.id and j.appointment_start > p_after - make_interval(mins => t.offset_minutes)) d
        where t.kind = 'appointment')),
    'reset', (select min(j.next_due_at) from public.customer_servicetitan_state j where j.next_due_at > p_after))
$$;

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('start_appointment_runs', 'end_runs', 'due_schedules', 'advance_schedule', 'person_share', 'advance_enrolment', 'audience_of',
      'list_entrants', 'count_enrolment', 'request_enrolment', 'start_flow')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
