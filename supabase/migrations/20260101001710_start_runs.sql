-- Every kind of start goes one way: start_run asks who was in the flow before and who is in it now, and begins the run. Entering and leaving states,
-- the preview of settings and explanations go by what published triggers listen to; leads start flows when they were received.

-- No foreign key: a start that came to nothing is no reason to hold a journey, and states are entered by the thousand.
alter table public.flow_starts
  add column journey_id uuid,
  add column kind text;
comment on column public.flow_starts.journey_id is 'Whom it was about: what did not become a run is found by it.';
comment on column public.flow_starts.kind is 'What asked, as in flow_triggers.kind.';
create index flow_starts_journey_idx on public.flow_starts (journey_id) where run_id is null and journey_id is not null;

create function public.start_run(
  p_flow uuid, p_row public.customer_servicetitan_state, p_group uuid, p_kind text, p_details jsonb, p_now timestamptz, p_at timestamptz, p_due_at timestamptz
) returns text
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_flow record;
  v_person text := public.person_key(p_row.connection_id, p_row.servicetitan_customer_id, p_row.contact_id, p_row.id);
  v_alone text;
  v_run uuid;
  v_other uuid;
  v_outcome text := 'started';
  v_detail jsonb;
begin
  select f.workspace_id, f.published_version_id, f.again, f.again_after_days, f.one_for, f.exits_on_leave,
    (select t.node_id from public.flow_triggers t where t.flow_id = f.id limit 1) as trigger_node
  into v_flow from public.flows f where f.id = p_flow;
  if exists (select 1 from public.flow_starts s where s.entry_group = p_group and s.flow_id = p_flow) then return 'known'; end if;

  v_alone := case v_flow.one_for when 'customer' then v_person else 'journey:' || p_row.id end;
  select r.id into v_other from public.flow_runs r where r.flow_id = p_flow and r.alone_key = v_alone and r.status = 'active';
  if v_other is not null then
    v_outcome := 'duplicate';
    v_detail := jsonb_build_object('runId', v_other);
  elsif v_flow.again <> 'each_time' then
    -- Who did not match what the trigger asks was not in it, and what was begun for a visit that is at another time now does not count.
    select jsonb_build_object('runId', r.id, 'enteredOn', r.started_at, 'again', v_flow.again, 'againAfterDays', v_flow.again_after_days) into v_detail
    from public.flow_runs r
    where r.flow_id = p_flow and r.person_key = v_person and coalesce(r.ended_reason, '') not in ('not_matched', 'rescheduled')
      and (v_flow.again = 'once' or r.started_at > p_now - make_interval(days => v_flow.again_after_days))
    order by r.started_at desc limit 1;
    if v_detail is not null then v_outcome := 'repeat'; end if;
  end if;

  if v_outcome = 'started' then
    insert into public.flow_runs (workspace_id, flow_id, version_id, connection_id, journey_id, contact_id, entry_group, state, job_id, entering_key, started_at,
      trigger_kind, exits_on_leave, person_key, alone_key, started_by, depth)
    values (v_flow.workspace_id, p_flow, v_flow.published_version_id, p_row.connection_id, p_row.id, p_row.contact_id, p_group, p_row.current_state, p_row.job_id,
      p_details ->> 'enteringKey', p_at, p_kind, v_flow.exits_on_leave and p_row.current_state <> 0, v_person, v_alone, p_details ->> 'startedBy', coalesce((p_details ->> 'depth')::int, 0))
    on conflict do nothing
    returning id into v_run;
    if v_run is null then
      -- Somebody else has begun one right now: the same, or another one of this person's.
      if exists (select 1 from public.flow_starts s where s.entry_group = p_group and s.flow_id = p_flow) then return 'known'; end if;
      v_outcome := 'duplicate';
    else
      insert into public.flow_steps (workspace_id, run_id, flow_id, connection_id, node_id, status, due_at, entered_at)
      values (v_flow.workspace_id, v_run, p_flow, p_row.connection_id, v_flow.trigger_node, 'pending', p_due_at, p_due_at);
    end if;
  end if;
  insert into public.flow_starts (entry_group, workspace_id, flow_id, outcome, run_id, recorded_at, detail, journey_id, kind)
  values (p_group, v_flow.workspace_id, p_flow, v_outcome, v_run, p_now, v_detail, p_row.id, p_kind)
  on conflict do nothing;
  -- The run that is in the way may be what the same request has begun right now.
  if not found then return 'known'; end if;
  return v_outcome;
