-- Webhooks: what an administrator settled for a connection, the keys that they are signed with, which ones came, and how many were refused and why.
-- And what the explanation of a customer is made of.

create table public.connection_webhooks (
  connection_id uuid not null,
  workspace_id uuid not null,
  is_enabled boolean not null,
  header_name text not null,
  encoding text not null,
  updated_at timestamptz not null,
  constraint connection_webhooks_pkey primary key (connection_id),
  constraint connection_webhooks_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint connection_webhooks_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint connection_webhooks_encoding_known check (encoding in ('auto', 'hex', 'base64'))
);
comment on table public.connection_webhooks is 'Whether webhooks of a connection are taken, and where and how their signature is written.';

create table public.webhook_keys (
  connection_id uuid not null,
  workspace_id uuid not null,
  slot text not null,
  key_id text not null,
  ciphertext text not null,
  created_at timestamptz not null,
  valid_until timestamptz,
  constraint webhook_keys_pkey primary key (connection_id, slot),
  constraint webhook_keys_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint webhook_keys_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint webhook_keys_slot_known check (slot in ('current', 'former'))
);
comment on table public.webhook_keys is 'AES-256-GCM ciphertext of the keys that sign a connection''s webhooks: the current one, and the one before it for as long as both count. No member reads it.';

create table public.webhook_events (
  connection_id uuid not null,
  workspace_id uuid not null,
  occurrence_id text not null,
  type text not null,
  happened_at timestamptz not null,
  received_at timestamptz not null,
  repeats int not null default 0,
  constraint webhook_events_pkey primary key (connection_id, occurrence_id),
  constraint webhook_events_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint webhook_events_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.webhook_events is 'Verified webhooks by what they tell of (userassignedid), so that a repeated delivery is known. Bodies are not kept.';
create index webhook_events_received_idx on public.webhook_events (received_at);
create index webhook_events_connection_idx on public.webhook_events (connection_id, received_at desc);

create table public.webhook_counts (
  connection_id uuid not null,
  workspace_id uuid not null,
  day date not null,
  outcome text not null,
  count bigint not null,
  last_at timestamptz not null,
  constraint webhook_counts_pkey primary key (connection_id, day, outcome),
  constraint webhook_counts_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint webhook_counts_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.webhook_counts is 'How many webhooks were accepted, were repeated, or were refused for which reason, per day in UTC.';

alter table public.connection_webhooks enable row level security;
alter table public.webhook_keys enable row level security;
alter table public.webhook_events enable row level security;
alter table public.webhook_counts enable row level security;
create policy connection_webhooks_members_read on public.connection_webhooks for select to authenticated using (public.is_member(workspace_id));
create policy webhook_events_members_read on public.webhook_events for select to authenticated using (public.is_member(workspace_id));
create policy webhook_counts_members_read on public.webhook_counts for select to authenticated using (public.is_member(workspace_id));
-- webhook_keys has no policy: only the server reads it.
grant select on public.connection_webhooks, public.webhook_events, public.webhook_counts to authenticated;
grant all on public.connection_webhooks, public.webhook_keys, public.webhook_events, public.webhook_counts to service_role;

-- ---------------------------------------------------------------- receiving

create function public.list_webhook_receivers() returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'connectionId', c.id, 'workspaceId', c.workspace_id, 'tenantId', c.tenant_id,
    'isEnabled', w.is_enabled, 'headerName', w.header_name, 'encoding', w.encoding,
    'keys', coalesce((
      select jsonb_agg(jsonb_build_object('keyId', k.key_id, 'ciphertext', k.ciphertext, 'validUntil', k.valid_until) order by k.slot)
      from public.webhook_keys k where k.connection_id = c.id), '[]'))), '[]')
  from public.integration_connections c
  left join public.connection_webhooks w on w.connection_id = c.id
$$;
comment on function public.list_webhook_receivers() is 'Every connection with what its webhooks are verified by. All at once, so that strangers cannot make the server ask for each of theirs.';

create function public.remember_webhook(
  p_connection uuid, p_occurrence text, p_type text, p_happened_at timestamptz, p_now timestamptz
) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_workspace uuid;
  v_is_new boolean;
begin
  select c.workspace_id into v_workspace from public.integration_connections c where c.id = p_connection;
  if v_workspace is null then
    raise exception 'This connection does not exist.' using errcode = 'PT404';
  end if;
  insert into public.webhook_events as e (connection_id, workspace_id, occurrence_id, type, happened_at, received_at)
  values (p_connection, v_workspace, p_occurrence, p_type, p_happened_at, p_now)
  on conflict (connection_id, occurrence_id) do update set repeats = e.repeats + 1
  returning e.repeats = 0 into v_is_new;
  insert into public.webhook_counts as n (connection_id, workspace_id, day, outcome, count, last_at)
  values (p_connection, v_workspace, (p_now at time zone 'UTC')::date, case when v_is_new then 'accepted' else 'repeated' end, 1, p_now)
  on conflict (connection_id, day, outcome) do update set count = n.count + 1, last_at = greatest(n.last_at, excluded.last_at);
  return v_is_new;
