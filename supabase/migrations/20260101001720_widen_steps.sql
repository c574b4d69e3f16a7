-- Steps say which way they went, why they were tried again and when; runs end early for their own reasons, and are parked when a step is out of
-- tries, with an alert. What steps are decided by is loaded for many at once, and the parts that grow only where they are asked for.

create table public.alerts (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  kind text not null,
  flow_id uuid,
  run_id uuid,
  contact_id uuid,
  message text not null,
  created_at timestamptz not null,
  mailed_at timestamptz,
  closed_at timestamptz,
  closed_by text,
  constraint alerts_pkey primary key (id),
  constraint alerts_flow_fkey foreign key (flow_id) references public.flows (id) on delete cascade,
  constraint alerts_run_fkey foreign key (run_id) references public.flow_runs (id) on delete cascade,
  constraint alerts_contact_fkey foreign key (contact_id) references public.contacts (id) on delete set null,
  constraint alerts_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint alerts_kind_known check (kind in ('run_parked', 'run_stuck'))
);
comment on table public.alerts is 'What somebody has to see to: a run that a step out of tries has parked, or that was found stuck.';
comment on column public.alerts.mailed_at is 'When owners and administrators were told by e-mail.';
create unique index alerts_run_idx on public.alerts (run_id) where closed_at is null;
create index alerts_open_idx on public.alerts (workspace_id, created_at desc, id) where closed_at is null;
create index alerts_flow_idx on public.alerts (flow_id);
create index alerts_runs_idx on public.alerts (run_id);
create index alerts_contact_idx on public.alerts (contact_id);
alter table public.alerts enable row level security;
create policy alerts_members_read on public.alerts for select to authenticated using (public.is_member(workspace_id));
grant select on public.alerts to authenticated;
grant all on public.alerts to service_role;

