-- Nothing that was drawn is lost: drafts leave checkpoints behind, versions say why they were made, and whatever replaces a draft can be undone.

alter table public.flows
  add column draft_author text not null default '',
  add column draft_saved_at timestamptz;
comment on column public.flows.draft_author is 'Who saved the draft last; a checkpoint of it is theirs.';
update public.flows f set draft_saved_at = f.updated_at;

alter table public.flow_versions add column note text not null default '';
comment on column public.flow_versions.note is 'What its author says is new in it.';

create table public.flow_checkpoints (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  flow_id uuid not null,
  graph jsonb not null,
  nodes int not null generated always as (jsonb_array_length(graph -> 'nodes')) stored,
  reason text not null,
  author text not null,
  saved_at timestamptz not null,
  created_at timestamptz not null,
  number bigint generated always as identity,
  constraint flow_checkpoints_pkey primary key (id),
  constraint flow_checkpoints_flow_fkey foreign key (flow_id) references public.flows (id) on delete cascade,
  constraint flow_checkpoints_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint flow_checkpoints_reason_known check (reason in ('editing', 'discard', 'restore', 'publish'))
);
comment on table public.flow_checkpoints is 'Drafts as they stood before something replaced them: some minutes of editing, a discard, a restore or a publication. The newest 50 of a flow are kept.';
comment on column public.flow_checkpoints.saved_at is 'When its author saved that draft; created_at: when it was replaced.';
comment on column public.flow_checkpoints.number is 'In the order in which they were made: several may be of one moment.';
create index flow_checkpoints_flow_idx on public.flow_checkpoints (flow_id, number);
create index flow_checkpoints_workspace_idx on public.flow_checkpoints (workspace_id);
alter table public.flow_checkpoints enable row level security;
create policy flow_checkpoints_members_read on public.flow_checkpoints for select to authenticated using (public.is_member(workspace_id));
grant select on public.flow_checkpoints to authenticated;
grant all on public.flow_checkpoints to service_role;

-- ---------------------------------------------------------------- drafts

create function public.keep_draft(p_flow public.flows, p_reason text, p_now timestamptz) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  -- What was kept already needs no second copy.
  if exists (
    select 1 from (
      select c.graph from public.flow_checkpoints c where c.flow_id = p_flow.id order by c.number desc limit 1) newest
    where newest.graph = p_flow.draft
  ) then return; end if;
  insert into public.flow_checkpoints (workspace_id, flow_id, graph, reason, author, saved_at, created_at)
  values (p_flow.workspace_id, p_flow.id, p_flow.draft, p_reason,
    -- A draft that nobody has touched yet is whose version it is.
    coalesce(nullif(p_flow.draft_author, ''), (select v.author from public.flow_versions v where v.id = p_flow.published_version_id), ''),
    coalesce(p_flow.draft_saved_at, p_flow.updated_at), p_now);
  delete from public.flow_checkpoints c where c.id in (
    select o.id from public.flow_checkpoints o where o.flow_id = p_flow.id order by o.number desc offset 50);
end
$$;
comment on function public.keep_draft(public.flows, text, timestamptz) is 'Makes a checkpoint of a flow''s draft and forgets all but the newest 50.';

create function public.save_draft(
  p_workspace uuid, p_flow uuid, p_revision int, p_graph jsonb, p_name text, p_author text, p_reason text, p_now timestamptz
) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_flow public.flows;
  v_revision int;
begin
  select * into v_flow from public.flows f where f.id = p_flow and f.workspace_id = p_workspace for no key update;
  if v_flow.id is null or v_flow.draft_revision <> p_revision then
    return null;
  end if;
  -- What makes no difference leaves nothing behind, and no one's work is out of date by it.
  if p_reason <> 'editing' and v_flow.draft = p_graph then
    return p_revision;
  end if;
  if v_flow.draft <> p_graph and (p_reason <> 'editing' or not exists (
    select 1 from public.flow_checkpoints c where c.flow_id = p_flow and c.created_at > p_now - interval '10 minutes')) then
    perform public.keep_draft(v_flow, p_reason, p_now);
  end if;
  update public.flows f
  set draft = p_graph, name = coalesce(p_name, f.name), draft_revision = f.draft_revision + 1, draft_author = p_author, draft_saved_at = p_now, updated_at = p_now
  where f.id = p_flow
  returning f.draft_revision into v_revision;
  insert into public.change_events (workspace_id, type, payload, at) values (p_workspace, 'flow', jsonb_build_object('flowId', p_flow), p_now);
  return v_revision;
