-- What reading and deriving still owed: where a record came from is shown, waiting for missing records takes the same few statements however many there
-- are, and the status of a connection does not change to and fro while one of two ways of reading the same is at fault.

-- ---------------------------------------------------------------- lineage

create function public.record_lineage(p_connection uuid, p_key text) returns json
language sql stable security invoker
set search_path = ''
as $$
  select json_build_object('runId', r.sync_run_id, 'page', r.page, 'readAt', r.read_at, 'firstReadAt', r.first_read_at, 'path', n.path)
  from public.servicetitan_records r
  left join public.sync_runs n on n.id = r.sync_run_id and n.connection_id = p_connection
  where r.connection_id = p_connection and r.resource = split_part(p_key, ':', 1) || 's' and r.record_id = case when p_key ~ '^[a-z_]+:[0-9]+$' then split_part(p_key, ':', 2)::bigint end
$$;
comment on function public.record_lineage(uuid, text) is
  'Which read brought the newest version of the record that a state comes from, and when it was first seen; null when it is none, or not mirrored.';

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
      select json_agg(json_build_object('id', f.id, 'name', f.name, 'triggerState', f.trigger_state, 'status', f.status) order by f.name, f.id)
      from public.flows f where f.workspace_id = p_workspace and f.trigger_state is not null and f.status in ('live', 'paused')), '[]')
  );
end
$$;

-- ---------------------------------------------------------------- order

create function public.state_resources() returns text[]
language sql immutable security invoker
set search_path = ''
as $$
  select array['customers', 'customer_contacts', 'bookings', 'leads', 'jobs', 'appointments', 'canceled_logs', 'estimates']
$$;
comment on function public.state_resources() is 'What states hang on, in read order: parents before children. Its twin is readOrder.ts; a test compares them.';

create or replace function public.read_rank(p_resource text) returns int
language sql immutable security invoker
set search_path = ''
as $$
  select array_position(public.state_resources(), p_resource)
$$;
comment on function public.read_rank(text) is 'The place of a resource in read order; null for what states do not hang on.';
comment on function public.is_dispensable(text) is
  'Whether states can be told without a resource that they hang on, if less well. Its twin is dispensableResources.ts; a test compares them.';

create or replace function public.derivable_marks(p_connection uuid, p_lists_only boolean) returns table (resource text, mark bigint, read_at_mark bigint)
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
    from unnest(public.state_resources()) with ordinality as o (resource, rank)
    cross join lateral (select public.is_done_without(p_connection, o.resource) as is_paused) p
    left join public.sync_cursors c on c.connection_id = p_connection and c.resource = o.resource and (c.path = 'list' or (c.path = 'feed' and not p_lists_only))
    group by o.resource, o.rank, p.is_paused
  )
  select m.resource, least(m.done_mark, (select min(l.start_mark) from marks l where l.rank > m.rank or (l.rank < m.rank and l.is_open))), m.start_mark
  from marks m;
end
$$;

create or replace function public.is_backfilling(p_connection uuid) returns boolean
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  return exists (select 1 from public.integration_connections c where c.id = p_connection and c.backfilled_at is null)
    and exists (
      select 1 from unnest(public.state_resources()) as o (resource)
      where not exists (
        select 1 from public.sync_cursors c
        where c.connection_id = p_connection and c.resource = o.resource and c.path = 'feed' and c.done_mark is not null)
        and not public.is_done_without(p_connection, o.resource));
end
$$;

-- ---------------------------------------------------------------- links

create function public.record_links(p_connection uuid, p_keys bigint[]) returns table (from_key bigint, to_key bigint)
language plpgsql stable security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_customers bigint[];
  v_jobs bigint[];
  v_estimates bigint[];
  v_leads bigint[];
  v_bookings bigint[];
  v_projects bigint[];