end
$$;
comment on function public.start_run(uuid, public.customer_servicetitan_state, uuid, text, jsonb, timestamptz, timestamptz, timestamptz) is
  'Begins a run of the published version for a journey, once for the entry group and flow, if the person may enter; answers what became of it. known: that was decided before. p_at: since when it counts, p_due_at: when its first step is due.';

create function public.key_group(p_key text) returns uuid
language sql immutable security invoker
set search_path = ''
as $$
  select md5(p_key)::uuid
$$;
comment on function public.key_group(text) is 'The entry group that a key of a start stands for.';

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
  v_person text := public.person_key(p_row.connection_id, p_row.servicetitan_customer_id, p_row.contact_id, p_row.id);
  v_entry public.state_entries;
  v_group uuid;
  v_left_at timestamptz;
  v_outcome text;
  v_best text;
  v_detail jsonb;
  v_flow record;
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
    -- What was waited for may have happened while it was away.
    update public.flow_steps s set status = 'pending', due_at = case when s.watch then least(s.due_at, p_now) else s.due_at end
    from public.flow_runs r
    where r.entry_group = v_group and r.status = 'ended' and r.ended_reason = 'left_state' and s.run_id = r.id and s.status = 'canceled';
    update public.messages m set status = 'queued', reason = null, journey_id = p_row.id
    from public.flow_runs r join public.flows f on f.id = r.flow_id
    where r.entry_group = v_group and r.status = 'ended' and r.ended_reason = 'left_state'
      and m.run_id = r.id and m.status = 'skipped' and m.reason = 'left_state'
      and m.due_at > p_now - make_interval(hours => f.max_age_hours);
    -- The same record may come back in another row: what it started goes on there, also what somebody has to see to first.
    update public.flow_runs r set journey_id = p_row.id, contact_id = p_row.contact_id, person_key = v_person,
      alone_key = case f.one_for when 'customer' then v_person else 'journey:' || p_row.id end
    from public.flows f
    where f.id = r.flow_id and r.entry_group = v_group and r.status = 'parked' and r.journey_id <> p_row.id;
    -- A return is not asked to be alone.
    update public.flow_runs r set status = 'active', ended_reason = null, ended_at = null, resumed_at = p_now, journey_id = p_row.id, contact_id = p_row.contact_id,
      person_key = v_person,
      alone_key = case when exists (
        select 1 from public.flow_runs o where o.flow_id = r.flow_id and o.alone_key = k.alone_key and o.status = 'active') then 'run:' || r.id else k.alone_key end
    from (
      select o.id, case f.one_for when 'customer' then v_person else 'journey:' || p_row.id end as alone_key
      from public.flow_runs o join public.flows f on f.id = o.flow_id
      where o.entry_group = v_group
    ) k
    where k.id = r.id and r.status = 'ended' and r.ended_reason = 'left_state';
    return case when found then 'resumed' else 'known' end;
  end if;

  v_group := gen_random_uuid();
  v_best := case when (p_transition ->> 'backfill')::boolean then 'backfill' when (p_transition ->> 'settings')::boolean then 'settings' else 'no_flow' end;

  for v_flow in
    select f.id, f.max_age_hours
    from public.flow_triggers t join public.flows f on f.id = t.flow_id
    where t.workspace_id = p_row.workspace_id and t.kind = 'state_changed' and t.state = v_state and f.status in ('live', 'paused')
      and (t.connection_ids is null or p_row.connection_id = any (t.connection_ids))
    order by f.id
  loop
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
      v_outcome := 'started';
    end if;
    if v_outcome = 'started' then
      v_outcome := public.start_run(v_flow.id, p_row, v_group, 'state_changed', jsonb_build_object('enteringKey', p_row.entering_key), p_now, p_at, p_at);
    else
      insert into public.flow_starts (entry_group, workspace_id, flow_id, outcome, recorded_at, detail)
      values (v_group, p_row.workspace_id, v_flow.id, v_outcome, p_now, v_detail);
    end if;
    if v_best = 'no_flow' or v_outcome = 'started' then v_best := v_outcome; end if;
  end loop;

  insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
  values (p_row.workspace_id, p_row.connection_id, p_row.id, v_state, p_row.entering_key, v_group, v_best, p_now);
  return v_best;