end
$$;
comment on function public.save_draft(uuid, uuid, int, jsonb, text, text, text, timestamptz) is
  'Replaces a draft of this revision and answers the new revision; null when it was saved again meanwhile or is gone. While somebody edits, a checkpoint every ten minutes; before anything else, always one. The same revision: it was what it is to become.';

create function public.publish_draft(
  p_workspace uuid, p_flow uuid, p_draft_revision int, p_graph jsonb, p_note text, p_move boolean, p_author text, p_now timestamptz
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_flow public.flows;
  v_number int;
  v_version uuid;
begin
  select * into v_flow from public.flows f where f.id = p_flow and f.workspace_id = p_workspace for no key update;
  if v_flow.id is null or v_flow.draft_revision <> p_draft_revision then
    return null;
  end if;
  perform public.keep_draft(v_flow, 'publish', p_now);
  v_number := public.publish_flow(p_workspace, p_flow, p_draft_revision, p_graph, p_author, p_now);
  update public.flow_versions v set note = p_note where v.flow_id = p_flow and v.number = v_number returning v.id into v_version;
  if p_move then
    perform public.request_move(p_workspace, p_flow, v_version, p_author, p_now);
  end if;
  return jsonb_build_object('number', v_number, 'versionId', v_version);
end
$$;
comment on function public.publish_draft(uuid, uuid, int, jsonb, text, boolean, text, timestamptz) is
  'Publishes the checked draft of this revision with a note, the draft kept, and has people under way moved to it if that is wanted; null when it was saved again meanwhile or is gone.';

-- ---------------------------------------------------------------- reading

create function public.list_flow_versions(p_workspace uuid, p_flow uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  with runs as (
    select r.version_id, count(*) as active from public.flow_runs r where r.flow_id = p_flow and r.status = 'active' group by 1
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', v.id, 'number', v.number, 'author', v.author, 'note', v.note, 'publishedAt', v.published_at, 'isPublished', v.id = f.published_version_id,
    'activeRuns', coalesce(r.active, 0)) order by v.number desc), '[]')
  from public.flow_versions v
  join public.flows f on f.id = v.flow_id
  left join runs r on r.version_id = v.id
  where v.flow_id = p_flow and v.workspace_id = p_workspace
$$;
comment on function public.list_flow_versions(uuid, uuid) is 'A flow''s versions, the newest first, with how many people are on each.';

create function public.count_in_flight(p_flow uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('versionId', w.version_id, 'nodeId', w.node_id, 'count', w.runs)), '[]')
  from (
    select r.version_id, s.node_id, count(distinct r.id) as runs
    from public.flow_runs r join public.flow_steps s on s.run_id = r.id and s.status = 'pending'
    where r.flow_id = p_flow and r.status = 'active'
    group by 1, 2
  ) w
$$;
comment on function public.count_in_flight(uuid) is 'People under way in a flow, by the version that they are on and the node that they are at.';

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
  flows as (
    select f.*, v.number as version_number, v.id is not null and f.draft is distinct from v.graph as has_changes,
      (select n.value -> 'data' from jsonb_array_elements(coalesce(v.graph, f.draft) -> 'nodes') as n (value)
       where n.value ->> 'type' = 'trigger' limit 1) as trigger_data
    from public.flows f left join public.flow_versions v on v.id = f.published_version_id
    where f.workspace_id = p_workspace and (f.id = p_flow or p_flow is null)
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', f.id, 'name', f.name, 'description', f.description, 'status', f.status, 'templateKey', f.template_key, 'trigger', f.trigger_data,
    'versionNumber', f.version_number, 'activeRuns', coalesce(r.active, 0), 'sent', coalesce(m.sent, 0), 'failedRuns', coalesce(r.parked, 0),
    'hasUnpublishedChanges', f.has_changes, 'updatedAt', f.updated_at
  ) order by f.trigger_data -> 'states' -> 0 nulls last, f.name, f.id), '[]')
  from flows f
  left join runs r on r.flow_id = f.id
  left join mails m on m.flow_id = f.id