begin
  select array_agg(k >> 3) filter (where k & 7 = 1), array_agg(k >> 3) filter (where k & 7 = 2), array_agg(k >> 3) filter (where k & 7 = 3),
    array_agg(k >> 3) filter (where k & 7 = 4), array_agg(k >> 3) filter (where k & 7 = 5), array_agg(k >> 3) filter (where k & 7 = 6)
  into v_customers, v_jobs, v_estimates, v_leads, v_bookings, v_projects
  from unnest(p_keys) as k;
  return query
  -- Where they point.
  select r.record_id * 8 + 1, r.merged_to_id * 8 + 1 from public.servicetitan_records r
  where r.connection_id = p_connection and r.resource = 'customers' and r.record_id = any (v_customers) and r.deleted_at is null and r.merged_to_id is not null
  union all
  select r.record_id * 8 + 2, n.k from public.servicetitan_records r
  cross join lateral (values (r.customer_id * 8 + 1), (r.project_id * 8 + 6), (r.estimate_id * 8 + 3)) as n (k)
  where r.connection_id = p_connection and r.resource = 'jobs' and r.record_id = any (v_jobs) and r.deleted_at is null and n.k is not null
  union all
  select r.record_id * 8 + 3, n.k from public.servicetitan_records r
  cross join lateral (values (r.customer_id * 8 + 1), (r.job_id * 8 + 2), (r.project_id * 8 + 6)) as n (k)
  where r.connection_id = p_connection and r.resource = 'estimates' and r.record_id = any (v_estimates) and r.deleted_at is null and n.k is not null
  union all
  select r.record_id * 8 + 4, n.k from public.servicetitan_records r
  cross join lateral (values (r.customer_id * 8 + 1), (r.booking_id * 8 + 5)) as n (k)
  where r.connection_id = p_connection and r.resource = 'leads' and r.record_id = any (v_leads) and r.deleted_at is null and n.k is not null
  union all
  select r.record_id * 8 + 5, r.job_id * 8 + 2 from public.servicetitan_records r
  where r.connection_id = p_connection and r.resource = 'bookings' and r.record_id = any (v_bookings) and r.deleted_at is null and r.job_id is not null
  -- What points at them.
  union all
  select r.customer_id * 8 + 1, r.record_id * 8 + case r.resource when 'jobs' then 2 when 'estimates' then 3 else 4 end from public.servicetitan_records r
  where r.connection_id = p_connection and r.customer_id = any (v_customers) and r.resource in ('jobs', 'leads', 'estimates') and r.deleted_at is null
  union all
  select r.merged_to_id * 8 + 1, r.record_id * 8 + 1 from public.servicetitan_records r
  where r.connection_id = p_connection and r.merged_to_id = any (v_customers) and r.deleted_at is null
  union all
  select r.job_id * 8 + 2, r.record_id * 8 + case r.resource when 'estimates' then 3 else 5 end from public.servicetitan_records r
  where r.connection_id = p_connection and r.job_id = any (v_jobs) and r.resource in ('bookings', 'estimates') and r.deleted_at is null
  union all
  select r.estimate_id * 8 + 3, r.record_id * 8 + 2 from public.servicetitan_records r
  where r.connection_id = p_connection and r.estimate_id = any (v_estimates) and r.deleted_at is null
  union all
  select r.booking_id * 8 + 5, r.record_id * 8 + 4 from public.servicetitan_records r
  where r.connection_id = p_connection and r.booking_id = any (v_bookings) and r.resource = 'leads' and r.deleted_at is null
  union all
  select r.project_id * 8 + 6, r.record_id * 8 + case r.resource when 'jobs' then 2 else 3 end from public.servicetitan_records r
  where r.connection_id = p_connection and r.project_id = any (v_projects) and r.resource in ('jobs', 'estimates') and r.deleted_at is null
  -- A row must always be derived together with its root, wherever that has gone.
  union all
  select s.servicetitan_customer_id * 8 + 1, public.record_key(s.root_type || 's', s.root_id) from public.customer_servicetitan_state s
  where s.connection_id = p_connection and s.servicetitan_customer_id = any (v_customers);
end
$$;
comment on function public.record_links(uuid, bigint[]) is
  'What these records are linked to, in both directions, one link far. Keys in, pairs of keys out; also of records that are not mirrored.';

create or replace function public.reach_records(p_connection uuid, p_keys bigint[]) returns bigint[]
language plpgsql stable security invoker
set search_path = ''
as $$
declare
  v_all bigint[] := '{}';
  v_new bigint[] := p_keys;
begin
  while v_new is not null loop
    v_all := v_all || v_new;
    select array_agg(u.k) into v_new
    from (
      select l.to_key as k from public.record_links(p_connection, v_new) l
      except select a.k from unnest(v_all) as a (k)
    ) u;
  end loop;
  return v_all;
end
$$;

