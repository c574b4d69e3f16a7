-- What states hang on is changed in one way: looked at first, applied as one piece with a record of before and after, and undone from that record.
-- A scope is a connection (what its jobs mean) or, without one, a workspace (after how many days states are reset).

alter table public.integration_connections add column settings_start_flows boolean not null default false;
comment on column public.integration_connections.settings_start_flows is
  'Whether the newest change of settings may start flows for the journeys that it moves. It starts none unless the administrator asked.';

create table public.settings_previews (
  id uuid not null,
  workspace_id uuid not null,
  connection_id uuid,
  before jsonb not null,
  after jsonb not null,
  undoes uuid,
  requested_by text not null,
  requested_at timestamptz not null,
  status text not null default 'running',
  looked_at bigint not null default 0,
  expected bigint not null default 0,
  result jsonb,
  error text,
  leased_until timestamptz not null,
  constraint settings_previews_pkey primary key (id),
  constraint settings_previews_scope_key unique nulls not distinct (workspace_id, connection_id),
  constraint settings_previews_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint settings_previews_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint settings_previews_status_known check (status in ('running', 'done', 'failed'))
);
comment on table public.settings_previews is
  'What a change of settings would do: one for each scope, the newest. Whoever computes a preview whose row is gone was canceled.';
comment on column public.settings_previews.looked_at is 'Journeys looked at so far, of about expected.';
comment on column public.settings_previews.leased_until is 'In system time: one that still runs then has died with its process.';
create index settings_previews_connection_idx on public.settings_previews (connection_id);

create table public.settings_changes (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  connection_id uuid,
  number bigint generated always as identity,
  before jsonb not null,
  after jsonb not null,
  start_flows boolean not null,
  note text not null,
  moved bigint not null,
  made_by text not null,
  made_at timestamptz not null,
  undone_by text,
  undone_at timestamptz,
  constraint settings_changes_pkey primary key (id),
  constraint settings_changes_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint settings_changes_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade
);
comment on table public.settings_changes is 'Every change of what states hang on, with all values before and after, so that it can be undone.';
comment on column public.settings_changes.moved is 'How many journeys the preview said would move.';
create index settings_changes_scope_idx on public.settings_changes (workspace_id, connection_id, number desc);
create index settings_changes_connection_idx on public.settings_changes (connection_id);

alter table public.settings_previews enable row level security;
alter table public.settings_changes enable row level security;
create policy settings_previews_members_read on public.settings_previews for select to authenticated using (public.is_member(workspace_id));
create policy settings_changes_members_read on public.settings_changes for select to authenticated using (public.is_member(workspace_id));
grant select on public.settings_previews, public.settings_changes to authenticated;
grant all on public.settings_previews, public.settings_changes to service_role;

-- ---------------------------------------------------------------- reading

