-- What people do with runs: try again, skip, cancel, take to another version; and what finds those that nothing would ever go on with.

create table public.flow_moves (
  flow_id uuid not null,
  workspace_id uuid not null,
  version_id uuid not null,
  requested_by text not null,
  requested_at timestamptz not null,
  moved int not null default 0,
  constraint flow_moves_pkey primary key (flow_id),
  constraint flow_moves_flow_fkey foreign key (flow_id) references public.flows (id) on delete cascade,
  constraint flow_moves_version_fkey foreign key (version_id) references public.flow_versions (id) on delete cascade,
  constraint flow_moves_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.flow_moves is 'Flows whose runs under way are being taken to a version. Gone when all of them are there.';
create index flow_moves_version_idx on public.flow_moves (version_id);
create index flow_moves_workspace_idx on public.flow_moves (workspace_id);
alter table public.flow_moves enable row level security;
create policy flow_moves_members_read on public.flow_moves for select to authenticated using (public.is_member(workspace_id));
grant select on public.flow_moves to authenticated;
grant all on public.flow_moves to service_role;

-- ---------------------------------------------------------------- one run

create function public.add_steps(p_run public.flow_runs, p_next jsonb) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_count int;
begin
  insert into public.flow_steps (workspace_id, run_id, flow_id, connection_id, node_id, visit, key_visit, status, due_at, anchor_minutes, entered_at, is_action, watch)
  select p_run.workspace_id, p_run.id, p_run.flow_id, p_run.connection_id, n.node_id, v.visit, v.visit - p_run.visit_base, 'pending', n.due_at, n.anchor_minutes, n.entered_at, n.is_action, n.watch
  from jsonb_to_recordset(p_next) as n (
    node_id text, visit int, due_at timestamptz, anchor_minutes int, entered_at timestamptz, is_action boolean, watch boolean)
  -- Whoever was there before comes another time.
  cross join lateral (
    select greatest(n.visit, max(s.visit) + 1) as visit from public.flow_steps s where s.run_id = p_run.id and s.node_id = n.node_id) v;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function public.add_steps(public.flow_runs, jsonb) is 'Adds steps that a run goes on with.';

create function public.mend_run(
  p_workspace uuid, p_run uuid, p_step uuid, p_action text, p_version uuid, p_next jsonb, p_actor text, p_now timestamptz, p_system_now timestamptz
) returns text
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_run public.flow_runs;
  v_step public.flow_steps;
  v_state numeric;
  v_added int;
begin
  select * into v_run from public.flow_runs r where r.id = p_run and r.workspace_id = p_workspace;
  if v_run.id is null then return 'not_found'; end if;
  -- Journey, run, step: the order in which a transition and a settlement lock them, too.
  select j.current_state into v_state from public.customer_servicetitan_state j where j.id = v_run.journey_id for share;
  select * into v_run from public.flow_runs r where r.id = p_run for no key update;
  select * into v_step from public.flow_steps s where s.id = p_step and s.run_id = p_run for no key update;
  if not (v_run.status = 'parked' or (p_action = 'skip' and v_run.status = 'active')) then return 'moved'; end if;
  if p_action <> 'restart' and (v_step.id is null or v_step.status not in ('failed', 'pending') or (p_action = 'retry' and v_step.status <> 'failed')) then
    return 'moved';
  end if;
  if v_step.leased_until > p_system_now then return 'busy'; end if;
  -- A run that was not parked would have ended there.
  if v_run.exits_on_leave and v_state <> v_run.state then return 'left'; end if;
  if v_run.status = 'parked' and exists (
    select 1 from public.flow_runs o where o.flow_id = v_run.flow_id and o.alone_key = v_run.alone_key and o.status = 'active') then
    return 'taken';
  end if;

  update public.flow_runs r set status = 'active', ended_reason = null, ended_at = null, version_id = coalesce(p_version, r.version_id),
    -- Visits go on counting; effects are known by their visit in the pass.
    visit_base = case p_action when 'restart' then coalesce((select max(s.visit) from public.flow_steps s where s.run_id = p_run), 0) else r.visit_base end
  where r.id = p_run returning * into v_run;
  if p_action = 'retry' and p_next is null then
    -- What follows counts from now: the time that it was parked is nobody's wait.
    update public.flow_steps s set status = 'pending', attempts = 0, due_at = p_now, entered_at = p_now, error = null, finished_at = null, leased_by = null, leased_until = null
    where s.id = p_step;
  else
    if p_action = 'skip' then
      update public.flow_steps s set status = 'skipped', output = '{"skipped": "by_hand"}', finished_at = p_now, leased_by = null, leased_until = null where s.id = p_step;
    end if;
    if p_action = 'restart' then
      p_next := jsonb_set(p_next, '{0,visit}', to_jsonb(v_run.visit_base + 1));
    end if;
    v_added := public.add_steps(v_run, p_next);
    if v_added = 0 and not exists (select 1 from public.flow_steps s where s.run_id = p_run and s.status = 'pending') then
      update public.flow_runs r set status = 'done', ended_at = p_now where r.id = p_run;
    end if;
  end if;
  update public.alerts a set closed_at = p_now, closed_by = p_actor where a.run_id = p_run and a.closed_at is null;
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (p_workspace, p_actor, 'run.' || p_action, 'run:' || p_run, jsonb_build_object('stepId', p_step, 'versionId', p_version), p_now);
  insert into public.change_events (workspace_id, type, payload, at)
  values (p_workspace, 'run', jsonb_build_object('contactId', v_run.contact_id, 'runId', p_run, 'flowId', v_run.flow_id, 'journeyId', v_run.journey_id), p_now);
  if p_action = 'skip' then
    perform public.count_passages(array[p_step]);
  end if;
  return 'done';
exception when unique_violation then
  -- Somebody began another run of this person right now.
  return 'taken';
end
$$;
comment on function public.mend_run(uuid, uuid, uuid, text, uuid, jsonb, text, timestamptz, timestamptz) is
  'Lets a parked run go on: retry does the failed step again, or with p_next what stands in its place in another version; skip goes on after it, also after one that only waits; restart begins at the trigger. moved: it is not in that place any more. busy: a worker is at it. taken: the person is in the flow by another run. left: the journey is not in the state any more in which the run began.';

create function public.cancel_runs(p_workspace uuid, p_runs uuid[], p_actor text, p_now timestamptz) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_runs uuid[];
  v_count int;
begin
  select array_agg(r.id) into v_runs from public.flow_runs r
  where r.id = any (p_runs) and r.workspace_id = p_workspace and (r.status in ('active', 'parked') or (r.status = 'ended' and r.ended_reason = 'left_state'));
  v_count := public.end_runs(coalesce(v_runs, '{}'), 'canceled', p_now, p_actor);
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  select p_workspace, p_actor, 'run.cancel', 'run:' || r.id, '{}', p_now from unnest(v_runs) as r (id);
  return v_count;
end
$$;
comment on function public.cancel_runs(uuid, uuid[], text, timestamptz) is 'Ends runs for good, at once or when the step that is being done is over; answers how many.';

-- ---------------------------------------------------------------- many runs

-- Those that somebody has to see to are few among all that ever were.
create index flow_runs_parked_idx on public.flow_runs (workspace_id, started_at desc, id desc) where status = 'parked';
drop view public.run_summaries;
create view public.run_summaries with (security_invoker = true) as
select r.id, r.workspace_id, r.flow_id, f.name as flow_name, r.version_id, v.number as version_number, r.contact_id,
  coalesce(c.name, 'Unknown customer') as customer_name, r.state, r.status, r.ended_reason, r.started_at, r.ended_at, r.journey_id, r.connection_id, r.trigger_kind, r.started_by,
  f.published_version_id
from public.flow_runs r
join public.flows f on f.id = r.flow_id
join public.flow_versions v on v.id = r.version_id
left join public.contacts c on c.id = r.contact_id;
comment on view public.run_summaries is 'Runs as lists show them.';
grant select on public.run_summaries to authenticated, service_role;

create function public.select_runs(p_workspace uuid, p_filter jsonb, p_after uuid, p_limit int) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(x.id order by x.id), '[]') from (
    select s.id from public.run_summaries s
    where s.workspace_id = p_workspace and s.id > p_after
      and (p_filter ->> 'flowId' is null or s.flow_id = (p_filter ->> 'flowId')::uuid)
      and (p_filter ->> 'contactId' is null or s.contact_id = (p_filter ->> 'contactId')::uuid)
      and (p_filter ->> 'status' is null or s.status = p_filter ->> 'status')
      and (p_filter ->> 'state' is null or s.state = (p_filter ->> 'state')::numeric)
      and (p_filter ->> 'version' is null or s.version_number = (p_filter ->> 'version')::int)
      and (p_filter ->> 'error' is null or s.ended_reason = p_filter ->> 'error')
      and (p_filter ->> 'search' is null or s.customer_name ilike '%' || replace(replace(replace(p_filter ->> 'search', '\', '\\'), '%', '\%'), '_', '\_') || '%')
      and (s.status = 'parked' or (p_filter ->> 'action' in ('cancel', 'skip') and s.status = 'active'))
    order by s.id limit p_limit
  ) x
$$;
comment on function public.select_runs(uuid, jsonb, uuid, int) is 'The runs of a filter with which an action can be done, from a position on.';

create function public.load_stuck_steps(p_workspace uuid, p_runs uuid[]) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'runId', r.id, 'status', r.status, 'flowId', r.flow_id, 'versionId', r.version_id, 'publishedVersionId', f.published_version_id, 'visitBase', r.visit_base,
    'appointmentStart', j.appointment_start, 'timeZone', n.time_zone, 'personKey', r.person_key,
    'step', (
      select jsonb_build_object('id', s.id, 'nodeId', s.node_id, 'visit', s.visit, 'status', s.status)
      from public.flow_steps s where s.run_id = r.id and s.status in ('failed', 'pending') order by s.status = 'failed' desc, s.number desc limit 1))), '[]')
  from public.flow_runs r
  join public.flows f on f.id = r.flow_id
  join public.customer_servicetitan_state j on j.id = r.journey_id
  join public.integration_connections n on n.id = r.connection_id
  where r.workspace_id = p_workspace and r.id = any (p_runs)
$$;
comment on function public.load_stuck_steps(uuid, uuid[]) is 'Where runs stand, with all that is needed to say how they go on.';

-- ---------------------------------------------------------------- another version

create function public.request_move(p_workspace uuid, p_flow uuid, p_version uuid, p_actor text, p_now timestamptz) returns void
language sql volatile security invoker
set search_path = ''
as $$
  insert into public.flow_moves as m (flow_id, workspace_id, version_id, requested_by, requested_at)
  select f.id, f.workspace_id, v.id, p_actor, p_now
  from public.flows f join public.flow_versions v on v.flow_id = f.id and v.id = p_version
  where f.id = p_flow and f.workspace_id = p_workspace
  on conflict (flow_id) do update set version_id = excluded.version_id, requested_by = excluded.requested_by, requested_at = excluded.requested_at, moved = 0
$$;
comment on function public.request_move(uuid, uuid, uuid, text, timestamptz) is 'Has all runs of a flow that are under way taken to a version; a later request replaces it.';

create function public.load_move(p_flow uuid, p_after text, p_limit int, p_system_now timestamptz) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('runId', x.id, 'aloneKey', x.alone_key, 'versionId', x.version_id, 'appointmentStart', j.appointment_start, 'timeZone', n.time_zone,
    'personKey', x.person_key, 'step', s.step) order by x.alone_key), '[]')
  from (
    select r.* from public.flow_moves m join public.flow_runs r on r.flow_id = m.flow_id and r.status = 'active' and r.version_id <> m.version_id
    where m.flow_id = p_flow and r.alone_key > p_after
    order by r.alone_key limit p_limit
  ) x
  join public.customer_servicetitan_state j on j.id = x.journey_id
  join public.integration_connections n on n.id = x.connection_id
  left join lateral (
    select jsonb_build_object('id', s.id, 'nodeId', s.node_id, 'visit', s.visit, 'enteredAt', s.entered_at, 'isHeld', coalesce(s.leased_until > p_system_now, false)) as step
    from public.flow_steps s where s.run_id = x.id and s.status = 'pending' order by s.due_at, s.id limit 1
  ) s on true