end
$$;
comment on function public.remember_webhook(uuid, text, text, timestamptz, timestamptz) is 'Counts a verified webhook; true when what it tells of is new, false for a repeated delivery.';

create function public.count_webhook_refusals(p_refusals jsonb) returns void
language sql volatile security invoker
set search_path = ''
as $$
  insert into public.webhook_counts as n (connection_id, workspace_id, day, outcome, count, last_at)
  select c.id, c.workspace_id, (x."lastAt" at time zone 'UTC')::date, x.reason, x.count, x."lastAt"
  from jsonb_to_recordset(p_refusals) as x ("connectionId" uuid, reason text, count bigint, "lastAt" timestamptz)
  join public.integration_connections c on c.id = x."connectionId"
  order by c.id, x.reason
  on conflict (connection_id, day, outcome) do update set count = n.count + excluded.count, last_at = greatest(n.last_at, excluded.last_at)
$$;
comment on function public.count_webhook_refusals(jsonb) is 'Adds refusals that a server counted in memory: {connectionId, reason, count, lastAt}, each connection and reason once.';

-- ---------------------------------------------------------------- settings

create function public.read_webhooks(p_connection uuid, p_since date) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'settings', (select jsonb_build_object('isEnabled', w.is_enabled, 'headerName', w.header_name, 'encoding', w.encoding)
      from public.connection_webhooks w where w.connection_id = p_connection),
    'keys', coalesce((select jsonb_agg(jsonb_build_object('slot', k.slot, 'createdAt', k.created_at, 'validUntil', k.valid_until))
      from public.webhook_keys k where k.connection_id = p_connection), '[]'),
    'counts', coalesce((select jsonb_agg(jsonb_build_object('outcome', x.outcome, 'count', x.count, 'lastAt', x.last_at) order by x.last_at desc) from (
      select n.outcome, sum(n.count)::bigint as count, max(n.last_at) as last_at
      from public.webhook_counts n where n.connection_id = p_connection and n.day >= p_since group by n.outcome) x), '[]'),
    'recent', coalesce((select jsonb_agg(jsonb_build_object('id', x.occurrence_id, 'type', x.type, 'happenedAt', x.happened_at, 'receivedAt', x.received_at, 'repeats', x.repeats)
        order by x.received_at desc, x.occurrence_id) from (
      select * from public.webhook_events e where e.connection_id = p_connection order by e.received_at desc, e.occurrence_id limit 10) x), '[]')
  )
$$;
comment on function public.read_webhooks(uuid, date) is 'What the screen shows of a connection''s webhooks, without any key.';

create function public.save_webhooks(
  p_connection uuid, p_enabled boolean, p_header text, p_encoding text, p_key_id text, p_ciphertext text, p_former_until timestamptz, p_actor text, p_now timestamptz
) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_workspace uuid;
begin
  -- The lock lets two administrators who set a key at once do so one after the other.
  select c.workspace_id into v_workspace from public.integration_connections c where c.id = p_connection for no key update;
  if v_workspace is null then
    raise exception 'This connection does not exist.' using errcode = 'PT404';
  end if;
  insert into public.connection_webhooks as w (connection_id, workspace_id, is_enabled, header_name, encoding, updated_at)
  values (p_connection, v_workspace, p_enabled, p_header, p_encoding, p_now)
  on conflict (connection_id) do update set
    is_enabled = excluded.is_enabled, header_name = excluded.header_name, encoding = excluded.encoding, updated_at = excluded.updated_at;
  if p_ciphertext is not null then
    delete from public.webhook_keys k where k.connection_id = p_connection and k.slot = 'former';
    update public.webhook_keys k set slot = 'former' where k.connection_id = p_connection and k.slot = 'current';
    insert into public.webhook_keys (connection_id, workspace_id, slot, key_id, ciphertext, created_at)
    values (p_connection, v_workspace, 'current', p_key_id, p_ciphertext, p_now);
    update public.webhook_keys k set valid_until = p_former_until where k.connection_id = p_connection and k.slot = 'former';
  end if;
  -- A former key that counts no longer is not kept.
  delete from public.webhook_keys k
  where k.connection_id = p_connection and k.slot = 'former' and (p_former_until is null or k.valid_until <= p_now);
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (v_workspace, p_actor, 'connection.webhooks', 'connection:' || p_connection,
    jsonb_build_object('enabled', p_enabled, 'header', p_header, 'encoding', p_encoding, 'newKey', p_ciphertext is not null), p_now);