end
$$;

create or replace function public.enter_quietly(p_connection uuid, p_workspace uuid, p_changes public.journey_change[], p_now timestamptz) returns int[]
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_live_from timestamptz;
  v_quiet int[];
begin
  select c.live_from into v_live_from from public.integration_connections c where c.id = p_connection;
  with triggered as materialized (
    select t.flow_id as id, t.state from public.flow_triggers t join public.flows f on f.id = t.flow_id
    where t.workspace_id = p_workspace and t.kind = 'state_changed' and f.status in ('live', 'paused')
      and (t.connection_ids is null or p_connection = any (t.connection_ids))
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

create function public.rekey_runs(p_connection uuid, p_changes public.journey_change[]) returns void
language sql volatile security invoker
set search_path = ''
as $$
  with moved as materialized (
    select r.id, r.flow_id, r.status, r.started_at, c.contact_id, k.person_key, r.alone_key,
      -- Whoever is alone as a person now is so as somebody else; who is so as a journey, or by itself, stays it.
      case when r.alone_key = r.person_key then k.person_key else r.alone_key end as new_key
    from unnest(p_changes) as c
    cross join lateral (select public.person_key(p_connection, c.customer_id, c.contact_id, c.journey_id) as person_key) k
    cross join lateral (
      select * from public.flow_runs r where r.journey_id = c.journey_id offset 0) r
    where not c.is_new and (r.person_key <> k.person_key or (r.status <> 'done' and r.contact_id is distinct from c.contact_id))
  ),
  ranked as (
    select m.*, row_number() over (partition by m.flow_id, m.status, m.new_key order by m.started_at, m.id) as place from moved m
  )
  update public.flow_runs r set contact_id = case r.status when 'done' then r.contact_id else m.contact_id end, person_key = m.person_key,
    alone_key = case
      when m.new_key = m.alone_key or m.status <> 'active' then m.new_key
      when m.place > 1 or exists (select 1 from public.flow_runs o where o.flow_id = m.flow_id and o.alone_key = m.new_key and o.status = 'active' and o.id <> m.id)
      then 'run:' || m.id
      else m.new_key end
  from ranked m where r.id = m.id
$$;
comment on function public.rekey_runs(uuid, public.journey_change[]) is
  'A lead became a customer, or two customers were merged: what runs goes on with who they are now. Where both are in the flow, the later one keeps to itself. Only apply_journeys calls it.';

create or replace function public.leave_states(p_connection uuid, p_workspace uuid, p_changes public.journey_change[], p_now timestamptz) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_ended int := 0;
  v_left int;
begin
  update public.state_overrides o set lifted_at = p_now
  where o.id in (select l.id from unnest(p_changes) as c cross join lateral unnest(c.lifted) as l (id)) and o.lifted_at is null;

  perform public.rekey_runs(p_connection, p_changes);

  -- What was begun for a visit that is not then is over, whatever state that leaves; for its new time it begins anew.
  if exists (select 1 from unnest(p_changes) as c where not c.is_new and c.old_appointment_start > p_now and c.appointment_start is distinct from c.old_appointment_start) then
    v_ended := public.end_runs(array(
      select r.id from unnest(p_changes) as c join public.flow_runs r on r.journey_id = c.journey_id and r.trigger_kind = 'appointment'
      where not c.is_new and c.old_appointment_start > p_now and c.appointment_start is distinct from c.old_appointment_start
        and (r.status in ('active', 'parked') or (r.status = 'ended' and r.ended_reason = 'left_state'))
        and r.started_by = 'appointment:' || c.journey_id || ':' || extract(epoch from c.old_appointment_start)::bigint), 'rescheduled', p_now);
  end if;

  update public.messages m set status = 'skipped', reason = 'left_state'
  from unnest(p_changes) as c join public.flow_runs r on r.journey_id = c.journey_id and r.state = c.old_state and r.status = 'active' and r.exits_on_leave
  where c.entry is not null and c.old_state <> 0 and m.run_id = r.id and m.status = 'queued';
  update public.flow_steps t set status = 'canceled', leased_by = null, leased_until = null
  from unnest(p_changes) as c join public.flow_runs r on r.journey_id = c.journey_id and r.state = c.old_state and r.status = 'active' and r.exits_on_leave
  where c.entry is not null and c.old_state <> 0 and t.run_id = r.id and t.status = 'pending' and t.leased_by is null;
  update public.flow_runs r set status = 'ended', ended_reason = 'left_state', ended_at = c.at
  from unnest(p_changes) as c
  where c.entry is not null and c.old_state <> 0 and r.journey_id = c.journey_id and r.state = c.old_state and r.status = 'active' and r.exits_on_leave;
  get diagnostics v_left = row_count;

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
  return v_ended + v_left;
end
$$;

create or replace function public.preview_runs(p_connection uuid, p_leavings jsonb, p_entries jsonb, p_now timestamptz) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  with ending as (
    select r.id, r.flow_id from jsonb_to_recordset(p_leavings) as l (journey_id uuid, state numeric)
    join public.flow_runs r on r.journey_id = l.journey_id and r.state = l.state and r.status = 'active' and r.exits_on_leave
  ),
  entries as (
    select x.*, c.id as contact, c.email, k.id as key_id, coalesce(k.entry_group, g.entry_group) as entry_group
    from jsonb_to_recordset(p_entries) as x (position int, journey_id uuid, customer_id bigint, contact_type text, contact_id bigint, state numeric,
      entering_key text, happened_on timestamptz, created_on timestamptz, modified_on timestamptz, appointment_ahead boolean, backfill boolean)
    left join public.contacts c on c.connection_id = p_connection and c.source_type = x.contact_type and c.source_id = x.contact_id
    left join public.state_entries k on k.connection_id = p_connection and k.state = x.state and k.entering_key = x.entering_key
    left join lateral (
      select t.recorded_at from public.state_transitions t where t.journey_id = x.journey_id and t.from_state = x.state order by t.id desc limit 1
    ) b on k.id is null
    left join lateral (
      select e.entry_group from public.state_entries e where e.journey_id = x.journey_id and e.state = x.state order by e.recorded_at desc, e.id limit 1
    ) g on k.id is null and x.created_on <= b.recorded_at
  ),
  resuming as (
    select e.position, public.person_key(p_connection, e.customer_id, e.contact, e.journey_id) as person, r.flow_id from entries e
    join public.flow_runs r on r.entry_group = e.entry_group
    where r.status = 'ended' and r.ended_reason = 'left_state' or r.id in (select n.id from ending n)
  ),
  fresh as (
    select e.position, e.state, f.id as flow_id, f.one_for, e.email, public.person_key(p_connection, e.customer_id, e.contact, e.journey_id) as person,
      case
        when e.backfill then 'history'
        when e.happened_on <= p_now - make_interval(hours => f.max_age_hours) and e.modified_on <= p_now - make_interval(hours => f.max_age_hours)
          and not (e.state in (2, 5) and e.appointment_ahead) then 'stale'
        when exists (
          select 1 from public.flow_runs r
          where r.flow_id = f.id and r.status = 'active' and r.id not in (select n.id from ending n)
            and r.alone_key = case f.one_for when 'customer' then public.person_key(p_connection, e.customer_id, e.contact, e.journey_id) else 'journey:' || e.journey_id end)
        or f.again <> 'each_time' and exists (
          select 1 from public.flow_runs r
          where r.flow_id = f.id and r.person_key = public.person_key(p_connection, e.customer_id, e.contact, e.journey_id)
            and coalesce(r.ended_reason, '') not in ('not_matched', 'rescheduled') and (f.again = 'once' or r.started_at > p_now - make_interval(days => f.again_after_days))) then 'duplicate'
        else 'starting'
      end as outcome
    from entries e
    join public.integration_connections n on n.id = p_connection
    join public.flow_triggers t on t.workspace_id = n.workspace_id and t.kind = 'state_changed' and t.state = e.state
      and (t.connection_ids is null or p_connection = any (t.connection_ids))
    join public.flows f on f.id = t.flow_id and f.status in ('live', 'paused')
    where e.entry_group is null
  ),
  -- Of two that would start at once for a person, the one that happened first does.
  decided as (
    select f.flow_id, f.email,
      case when f.outcome = 'starting' and f.one_for = 'customer' and (
        exists (select 1 from fresh o where o.flow_id = f.flow_id and o.person = f.person and o.outcome = 'starting' and o.position < f.position)
        or exists (select 1 from resuming o where o.flow_id = f.flow_id and o.person = f.person and o.position < f.position)
      ) then 'duplicate' else f.outcome end as outcome
    from fresh f
  ),
  counted as (
    select flow_id, 'ending' as outcome, null as email from ending
    union all select flow_id, 'resuming', null from resuming
    union all select flow_id, outcome, email from decided
  )
  select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
    select k.flow_id as "flowId", f.name as "flowName",
      count(*) filter (where k.outcome = 'ending') as ending,
      count(*) filter (where k.outcome = 'resuming') as resuming,
      count(*) filter (where k.outcome = 'starting') as starting,
      count(*) filter (where k.outcome = 'starting' and k.email is null) as "startingWithoutEmail",
      count(*) filter (where k.outcome = 'stale') as stale,
      count(*) filter (where k.outcome = 'duplicate') as duplicate,
      count(*) filter (where k.outcome = 'history') as history
    from counted k join public.flows f on f.id = k.flow_id
    group by k.flow_id, f.name
  ) x