$$;
comment on function public.list_flows(uuid, uuid) is 'The flows of a workspace, archived ones too, or one of them, with what they are doing. trigger: what starts the published version, else the draft.';

create or replace function public.set_flow_status(p_workspace uuid, p_flow uuid, p_status text, p_actor text, p_now timestamptz) returns text
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_flow public.flows;
  v_status text := p_status;
begin
  -- No lock that keeps out the messages that refer to the flow: who settles a step holds its run and queues one.
  select * into v_flow from public.flows f where f.id = p_flow and f.workspace_id = p_workspace for no key update;
  if v_flow.id is null then
    return 'not_found';
  end if;
  if v_flow.published_version_id is null then
    if p_status = 'live' then return 'unpublished'; end if;
    -- What was never published cannot be paused: it comes back from the archive as a draft.
    v_status := case p_status when 'archived' then 'archived' else 'draft' end;
  end if;
  if v_flow.status = v_status then
    return 'unchanged';
  end if;
  if v_status = 'live' then
    -- What fell due during the pause is late, as after a return to the state: not all of it is sent at once.
    update public.flow_runs r set resumed_at = p_now where r.flow_id = p_flow and r.status = 'active';
  end if;
  update public.flows f set status = v_status, updated_at = p_now where f.id = p_flow;
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (p_workspace, p_actor, 'flow.' || v_status, 'flow:' || p_flow, '{}', p_now);
  insert into public.change_events (workspace_id, type, payload, at) values (p_workspace, 'flow', jsonb_build_object('flowId', p_flow), p_now);
  return 'changed';
end
$$;
comment on function public.set_flow_status(uuid, uuid, text, text, timestamptz) is
  'Pauses or archives a flow with its runs, which stay where they are, or lets it go on.';

-- ---------------------------------------------------------------- names and people

create function public.list_options(p_workspace uuid, p_resource text, p_connection uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'options', coalesce((
      select jsonb_agg(jsonb_build_object('id', r.record_id, 'name', r.data ->> 'name', 'connectionId', n.id, 'connectionName', n.name)
        order by lower(r.data ->> 'name'), n.name, r.record_id)
      from public.integration_connections n join public.servicetitan_records r on r.connection_id = n.id and r.resource = p_resource
      where n.workspace_id = p_workspace and (p_connection is null or n.id = p_connection) and r.active and r.deleted_at is null
        and r.data ->> 'name' is not null), '[]'),
    'readAt', (
      select min(s.completed_at) from public.integration_connections n
      join public.sync_cursors s on s.connection_id = n.id and s.resource = p_resource and s.path = 'list'
      where n.workspace_id = p_workspace and (p_connection is null or n.id = p_connection)))
$$;
comment on function public.list_options(uuid, text, uuid) is 'The names that a kind of record has in a workspace''s tenants, or in one; and since when at least they are known.';

create function public.find_names(p_workspace uuid, p_named jsonb) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('resource', w.resource, 'id', w.id, 'connectionId', n.id, 'name', r.data ->> 'name')), '[]')
  from jsonb_to_recordset(p_named) as w (resource text, id bigint)
  cross join public.integration_connections n
  left join public.servicetitan_records r
    on r.connection_id = n.id and r.resource = w.resource and r.record_id = w.id and r.active and r.deleted_at is null
  where n.workspace_id = p_workspace
    -- Of what was never read it is not known what there is.
    and exists (
      select 1 from public.sync_cursors s where s.connection_id = n.id and s.resource = w.resource and s.path = 'list' and s.completed_at is not null)
$$;
comment on function public.find_names(uuid, jsonb) is
  'What each of these records is called in each tenant that its kind was read of; null: that tenant has no such record.';

