-- What flows are made of became more: six kinds of triggers, conditions in groups, settings that are part of every version. Stored graphs are
-- rewritten to that, what a published trigger listens to is kept in a table of its own, and runs say whose they are, so that the database can
-- see to it that nobody is in a flow twice at a time.

-- ---------------------------------------------------------------- stored graphs

create function public.widen_condition(p_data jsonb) returns jsonb
language sql immutable security invoker
set search_path = ''
as $$
  select case
    when p_data ? 'if' then p_data
    when p_data ->> 'field' is null then '{"if": {"match": "all", "groups": []}}'
    else jsonb_build_object('if', jsonb_build_object('match', 'all', 'groups', jsonb_build_array(jsonb_build_object('match', 'all', 'rules', jsonb_build_array(
      jsonb_build_object('field', p_data -> 'field') || case
        when p_data ->> 'operator' in ('exists', 'not_exists') then jsonb_build_object('operator', p_data -> 'operator')
        -- What is one of a list is asked by choosing from it.
        when p_data ->> 'field' in ('job.jobStatus', 'journey.state') and p_data ->> 'operator' in ('equals', 'not_equals') then
          jsonb_build_object('operator', case p_data ->> 'operator' when 'equals' then 'one_of' else 'none_of' end,
            'values', case when coalesce(p_data -> 'value', 'null') in ('null', '""') then '[]'::jsonb else jsonb_build_array(p_data -> 'value') end)
        else jsonb_build_object('operator', coalesce(p_data ->> 'operator', 'equals'))
          || case when coalesce(p_data -> 'value', 'null') = 'null' then '{}' else jsonb_build_object('value', p_data -> 'value') end
      end)))))
  end
$$;