$$;

create or replace function public.explain_contact(p_workspace uuid, p_contact uuid, p_since timestamptz) returns json
language plpgsql stable security invoker
set search_path = ''
as $$
declare
  v_contact public.contacts;
  v_journeys uuid[];
  v_keys bigint[];
begin
  select * into v_contact from public.contacts c where c.id = p_contact and c.workspace_id = p_workspace;
  if v_contact.id is null then return null; end if;
  select array_agg(s.id), array_agg(public.record_key(s.root_type || 's', s.root_id)) into v_journeys, v_keys
  from public.customer_servicetitan_state s where s.contact_id = p_contact;
  return json_build_object(
    'contact', json_build_object('id', v_contact.id, 'name', v_contact.name, 'email', v_contact.email, 'active', v_contact.active,
      'doNotMail', v_contact.do_not_mail, 'doNotService', v_contact.do_not_service,
      'marketingAllowed', v_contact.marketing_allowed, 'remindersAllowed', v_contact.reminders_allowed),
    'suppressions', coalesce((
      select json_agg(json_build_object('reason', u.reason, 'source', u.source) order by u.reason, u.source)
      from public.suppressions u where u.workspace_id = p_workspace and u.email = lower(v_contact.email)), '[]'),
    'suppression', public.find_suppression(p_workspace, v_contact.email),
    'postalAddress', (select w.postal_address from public.workspaces w where w.id = p_workspace),
    'timeZone', (select n.time_zone from public.integration_connections n where n.id = v_contact.connection_id),
    'settings', public.load_settings(v_contact.connection_id),
    'closure', public.load_closure(v_contact.connection_id, coalesce(public.reach_records(v_contact.connection_id, v_keys), '{}')),
    'journeys', coalesce((
      select json_agg(json_build_object('id', s.id, 'jobNumber', j.data ->> 'jobNumber', 'since', s.state_changed_at, 'derived', s.derived,
        'lineage', public.record_lineage(s.connection_id, s.entering_key)) order by s.state_changed_at desc, s.id)
      from public.customer_servicetitan_state s
      left join public.servicetitan_records j on j.connection_id = s.connection_id and j.resource = 'jobs' and j.record_id = s.job_id
      where s.contact_id = p_contact), '[]'),
    'overrides', coalesce((
      select json_agg(json_build_object('id', o.id, 'state', o.state, 'reason', o.reason, 'setBy', o.set_by, 'setOn', o.set_on) order by o.set_on desc, o.id)
      from public.state_overrides o where o.journey_id = any (v_journeys)), '[]'),
    'transitions', public.explain_transitions(v_contact.connection_id, v_journeys, p_since, 200),
    'flows', coalesce((
      select json_agg(json_build_object('id', f.id, 'name', f.name, 'triggerState', t.state, 'status', f.status) order by f.name, f.id, t.state)
      from public.flow_triggers t join public.flows f on f.id = t.flow_id
      where t.workspace_id = p_workspace and t.kind = 'state_changed' and (t.connection_ids is null or v_contact.connection_id = any (t.connection_ids))
        and f.status in ('live', 'paused')), '[]')
  );