create function public.count_entrants(p_workspace uuid, p_audiences jsonb, p_now timestamptz) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg((
    select count(distinct e.entrant_key)
    from public.list_entrants(p_workspace, a.flow_id, a.states, a.connection_ids, a.one_for, a.again, a.again_after_days, p_now) e
  ) order by a.place), '[]')
  from rows from (
    jsonb_to_recordset(p_audiences) as (flow_id uuid, states numeric[], connection_ids uuid[], one_for text, again text, again_after_days int)
  ) with ordinality as a (flow_id, states, connection_ids, one_for, again, again_after_days, place)
$$;
comment on function public.count_entrants(uuid, jsonb, timestamptz) is
  'How many runs would begin if everybody in each of these audiences entered its flow now, in their order; as count_enrolment, for what is not published.';

create function public.sample_entrants(p_workspace uuid, p_audience jsonb, p_limit int, p_now timestamptz) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('journeyId', x.journey_id, 'entrantKey', x.entrant_key) order by x.journey_id), '[]')
  from (
    select e.journey_id, e.entrant_key
    from jsonb_to_record(p_audience) as a (flow_id uuid, states numeric[], connection_ids uuid[], one_for text, again text, again_after_days int)
    cross join lateral public.list_entrants(p_workspace, a.flow_id, a.states, a.connection_ids, a.one_for, a.again, a.again_after_days, p_now) e
    order by e.journey_id limit p_limit
  ) x
$$;
comment on function public.sample_entrants(uuid, jsonb, int, timestamptz) is 'Some of the journeys that count_entrants counts, of those with the same key one only enters.';

create function public.load_recipient(p_workspace uuid, p_whom uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'postalAddress', w.postal_address, 'suppression', public.find_suppression(p_workspace, c.email),
    'contact', case when c.id is not null then jsonb_build_object('email', c.email, 'active', c.active, 'doNotMail', c.do_not_mail,
      'doNotService', c.do_not_service, 'marketingAllowed', c.marketing_allowed, 'remindersAllowed', c.reminders_allowed) end)
  from (
    select j.contact_id from public.customer_servicetitan_state j where j.id = p_whom and j.workspace_id = p_workspace
    union all
    select x.id from public.contacts x where x.id = p_whom and x.workspace_id = p_workspace
  ) q
  join public.workspaces w on w.id = p_workspace
  left join public.contacts c on c.id = q.contact_id
  limit 1
$$;
comment on function public.load_recipient(uuid, uuid) is
  'Who the e-mails for a journey, or for a contact, would go to, and all that decides whether they may; null when the workspace has neither.';

create function public.load_contact_context(p_workspace uuid, p_contact uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'personKey', public.person_key(c.connection_id, case c.source_type when 'customer' then c.source_id end, c.id, c.id),
    'context', jsonb_build_object(
      'connectionId', c.connection_id, 'state', 0, 'stateSince', c.created_at, 'timeZone', n.time_zone,
      'customer', jsonb_build_object('name', c.name, 'email', c.email, 'phone', c.phone, 'type', u.data ->> 'type',
        'city', u.data #>> '{address,city}', 'zip', u.data #>> '{address,zip}', 'tagIds', coalesce(u.data -> 'tagTypeIds', '[]'),
        'unsubscribed', c.do_not_mail or c.do_not_service or not c.marketing_allowed or public.find_suppression(p_workspace, c.email) is not null),
      'job', null, 'appointment', null, 'estimates', '[]'::jsonb, 'openTotal', 0, 'soldTotal', 0,
      'workspace', jsonb_build_object('name', w.name, 'senderEmail', w.sender_email, 'phone', w.phone, 'website', w.website,
        'postalAddress', w.postal_address, 'reviewUrl', w.review_url),
      'messagesSent', 0, 'replied', false, 'steps', '{}'::jsonb))
  from public.contacts c
  join public.integration_connections n on n.id = c.connection_id
  join public.workspaces w on w.id = c.workspace_id
  left join public.servicetitan_records u
    on c.source_type = 'customer' and u.connection_id = c.connection_id and u.resource = 'customers' and u.record_id = c.source_id
  where c.id = p_contact and c.workspace_id = p_workspace