-- Counting a hundred thousand runs' steps whenever somebody opens a flow would take seconds: who goes past a node is counted as it happens.
create table public.flow_passages (
  flow_id uuid not null,
  node_id text not null,
  workspace_id uuid not null,
  passed bigint not null,
  constraint flow_passages_pkey primary key (flow_id, node_id),
  constraint flow_passages_flow_fkey foreign key (flow_id) references public.flows (id) on delete cascade,
  constraint flow_passages_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.flow_passages is 'How many runs have gone past each node of a flow, in whatever version; each is counted once, however often it comes by.';
create index flow_passages_workspace_idx on public.flow_passages (workspace_id);
alter table public.flow_passages enable row level security;
create policy flow_passages_members_read on public.flow_passages for select to authenticated using (public.is_member(workspace_id));
grant select on public.flow_passages to authenticated;
grant all on public.flow_passages to service_role;
insert into public.flow_passages (flow_id, node_id, workspace_id, passed)
select s.flow_id, s.node_id, s.workspace_id, count(distinct s.run_id) from public.flow_steps s where s.status in ('done', 'skipped') group by 1, 2, 3;
create index flow_steps_waiting_idx on public.flow_steps (flow_id, node_id) where status = 'pending';

create function public.count_passages(p_steps uuid[]) returns void
language sql volatile security invoker
set search_path = '' set enable_hashjoin = off set enable_mergejoin = off
as $$
  -- In one order, and last of all: whoever waits here for somebody else is waited for by nobody who is ahead.
  insert into public.flow_passages as p (flow_id, node_id, workspace_id, passed)
  select s.flow_id, s.node_id, s.workspace_id, count(*)
  from unnest(p_steps) as x (id)
  join public.flow_steps s on s.id = x.id
  where not exists (
    select 1 from public.flow_steps o
    where o.run_id = s.run_id and o.node_id = s.node_id and o.visit < s.visit and o.status in ('done', 'skipped')
      -- Who was taken away from there to another version had not gone past it.
      and not coalesce(o.output @> '{"moved": true}', false) offset 0)
  group by 1, 2, 3 order by 1, 2
  on conflict (flow_id, node_id) do update set passed = p.passed + excluded.passed
$$;
comment on function public.count_passages(uuid[]) is 'Counts these steps, which are over, among those that have gone past their nodes. Only settle_steps and mend_run call it, at their end.';

drop function public.count_waiting(uuid);
create function public.count_people(p_flow uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'waiting', coalesce((
      select jsonb_object_agg(w.node_id, w.runs)
      from (
        select s.node_id, count(*) as runs from public.flow_steps s where s.flow_id = p_flow and s.status = 'pending' group by 1) w), '{}'),
    'passed', coalesce((select jsonb_object_agg(p.node_id, p.passed) from public.flow_passages p where p.flow_id = p_flow), '{}'))
$$;
comment on function public.count_people(uuid) is 'Runs of a flow by the node that they wait at, and by the nodes that they have gone past.';

-- ---------------------------------------------------------------- steps

create or replace function public.claim_due_steps(
  p_now timestamptz, p_system_now timestamptz, p_holder text, p_lease_seconds int, p_limit int
) returns jsonb
language plpgsql volatile security invoker
set search_path = '' set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_connections uuid[];
  v_flows uuid[];
  v_steps jsonb;
begin
  select array_agg(c.id), array_agg(f.id) into v_connections, v_flows
  from public.integration_connections c
  join public.flows f on f.workspace_id = c.workspace_id
  cross join lateral (
    select 1 from public.flow_steps s
    where s.connection_id = c.id and s.flow_id = f.id and s.status = 'pending' and s.due_at <= p_now
      and (s.leased_until is null or s.leased_until <= p_system_now)
    limit 1) as due
  where c.status = 'connected' and f.status = 'live';

  with due as (
    select d.id
    from unnest(v_connections, v_flows) as p (connection_id, flow_id)
    cross join lateral (
      select s.id, s.due_at
      from public.flow_steps s
      where s.connection_id = p.connection_id and s.flow_id = p.flow_id and s.status = 'pending' and s.due_at <= p_now
        and (s.leased_until is null or s.leased_until <= p_system_now)
        and (select r.status from public.flow_runs r where r.id = s.run_id) = 'active'
        -- One step of a run at a time, the earliest.
        and not exists (
          select 1 from public.flow_steps o
          where o.run_id = s.run_id and o.status = 'pending' and (o.due_at, o.id) < (s.due_at, s.id) offset 0)
        -- What a run says goes out before it acts: setting the state next would withdraw it.
        and not (s.is_action and exists (select 1 from public.messages q where q.run_id = s.run_id and q.status = 'queued'))
      order by s.due_at, s.id
      -- Equal shares: thousands of one tenant that are due at once, or slow, hold up nobody else.
      limit ceil(p_limit::numeric / cardinality(v_flows))
      for update of s skip locked
    ) as d
    order by d.due_at, d.id
    limit p_limit
  ),
  claimed as (
    update public.flow_steps s
    set leased_by = p_holder, leased_until = p_system_now + make_interval(secs => p_lease_seconds), attempts = s.attempts + 1,
      -- What is news from now on may come after this look.
      recheck = false, looked_at = p_now
    from due d where s.id = d.id
    returning s.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', k.id, 'holder', k.leased_by, 'nodeId', k.node_id, 'visit', k.visit, 'dueAt', k.due_at, 'enteredAt', k.entered_at, 'attempts', k.attempts,
    'runId', r.id, 'workspaceId', r.workspace_id, 'flowId', r.flow_id, 'versionId', r.version_id, 'connectionId', r.connection_id,
    'journeyId', r.journey_id, 'contactId', coalesce(j.contact_id, r.contact_id), 'state', r.state, 'resumedAt', r.resumed_at,
    'maxAgeHours', f.max_age_hours, 'appointmentStart', j.appointment_start, 'timeZone', n.time_zone, 'personKey', r.person_key,
    -- Keys and answers of effects are those of the pass, so that a run that is begun anew repeats nothing.
    'keyVisit', k.key_visit,
    'doneBefore', case when r.visit_base > 0 then (
      select jsonb_build_object('output', o.output) from public.flow_steps o
      where o.run_id = k.run_id and o.node_id = k.node_id and o.key_visit = k.key_visit and o.visit < k.visit and o.status = 'done' order by o.visit desc limit 1) end
  ) order by k.due_at, k.id), '[]')
  into v_steps
  from claimed k
  join public.flow_runs r on r.id = k.run_id
  join public.flows f on f.id = r.flow_id
  join public.customer_servicetitan_state j on j.id = r.journey_id
  join public.integration_connections n on n.id = r.connection_id;
  return v_steps;