create or replace function public.awaited_keys(p_connection uuid, p_keys bigint[], p_lists_only boolean) returns bigint[]
language plpgsql stable security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_missing bigint[];
  v_reach bigint[];
  v_awaited bigint[];
begin
  select array_agg(k.k) into v_missing
  from (select k, (array['customers', 'jobs', 'estimates', 'leads', 'bookings'])[k & 7] as entity from unnest(p_keys) as k) k
  where k.entity is not null and not exists (
    select 1 from public.servicetitan_records r where r.connection_id = p_connection and r.resource = k.entity and r.record_id = k.k >> 3);
  if v_missing is null then return null; end if;
  v_reach := public.reach_records(p_connection, v_missing);
  -- Waited for is what has news of it, as long as none of that has waited until the missing was read again: it is not here to be read, and not for ever
  -- waited for. So, for the moment of each resource's last read and for all times: from where news of before that is reached, against the links.
  with recursive missing as materialized (
    select k.k, m.read_at_mark as mark from unnest(v_missing) as k (k)
    join public.derivable_marks(p_connection, p_lists_only) m on m.resource = (array['customers', 'jobs', 'estimates', 'leads', 'bookings'])[k.k & 7]
  ),
  limits as materialized (
    select distinct m.mark from missing m union select 9223372036854775807
  ),
  links as materialized (
    select l.from_key, l.to_key from public.record_links(p_connection, v_reach) l
  ),
  told (mark, k) as (
    select b.mark, n.key from public.queued_news(p_connection, v_reach) n join limits b on n.id < b.mark
    union
    select t.mark, l.from_key from told t join links l on l.to_key = t.k
  )
  select array_agg(m.k) into v_awaited from missing m
  join (select t.k, min(t.mark) as mark from told t group by t.k) f on f.k = m.k
  where f.mark > m.mark;
  return case when v_awaited is not null then public.reach_records(p_connection, v_awaited) end;
end
$$;

-- ---------------------------------------------------------------- reading