$$;
comment on function public.load_contact_context(uuid, uuid) is
  'What a flow would know of somebody who has no journey yet, as load_journey_contexts says it of a journey; null when the workspace has no such contact.';

-- ---------------------------------------------------------------- why somebody did or did not get something

create function public.explain_flow(p_workspace uuid, p_flow uuid, p_contact uuid, p_limit int) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  with journeys as materialized (
    select j.id, j.connection_id, j.current_state, j.state_changed_at from public.customer_servicetitan_state j
    where j.contact_id = p_contact and j.workspace_id = p_workspace
  ),
  asked as (
    select e.entry_group, min(e.state) as state, min(e.journey_id::text)::uuid as journey_id from public.state_entries e
    where e.journey_id in (select j.id from journeys j) group by 1
    union
    select r.entry_group, null, r.journey_id from public.flow_runs r where r.flow_id = p_flow and r.journey_id in (select j.id from journeys j)
    union
    select s.entry_group, null, s.journey_id from public.flow_starts s where s.run_id is null and s.journey_id in (select j.id from journeys j) and s.flow_id = p_flow
  ),
  groups as (
    select a.entry_group, max(a.state) as state, min(a.journey_id::text)::uuid as journey_id from asked a group by 1
  ),
  starts as materialized (
    select g.state, g.journey_id, s.* from groups g join public.flow_starts s on s.entry_group = g.entry_group and s.flow_id = p_flow
    order by s.recorded_at desc, s.entry_group limit p_limit
  )
  select jsonb_build_object(
    'contact', (select jsonb_build_object('id', c.id, 'name', c.name, 'connectionId', c.connection_id) from public.contacts c where c.id = p_contact and c.workspace_id = p_workspace),
    'timeZone', coalesce((select n.time_zone from public.contacts c join public.integration_connections n on n.id = c.connection_id where c.id = p_contact),
      (select w.time_zone from public.workspaces w where w.id = p_workspace)),
    'journeys', coalesce((select jsonb_agg(jsonb_build_object('id', j.id, 'connectionId', j.connection_id, 'state', j.current_state, 'since', j.state_changed_at)
      order by j.state_changed_at desc, j.id) from journeys j), '[]'),
    'entered', coalesce((select jsonb_agg(distinct g.state) from groups g where g.state is not null), '[]'),
    'starts', coalesce((
      select jsonb_agg(jsonb_build_object('recordedAt', s.recorded_at, 'outcome', s.outcome, 'detail', s.detail, 'kind', coalesce(r.trigger_kind, s.kind, 'state_changed'),
        'state', coalesce(r.state, s.state),
        'run', case when r.id is not null then jsonb_build_object('id', r.id, 'status', r.status, 'endedReason', r.ended_reason, 'versionId', r.version_id,
          'versionNumber', (select v.number from public.flow_versions v where v.id = r.version_id),
          'steps', coalesce((
            select jsonb_agg(jsonb_build_object('nodeId', t.node_id, 'status', t.status, 'outcome', t.outcome, 'output', t.output, 'error', t.error, 'dueAt', t.due_at,
              'finishedAt', t.finished_at, 'message', (
                select jsonb_build_object('id', m.id, 'subject', m.subject, 'status', m.status, 'reason', m.reason, 'sentAt', m.sent_at)
                from public.messages m where m.step_id = t.id limit 1)) order by t.number)
            from public.flow_steps t where t.run_id = r.id), '[]')) end
      ) order by s.recorded_at desc, s.entry_group)
      from starts s left join public.flow_runs r on r.id = s.run_id), '[]'))
$$;
comment on function public.explain_flow(uuid, uuid, uuid, int) is
  'Every time that a flow was asked whether it starts for a contact, with what became of it; and how the contact stands.';

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('keep_draft', 'save_draft', 'publish_draft', 'list_flow_versions', 'count_in_flight', 'list_flows', 'set_flow_status',
      'list_options', 'find_names', 'count_entrants', 'sample_entrants', 'load_recipient', 'load_contact_context', 'explain_flow')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