end
$$;

create table public.open_calls (
  id uuid not null,
  workspace_id uuid not null,
  run_id uuid,
  begun_at timestamptz not null,
  constraint open_calls_pkey primary key (id),
  constraint open_calls_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint open_calls_run_fkey foreign key (run_id) references public.flow_runs (id) on delete cascade
);
comment on table public.open_calls is
  'Calls of other systems that must not be made twice, from before they are made until it is written down with their step how they ended. The id follows from the step. What is left over belongs to a worker that broke off.';
create index open_calls_workspace_idx on public.open_calls (workspace_id);
create index open_calls_run_idx on public.open_calls (run_id);
alter table public.open_calls enable row level security;
grant all on public.open_calls to service_role;

create function public.begin_call(p_id uuid, p_workspace uuid, p_run uuid, p_now timestamptz) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  insert into public.open_calls (id, workspace_id, run_id, begun_at)
  -- The run may be gone by now; then nobody does its step again.
  values (p_id, p_workspace, (select r.id from public.flow_runs r where r.id = p_run), p_now)
  on conflict do nothing;
  return found;
end
$$;
comment on function public.begin_call(uuid, uuid, uuid, timestamptz) is
  'The last word before a call that must not be made twice. False: it was begun before, and how it ended was not written down.';

create function public.end_call(p_id uuid, p_workspace uuid) returns void
language sql volatile security invoker
set search_path = ''
as $$
  delete from public.open_calls c where c.id = p_id and c.workspace_id = p_workspace
$$;
comment on function public.end_call(uuid, uuid) is 'It is known that the call did nothing: it may be made again.';

create or replace function public.settle_steps(p_settlements jsonb, p_now timestamptz) returns jsonb
language plpgsql volatile security invoker
set search_path = '' set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_alone uuid := case when jsonb_array_length(p_settlements) = 1 then (p_settlements -> 0 ->> 'id')::uuid end;
  v_run public.flow_runs;
  -- Their holders by their ids.
  v_held jsonb;