end
$$;

create or replace function public.load_settings(p_connection uuid) returns json
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  return (
    select json_build_object(
      'liveFrom', c.live_from, 'connection', c.settings, 'completedResetDays', w.completed_reset_days, 'staleResetDays', w.stale_reset_days, 'mayStartFlows', c.settings_start_flows,
      'wantsLeads', exists (select 1 from public.flow_triggers t join public.flows f on f.id = t.flow_id where t.workspace_id = c.workspace_id and t.kind = 'lead_received' and f.status in ('live', 'paused')),
      'kinds', coalesce((select json_agg(json_build_array(j.subject, j.servicetitan_id, j.kind)) from public.job_classifications j where j.connection_id = c.id), '[]'))
    from public.integration_connections c join public.workspaces w on w.id = c.workspace_id
    where c.id = p_connection);
end
$$;

create function public.receive_leads(p_connection uuid, p_workspace uuid, p_leads jsonb, p_now timestamptz) returns int
language plpgsql volatile security invoker
set search_path = '' set enable_seqscan = off
as $$
declare
  v_lead record;
  v_row public.customer_servicetitan_state;
  v_started int := 0;
begin
  for v_lead in
    select l.lead_id, t.flow_id, j.id as journey_id, public.key_group('lead:' || p_connection || ':' || l.lead_id) as entry_group, f.max_age_hours,
      r.data ->> 'createdOn' as created_on, r.data ->> 'modifiedOn' as modified_on
    from jsonb_to_recordset(p_leads) as l (lead_id bigint, root_type text, root_id bigint)
    cross join lateral (
      select * from public.servicetitan_records r
      where r.connection_id = p_connection and r.resource = 'leads' and r.record_id = l.lead_id and r.active and r.deleted_at is null offset 0) r
    cross join lateral (
      select s.id from public.customer_servicetitan_state s
      where s.connection_id = p_connection and s.root_type = l.root_type and s.root_id = l.root_id offset 0) j
    join public.flow_triggers t on t.workspace_id = p_workspace and t.kind = 'lead_received'
      and (t.connection_ids is null or p_connection = any (t.connection_ids))
      -- Received when it was first read; what was there before the flow listened is none of its business.
      and r.first_read_at >= t.since
    join public.flows f on f.id = t.flow_id and f.status in ('live', 'paused')
    join public.integration_connections c on c.id = p_connection and (r.data ->> 'createdOn')::timestamptz >= c.live_from
    where not exists (
      select 1 from public.flow_starts s where s.entry_group = public.key_group('lead:' || p_connection || ':' || l.lead_id) and s.flow_id = t.flow_id offset 0)
    order by r.data ->> 'createdOn', l.lead_id, t.flow_id
  loop
    if greatest(v_lead.created_on, v_lead.modified_on)::timestamptz <= p_now - make_interval(hours => v_lead.max_age_hours) then
      insert into public.flow_starts (entry_group, workspace_id, flow_id, outcome, recorded_at, detail, journey_id, kind)
      values (v_lead.entry_group, p_workspace, v_lead.flow_id, 'stale', p_now,
        jsonb_build_object('happenedOn', v_lead.created_on, 'modifiedOn', v_lead.modified_on, 'maxAgeHours', v_lead.max_age_hours), v_lead.journey_id, 'lead_received')
      on conflict do nothing;
    else
      select * into v_row from public.customer_servicetitan_state s where s.id = v_lead.journey_id;
      if public.start_run(v_lead.flow_id, v_row, v_lead.entry_group, 'lead_received',
        jsonb_build_object('enteringKey', 'lead:' || v_lead.lead_id, 'startedBy', 'lead:' || v_lead.lead_id), p_now,
        -- A product that catches up with a clock that jumped begins when it happened, as with states.
        greatest(p_now, date_trunc('milliseconds', v_lead.created_on::timestamptz)), greatest(p_now, date_trunc('milliseconds', v_lead.created_on::timestamptz))) = 'started' then
        v_started := v_started + 1;
      end if;
    end if;
  end loop;
  return v_started;