$$;
comment on function public.load_move(uuid, text, int, timestamptz) is 'Runs under way of a flow that is being moved, from a position on, with where they stand.';

create function public.apply_moves(p_flow uuid, p_moves jsonb, p_now timestamptz, p_system_now timestamptz) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_version uuid;
  v_move record;
  v_run public.flow_runs;
  v_step public.flow_steps;
  v_moved int := 0;
begin
  select m.version_id into v_version from public.flow_moves m where m.flow_id = p_flow for update;
  if v_version is null then return 0; end if;
  for v_move in
    select * from jsonb_to_recordset(p_moves) as x (run_id uuid, step_id uuid, version_id uuid, target_id uuid, node_id text, due_at timestamptz, anchor_minutes int,
      entered_at timestamptz, is_action boolean, watch boolean, next jsonb)
    where x.target_id = v_version order by x.run_id
  loop
    -- What somebody is at comes later: he settles it in the version that he knows, and it is moved from where that leads.
    select r.* into v_run from public.flow_runs r where r.id = v_move.run_id and r.status = 'active' and r.version_id = v_move.version_id for no key update skip locked;
    continue when v_run.id is null;
    select s.* into v_step from public.flow_steps s
    where s.id = v_move.step_id and s.run_id = v_run.id and s.status = 'pending' and (s.leased_until is null or s.leased_until <= p_system_now)
    for no key update skip locked;
    continue when v_step.id is null;
    update public.flow_runs r set version_id = v_version where r.id = v_run.id returning * into v_run;
    if v_move.node_id = v_step.node_id then
      update public.flow_steps s set due_at = v_move.due_at, anchor_minutes = v_move.anchor_minutes, is_action = v_move.is_action, watch = v_move.watch,
        leased_by = null, leased_until = null
      where s.id = v_step.id;
    else
      update public.flow_steps s set status = 'skipped', output = jsonb_build_object('moved', true), finished_at = p_now, leased_by = null, leased_until = null where s.id = v_step.id;
      if v_move.node_id is null then
        update public.flow_runs r set status = 'ended', ended_reason = 'moved', ended_at = p_now where r.id = v_run.id;
      else
        perform public.add_steps(v_run, v_move.next);
      end if;
    end if;
    insert into public.change_events (workspace_id, type, payload, at)
    values (v_run.workspace_id, 'run', jsonb_build_object('contactId', v_run.contact_id, 'runId', v_run.id, 'flowId', p_flow, 'journeyId', v_run.journey_id), p_now);
    v_moved := v_moved + 1;
  end loop;
  update public.flow_moves m set moved = m.moved + v_moved where m.flow_id = p_flow;
  return v_moved;