begin
  -- Journey, run, step: the order in which a transition locks them, too.
  if v_alone is not null then
    select r.* into v_run from public.flow_steps s join public.flow_runs r on r.id = s.run_id where s.id = v_alone;
    perform 1 from public.customer_servicetitan_state j where j.id = v_run.journey_id for share;
    perform 1 from public.flow_runs r where r.id = v_run.id for no key update;
    perform 1 from public.flow_steps s where s.id = v_alone for no key update;
  end if;
  select coalesce(jsonb_object_agg(h.id, h.leased_by), '{}') into v_held
  from (
    select s.id, s.leased_by
    from jsonb_to_recordset(p_settlements) as x (id uuid, holder text)
    join public.flow_steps s on s.id = x.id
    join public.flow_runs r on r.id = s.run_id
    join public.customer_servicetitan_state j on j.id = r.journey_id
    where s.leased_by = x.holder and s.status in ('pending', 'canceled')
    for share of j skip locked
    for no key update of r, s skip locked
  ) as h;

  with item as materialized (
    select x.*, s.workspace_id, s.run_id, s.anchor_minutes as held_anchor_minutes, r.status = 'active' as is_active,
      r.status = 'active' or (r.status = 'ended' and r.ended_reason = 'left_state') as can_end, r.ended_reason as left_by, r.visit_base, r.flow_id, r.connection_id, r.journey_id, j.contact_id, r.contact_id as run_contact_id,
      j.appointment_start
    from jsonb_to_recordset(p_settlements) as x (id uuid, holder text, type text, status text, input jsonb, output jsonb, next jsonb, message jsonb,
      run_status text, ended_reason text, outcome text, watch boolean, started_at timestamptz, finished_at timestamptz, due_at timestamptz, attempts int, error text)
    join public.flow_steps s on s.id = x.id
    join public.flow_runs r on r.id = s.run_id
    join public.customer_servicetitan_state j on j.id = r.journey_id
    where v_held ->> x.id::text = x.holder
  ),
  settled as (
    update public.flow_steps s
    set status = case i.type when 'release' then case when i.is_active then 'pending' else 'canceled' end else i.status end,
      input = coalesce(i.input, s.input), output = coalesce(i.output, s.output), error = i.error, outcome = i.outcome,
      started_at = coalesce(i.started_at, s.started_at), finished_at = case when i.type <> 'release' then coalesce(i.finished_at, p_now) end,
      tries = case when i.error is null then s.tries else s.tries || jsonb_build_object('at', coalesce(i.finished_at, p_now), 'error', i.error) end,
      -- A step that hangs on an appointment follows the newest one, whatever the worker saw; what had news meanwhile is looked at again.
      due_at = case when i.type <> 'release' then s.due_at when s.recheck then least(i.due_at, p_now) when s.anchor_minutes is null then i.due_at
        else i.appointment_start + make_interval(mins => s.anchor_minutes) end,
      attempts = case when i.type = 'release' then i.attempts else s.attempts end,
      leased_by = null, leased_until = null
    from item i where s.id = i.id
  ),
  followed as (
    -- Whoever left the state meanwhile finds the way on when he returns.
    insert into public.flow_steps (workspace_id, run_id, flow_id, connection_id, node_id, visit, key_visit, status, due_at, anchor_minutes, entered_at, is_action, watch)
    select i.workspace_id, i.run_id, i.flow_id, i.connection_id, n.node_id, v.visit, v.visit - i.visit_base, case when i.is_active then 'pending' else 'canceled' end,
      case when n.anchor_minutes is null then n.due_at else i.appointment_start + make_interval(mins => n.anchor_minutes) end,
      n.anchor_minutes, n.entered_at, n.is_action, n.watch
    from item i
    cross join lateral jsonb_to_recordset(i.next) as n (
      node_id text, visit int, due_at timestamptz, anchor_minutes int, entered_at timestamptz, is_action boolean, watch boolean)
    -- Whoever was taken from there to another version, and comes by after all, does so another time.
    cross join lateral (
      select n.visit + count(*)::int as visit from public.flow_steps o
      where o.run_id = i.run_id and o.node_id = n.node_id and o.visit >= n.visit and (o.status = 'failed' or (o.status = 'skipped' and o.output @> '{"moved": true}'))) v
    where i.type = 'finish'
    on conflict (run_id, node_id, visit) do nothing
  ),
  queued as (
    insert into public.messages (id, workspace_id, run_id, step_id, flow_id, journey_id, contact_id, class, send_key, subject, html, body_text,
      message_id, status, reason, due_at, created_at)
    select m.id, i.workspace_id, i.run_id, i.id, i.flow_id, i.journey_id, coalesce(i.contact_id, i.run_contact_id), m.class, m.send_key,
      m.subject, m.html, m.body_text, m.message_id, case when i.is_active then 'queued' else 'skipped' end,
      case when not i.is_active then case i.left_by when 'left_state' then 'left_state' else 'canceled' end end, m.due_at, p_now
    from item i
    cross join lateral jsonb_to_record(i.message) as m (id uuid, class text, send_key text, subject text, html text, body_text text,
      message_id text, due_at timestamptz)
    where i.type = 'finish' and i.message is not null
    on conflict (workspace_id, send_key) do nothing
    returning step_id
  ),
  ended as (
    update public.flow_runs r
    set status = i.run_status, ended_reason = case when i.type = 'fail' then i.error else i.ended_reason end, ended_at = p_now
    from item i where r.id = i.run_id and i.can_end and i.run_status is not null
  ),
  told as (
    -- From here on the step itself says how its call ended, or a person decides whether it is made again.
    delete from public.open_calls c using item i where c.run_id = i.run_id and i.type <> 'release'
  ),
  alerted as (
    insert into public.alerts (workspace_id, kind, flow_id, run_id, contact_id, message, created_at)
    select i.workspace_id, 'run_parked', i.flow_id, i.run_id, coalesce(i.contact_id, i.run_contact_id), i.error, p_now
    from item i where i.type = 'fail' and i.can_end
    on conflict (run_id) where closed_at is null do nothing
  )
  insert into public.change_events (workspace_id, type, payload, at)
  select i.workspace_id, e.type, jsonb_build_object('contactId', coalesce(i.contact_id, i.run_contact_id), 'runId', i.run_id, 'flowId', i.flow_id,
    'journeyId', i.journey_id), p_now
  from item i
  cross join lateral (
    select 'message' as type where i.id in (select q.step_id from queued q)
    union all select 'run'
  ) as e
  where i.type <> 'release'
  order by i.id, e.type;

  -- Whose run ends before its end has not gone past the step where it does.
  perform public.count_passages(array(
    select x.id from jsonb_to_recordset(p_settlements) as x (id uuid, holder text, type text, run_status text)
    where x.type = 'finish' and x.run_status is distinct from 'ended' and v_held ->> x.id::text = x.holder));

  return coalesce((
    select jsonb_agg(jsonb_build_object('id', x.id, 'holder', x.holder, 'outcome', case
      when v_held ->> x.id::text = x.holder then 'done'
      when s.leased_by = x.holder and s.status in ('pending', 'canceled') then 'busy'
      else 'lost' end))
    from jsonb_to_recordset(p_settlements) as x (id uuid, holder text)
    left join public.flow_steps s on s.id = x.id), '[]');