end
$$;
comment on function public.receive_leads(uuid, uuid, jsonb, timestamptz) is
  'Starts the flows that listen to leads for those of a derivation that they were not asked about yet; answers how many runs began. Only apply_journeys calls it.';

-- No foreign key of the journey: news must wait for nobody, also not for who moves the journey.
create table public.flow_news (
  id bigint generated always as identity,
  workspace_id uuid not null,
  connection_id uuid not null,
  journey_id uuid not null,
  constraint flow_news_pkey primary key (id),
  constraint flow_news_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint flow_news_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.flow_news is 'Journeys about whose customers something has changed while somebody had locked the step that waits for it.';
create index flow_news_connection_idx on public.flow_news (connection_id);
create index flow_news_workspace_idx on public.flow_news (workspace_id);
alter table public.flow_news enable row level security;
grant all on public.flow_news to service_role;

create function public.recheck_steps(p_connection uuid, p_journeys uuid[], p_now timestamptz) returns int
language plpgsql volatile security invoker
set search_path = '' set enable_seqscan = off
as $$
declare
  v_count int;
begin
  if not exists (select 1 from public.flow_steps s where s.connection_id = p_connection and s.watch and s.status = 'pending') then return 0; end if;
  with known as materialized (
    select s.id, s.run_id, s.workspace_id from public.flow_steps s
    where s.watch and s.status = 'pending' and s.connection_id = p_connection
      and s.run_id in (select r.id from public.flow_runs r where r.journey_id = any (p_journeys) and r.status = 'active')
  ),
  free as materialized (
    -- Whoever ends runs or settles steps locks the journey, the run, then the step; news of many people comes with the steps alone. So it waits
    -- for nobody, and could not be what others wait for in a circle: what somebody is at is told later.
    select s.id from public.flow_steps s where s.id in (select k.id from known k) and s.watch and s.status = 'pending' for no key update skip locked
  ),
  told as (
    -- Who holds it may have looked before: it is looked at once more after that.
    update public.flow_steps s set recheck = true, due_at = case when s.leased_by is null then least(s.due_at, p_now) else s.due_at end
    from free f where s.id = f.id
    returning s.id
  ),
  kept as (
    insert into public.flow_news (workspace_id, connection_id, journey_id)
    select k.workspace_id, p_connection, r.journey_id
    from known k join public.flow_runs r on r.id = k.run_id
    where not exists (select 1 from free f where f.id = k.id)
  )
  select count(*) into v_count from told;
  return v_count;
end
$$;
comment on function public.recheck_steps(uuid, uuid[], timestamptz) is
  'Something about these journeys'' customers has changed: the steps that wait for it are looked at now; answers how many. Of steps that somebody has locked it is told again by tell_news.';

create function public.tell_news(p_now timestamptz, p_limit int) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_news record;
  v_count int := 0;
begin
  for v_news in
    with taken as (
      delete from public.flow_news n where n.id in (select o.id from public.flow_news o order by o.id limit p_limit for update skip locked) returning n.*
    )
    select t.connection_id, array_agg(distinct t.journey_id) as journeys from taken t group by 1
  loop
    v_count := v_count + public.recheck_steps(v_news.connection_id, v_news.journeys, p_now);
  end loop;
  return v_count;
end
$$;
comment on function public.tell_news(timestamptz, int) is 'Tells the oldest news that could not be told at once; answers of how many steps.';

drop function public.apply_journeys(uuid, bigint, jsonb, jsonb, bigint[], timestamptz, jsonb, bigint[]);
create function public.apply_journeys(
  p_connection uuid, p_derivation bigint, p_contacts jsonb, p_changes jsonb, p_queue_ids bigint[], p_now timestamptz, p_walk jsonb default null, p_postponed_ids bigint[] default '{}',
  p_leads jsonb default '[]', p_touched uuid[] default '{}'
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
    update public.flow_runs r set contact_id = l.contact_id from linked l where r.journey_id = l.id and r.status <> 'done';
  end if;

  if jsonb_array_length(p_leads) > 0 then
    v_started := v_started + public.receive_leads(p_connection, v_workspace, p_leads, p_now);
  end if;
  perform public.recheck_steps(p_connection, p_touched, p_now);

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
comment on function public.apply_journeys(uuid, bigint, jsonb, jsonb, bigint[], timestamptz, jsonb, bigint[], jsonb, uuid[]) is
  'Writes derived journeys: rows, transition log, what leaving ends and entering starts, what leads start, what waits for news; settles the queue and moves the walk; one transaction. SQLSTATE PT409 when a row has moved, or another derivation was applied, since it was loaded: derive again.';

drop index public.flows_trigger_idx;
alter table public.flows drop column trigger_state;

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('start_run', 'key_group', 'rekey_runs', 'receive_leads', 'recheck_steps', 'tell_news', 'apply_journeys')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