end
$$;
comment on function public.apply_moves(uuid, jsonb, timestamptz, timestamptz) is
  'Takes runs to the version that their flow is being moved to; those that are not where they were, or that a worker is at, are left for later. Answers how many were taken.';

create function public.end_move(p_flow uuid, p_version uuid, p_now timestamptz) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_move public.flow_moves;
begin
  delete from public.flow_moves m
  where m.flow_id = p_flow and m.version_id = p_version
    and not exists (select 1 from public.flow_runs r where r.flow_id = p_flow and r.status = 'active' and r.version_id <> p_version)
  returning * into v_move;
  if v_move.flow_id is null then return false; end if;
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (v_move.workspace_id, v_move.requested_by, 'flow.runs_moved', 'flow:' || p_flow, jsonb_build_object('versionId', p_version, 'moved', v_move.moved), p_now);
  return true;
end
$$;
comment on function public.end_move(uuid, uuid, timestamptz) is 'Ends a move when nobody is left on another version; false: somebody is.';

-- ---------------------------------------------------------------- alerts

create view public.alert_summaries with (security_invoker = true) as
select a.id, a.workspace_id, a.kind, a.flow_id, f.name as flow_name, a.run_id, a.contact_id, coalesce(c.name, 'Unknown customer') as customer_name, a.message, a.created_at,
  a.closed_at, a.closed_by