create or replace function public.begin_read(
  p_connection uuid, p_resource text, p_path text, p_holder text, p_lease_seconds int, p_force text, p_now timestamptz, p_system_now timestamptz
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_connection public.integration_connections;
  v_settings public.sync_resources;
  v_cursor public.sync_cursors;
  v_is_backfill boolean;
begin
  select * into v_connection from public.integration_connections c where c.id = p_connection;
  if v_connection.id is null then
    raise exception 'This connection does not exist.' using errcode = 'PT404';
  end if;
  select * into v_settings from public.sync_resources r where r.connection_id = p_connection and r.resource = p_resource;
  if v_connection.status = 'paused' or v_settings.paused_at is not null then
    return jsonb_build_object('status', 'paused');
  end if;
  -- Rows that do not exist yet cannot be locked: two who begin at once meet here.
  perform pg_advisory_xact_lock(hashtextextended('read:' || p_connection || p_resource, 0));
  select * into v_cursor from public.sync_cursors s where s.connection_id = p_connection and s.resource = p_resource and s.path = p_path for update;
  v_is_backfill := not exists (
    select 1 from public.sync_cursors s where s.connection_id = p_connection and s.resource = p_resource and s.path = 'feed' and s.completed_at is not null);
  if exists (
    select 1 from public.sync_cursors s
    where s.connection_id = p_connection and s.resource = p_resource and s.holder <> p_holder and s.leased_until > p_system_now
      -- A first pass takes hours, and a full one long: the list is read meanwhile.
      and (s.path = p_path or (not v_is_backfill and s.path <> 'full' and p_path <> 'full'))
  ) then
    return jsonb_build_object('status', 'busy');
  end if;
  -- early: before its time, but not while it is backing off; always: whatever it is.
  if (p_force = 'no' or (p_force = 'early' and v_cursor.failures > 0)) and (
    (v_cursor.next_read_at > p_now + interval '30 seconds' and not (
      p_resource = 'suppressions' and v_cursor.failures = 0 and public.has_unsubscribed_since(p_connection, v_cursor.last_read_at)))
    or exists (select 1 from public.sync_cursors s where s.connection_id = p_connection and s.failure_kind = 'auth' and s.next_read_at > p_now + interval '30 seconds')
  ) then
    return jsonb_build_object('status', 'not_due');
  end if;

  -- Its holder died: what still counts as running does not.
  update public.sync_runs r set status = 'abandoned', finished_at = p_now where r.id = v_cursor.run_id and r.status = 'running';
  if p_path = 'full' and v_cursor.started_at is null then
    delete from public.full_pass_records f where f.connection_id = p_connection and f.resource = p_resource;
  end if;
  insert into public.sync_cursors as s (connection_id, workspace_id, resource, path, holder, leased_until, reading_mark, started_at)
  values (p_connection, v_connection.workspace_id, p_resource, p_path, p_holder, p_system_now + make_interval(secs => p_lease_seconds),
    nextval('public.derivation_queue_id_seq'), p_now)
  on conflict (connection_id, resource, path) do update set
    holder = excluded.holder, leased_until = excluded.leased_until, reading_mark = excluded.reading_mark, is_cancel_requested = false, run_id = null,
    started_at = coalesce(s.started_at, excluded.started_at),
    -- A pass that was broken off goes on where it stood; lists have no place within them.
    records_read = case when s.started_at is null or s.path = 'list' then 0 else s.records_read end,
    pages_read = case when s.started_at is null or s.path = 'list' then 0 else s.pages_read end,
    milliseconds = case when s.started_at is null or s.path = 'list' then 0 else s.milliseconds end
  returning * into v_cursor;

  return jsonb_build_object(
    'status', 'granted',
    'connection', jsonb_build_object(
      'id', v_connection.id, 'workspaceId', v_connection.workspace_id, 'createdAt', v_connection.created_at,
      'backfillFrom', v_connection.backfill_from),
    'credentialsUpdatedAt', (select k.updated_at from public.connection_credentials k where k.connection_id = p_connection),
    'cursor', jsonb_build_object(
      'cursor', v_cursor.cursor, 'lastModifiedOn', v_cursor.last_modified_on, 'failures', v_cursor.failures,
      'completedAt', v_cursor.completed_at, 'pagesRead', v_cursor.pages_read),
    'expectedRecords', v_settings.expected_records,
    -- Contacts of bookings that could not be read are asked for again.
    'hasBookingsToMend', p_resource = 'bookings' and p_path <> 'full' and exists (
      select 1 from public.rejected_records j
      where j.connection_id = p_connection and j.resource = 'bookings' and j.issues @> '["contacts: could not be read"]'));
end
$$;

-- ---------------------------------------------------------------- status

create function public.is_given_up(p_failures int) returns boolean
language sql immutable security invoker
set search_path = ''
as $$
  select p_failures > 6
$$;
comment on function public.is_given_up(int) is
  'Whether reading has failed more often than its waits grow (see end_read), so that it is not likely to pass by itself.';

create or replace function public.note_picture(p_connection uuid, p_now timestamptz) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_failure text;
  v_paused text;
  v_lacks text;
  v_scopes text;
  v_notices text;
  v_status text;
  v_reason text;
begin
  -- Two reads that end at once would each see what the other had to say before, and one of these pictures would stay.
  perform 1 from public.integration_connections c where c.id = p_connection for no key update;
  with problems as (
    select s.resource, s.path, s.problem, s.failure_kind,
      public.read_rank(s.resource) is null or s.path = 'full'
      -- What a feed that has come to its end once cannot read now, the list brings; all but what only feeds show, so that it must not be for long.
      or (s.path = 'feed' and s.done_mark is not null and not public.is_given_up(s.failures) and s.failure_kind is distinct from 'auth' and exists (
        select 1 from public.sync_cursors l
        where l.connection_id = p_connection and l.resource = s.resource and l.path = 'list' and l.completed_at is not null and l.last_error is null))
      as is_notice
    from public.sync_cursors s
    where s.connection_id = p_connection and s.problem is not null
      -- What is paused is not read, whatever it said last: that it is paused is said.
      and not exists (
        select 1 from public.sync_resources r where r.connection_id = p_connection and r.resource = s.resource and r.paused_at is not null)
  )
  -- The first in read order that keeps states from being told; what states do without is said after it.
  select (
    select p.problem from problems p where not p.is_notice
    order by p.failure_kind is distinct from 'auth', public.read_rank(p.resource), p.path limit 1),
    (select string_agg(p.problem, ' ' order by p.resource, p.path) from problems p where p.is_notice)
  into v_failure, v_notices;
  select coalesce(v_failure, c.derivation_error) into v_failure from public.integration_connections c where c.id = p_connection;
  select string_agg(x.text, ' ' order by x.rank, x.text), string_agg(distinct x.scope, ', ' order by x.scope) into v_lacks, v_scopes
  from (
    select l.value ->> 'text' as text, l.value ->> 'scope' as scope, min(coalesce(public.read_rank(s.resource), 100)) as rank
    from public.sync_cursors s cross join jsonb_array_elements(s.lacks) as l (value)
    where s.connection_id = p_connection
    group by 1, 2
  ) x;
  select 'States wait because ' || string_agg(replace(r.resource, '_', ' '), ', ' order by public.read_rank(r.resource)) || ' is paused.' into v_paused
  from public.sync_resources r
  where r.connection_id = p_connection and r.paused_at is not null and public.read_rank(r.resource) is not null and not public.is_dispensable(r.resource);
  v_status := case when v_failure is null then 'connected' else 'error' end;
  v_reason := nullif(concat_ws(' ', v_failure, v_paused, v_lacks,
    'Add ' || v_scopes || ' to the app and have the tenant''s administrator accept its newest version.', v_notices), '');
  update public.integration_connections c set status = v_status, status_reason = v_reason, updated_at = p_now
  where c.id = p_connection and c.status <> 'paused' and (c.status, c.status_reason) is distinct from (v_status, v_reason);
  return found;
end
$$;

create or replace function public.end_read(
  p_connection uuid, p_resource text, p_path text, p_holder text, p_outcome jsonb, p_batch jsonb, p_source text, p_now timestamptz, p_system_now timestamptz
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_cursor public.sync_cursors;
  v_before public.sync_cursors;
  v_status text := p_outcome ->> 'status';
  v_stored jsonb;
  v_counts jsonb := p_outcome -> 'counts';
  v_seconds int;
  v_waits constant int[] := array[1, 2, 5, 10, 20, 30];
  v_is_news boolean;
  v_is_cure boolean := false;
begin
  if p_batch is not null then
    v_stored := public.ingest_records(p_connection, p_resource, p_path, p_holder, 0, p_batch, p_source, p_now, p_system_now);
    v_status := coalesce(v_stored ->> 'stopped', v_status);
    if v_stored ->> 'stopped' is null then
      v_counts := jsonb_build_object(
        'read', (v_counts ->> 'read')::int, 'new', (v_counts ->> 'new')::int + (v_stored ->> 'new')::int,
        'changed', (v_counts ->> 'changed')::int + (v_stored ->> 'changed')::int, 'skipped', (v_counts ->> 'skipped')::int + (v_stored ->> 'skipped')::int,
        'failed', (v_counts ->> 'failed')::int);
    end if;
  end if;
  select * into v_cursor from public.sync_cursors s where s.connection_id = p_connection and s.resource = p_resource and s.path = p_path for update;
  if v_cursor.holder is distinct from p_holder then
    return jsonb_build_object('status', 'lost', 'counts', v_counts);
  end if;
  v_before := v_cursor;
  v_seconds := (p_outcome ->> 'seconds')::int;
  if (p_outcome ->> 'isFastPath')::boolean then
    select coalesce(r.poll_seconds, v_seconds) into v_seconds
    from (select 1) one left join public.sync_resources r on r.connection_id = p_connection and r.resource = p_resource;
  end if;

  v_cursor.last_read_at := p_now;
  if v_status in ('complete', 'lacking') then
    v_cursor.failures := 0;
    v_cursor.last_error := p_outcome ->> 'error';
    v_cursor.failure_kind := null;
    v_cursor.problem := p_outcome ->> 'problem';
    v_cursor.lacks := coalesce(p_outcome -> 'lacks', '[]');
    v_cursor.start_mark := v_cursor.reading_mark;
    v_cursor.done_mark := nextval('public.derivation_queue_id_seq');
    v_cursor.next_read_at := p_now + make_interval(secs => v_seconds);
    v_cursor.completed_at := case when v_status = 'complete' then p_now else coalesce(v_cursor.completed_at, p_now) end;
    if v_status = 'complete' then v_cursor.started_at := null; end if;
  elsif v_status = 'failed' then
    v_cursor.failures := v_cursor.failures + 1;
    v_cursor.last_error := p_outcome ->> 'error';
    v_cursor.failure_kind := p_outcome ->> 'kind';
    -- A list that a feed stood in for since it began to fail is excused, until it is given up: the status would change with every read of either.
    v_cursor.problem := case
      when p_path = 'list' and v_before.failures > 0 and v_before.problem is null and v_cursor.failure_kind <> 'auth' and not public.is_given_up(v_cursor.failures)
      then null else p_outcome ->> 'problem' end;
    v_cursor.lacks := coalesce(p_outcome -> 'lacks', '[]');
    v_cursor.next_read_at := p_now + greatest(
      make_interval(mins => v_waits[least(v_cursor.failures, 6)]), make_interval(secs => coalesce((p_outcome ->> 'retrySeconds')::int, 0)));
  elsif v_status = 'canceled' then
    -- Its next time may be a week away: refused credentials must not hold everything else back until then.
    v_cursor.failure_kind := null;
    v_cursor.next_read_at := p_now + make_interval(secs => v_seconds);
  elsif v_status = 'partial' then
    v_cursor.next_read_at := null;
  end if;

  if v_status = 'failed' and v_cursor.run_id is null then
    v_cursor.run_id := gen_random_uuid();
    insert into public.sync_runs (id, workspace_id, connection_id, source, resource, path, started_at)
    values (v_cursor.run_id, v_cursor.workspace_id, p_connection, p_source, p_resource, p_path, p_now);
  end if;
  update public.sync_runs r set
    status = case v_status when 'complete' then 'succeeded' when 'lacking' then 'succeeded' when 'paused' then 'partial' else v_status end,
    counts = jsonb_build_object(p_resource, v_counts), error = p_outcome ->> 'error', finished_at = p_now, pages = (p_outcome ->> 'pages')::int
  where r.id = v_cursor.run_id;

  update public.sync_cursors s set
    last_read_at = v_cursor.last_read_at, failures = v_cursor.failures, last_error = v_cursor.last_error, failure_kind = v_cursor.failure_kind,
    problem = v_cursor.problem, lacks = v_cursor.lacks, start_mark = v_cursor.start_mark, done_mark = v_cursor.done_mark, next_read_at = v_cursor.next_read_at,
    completed_at = v_cursor.completed_at, started_at = v_cursor.started_at, holder = null, leased_until = null, is_cancel_requested = false, run_id = null
  where s.connection_id = p_connection and s.resource = p_resource and s.path = p_path;

  -- List and feed end in the same mirror: what the list could not read, the feed has. A list that is given up must be read itself.
  if v_status = 'complete' and p_path = 'feed' then
    with list as (
      select s.resource from public.sync_cursors s
      where s.connection_id = p_connection and s.resource = p_resource and s.path = 'list' and s.problem is not null and not public.is_given_up(s.failures)
      for update skip locked
    )
    update public.sync_cursors s set problem = null from list l
    where s.connection_id = p_connection and s.resource = l.resource and s.path = 'list';
    v_is_cure := found;
  end if;

  if p_path = 'feed' and public.read_rank(p_resource) is not null and v_before.completed_at is null and v_cursor.completed_at is not null then
    -- The first look for what vanished is a week away.
    insert into public.sync_cursors (connection_id, workspace_id, resource, path, next_read_at)
    values (p_connection, v_cursor.workspace_id, p_resource, 'full', p_now + interval '7 days')
    on conflict (connection_id, resource, path) do nothing;
    perform public.walk_when_read(p_connection);
  end if;
  if p_path = 'full' and v_status = 'complete' then
    delete from public.full_pass_records f where f.connection_id = p_connection and f.resource = p_resource;
    update public.sync_cursors s set cursor = null where s.connection_id = p_connection and s.resource = p_resource and s.path = 'full';
  end if;
  v_is_news := v_cursor.run_id is not null;
  if v_is_cure or (v_before.problem, v_before.lacks, v_before.failure_kind, v_before.completed_at is null, public.is_given_up(v_before.failures))
    is distinct from (v_cursor.problem, v_cursor.lacks, v_cursor.failure_kind, v_cursor.completed_at is null, public.is_given_up(v_cursor.failures)) then
    v_is_news := public.note_picture(p_connection, p_now) or v_is_news;
  end if;
  if v_is_news or v_before.completed_at is null then
    insert into public.change_events (workspace_id, type, payload, at)
    values (v_cursor.workspace_id, 'sync', jsonb_build_object('connectionId', p_connection), p_now);
  end if;
  return jsonb_build_object('status', v_status, 'counts', v_counts);
end
$$;

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('record_lineage', 'state_resources', 'record_links', 'is_given_up')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