create function public.settings_snapshot(p_workspace uuid, p_connection uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select case when p_connection is null then (
    select jsonb_build_object('completedResetDays', w.completed_reset_days, 'staleResetDays', w.stale_reset_days)
    from public.workspaces w where w.id = p_workspace
  ) else (
    select jsonb_build_object(
      'jobTypes', coalesce(k.kinds -> 'job_type', '{}'),
      'businessUnits', coalesce(k.kinds -> 'business_unit', '{}'),
      'tags', coalesce(k.kinds -> 'tag', '{}'),
      'clericalReasonIds', (
        select coalesce(jsonb_agg(distinct r.id order by r.id), '[]')
        from jsonb_array_elements_text(coalesce(c.settings -> 'clericalReasonIds', '[]')) as e (value) cross join lateral (select e.value::bigint as id) r),
      'otherEstimateMinimum', coalesce((c.settings ->> 'otherEstimateMinimum')::numeric, 1000),
      -- Written out alike in every session, so that two snapshots can be compared.
      'liveFrom', to_char(c.live_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    from public.integration_connections c
    left join lateral (
      select jsonb_object_agg(g.subject, g.kinds) as kinds from (
        select j.subject, jsonb_object_agg(j.servicetitan_id, j.kind) as kinds from public.job_classifications j
        where j.connection_id = c.id group by j.subject) g
    ) k on true
    where c.id = p_connection and c.workspace_id = p_workspace
  ) end
$$;
comment on function public.settings_snapshot(uuid, uuid) is
  'All that can be changed of a scope: of a connection, or with null of the workspace. Null when there is no such connection in the workspace.';

create function public.settings_subjects(p_connection uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  with jobs as materialized (
    select r.record_id, r.customer_id, (r.data ->> 'jobTypeId')::bigint as type_id, (r.data ->> 'businessUnitId')::bigint as unit_id,
      r.data -> 'tagTypeIds' as tags, r.data ->> 'jobStatus' as status, r.data ->> 'createdOn' as created_on, r.data ->> 'jobNumber' as job_number,
      coalesce(r.data ->> 'recallForId', r.data ->> 'warrantyId', r.data ->> 'createdFromEstimateId') is not null as says_itself,
      (r.data ->> 'jobStatus') in ('Scheduled', 'Dispatched', 'InProgress', 'Hold') as is_open
    from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = 'jobs' and r.active and r.deleted_at is null
  ),
  used as (
    select 'job_type' as subject, j.type_id as id, count(*) as jobs, count(*) filter (where j.is_open) as open_jobs from jobs j where j.type_id is not null group by 2
    union all
    select 'business_unit', j.unit_id, count(*), count(*) filter (where j.is_open) from jobs j where j.unit_id is not null group by 2
    union all
    select 'tag', t.value::bigint, count(*), count(*) filter (where j.is_open)
    from jobs j cross join lateral jsonb_array_elements_text(j.tags) as t (value) where jsonb_array_length(j.tags) > 0 group by 2
    union all
    select 'cancel_reason', (l.data ->> 'reasonId')::bigint, count(*), 0 from public.servicetitan_records l
    where l.connection_id = p_connection and l.resource = 'canceled_logs' and l.active and l.deleted_at is null and l.data ->> 'reasonId' is not null group by 2
  ),
  known as (
    select s.subject, r.record_id as id, r.data ->> 'name' as name, r.active and r.deleted_at is null as active
    from (values ('job_type', 'job_types'), ('business_unit', 'business_units'), ('tag', 'tag_types'), ('cancel_reason', 'cancel_reasons')) as s (subject, resource)
    join public.servicetitan_records r on r.connection_id = p_connection and r.resource = s.resource
  ),
  kinds as (
    select k.subject, k.servicetitan_id as id, k.kind from public.job_classifications k where k.connection_id = p_connection
  ),
  subjects as (
    select subject, id, k.name, coalesce(k.active, false) as active, c.kind, coalesce(u.jobs, 0) as jobs, coalesce(u.open_jobs, 0) as open_jobs
    from known k full join used u using (subject, id) full join kinds c using (subject, id)
    where k.active or u.jobs > 0 or c.kind is not null
  ),
  unclassified as materialized (
    select j.* from jobs j
    where not j.says_itself
      and not exists (select 1 from kinds k where k.subject = 'job_type' and k.id = j.type_id)
      and not exists (select 1 from kinds k where k.subject = 'business_unit' and k.id = j.unit_id)
      and (jsonb_array_length(j.tags) = 0 or not exists (
        select 1 from jsonb_array_elements_text(j.tags) as t (value) join kinds k on k.subject = 'tag' and k.id = t.value::bigint))
      and (j.status <> 'Canceled' or not exists (
        select 1 from public.servicetitan_records l
        join public.integration_connections n on n.id = l.connection_id
        where l.connection_id = p_connection and l.job_id = j.record_id and l.resource = 'canceled_logs' and l.active and l.deleted_at is null
          and n.settings -> 'clericalReasonIds' @> (l.data -> 'reasonId')))
  ),
  ranked as (
    select u.*, row_number() over (partition by u.type_id order by u.created_on desc, u.record_id desc) as place from unclassified u
  ),
  review as (
    select r.type_id as id, count(*) as jobs, count(*) filter (where r.is_open) as open_jobs, max(r.created_on) as newest_on,
      jsonb_agg(jsonb_build_object('jobNumber', r.job_number, 'status', r.status, 'contactId', c.id, 'customerName', c.name) order by r.place)
        filter (where r.place <= 3) as examples
    from ranked r
    left join public.contacts c on r.place <= 3 and c.connection_id = p_connection and c.source_type = 'customer' and c.source_id = r.customer_id
    group by r.type_id
  )
  select jsonb_build_object(
    'subjects', coalesce((select jsonb_agg(jsonb_build_object('subject', s.subject, 'id', s.id, 'name', s.name, 'active', s.active, 'kind', s.kind,
      'jobs', s.jobs, 'openJobs', s.open_jobs) order by s.subject, s.jobs desc, s.id) from subjects s), '[]'),
    'review', coalesce((select jsonb_agg(jsonb_build_object('id', v.id, 'name', (select k.name from known k where k.subject = 'job_type' and k.id = v.id),
      'jobs', v.jobs, 'openJobs', v.open_jobs, 'newestOn', v.newest_on, 'examples', v.examples) order by v.open_jobs desc, v.jobs desc, v.id) from review v), '[]'))
$$;
comment on function public.settings_subjects(uuid) is
  'The job types, business units, tags and cancel reasons of a connection with how many jobs have them, and the job types of jobs that nothing classifies.';

create function public.is_deriving_settings(p_workspace uuid, p_connection uuid) returns boolean
language sql stable security invoker
set search_path = ''
as $$
  select exists (
    select 1 from public.derivation_walks w
    where w.workspace_id = p_workspace and w.source = 'settings' and (p_connection is null or w.connection_id = p_connection)
  ) or exists (
    select 1 from public.integration_connections c join public.derivation_queue q on q.connection_id = c.id and q.source = 'settings'
    where c.workspace_id = p_workspace and (p_connection is null or c.id = p_connection))
$$;
comment on function public.is_deriving_settings(uuid, uuid) is 'Whether journeys are still to be derived with changed settings.';

-- ---------------------------------------------------------------- previews

create function public.start_settings_preview(
  p_id uuid, p_workspace uuid, p_connection uuid, p_before jsonb, p_after jsonb, p_undoes uuid, p_actor text, p_now timestamptz, p_leased_until timestamptz
) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  -- Two that ask at once: the later one's replaces the earlier one's.
  perform 1 from public.workspaces w where w.id = p_workspace for no key update;
  delete from public.settings_previews p where p.workspace_id = p_workspace and p.connection_id is not distinct from p_connection;
  insert into public.settings_previews (id, workspace_id, connection_id, before, after, undoes, requested_by, requested_at, leased_until, expected)
  values (p_id, p_workspace, p_connection, p_before, p_after, p_undoes, p_actor, p_now, p_leased_until, (
    select count(*) from public.integration_connections n join public.customer_servicetitan_state s on s.connection_id = n.id
    where n.workspace_id = p_workspace and (p_connection is null or n.id = p_connection)));
end
$$;
comment on function public.start_settings_preview(uuid, uuid, uuid, jsonb, jsonb, uuid, text, timestamptz, timestamptz) is
  'Begins the preview of a scope; the one before it is canceled.';

create function public.preview_runs(p_connection uuid, p_leavings jsonb, p_entries jsonb, p_now timestamptz) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  with ending as (
    select r.id, r.flow_id from jsonb_to_recordset(p_leavings) as l (journey_id uuid, state numeric)
    join public.flow_runs r on r.journey_id = l.journey_id and r.state = l.state and r.status = 'active'
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
    select e.position, coalesce(e.customer_id::text, e.contact::text) as person, r.flow_id from entries e
    join public.flow_runs r on r.entry_group = e.entry_group
    where r.status = 'ended' and r.ended_reason = 'left_state' or r.id in (select n.id from ending n)
  ),
  fresh as (
    select e.position, e.state, coalesce(e.customer_id::text, e.contact::text) as person, e.email, f.id as flow_id,
      case
        when e.backfill then 'history'
        when e.happened_on <= p_now - make_interval(hours => f.max_age_hours) and e.modified_on <= p_now - make_interval(hours => f.max_age_hours)
          and not (e.state in (2, 5) and e.appointment_ahead) then 'stale'
        when e.state not in (2, 5, 6) and exists (
          select 1 from public.customer_servicetitan_state j join public.flow_runs r on r.journey_id = j.id
          where j.connection_id = p_connection and (j.servicetitan_customer_id = e.customer_id or (e.customer_id is null and j.contact_id = e.contact))
            and j.id is distinct from e.journey_id and r.flow_id = f.id and r.status = 'active' and r.id not in (select n.id from ending n)) then 'duplicate'
        else 'starting'
      end as outcome
    from entries e
    join public.integration_connections n on n.id = p_connection
    join public.flows f on f.workspace_id = n.workspace_id and f.status in ('live', 'paused') and f.trigger_state = e.state and f.published_version_id is not null
    where e.entry_group is null
  ),
  -- Of two that would start at once for a person, the one that happened first does.
  decided as (
    select f.flow_id, f.email,
      case when f.outcome = 'starting' and f.state not in (2, 5, 6) and (
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
comment on function public.preview_runs(uuid, jsonb, jsonb, timestamptz) is
  'What leaving and entering these states would do to flows if entering may start them: as apply_journeys would do it, and nothing is written.';

create function public.preview_examples(p_examples jsonb) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(x.example || jsonb_build_object('contactId', c.id, 'customerName', coalesce(c.name, 'Unknown customer'),
    'connectionName', n.name, 'jobNumber', j.data ->> 'jobNumber') order by e.position), '[]')
  from jsonb_array_elements(p_examples) with ordinality as e (value, position)
  cross join lateral (select e.value as example, (e.value ->> 'connectionId')::uuid as connection_id) x
  join public.integration_connections n on n.id = x.connection_id
  left join public.contacts c on c.connection_id = n.id and c.source_type = e.value ->> 'contactType' and c.source_id = (e.value ->> 'contactSourceId')::bigint
  left join public.servicetitan_records j on j.connection_id = n.id and j.resource = 'jobs' and j.record_id = (e.value ->> 'jobId')::bigint
$$;
comment on function public.preview_examples(jsonb) is 'The examples of a preview with the names of people, tenants and jobs.';

-- ---------------------------------------------------------------- changing

create function public.write_settings(p_workspace uuid, p_connection uuid, p_settings jsonb, p_start_flows boolean, p_now timestamptz) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_connection uuid;
begin
  if p_connection is null then
    update public.workspaces w set completed_reset_days = (p_settings ->> 'completedResetDays')::int, stale_reset_days = (p_settings ->> 'staleResetDays')::int, updated_at = p_now
    where w.id = p_workspace;
  else
    update public.integration_connections c set live_from = (p_settings ->> 'liveFrom')::timestamptz,
      settings = c.settings || jsonb_build_object('clericalReasonIds', p_settings -> 'clericalReasonIds', 'otherEstimateMinimum', p_settings -> 'otherEstimateMinimum')
    where c.id = p_connection;
    with wanted as (
      select s.subject, k.key::bigint as id, k.value as kind
      from (values ('job_type', 'jobTypes'), ('business_unit', 'businessUnits'), ('tag', 'tags')) as s (subject, name)
      cross join lateral jsonb_each_text(p_settings -> s.name) as k (key, value)
    ),
    dropped as (
      delete from public.job_classifications j
      where j.connection_id = p_connection and not exists (select 1 from wanted w where w.subject = j.subject and w.id = j.servicetitan_id)
    )
    insert into public.job_classifications as j (connection_id, workspace_id, subject, servicetitan_id, kind, updated_at)
    select p_connection, p_workspace, w.subject, w.id, w.kind, p_now from wanted w order by w.subject, w.id
    on conflict (connection_id, subject, servicetitan_id) do update set kind = excluded.kind, updated_at = excluded.updated_at
      where j.kind is distinct from excluded.kind;
  end if;

  for v_connection in
    -- What is being derived with the old settings is refused when it is applied, and derived anew.
    with moved as (
      update public.integration_connections c set settings_start_flows = p_start_flows, derivations = c.derivations + 1
      where c.workspace_id = p_workspace and (p_connection is null or c.id = p_connection)
      returning c.id
    )
    select m.id from moved m order by m.id
  loop
    perform public.enqueue_all_journeys(v_connection, 'settings');
    insert into public.change_events (workspace_id, type, payload, at)
    values (p_workspace, 'connection', jsonb_build_object('connectionId', v_connection), p_now);
  end loop;
end
$$;
comment on function public.write_settings(uuid, uuid, jsonb, boolean, timestamptz) is
  'Replaces the settings of a scope and queues all its journeys. Only apply_settings_change and undo_settings_change call it, which have locked the scope.';

create function public.lock_settings(p_workspace uuid, p_connection uuid) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  perform 1 from public.workspaces w where w.id = p_workspace for no key update;
  perform 1 from public.integration_connections c
  where c.workspace_id = p_workspace and (p_connection is null or c.id = p_connection) order by c.id for no key update;
  return public.settings_snapshot(p_workspace, p_connection);
end
$$;
comment on function public.lock_settings(uuid, uuid) is 'The settings of a scope as they are, and will be until the end of the transaction.';

create function public.apply_settings_change(
  p_preview uuid, p_workspace uuid, p_connection uuid, p_start_flows boolean, p_note text, p_actor text, p_now timestamptz
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_current jsonb := public.lock_settings(p_workspace, p_connection);
  v_preview public.settings_previews;
  v_change uuid;
begin
  delete from public.settings_previews p
  where p.id = p_preview and p.workspace_id = p_workspace and p.connection_id is not distinct from p_connection
    and p.status = 'done' and p.undoes is null and p.before = v_current
  returning p.* into v_preview;
  if v_preview.id is null then
    select * into v_preview from public.settings_previews p
    where p.id = p_preview and p.workspace_id = p_workspace and p.connection_id is not distinct from p_connection;
    return jsonb_build_object('outcome', case
      when v_preview.id is null then 'replaced'
      when v_preview.undoes is not null then 'undo_only'
      when v_preview.status <> 'done' then 'not_ready'
      else 'moved' end);
  end if;
  perform public.write_settings(p_workspace, p_connection, v_preview.after, p_start_flows, p_now);
  insert into public.settings_changes (workspace_id, connection_id, before, after, start_flows, note, moved, made_by, made_at)
  values (p_workspace, p_connection, v_preview.before, v_preview.after, p_start_flows, p_note, (v_preview.result ->> 'moving')::bigint, p_actor, p_now)
  returning id into v_change;
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (p_workspace, p_actor, 'settings.change', coalesce('connection:' || p_connection, 'workspace:' || p_workspace),
    jsonb_build_object('changeId', v_change, 'startFlows', p_start_flows), p_now);
  return jsonb_build_object('outcome', 'applied', 'changeId', v_change);
end
$$;
comment on function public.apply_settings_change(uuid, uuid, uuid, boolean, text, text, timestamptz) is
  'Makes the change that a preview looked at, if the settings are still those that it started from; else says why not.';

create function public.undo_settings_change(p_change uuid, p_workspace uuid, p_connection uuid, p_actor text, p_now timestamptz) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_current jsonb := public.lock_settings(p_workspace, p_connection);
  v_change public.settings_changes;
begin
  select * into v_change from public.settings_changes c
  where c.id = p_change and c.workspace_id = p_workspace and c.connection_id is not distinct from p_connection;
  if v_change.id is null then
    raise exception 'There is no such change of settings here.' using errcode = 'PT404';
  end if;
  if v_change.undone_at is not null or exists (
    select 1 from public.settings_changes c
    where c.workspace_id = p_workspace and c.connection_id is not distinct from p_connection and c.undone_at is null and c.number > v_change.number
  ) then
    return jsonb_build_object('outcome', 'not_newest');
  end if;
  if v_change.after <> v_current then
    return jsonb_build_object('outcome', 'moved');
  end if;
  perform public.write_settings(p_workspace, p_connection, v_change.before, false, p_now);
  update public.settings_changes c set undone_by = p_actor, undone_at = p_now where c.id = p_change;
  delete from public.settings_previews p where p.workspace_id = p_workspace and p.connection_id is not distinct from p_connection;
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (p_workspace, p_actor, 'settings.undo', coalesce('connection:' || p_connection, 'workspace:' || p_workspace), jsonb_build_object('changeId', p_change), p_now);
  return jsonb_build_object('outcome', 'undone');
end
$$;
comment on function public.undo_settings_change(uuid, uuid, uuid, text, timestamptz) is
  'Restores what was before the newest change of a scope that is not undone; starts nothing.';

-- ---------------------------------------------------------------- connecting

drop function public.classify_job_types(uuid, jsonb, timestamptz);

create function public.confirm_first_kinds(p_connection uuid, p_kinds jsonb, p_now timestamptz) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_count int;
begin
  insert into public.job_classifications (connection_id, workspace_id, subject, servicetitan_id, kind, updated_at)
  select c.id, c.workspace_id, 'job_type', x."jobTypeId", x.kind, p_now
  from public.integration_connections c, jsonb_to_recordset(p_kinds) as x ("jobTypeId" bigint, kind text)
  where c.id = p_connection and not exists (select 1 from public.job_classifications j where j.connection_id = p_connection)
  order by x."jobTypeId"
  on conflict (connection_id, subject, servicetitan_id) do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function public.confirm_first_kinds(uuid, jsonb, timestamptz) is
  'What job types mean, as confirmed when a tenant is connected. Does nothing once anything is classified: from then on a change is previewed.';

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('settings_snapshot', 'settings_subjects', 'is_deriving_settings', 'start_settings_preview', 'preview_runs',
      'preview_examples', 'write_settings', 'lock_settings', 'apply_settings_change', 'undo_settings_change', 'confirm_first_kinds')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