from public.alerts a
left join public.flows f on f.id = a.flow_id
left join public.contacts c on c.id = a.contact_id;
comment on view public.alert_summaries is 'Alerts as lists show them.';
grant select on public.alert_summaries to authenticated, service_role;

create function public.close_alert(p_workspace uuid, p_alert uuid, p_actor text, p_now timestamptz) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  update public.alerts a set closed_at = p_now, closed_by = p_actor where a.id = p_alert and a.workspace_id = p_workspace and a.closed_at is null;
  if found then
    insert into public.audit_log (workspace_id, actor, action, subject, detail, at) values (p_workspace, p_actor, 'alert.closed', 'alert:' || p_alert, '{}', p_now);
    return true;
  end if;
  return exists (select 1 from public.alerts a where a.id = p_alert and a.workspace_id = p_workspace);
end
$$;
comment on function public.close_alert(uuid, uuid, text, timestamptz) is 'Somebody has seen to it; false: there is no such alert.';

create function public.due_digests(p_now timestamptz, p_limit int) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('workspaceId', w.workspace_id, 'alerts', w.alerts)), '[]')
  from (
    select a.workspace_id, jsonb_agg(jsonb_build_object('id', a.id, 'flowName', f.name, 'message', a.message, 'createdAt', a.created_at) order by a.created_at, a.id) as alerts
    from public.alerts a left join public.flows f on f.id = a.flow_id
    where a.closed_at is null and a.mailed_at is null
      -- One a day, however much goes wrong.
      and not exists (select 1 from public.alerts m where m.workspace_id = a.workspace_id and m.mailed_at > p_now - interval '1 day')
    group by a.workspace_id limit p_limit
  ) w