end
$$;
comment on function public.settle_steps(jsonb, timestamptz) is
  'Finishes steps with everything that follows from them (the next steps, their messages, the runs'' ends), gives them back to be done later, or parks their runs with an alert. lost, and nothing done: the lease is not that claim''s any more. busy, and nothing done: somebody holds it right now; alone it is waited for.';

-- ---------------------------------------------------------------- contexts

create function public.load_contexts(p_journeys uuid[], p_jobs bigint[], p_contacts uuid[]) returns table (place bigint, context jsonb)
language sql stable security invoker
set search_path = '' set enable_hashjoin = off set enable_mergejoin = off
as $$
  select q.place, jsonb_build_object(
    'connectionId', j.connection_id,
    'state', j.current_state,
    'stateSince', j.state_changed_at,
    'timeZone', n.time_zone,
    'customer', case when c.id is null then null else jsonb_build_object('name', c.name, 'email', c.email, 'phone', c.phone, 'type', u.data ->> 'type',
      'city', u.data #>> '{address,city}', 'zip', u.data #>> '{address,zip}', 'tagIds', coalesce(u.data -> 'tagTypeIds', '[]'),
      'unsubscribed', c.do_not_mail or c.do_not_service or not c.marketing_allowed
        or (c.email is not null and exists (select 1 from public.suppressions x where x.workspace_id = j.workspace_id and x.email = lower(c.email)))) end,
    'job', case when b.record_id is null then null else jsonb_build_object('jobNumber', b.data ->> 'jobNumber', 'summary', b.data ->> 'summary',
      'jobStatus', b.data ->> 'jobStatus', 'total', b.data -> 'total', 'typeId', b.data -> 'jobTypeId', 'type', t.data ->> 'name',
      'businessUnitId', b.data -> 'businessUnitId', 'campaignId', b.data -> 'campaignId', 'tagIds', coalesce(b.data -> 'tagTypeIds', '[]'),
      'completedOn', b.data -> 'completedOn') end,
    'appointment', case when j.appointment_start is null then null else jsonb_build_object('start', j.appointment_start, 'end', j.appointment_end,
      'arrivalWindowStart', j.arrival_window_start, 'arrivalWindowEnd', j.arrival_window_end) end,
    'estimates', (
      select coalesce(jsonb_agg(jsonb_build_object('name', e.data ->> 'name', 'status', e.data ->> 'status', 'createdOn', e.data ->> 'createdOn',
        'total', (e.data ->> 'subtotal')::numeric + (e.data ->> 'tax')::numeric) order by e.data ->> 'createdOn', e.record_id), '[]')
      from (
        select x.record_id, x.data from public.servicetitan_records x
        where x.connection_id = j.connection_id and x.resource = 'estimates' and x.job_id = coalesce(j.job_id, q.job_id) and x.active and x.deleted_at is null
        union all
        select x.record_id, x.data from public.servicetitan_records x
        where x.connection_id = j.connection_id and x.resource = 'estimates' and x.customer_id = j.servicetitan_customer_id and x.job_id is null and x.active
          and x.deleted_at is null
      ) e
    ),
    'openTotal', j.open_total,
    'soldTotal', j.sold_total,
    'workspace', jsonb_build_object('name', w.name, 'senderEmail', w.sender_email, 'phone', w.phone, 'website', w.website,
      'postalAddress', w.postal_address, 'reviewUrl', w.review_url),
    'messagesSent', 0, 'replied', false, 'steps', '{}'::jsonb)
  from unnest(p_journeys, p_jobs, p_contacts) with ordinality as q (journey_id, job_id, contact_id, place)
  join public.customer_servicetitan_state j on j.id = q.journey_id
  join public.integration_connections n on n.id = j.connection_id
  join public.workspaces w on w.id = j.workspace_id
  left join public.contacts c on c.id = coalesce(j.contact_id, q.contact_id)
  left join public.servicetitan_records u on u.connection_id = j.connection_id and u.resource = 'customers' and u.record_id = j.servicetitan_customer_id
  left join public.servicetitan_records b on b.connection_id = j.connection_id and b.resource = 'jobs' and b.record_id = coalesce(j.job_id, q.job_id)
  left join public.servicetitan_records t on t.connection_id = j.connection_id and t.resource = 'job_types' and t.record_id = (b.data ->> 'jobTypeId')::bigint