end
$$;
comment on function public.save_webhooks(uuid, boolean, text, text, text, text, timestamptz, text, timestamptz) is
  'Saves the settings and, when one is given, a new key; the one before it counts until p_former_until (null: no longer).';

create function public.trim_webhooks(p_before timestamptz) returns void
language sql volatile security invoker
set search_path = ''
as $$
  with forgotten as (delete from public.webhook_events e where e.received_at < p_before)
  delete from public.webhook_counts n where n.day < (p_before at time zone 'UTC')::date
$$;
comment on function public.trim_webhooks(timestamptz) is 'Forgets webhooks and counts of before.';

-- ---------------------------------------------------------------- explaining

create function public.explain_transitions(p_connection uuid, p_journeys uuid[], p_since timestamptz, p_limit int) returns json
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(json_agg(json_build_object(
    'id', t.id, 'journeyId', t.journey_id, 'from', t.from_state, 'to', t.to_state, 'enteringKey', t.entering_key, 'happenedOn', t.happened_on,
    'recordedAt', t.recorded_at, 'source', t.source, 'outcome', t.outcome, 'explanation', t.explanation,
    -- What used the key up, and what of its group did so first.
    'entry', case when e.id is not null then json_build_object('outcome', e.outcome, 'recordedAt', e.recorded_at, 'firstKey', g.entering_key, 'firstAt', g.recorded_at) end,
    'starts', coalesce((
      select json_agg(json_build_object('flowId', f.id, 'flowName', f.name, 'outcome', s.outcome, 'detail', s.detail, 'maxAgeHours', f.max_age_hours, 'recordedAt', s.recorded_at,
        'run', case when r.id is not null then json_build_object('id', r.id, 'status', r.status, 'endedReason', r.ended_reason) end) order by f.name, f.id)
      from public.flow_starts s join public.flows f on f.id = s.flow_id left join public.flow_runs r on r.id = s.run_id
      where s.entry_group = e.entry_group), '[]')) order by t.id desc), '[]')
  from (
    select x.* from unnest(p_journeys) as j (id)
    cross join lateral (
      select * from public.state_transitions w where w.journey_id = j.id and w.recorded_at >= p_since order by w.id desc limit p_limit
    ) x
    order by x.id desc limit p_limit
  ) t
  left join public.state_entries e on e.connection_id = p_connection and e.state = t.to_state and e.entering_key = t.entering_key
  left join lateral (
    select n.entering_key, n.recorded_at from public.state_entries n
    where n.journey_id = e.journey_id and n.state = e.state and n.entry_group = e.entry_group
    order by n.recorded_at, n.outcome in ('returned', 'refreshed'), n.id limit 1
  ) g on true
$$;
comment on function public.explain_transitions(uuid, uuid[], timestamptz, int) is
  'The last transitions of journeys, with what used their keys up and what became of each flow.';

create function public.explain_contact(p_workspace uuid, p_contact uuid, p_since timestamptz) returns json
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
      select json_agg(json_build_object('id', s.id, 'jobNumber', j.data ->> 'jobNumber', 'since', s.state_changed_at, 'derived', s.derived) order by s.state_changed_at desc, s.id)
      from public.customer_servicetitan_state s
      left join public.servicetitan_records j on j.connection_id = s.connection_id and j.resource = 'jobs' and j.record_id = s.job_id
      where s.contact_id = p_contact), '[]'),
    'overrides', coalesce((
      select json_agg(json_build_object('id', o.id, 'state', o.state, 'reason', o.reason, 'setBy', o.set_by, 'setOn', o.set_on) order by o.set_on desc, o.id)
      from public.state_overrides o where o.journey_id = any (v_journeys)), '[]'),
    'transitions', public.explain_transitions(v_contact.connection_id, v_journeys, p_since, 200),
    'flows', coalesce((
      select json_agg(json_build_object('id', f.id, 'name', f.name, 'triggerState', f.trigger_state, 'status', f.status) order by f.name, f.id)
      from public.flows f where f.workspace_id = p_workspace and f.trigger_state is not null and f.status in ('live', 'paused')), '[]')
  );
end
$$;
comment on function public.explain_contact(uuid, uuid, timestamptz) is
  'Everything that explains a contact''s journeys, read in one moment; null when the workspace has no such contact.';

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('list_webhook_receivers', 'remember_webhook', 'count_webhook_refusals', 'read_webhooks', 'save_webhooks', 'trim_webhooks',
      'explain_transitions', 'explain_contact')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