create function public.widen_graph(p_graph jsonb, p_max_age_hours int) returns jsonb
language sql immutable security invoker
set search_path = ''
as $$
  select case when p_graph ? 'settings' then p_graph else p_graph || jsonb_build_object(
    'nodes', coalesce((
      select jsonb_agg(case
        when n.value ->> 'type' = 'trigger' and not n.value -> 'data' ? 'on' then jsonb_set(n.value, '{data}', jsonb_build_object('on', 'state_changed',
          'states', case when n.value #> '{data,state}' is null then '[]'::jsonb else jsonb_build_array(n.value #> '{data,state}') end,
          'connectionIds', '[]'::jsonb, 'where', '{"match": "all", "groups": []}'::jsonb))
        when n.value ->> 'type' = 'condition' then jsonb_set(n.value, '{data}', public.widen_condition(n.value -> 'data'))
        else n.value end order by n.position)
      from jsonb_array_elements(p_graph -> 'nodes') with ordinality as n (value, position)), '[]'),
    'edges', coalesce(p_graph -> 'edges', '[]'),
    'notes', '[]'::jsonb,
    'settings', jsonb_build_object('again', 'each_time', 'againAfterDays', 30,
      -- A visit or an install is its own matter, however many a customer has.
      'oneFor', case when exists (
        select 1 from jsonb_array_elements(p_graph -> 'nodes') as n (value)
        where n.value ->> 'type' = 'trigger' and n.value #>> '{data,state}' in ('2', '5', '6')) then 'journey' else 'customer' end,
      'exitOnLeave', true, 'exitOnUnsubscribe', false, 'exitOnReply', false, 'exitWhen', '{"match": "all", "groups": []}'::jsonb,
      'maxAgeHours', p_max_age_hours)) end
$$;

update public.flow_versions v set graph = public.widen_graph(v.graph, f.max_age_hours) from public.flows f where f.id = v.flow_id;
update public.flows f set draft = public.widen_graph(f.draft, f.max_age_hours);
drop function public.widen_graph(jsonb, int);
drop function public.widen_condition(jsonb);

-- ---------------------------------------------------------------- flows and their triggers

alter table public.flows
  add column again text not null default 'each_time',
  add column again_after_days int not null default 30,
  add column one_for text not null default 'customer',
  add column exits_on_leave boolean not null default true,
  add constraint flows_again_known check (again in ('each_time', 'once', 'after_days')),
  add constraint flows_one_for_known check (one_for in ('customer', 'journey'));
comment on table public.flows is 'A graph of nodes with one trigger: its draft, and which version is published.';
comment on column public.flows.again is 'Who was in it before may come again, never, or again_after_days after the last time. This and the next ones are the published version''s settings.';
comment on column public.flows.one_for is 'What there is one run of at a time: a customer, or each of the customer''s journeys.';
comment on column public.flows.exits_on_leave is 'Whether leaving the state in which a run began ends it.';

create table public.flow_triggers (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  flow_id uuid not null,
  kind text not null,
  node_id text not null,
  state numeric(2, 1),
  states numeric(2, 1)[],
  connection_ids uuid[],
  offset_minutes int,
  schedule jsonb,
  listens_to jsonb not null,
  since timestamptz not null,
  constraint flow_triggers_pkey primary key (id),
  constraint flow_triggers_once unique nulls not distinct (flow_id, state),
  constraint flow_triggers_flow_fkey foreign key (flow_id) references public.flows (id) on delete cascade,
  constraint flow_triggers_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint flow_triggers_kind_known check (kind in ('state_changed', 'lead_received', 'appointment', 'schedule', 'manual', 'flow')),
  constraint flow_triggers_complete check (
    (kind = 'state_changed') = (state is not null) and (kind = 'appointment') = (offset_minutes is not null) and (kind = 'schedule') = (schedule is not null))
);
comment on table public.flow_triggers is 'What the published version''s trigger listens to; of a trigger for several states, a row for each.';
comment on column public.flow_triggers.states is 'Of appointments and schedules: only journeys in one of these; null: in any.';
comment on column public.flow_triggers.connection_ids is 'Only journeys of these; null: of all.';
comment on column public.flow_triggers.offset_minutes is 'Minutes from the start of the appointment, below 0 before it.';
comment on column public.flow_triggers.listens_to is 'All of the above as the node says it: a version that listens to the same goes on from where the last one was.';
comment on column public.flow_triggers.since is 'What happened before is none of its business: when it began to listen to this.';
create index flow_triggers_kind_idx on public.flow_triggers (workspace_id, kind, state);
alter table public.flow_triggers enable row level security;
create policy flow_triggers_members_read on public.flow_triggers for select to authenticated using (public.is_member(workspace_id));
grant select on public.flow_triggers to authenticated;
grant all on public.flow_triggers to service_role;

create function public.index_flow_triggers(p_flow uuid) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_flow record;
  v_node jsonb;
  v_data jsonb;
  v_settings jsonb;
  v_listens_to jsonb;
  v_since timestamptz;
begin
  select f.workspace_id, v.graph, v.published_at into v_flow
  from public.flows f join public.flow_versions v on v.id = f.published_version_id where f.id = p_flow;
  select n.value into v_node from jsonb_array_elements(v_flow.graph -> 'nodes') as n (value) where n.value ->> 'type' = 'trigger' limit 1;
  v_data := v_node -> 'data';
  v_settings := v_flow.graph -> 'settings';
  v_listens_to := v_data - 'where';
  -- A version that listens to the same misses nothing of what happens while it is published.
  select min(t.since) into v_since from public.flow_triggers t where t.flow_id = p_flow and t.listens_to = v_listens_to;
  delete from public.flow_triggers t where t.flow_id = p_flow;
  insert into public.flow_triggers (workspace_id, flow_id, kind, node_id, state, states, connection_ids, offset_minutes, schedule, listens_to, since)
  select v_flow.workspace_id, p_flow, v_data ->> 'on', v_node ->> 'id', s.state,
    case when v_data ->> 'on' in ('appointment', 'schedule') and jsonb_array_length(v_data -> 'states') > 0 then
      array(select e.value::numeric from jsonb_array_elements_text(v_data -> 'states') as e (value)) end,
    case when jsonb_array_length(v_data -> 'connectionIds') > 0 then
      array(select e.value::uuid from jsonb_array_elements_text(v_data -> 'connectionIds') as e (value)) end,
    case when v_data ->> 'on' = 'appointment' then
      round((v_data ->> 'hours')::numeric * 60)::int * case v_data ->> 'direction' when 'before' then -1 else 1 end end,
    case when v_data ->> 'on' = 'schedule' then v_listens_to - array['on', 'states', 'connectionIds'] end,
    v_listens_to, coalesce(v_since, v_flow.published_at)
  from (
    select distinct e.value::numeric as state
    from jsonb_array_elements_text(case when v_data ->> 'on' = 'state_changed' then v_data -> 'states' else '[null]' end) as e (value)
  ) s;
  update public.flows f set
    again = v_settings ->> 'again', again_after_days = (v_settings ->> 'againAfterDays')::int, one_for = v_settings ->> 'oneFor',
    exits_on_leave = v_data ->> 'on' = 'state_changed' and (v_settings ->> 'exitOnLeave')::boolean, max_age_hours = (v_settings ->> 'maxAgeHours')::int
  where f.id = p_flow;
end
$$;
comment on function public.index_flow_triggers(uuid) is
  'Writes down what the published version''s trigger listens to, and the settings that decide who enters. Whoever publishes a version calls it.';

select public.index_flow_triggers(f.id) from public.flows f where f.published_version_id is not null;

create function public.restart_triggers() returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  update public.flow_triggers t set since = new.updated_at where t.flow_id = new.id;
  return null;
end
$$;
comment on function public.restart_triggers() is 'A flow that is taken out of the archive does not make up for what happened meanwhile.';
create trigger flows_restart after update of status on public.flows for each row
  when (old.status = 'archived' and new.status <> 'archived') execute function public.restart_triggers();

-- ---------------------------------------------------------------- runs, starts and steps

create function public.person_key(p_connection uuid, p_customer bigint, p_contact uuid, p_journey uuid) returns text
language sql immutable security invoker
set search_path = ''
as $$
  select case when p_customer is not null then 'customer:' || p_connection || ':' || p_customer when p_contact is not null then 'contact:' || p_contact else 'journey:' || p_journey end
$$;
comment on function public.person_key(uuid, bigint, uuid, uuid) is 'Who a journey is about: its customer, else who asked, else nobody but itself.';

alter table public.flow_runs
  add column trigger_kind text not null default 'state_changed',
  add column exits_on_leave boolean not null default true,
  add column person_key text,
  add column alone_key text,
  add column started_by text,
  add column depth int not null default 0,
  add column visit_base int not null default 0,
  drop constraint flow_runs_status_known;
update public.flow_runs r set status = 'parked' where r.status = 'failed';
with known as (
  select r.id, r.flow_id, r.status, public.person_key(j.connection_id, j.servicetitan_customer_id, j.contact_id, j.id) as person_key, f.one_for, j.id as journey_id,
    r.started_at
  from public.flow_runs r join public.customer_servicetitan_state j on j.id = r.journey_id join public.flows f on f.id = r.flow_id
),
keyed as (
  select k.id, k.person_key, k.status, case k.one_for when 'customer' then k.person_key else 'journey:' || k.journey_id end as alone_key,
    row_number() over (
      partition by k.flow_id, k.status = 'active', case k.one_for when 'customer' then k.person_key else 'journey:' || k.journey_id end order by k.started_at, k.id) as place
  from known k
)
-- Of several that came back to where they were, the others keep to themselves.
update public.flow_runs r set person_key = k.person_key, alone_key = case when k.status = 'active' and k.place > 1 then 'run:' || r.id else k.alone_key end
from keyed k where k.id = r.id;
alter table public.flow_runs
  alter column person_key set not null,
  alter column alone_key set not null,
  add constraint flow_runs_status_known check (status in ('active', 'done', 'ended', 'parked')),
  add constraint flow_runs_trigger_kind_known check (trigger_kind in ('state_changed', 'lead_received', 'appointment', 'schedule', 'manual', 'flow'));
comment on table public.flow_runs is
  'One passage of one contact through one version. parked: a step is out of tries, and somebody has to see to it. ended_reason says why it ended early, or was parked; left_state can be resumed.';
comment on column public.flow_runs.state is 'The state in which the journey was when it began.';
comment on column public.flow_runs.exits_on_leave is 'Whether leaving that state ends it.';
comment on column public.flow_runs.person_key is 'Who it is about, the same in every run of theirs.';
comment on column public.flow_runs.alone_key is 'Of which a flow has one active run at a time: the person, the journey, or of one that came back when the place was taken, itself.';
comment on column public.flow_runs.started_by is 'What began it, where that is no state: lead:<id>, appointment:<start>, schedule:<due>, member:<address>, run:<id> of another flow.';
comment on column public.flow_runs.depth is 'How many flows had to start each other until this one began.';
comment on column public.flow_runs.visit_base is 'Visits up to here belong to earlier passes of a run that was begun anew.';
create unique index flow_runs_alone_idx on public.flow_runs (flow_id, alone_key) where status = 'active';
create index flow_runs_person_idx on public.flow_runs (flow_id, person_key, started_at desc);
-- Whether a person is in a flow is asked by the key above.
drop index public.flow_runs_contact_idx;

create function public.place_run() returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  select public.person_key(j.connection_id, j.servicetitan_customer_id, j.contact_id, j.id), coalesce(new.alone_key,
    case f.one_for when 'customer' then public.person_key(j.connection_id, j.servicetitan_customer_id, j.contact_id, j.id) else 'journey:' || j.id end)
  into new.person_key, new.alone_key
  from public.customer_servicetitan_state j, public.flows f where j.id = new.journey_id and f.id = new.flow_id;
  return new;
end
$$;
comment on function public.place_run() is 'Says whose run it is.';
create trigger flow_runs_place before insert on public.flow_runs for each row when (new.person_key is null) execute function public.place_run();

alter table public.flow_starts drop constraint flow_starts_outcome_known;
alter table public.flow_starts add constraint flow_starts_outcome_known check (outcome in ('started', 'stale', 'duplicate', 'repeat', 'settings', 'backfill'));
comment on table public.flow_starts is
  'Why a flow did or did not start, once for what it was asked by: the entry of a state, a lead, an appointment''s time, a schedule''s moment, a request, a step of another flow.';
create index flow_starts_run_idx on public.flow_starts (run_id) where run_id is not null;

alter table public.flow_steps
  add column outcome text,
  add column watch boolean not null default false,
  add column recheck boolean not null default false,
  add column looked_at timestamptz,
  add column started_at timestamptz,
  add column tries jsonb not null default '[]',
  add column key_visit int not null default 1,
  add column number bigint generated always as identity;
comment on column public.flow_steps.outcome is 'Which way it went, by the output''s id.';
comment on column public.flow_steps.watch is 'Looked at again whenever something about the customer changes.';
comment on column public.flow_steps.recheck is 'Something has changed since it was claimed: it is looked at once more.';
comment on column public.flow_steps.looked_at is 'When it was claimed last.';
comment on column public.flow_steps.started_at is 'When its last try began.';
comment on column public.flow_steps.tries is 'The tries that failed: when, and why.';
comment on column public.flow_steps.key_visit is 'Which visit it is in its pass: what effects are known by, so that a run that is begun anew repeats none.';
comment on column public.flow_steps.number is 'In the order of the run''s way.';
update public.flow_steps s set key_visit = s.visit where s.visit > 1;
create index flow_steps_watch_idx on public.flow_steps (connection_id, run_id) where watch and status = 'pending';

create table public.contact_replies (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  contact_id uuid not null,
  at timestamptz not null,
  constraint contact_replies_pkey primary key (id),
  constraint contact_replies_contact_fkey foreign key (contact_id) references public.contacts (id) on delete cascade,
  constraint contact_replies_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.contact_replies is 'When people answered.';
create index contact_replies_contact_idx on public.contact_replies (contact_id, at);
create index contact_replies_workspace_idx on public.contact_replies (workspace_id);
alter table public.contact_replies enable row level security;
create policy contact_replies_members_read on public.contact_replies for select to authenticated using (public.is_member(workspace_id));
grant select on public.contact_replies to authenticated;
grant all on public.contact_replies to service_role;

-- ---------------------------------------------------------------- publishing and listing

create or replace function public.install_flows(p_workspace uuid, p_flows jsonb, p_author text, p_now timestamptz) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_template record;
  v_flow uuid;
  v_version uuid;
  v_count int := 0;
begin
  for v_template in select * from jsonb_to_recordset(p_flows) as t (template_key text, name text, description text, graph jsonb) loop
    v_flow := null;
    insert into public.flows (workspace_id, template_key, name, description, status, draft, created_at, updated_at)
    values (p_workspace, v_template.template_key, v_template.name, v_template.description, 'live', v_template.graph, p_now, p_now)
    on conflict (workspace_id, template_key) do nothing
    returning id into v_flow;
    if v_flow is null then continue; end if;
    insert into public.flow_versions (workspace_id, flow_id, number, graph, author, published_at)
    values (p_workspace, v_flow, 1, v_template.graph, p_author, p_now)
    returning id into v_version;
    update public.flows f set published_version_id = v_version where f.id = v_flow;
    perform public.index_flow_triggers(v_flow);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;

drop function public.publish_flow(uuid, uuid, int, jsonb, numeric, text, timestamptz);
create function public.publish_flow(
  p_workspace uuid, p_flow uuid, p_draft_revision int, p_graph jsonb, p_author text, p_now timestamptz
) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_flow public.flows;
  v_number int;
  v_version uuid;
begin
  -- No lock that keeps out the messages that refer to the flow: who settles a step holds its run and queues one.
  select * into v_flow from public.flows f where f.id = p_flow and f.workspace_id = p_workspace for no key update;
  if v_flow.id is null or v_flow.draft_revision <> p_draft_revision then
    return null;
  end if;
  select coalesce(max(v.number), 0) + 1 into v_number from public.flow_versions v where v.flow_id = p_flow;
  insert into public.flow_versions (workspace_id, flow_id, number, graph, author, published_at)
  values (p_workspace, p_flow, v_number, p_graph, p_author, p_now)
  returning id into v_version;
  update public.flows f set published_version_id = v_version, status = 'live', draft = p_graph, updated_at = p_now where f.id = p_flow;
  perform public.index_flow_triggers(p_flow);
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (p_workspace, p_author, 'flow.published', 'flow:' || p_flow, jsonb_build_object('number', v_number), p_now);
  insert into public.change_events (workspace_id, type, payload, at) values (p_workspace, 'flow', jsonb_build_object('flowId', p_flow), p_now);
  return v_number;
end
$$;
comment on function public.publish_flow(uuid, uuid, int, jsonb, text, timestamptz) is
  'Makes the checked draft the next version and sets the flow live; null when the draft was saved again meanwhile or is gone.';

create or replace function public.list_flows(p_workspace uuid, p_flow uuid default null) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  with runs as (
    select r.flow_id, count(*) filter (where r.status = 'active') as active, count(*) filter (where r.status = 'parked') as parked
    from public.flow_runs r join public.flows f on f.id = r.flow_id
    where f.workspace_id = p_workspace and (p_flow is null or f.id = p_flow) and r.status in ('active', 'parked')
    group by r.flow_id
  ),
  mails as (
    select m.flow_id, count(*) as sent
    from public.messages m join public.flows f on f.id = m.flow_id
    where f.workspace_id = p_workspace and (p_flow is null or f.id = p_flow) and m.status = 'sent'
    group by m.flow_id
  ),
  triggers as (
    select t.flow_id, min(t.state) as state from public.flow_triggers t where t.workspace_id = p_workspace group by t.flow_id
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', f.id, 'name', f.name, 'description', f.description, 'status', f.status, 'triggerState', t.state,
    'activeRuns', coalesce(r.active, 0), 'sent', coalesce(m.sent, 0), 'failedRuns', coalesce(r.parked, 0),
    'hasUnpublishedChanges', v.id is not null and f.draft is distinct from v.graph, 'updatedAt', f.updated_at
  ) order by t.state nulls last, f.name, f.id), '[]')
  from public.flows f
  left join public.flow_versions v on v.id = f.published_version_id
  left join triggers t on t.flow_id = f.id
  left join runs r on r.flow_id = f.id
  left join mails m on m.flow_id = f.id
  where f.workspace_id = p_workspace and f.status <> 'archived' and (p_flow is null or f.id = p_flow)
$$;

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('index_flow_triggers', 'restart_triggers', 'person_key', 'place_run', 'publish_flow')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