$$;
comment on function public.due_digests(timestamptz, int) is 'Workspaces whose owners and administrators are to be told of open alerts now, with these.';

create function public.mark_alerts_mailed(p_alerts uuid[], p_now timestamptz) returns void
language sql volatile security invoker
set search_path = ''
as $$
  update public.alerts a set mailed_at = p_now where a.id = any (p_alerts) and a.mailed_at is null
$$;
comment on function public.mark_alerts_mailed(uuid[], timestamptz) is 'Notes that owners and administrators were told of these.';
create index alerts_mailed_idx on public.alerts (workspace_id, mailed_at) where mailed_at is not null;

-- ---------------------------------------------------------------- the watchdog

create function public.park_stuck_runs(p_after_flow uuid, p_after_key text, p_limit int, p_now timestamptz) returns jsonb
language plpgsql volatile security invoker
set search_path = '' set enable_seqscan = off
as $$
declare
  v_run record;
  v_looked int := 0;
  v_parked int := 0;
  v_flow uuid := p_after_flow;
  v_key text := p_after_key;
  v_reason text;
begin
  for v_run in
    select r.*, s.id as step_id, s.node_id, s.due_at, s.anchor_minutes,
      exists (select 1 from public.messages m where m.run_id = r.id and m.status = 'queued') as is_sending,
      s.node_id is null or v.nodes @> to_jsonb(array[s.node_id]) as has_node
    from (
      select * from public.flow_runs x where x.status = 'active' and (x.flow_id, x.alone_key) > (p_after_flow, p_after_key) order by x.flow_id, x.alone_key limit p_limit
    ) r
    cross join lateral (select jsonb_path_query_array(v.graph, '$.nodes[*].id') as nodes from public.flow_versions v where v.id = r.version_id) v
    left join lateral (
      select * from public.flow_steps s where s.run_id = r.id and s.status = 'pending' order by s.due_at, s.id limit 1
    ) s on true
    order by r.flow_id, r.alone_key
  loop
    v_looked := v_looked + 1;
    v_flow := v_run.flow_id;
    v_key := v_run.alone_key;
    v_reason := case
      when v_run.step_id is null and not v_run.is_sending then 'Nothing was left to do in this run, and it was not over. Begin it anew, or cancel it.'
      when v_run.step_id is not null and not v_run.has_node then 'The step that this run waits at is not in its version of the flow. Try it again on the newest version, or cancel it.'
      when v_run.step_id is not null and v_run.due_at is null and v_run.anchor_minutes is null then 'The step that this run waits at has no time. Try it again, or skip it.'
    end;
    continue when v_reason is null;
    -- Unless it has gone on meanwhile.
    perform 1 from public.flow_runs r where r.id = v_run.id and r.status = 'active' for no key update skip locked;
    continue when not found;
    continue when v_run.step_id is null and exists (select 1 from public.flow_steps s where s.run_id = v_run.id and s.status = 'pending');
    if v_run.step_id is not null then
      perform 1 from public.flow_steps s where s.id = v_run.step_id and s.status = 'pending' for no key update skip locked;
      continue when not found;
      update public.flow_steps s set status = 'failed', error = v_reason, finished_at = p_now, leased_by = null, leased_until = null
      where s.id = v_run.step_id;
    end if;
    update public.flow_runs r set status = 'parked', ended_reason = v_reason, ended_at = p_now where r.id = v_run.id;
    insert into public.alerts (workspace_id, kind, flow_id, run_id, contact_id, message, created_at)
    values (v_run.workspace_id, 'run_stuck', v_run.flow_id, v_run.id, v_run.contact_id, v_reason, p_now)
    on conflict (run_id) where closed_at is null do nothing;
    insert into public.change_events (workspace_id, type, payload, at)
    values (v_run.workspace_id, 'run', jsonb_build_object('contactId', v_run.contact_id, 'runId', v_run.id, 'flowId', v_run.flow_id, 'journeyId', v_run.journey_id), p_now);
    v_parked := v_parked + 1;
  end loop;
  return jsonb_build_object('looked', v_looked, 'parked', v_parked, 'flowId', v_flow, 'key', v_key);
end
$$;
comment on function public.park_stuck_runs(uuid, text, int, timestamptz) is
  'Looks through runs under way, from a position on, and parks those that nothing would ever go on with, with the reason and an alert.';

create function public.cancel_lost_steps(p_system_now timestamptz) returns void
language sql volatile security invoker
set search_path = '' set enable_seqscan = off
as $$
  with lost as materialized (
    select s.id from public.flow_steps s join public.flow_runs r on r.id = s.run_id
    where s.status = 'pending' and s.leased_until <= p_system_now and r.status = 'ended'
    for no key update of s skip locked
  )
  update public.flow_steps s set status = 'canceled', leased_by = null, leased_until = null from lost l where s.id = l.id
$$;
comment on function public.cancel_lost_steps(timestamptz) is
  'Cancels steps of runs that ended while a worker was at them who never came back: nobody would, and they would count as people who wait.';

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('add_steps', 'mend_run', 'cancel_runs', 'select_runs', 'load_stuck_steps', 'request_move', 'load_move', 'apply_moves', 'end_move',
      'close_alert', 'due_digests', 'mark_alerts_mailed', 'park_stuck_runs', 'cancel_lost_steps')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