$$;
comment on function public.load_contexts(uuid[], bigint[], uuid[]) is
  'What is known of the customers of journeys, by their places; the job and the contact are for journeys that have none themselves.';

drop function public.load_step_contexts(uuid[]);
create function public.load_step_contexts(p_runs uuid[], p_with_history uuid[] default '{}', p_with_steps uuid[] default '{}') returns jsonb
language sql stable security invoker
set search_path = '' set enable_hashjoin = off set enable_mergejoin = off
as $$
  with runs as materialized (
    select r.id, r.journey_id, r.job_id, r.contact_id, r.started_at, row_number() over (order by r.id) as place
    from unnest(p_runs) as q (id) join public.flow_runs r on r.id = q.id
  ),
  asked as (
    select array_agg(r.journey_id order by r.place) as journeys, array_agg(r.job_id order by r.place) as jobs, array_agg(r.contact_id order by r.place) as contacts from runs r
  )
  select coalesce(jsonb_object_agg(r.id, c.context
    || case when r.id = any (p_with_history) then jsonb_build_object(
      'messagesSent', (select count(*) from public.messages m where m.run_id = r.id and m.status in ('queued', 'sent')),
      'replied', exists (
        select 1 from public.customer_servicetitan_state j join public.contact_replies x on x.contact_id = coalesce(j.contact_id, r.contact_id) and x.at >= r.started_at
        where j.id = r.journey_id)) else '{}' end
    || case when r.id = any (p_with_steps) then jsonb_build_object('steps', (
      select coalesce(jsonb_object_agg(s.node_id, jsonb_build_object('outcome', s.outcome, 'output', s.output)), '{}')
      from (
        select distinct on (t.node_id) t.node_id, t.outcome, t.output from public.flow_steps t
        where t.run_id = r.id and t.status in ('done', 'skipped') order by t.node_id, t.visit desc
      ) s)) else '{}' end), '{}')
  from asked a
  cross join lateral public.load_contexts(a.journeys, a.jobs, a.contacts) c
  join runs r on r.place = c.place
$$;
comment on function public.load_step_contexts(uuid[], uuid[], uuid[]) is
  'What templates and conditions of these runs may ask for, by run; what became of their messages and what their steps answered only of those that are named for it.';

create function public.load_journey_contexts(p_workspace uuid, p_journeys uuid[]) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  with journeys as materialized (
    select j.id, row_number() over (order by j.id) as place, public.person_key(j.connection_id, j.servicetitan_customer_id, j.contact_id, j.id) as person_key
    from public.customer_servicetitan_state j where j.workspace_id = p_workspace and j.id = any (p_journeys)
  )
  select coalesce(jsonb_object_agg(k.id, jsonb_build_object('personKey', k.person_key, 'context', c.context)), '{}')
  from (select array_agg(k.id order by k.place) as journeys, array_agg(null::bigint) as jobs, array_agg(null::uuid) as contacts from journeys k) a
  cross join lateral public.load_contexts(a.journeys, a.jobs, a.contacts) c
  join journeys k on k.place = c.place
$$;
comment on function public.load_journey_contexts(uuid, uuid[]) is 'What a flow would know of journeys that it does not run for, and who they are about.';

-- ---------------------------------------------------------------- news that comes otherwise than by reading

create function public.recheck_contacts(p_contacts uuid[], p_now timestamptz) returns void
language plpgsql volatile security invoker
set search_path = '' set enable_seqscan = off
as $$
declare
  v_connection record;
begin
  for v_connection in
    select j.connection_id, array_agg(j.id) as journeys from public.customer_servicetitan_state j where j.contact_id = any (p_contacts) group by j.connection_id order by 1
  loop
    perform public.recheck_steps(v_connection.connection_id, v_connection.journeys, p_now);
  end loop;
end
$$;
comment on function public.recheck_contacts(uuid[], timestamptz) is 'Something about these people has changed: the steps that wait for it are looked at now.';

create function public.tell_of_suppressions() returns trigger
language plpgsql volatile security invoker
set search_path = '' set enable_seqscan = off
as $$
begin
  if exists (select 1 from public.flow_steps s where s.watch and s.status = 'pending' limit 1) then
    perform public.recheck_contacts(array(
      select c.id from (select distinct x.workspace_id, x.email from changed x) n
      join public.contacts c on c.workspace_id = n.workspace_id and lower(c.email) = n.email and c.email is not null), (select max(x.created_at) from changed x));
  end if;
  return null;
end
$$;
comment on function public.tell_of_suppressions() is 'Who opted out, or in again, may be what a flow waits for.';
create trigger suppressions_added after insert on public.suppressions referencing new table as changed for each statement execute function public.tell_of_suppressions();
create trigger suppressions_lifted after delete on public.suppressions referencing old table as changed for each statement execute function public.tell_of_suppressions();

create function public.tell_of_replies() returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  perform public.recheck_contacts(array(select x.contact_id from changed x), (select max(x.at) from changed x));
  return null;
end
$$;
comment on function public.tell_of_replies() is 'An answer may be what a flow waits for.';
create trigger contact_replies_added after insert on public.contact_replies referencing new table as changed for each statement execute function public.tell_of_replies();

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('count_passages', 'count_people', 'begin_call', 'end_call', 'load_contexts', 'load_step_contexts', 'load_journey_contexts', 'recheck_contacts', 'tell_of_suppressions', 'tell_of_replies')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
