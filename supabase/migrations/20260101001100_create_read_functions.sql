-- Reading a resource by itself: who may read it now, what each way of reading has brought, and when it is read again. Every
-- answer that two workers could race for is given here; a cursor moves only in the transaction that stores what it covers.

update public.sync_cursors set path = 'list' where resource in ('job_types', 'business_units', 'cancel_reasons', 'suppressions');
update public.sync_cursors s set completed_at = s.last_read_at
from public.integration_connections c
where c.id = s.connection_id and c.backfilled_at is not null and s.failures = 0;

alter table public.sync_cursors drop constraint sync_cursors_pkey;
alter table public.sync_cursors
  add constraint sync_cursors_pkey primary key (connection_id, resource, path),
  add column milliseconds bigint not null default 0,
  add column failure_kind text,
  add column problem text,
  add column lacks jsonb not null default '[]';
comment on column public.sync_cursors.milliseconds is 'How long the pass under way has been reading, pauses aside: its rate tells when it will be done.';
comment on column public.sync_cursors.failure_kind is 'The kind of the last failure, while it holds. auth: the connection''s other reads wait, too.';
comment on column public.sync_cursors.problem is 'What the last read leaves to be said on the connection, in words.';
comment on column public.sync_cursors.lacks is 'What is off for want of a permission: [{text, scope}].';

alter table public.integration_connections add column derivation_error text;
comment on column public.integration_connections.derivation_error is 'Why the journeys could not be derived the last time; null when they could.';

create table public.full_pass_records (
  connection_id uuid not null,
  workspace_id uuid not null,
  resource text not null,
  record_id bigint not null,
  constraint full_pass_records_pkey primary key (connection_id, resource, record_id),
  constraint full_pass_records_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint full_pass_records_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.full_pass_records is 'What the full pass under way has seen of a resource; gone when it is done.';
alter table public.full_pass_records enable row level security;
-- No policy: only the server reads it.
grant all on public.full_pass_records to service_role;

-- ---------------------------------------------------------------- order

create function public.read_rank(p_resource text) returns int
language sql immutable security invoker
set search_path = ''
as $$
  select array_position(
    array['customers', 'customer_contacts', 'bookings', 'leads', 'jobs', 'appointments', 'canceled_logs', 'estimates'], p_resource)
$$;
comment on function public.read_rank(text) is 'The place of a resource in read order, parents before children; null for what states do not hang on. Its twin is readOrder.ts.';

create function public.is_dispensable(p_resource text) returns boolean
language sql immutable security invoker
set search_path = ''
as $$
  select p_resource in ('customer_contacts', 'bookings', 'leads')
$$;
comment on function public.is_dispensable(text) is 'Whether states can be told without a resource that they hang on, if less well. Its twin is syncPicture.ts.';

create function public.is_done_without(p_connection uuid, p_resource text) returns boolean
language sql stable security invoker
set search_path = ''
as $$
  select public.is_dispensable(p_resource) and exists (
    select 1 from public.sync_resources r where r.connection_id = p_connection and r.resource = p_resource and r.paused_at is not null)
$$;
comment on function public.is_done_without(uuid, text) is 'Whether states are told without a resource for now: it is paused, and they can be.';

-- ---------------------------------------------------------------- beginning

create function public.has_unsubscribed_since(p_connection uuid, p_since timestamptz) returns boolean
language sql stable security invoker
set search_path = ''
as $$
  select exists (
    select 1 from public.suppressions u
    where u.connection_id = p_connection and u.source = 'unsubscribe' and u.written_back_at is null and u.created_at >= p_since)
$$;
comment on function public.has_unsubscribed_since(uuid, timestamptz) is 'Whether somebody unsubscribed here of whom ServiceTitan was not told yet, not even in vain.';

create function public.begin_read(
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
      'backfillFrom', v_connection.backfill_from, 'liveFrom', v_connection.live_from, 'backfilledAt', v_connection.backfilled_at),
    'credentialsUpdatedAt', (select k.updated_at from public.connection_credentials k where k.connection_id = p_connection),
    'cursor', jsonb_build_object(
      'cursor', v_cursor.cursor, 'lastModifiedOn', v_cursor.last_modified_on, 'failures', v_cursor.failures,
      'startedAt', v_cursor.started_at, 'completedAt', v_cursor.completed_at, 'pagesRead', v_cursor.pages_read),
    'expectedRecords', v_settings.expected_records,
    -- Contacts of bookings that could not be read are asked for again.
    'hasBookingsToMend', p_resource = 'bookings' and p_path <> 'full' and exists (
      select 1 from public.rejected_records j
      where j.connection_id = p_connection and j.resource = 'bookings' and j.issues @> '["contacts: could not be read"]'));
end
$$;
comment on function public.begin_read(uuid, text, text, text, int, text, timestamptz, timestamptz) is
  'Leases one way of reading a resource, unless somebody else reads it, it is paused, or not due and not forced; answers all that the reader needs.';

-- ---------------------------------------------------------------- storing

create function public.store_records(
  p_connection uuid, p_workspace uuid, p_resource text, p_records jsonb, p_keeps_active boolean, p_rejected jsonb, p_run uuid, p_page int,
  p_read_at timestamptz, p_source text, p_news_since timestamptz default null
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_news_since text := coalesce(to_char(p_news_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"'), '');
  v_counts jsonb;
  v_rejected int;
begin
  with parsed as (
    select (e.value ->> 'id')::bigint as record_id,
      coalesce(e.value ->> 'modifiedOn', e.value ->> 'createdOn') as modified_on,
      coalesce((e.value ->> 'active')::boolean, true) as active,
      case when p_resource in ('jobs', 'leads', 'estimates', 'customer_contacts', 'appointments') then (e.value ->> 'customerId')::bigint end as customer_id,
      case when p_resource in ('appointments', 'canceled_logs', 'estimates', 'bookings') then (e.value ->> 'jobId')::bigint end as job_id,
      case when p_resource in ('jobs', 'estimates') then (e.value ->> 'projectId')::bigint end as project_id,
      case when p_resource = 'jobs' then (e.value ->> 'createdFromEstimateId')::bigint end as estimate_id,
      case when p_resource = 'leads' then (e.value ->> 'bookingId')::bigint end as booking_id,
      case when p_resource = 'customers' then (e.value ->> 'mergedToId')::bigint end as merged_to_id,
      e.value as data,
      e.position
    from jsonb_array_elements(p_records) with ordinality as e (value, position)
  ),
  incoming as (
    -- One batch may hold a record twice: the newest counts, of canceled logs the inactive one.
    select distinct on (record_id) *
    from parsed
    order by record_id, (p_resource = 'canceled_logs' and not active) desc, modified_on desc, position desc
  ),
  previous as (
    select r.record_id, r.customer_id, r.job_id, r.project_id, r.estimate_id, r.booking_id, r.merged_to_id
    from public.servicetitan_records r
    join incoming i on i.record_id = r.record_id
    where i.modified_on >= v_news_since and r.connection_id = p_connection and r.resource = p_resource
  ),
  written as (
    insert into public.servicetitan_records as r (
      connection_id, workspace_id, resource, record_id, modified_on, active, customer_id, job_id, project_id, estimate_id, booking_id,
      merged_to_id, data, read_at, sync_run_id, page, first_read_at)
    select p_connection, p_workspace, p_resource, i.record_id, i.modified_on, i.active, i.customer_id, i.job_id, i.project_id, i.estimate_id,
      i.booking_id, i.merged_to_id, i.data, p_read_at, p_run, p_page, p_read_at
    from incoming i
    order by i.record_id
    on conflict (connection_id, resource, record_id) do update set
      modified_on = excluded.modified_on, customer_id = excluded.customer_id, job_id = excluded.job_id,
      project_id = excluded.project_id, estimate_id = excluded.estimate_id, booking_id = excluded.booking_id,
      merged_to_id = excluded.merged_to_id, read_at = excluded.read_at, sync_run_id = excluded.sync_run_id, page = excluded.page, deleted_at = null,
      -- A list that does not say whether a record is active must not bring back one that the feed knows to be taken out.
      active = case when p_keeps_active then r.active else excluded.active end,
      data = case when p_keeps_active and not r.active then excluded.data || '{"active": false}' else excluded.data end
      where case
        when r.deleted_at is not null then excluded.modified_on >= r.modified_on
        when r.data = case when p_keeps_active and not r.active then excluded.data || '{"active": false}' else excluded.data end then false
        when r.resource = 'canceled_logs' then r.active and (not excluded.active or excluded.read_at >= r.read_at)
        else excluded.modified_on > r.modified_on or (excluded.modified_on = r.modified_on and excluded.read_at >= r.read_at)
      end
    returning r.record_id, r.customer_id, r.job_id, r.project_id, r.estimate_id, r.booking_id, r.merged_to_id, r.modified_on, r.xmax = 0 as is_new
  ),
  news as (
    select * from written w where w.modified_on >= v_news_since
  ),
  -- A changed record touches itself and whatever it was linked to before; what it is linked to now is found from it.
  touched as (
    select case when p_resource in ('customers', 'leads', 'bookings', 'jobs', 'estimates') then p_resource end as entity, w.record_id as entity_id from news w
    union select 'jobs', w.job_id from news w where p_resource in ('appointments', 'canceled_logs')
    union select 'customers', w.customer_id from news w where p_resource = 'customer_contacts'
    union select 'customers', p.customer_id from previous p join news w using (record_id) where p_resource in ('jobs', 'leads', 'estimates', 'customer_contacts') and p.customer_id is distinct from w.customer_id
    union select 'jobs', p.job_id from previous p join news w using (record_id) where p.job_id is distinct from w.job_id
    union select 'projects', p.project_id from previous p join news w using (record_id) where p.project_id is distinct from w.project_id
    union select 'estimates', p.estimate_id from previous p join news w using (record_id) where p.estimate_id is distinct from w.estimate_id
    union select 'bookings', p.booking_id from previous p join news w using (record_id) where p.booking_id is distinct from w.booking_id
    union select 'customers', p.merged_to_id from previous p join news w using (record_id) where p.merged_to_id is distinct from w.merged_to_id
  ),
  queued as (
    insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source, resource)
    select p_workspace, p_connection, t.entity, t.entity_id, p_source, p_resource
    from touched t
    where public.read_rank(p_resource) is not null and t.entity is not null and t.entity_id is not null
    returning 1
  ),
  mended as (
    delete from public.rejected_records j using incoming i
    where j.connection_id = p_connection and j.resource = p_resource and j.record_id = i.record_id
      -- A booking that is seen again unchanged has not got its contacts by that.
      and (j.issues::text not like '%"contacts: %' or exists (select 1 from written w where w.record_id = j.record_id))
  )
  select jsonb_build_object(
    'new', (select count(*) from written w where w.is_new),
    'changed', (select count(*) from written w where not w.is_new),
    'skipped', (select count(*) from parsed) - (select count(*) from written),
    'queued', (select count(*) from queued))
  into v_counts;

  with found as (
    select distinct on (coalesce((e.value ->> 'id')::bigint, 0)) coalesce((e.value ->> 'id')::bigint, 0) as record_id, e.value -> 'issues' as issues, e.value -> 'data' as data
    from jsonb_array_elements(p_rejected) as e (value)
  ),
  noted as (
    insert into public.rejected_records as j (connection_id, workspace_id, resource, record_id, issues, data, page, sync_run_id, read_at)
    select p_connection, p_workspace, p_resource, f.record_id, f.issues, f.data, p_page, p_run, p_read_at from found f order by f.record_id
    on conflict (connection_id, resource, record_id) do update set
      issues = excluded.issues, data = excluded.data, page = excluded.page, sync_run_id = excluded.sync_run_id, read_at = excluded.read_at
      where (j.issues, j.data) is distinct from (excluded.issues, excluded.data) or j.issues @> '["contacts: could not be read"]'
    returning 1
  )
  select count(*) into v_rejected from noted;
  return v_counts || jsonb_build_object('rejected', v_rejected);
end
$$;
comment on function public.store_records(uuid, uuid, text, jsonb, boolean, jsonb, uuid, int, timestamptz, text, timestamptz) is
  'Stores records, the newest version of each, sets aside the rejected ones, and queues what they touch, or only what of them was modified from p_news_since on. Replays change nothing.';

create function public.ingest_records(
  p_connection uuid, p_resource text, p_path text, p_holder text, p_lease_seconds int, p_batch jsonb, p_source text, p_now timestamptz, p_system_now timestamptz
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_cursor public.sync_cursors;
  v_run uuid;
  v_counts jsonb;
begin
  select * into v_cursor from public.sync_cursors s where s.connection_id = p_connection and s.resource = p_resource and s.path = p_path for update;
  if v_cursor.holder is distinct from p_holder then
    return jsonb_build_object('stopped', 'lost');
  end if;
  if v_cursor.is_cancel_requested then
    return jsonb_build_object('stopped', 'canceled');
  end if;
  if exists (select 1 from public.sync_resources r where r.connection_id = p_connection and r.resource = p_resource and r.paused_at is not null)
    or exists (select 1 from public.integration_connections c where c.id = p_connection and c.status = 'paused') then
    return jsonb_build_object('stopped', 'paused');
  end if;

  if (p_batch ->> 'isRestart')::boolean then
    -- The place of the last batch was refused: what this pass has seen says nothing any more.
    delete from public.full_pass_records f where p_path = 'full' and f.connection_id = p_connection and f.resource = p_resource;
    update public.sync_cursors s set started_at = p_now, records_read = 0, pages_read = 0, milliseconds = 0
    where s.connection_id = p_connection and s.resource = p_resource and s.path = p_path;
    v_cursor.pages_read := 0;
  end if;
  v_run := coalesce(v_cursor.run_id, gen_random_uuid());
  v_counts := public.store_records(
    p_connection, v_cursor.workspace_id, p_resource, p_batch -> 'records', (p_batch ->> 'keepsActive')::boolean, p_batch -> 'rejected', v_run,
    v_cursor.pages_read + (p_batch ->> 'pages')::int, p_now,
    case when p_source = 'webhook' then 'webhook' else 'poll' end,
    -- History is derived by a walk once all of it is there; what is new must not wait for that. A change can become visible ten minutes late.
    case when p_path = 'feed' and v_cursor.completed_at is null then
      case when v_cursor.done_mark is null then (select c.created_at from public.integration_connections c where c.id = p_connection) else v_cursor.started_at end
      - interval '10 minutes' end);
  if p_path = 'full' then
    insert into public.full_pass_records (connection_id, workspace_id, resource, record_id)
    select p_connection, v_cursor.workspace_id, p_resource, x.id
    from (
      select distinct (e.value ->> 'id')::bigint as id
      from jsonb_array_elements((p_batch -> 'records') || (p_batch -> 'rejected')) as e (value)
    ) x
    where x.id is not null
    order by x.id
    on conflict do nothing;
  end if;
  if v_cursor.run_id is null and (v_counts ->> 'new')::int + (v_counts ->> 'changed')::int + (v_counts ->> 'rejected')::int > 0 then
    insert into public.sync_runs (id, workspace_id, connection_id, source, resource, path, started_at)
    values (v_run, v_cursor.workspace_id, p_connection, p_source, p_resource, p_path, p_now);
    v_cursor.run_id := v_run;
  end if;
  update public.sync_cursors s set
    cursor = coalesce(p_batch ->> 'cursor', s.cursor),
    last_modified_on = greatest(s.last_modified_on, p_batch ->> 'readUpTo'),
    -- Who gets ahead is not failing, though it may take many a try.
    failures = case when p_batch ->> 'cursor' <> coalesce(s.cursor, '') then 0 else s.failures end,
    leased_until = p_system_now + make_interval(secs => p_lease_seconds),
    records_read = s.records_read + jsonb_array_length(p_batch -> 'records') + jsonb_array_length(p_batch -> 'rejected'),
    pages_read = s.pages_read + (p_batch ->> 'pages')::int,
    milliseconds = s.milliseconds + (p_batch ->> 'milliseconds')::bigint,
    run_id = v_cursor.run_id, last_read_at = p_now
  where s.connection_id = p_connection and s.resource = p_resource and s.path = p_path;
  return v_counts;
end
$$;
comment on function public.ingest_records(uuid, text, text, text, int, jsonb, text, timestamptz, timestamptz) is
  'Stores a batch of the read that p_holder has leased, queues what it touches, moves the cursor and renews the lease: all or nothing. {stopped} when the lease is lost, or somebody asked to cancel or pause.';

create function public.renew_read(p_connection uuid, p_resource text, p_path text, p_holder text, p_lease_seconds int, p_system_now timestamptz) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  update public.sync_cursors s set leased_until = p_system_now + make_interval(secs => p_lease_seconds)
  where s.connection_id = p_connection and s.resource = p_resource and s.path = p_path and s.holder = p_holder;
  return found;
end
$$;
comment on function public.renew_read(uuid, text, text, text, int, timestamptz) is 'Keeps the lease of a read whose next page takes long; false when somebody else has it.';

-- ---------------------------------------------------------------- ending

create function public.note_picture(p_connection uuid, p_now timestamptz) returns boolean
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
      -- What a feed that has come to its end once cannot read now, the list brings; all but what only feeds show.
      or (s.path = 'feed' and s.done_mark is not null and s.failure_kind is distinct from 'auth' and exists (
        select 1 from public.sync_cursors l
        where l.connection_id = p_connection and l.resource = s.resource and l.path = 'list' and l.completed_at is not null and l.last_error is null))
      as is_notice
    from public.sync_cursors s
    where s.connection_id = p_connection and s.problem is not null and not public.is_done_without(p_connection, s.resource)
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
comment on function public.note_picture(uuid, timestamptz) is 'Says on the connection what its reads say together; true when that is news.';

create function public.walk_when_read(p_connection uuid) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  -- The last two feeds may end at once: the second must see that the first has.
  perform 1 from public.integration_connections c where c.id = p_connection for no key update;
  if exists (
    select 1 from public.sync_cursors s
    where s.connection_id = p_connection and s.path = 'feed' and s.completed_at is null and public.read_rank(s.resource) is not null
      and not public.is_done_without(p_connection, s.resource)) then
    return;
  end if;
  update public.integration_connections c set backfilled_at = null where c.id = p_connection and c.backfilled_at is not null;
  -- From the beginning: what an earlier one has passed by may have been read since.
  delete from public.derivation_walks w where w.connection_id = p_connection and w.source = 'backfill';
end
$$;
comment on function public.walk_when_read(uuid) is
  'Has the history derived by a walk if no feed is still in its first pass: of what a backfill brings, begun anew or not, only news is queued.';

create function public.end_read(
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
    v_cursor.problem := p_outcome ->> 'problem';
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

  -- List and feed end in the same mirror: what the list could not read, the feed has. It is not so the other way round (see note_picture).
  if v_status = 'complete' and p_path = 'feed' then
    with list as (
      select s.resource from public.sync_cursors s
      where s.connection_id = p_connection and s.resource = p_resource and s.path = 'list' and s.problem is not null
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
  if v_is_cure or (v_before.problem, v_before.lacks, v_before.failure_kind, v_before.completed_at is null)
    is distinct from (v_cursor.problem, v_cursor.lacks, v_cursor.failure_kind, v_cursor.completed_at is null) then
    v_is_news := public.note_picture(p_connection, p_now) or v_is_news;
  end if;
  if v_is_news or v_before.completed_at is null then
    insert into public.change_events (workspace_id, type, payload, at)
    values (v_cursor.workspace_id, 'sync', jsonb_build_object('connectionId', p_connection), p_now);
  end if;
  return jsonb_build_object('status', v_status, 'counts', v_counts);
end
$$;
comment on function public.end_read(uuid, text, text, text, jsonb, jsonb, text, timestamptz, timestamptz) is
  'Stores the last batch of a read, if there is one, gives its lease back, and notes what became of it: marks for the derivation, when it is read again, and what the connection has to say.';

create function public.note_derivation(p_connection uuid, p_error text, p_now timestamptz) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_workspace uuid;
begin
  update public.integration_connections c set derivation_error = p_error where c.id = p_connection returning c.workspace_id into v_workspace;
  if v_workspace is null then return; end if;
  if p_error is not null then
    insert into public.sync_runs (workspace_id, connection_id, source, status, error, started_at, finished_at)
    values (v_workspace, p_connection, 'poll', 'failed', p_error, p_now, p_now);
  end if;
  perform public.note_picture(p_connection, p_now);
  insert into public.change_events (workspace_id, type, payload, at)
  values (v_workspace, 'sync', jsonb_build_object('connectionId', p_connection), p_now);
end
$$;
comment on function public.note_derivation(uuid, text, timestamptz) is 'Remembers why journeys could not be derived, or, with null, that they can.';

-- ---------------------------------------------------------------- what is due

create function public.due_reads(p_connection uuid, p_reads jsonb, p_now timestamptz, p_system_now timestamptz) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  with reads as (
    select x.resource, x.path, e.position
    from jsonb_array_elements(p_reads) with ordinality as e (value, position)
    cross join lateral jsonb_to_record(e.value) as x (resource text, path text)
  ),
  connections as (
    select c.id, c.name, c.derivation_error
    from public.integration_connections c
    where c.status <> 'paused' and (p_connection is null or c.id = p_connection)
  ),
  due as (
    select n.id, r.resource, r.path, r.position, r.path = 'feed' and public.read_rank(r.resource) is not null and s.completed_at is null as is_backfill
    from connections n cross join reads r
    left join public.sync_cursors s on s.connection_id = n.id and s.resource = r.resource and s.path = r.path
    where (s.leased_until is null or s.leased_until <= p_system_now)
      and not exists (select 1 from public.sync_resources p where p.connection_id = n.id and p.resource = r.resource and p.paused_at is not null)
      and not exists (
        select 1 from public.sync_cursors a where a.connection_id = n.id and a.failure_kind = 'auth' and a.next_read_at > p_now + interval '30 seconds')
      and (
        (r.path = 'full' and s.next_read_at <= p_now + interval '30 seconds' and exists (
          select 1 from public.sync_cursors f where f.connection_id = n.id and f.resource = r.resource and f.path = 'feed' and f.completed_at is not null))
        or (r.path <> 'full' and (s.next_read_at is null or s.next_read_at <= p_now + interval '30 seconds'))
        -- Who unsubscribed here is told at once; what was refused, with the next read.
        or (r.resource = 'suppressions' and s.failures = 0 and public.has_unsubscribed_since(n.id, s.last_read_at))
      )
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', n.id, 'name', n.name, 'hasDerivationError', n.derivation_error is not null,
    'reads', coalesce((
      select jsonb_agg(jsonb_build_object('resource', d.resource, 'path', d.path, 'isBackfill', d.is_backfill) order by d.position)
      from due d where d.id = n.id), '[]')) order by n.name, n.id), '[]')
  from connections n
$$;
comment on function public.due_reads(uuid, jsonb, timestamptz, timestamptz) is
  'The connections that are not paused, all or one, each with those of the given reads whose time has come, in the given order.';

-- ---------------------------------------------------------------- what people do

create function public.restart_backfill(p_connection uuid, p_from timestamptz, p_actor text, p_now timestamptz) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_workspace uuid;
begin
  -- Who reads now finds its lease gone with the next batch. Cursors before the connection, as the end of a read locks them.
  perform 1 from public.sync_cursors s where s.connection_id = p_connection and public.read_rank(s.resource) is not null and s.path <> 'list'
  order by s.resource, s.path for update;
  update public.integration_connections c set backfill_from = p_from where c.id = p_connection returning c.workspace_id into v_workspace;
  if v_workspace is null then
    raise exception 'This connection does not exist.' using errcode = 'PT404';
  end if;
  update public.sync_runs r set status = 'canceled', finished_at = p_now
  from public.sync_cursors s
  where s.connection_id = p_connection and public.read_rank(s.resource) is not null and s.path <> 'list' and r.id = s.run_id and r.status = 'running';
  update public.sync_cursors s set
    cursor = null, started_at = null, completed_at = null, records_read = 0, pages_read = 0, milliseconds = 0, next_read_at = null, failures = 0,
    holder = null, leased_until = null, run_id = null
  where s.connection_id = p_connection and public.read_rank(s.resource) is not null and s.path = 'feed';
  delete from public.sync_cursors s where s.connection_id = p_connection and s.path = 'full';
  delete from public.full_pass_records f where f.connection_id = p_connection;
  update public.sync_resources r set expected_records = null where r.connection_id = p_connection;
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (v_workspace, p_actor, 'connection.backfill', 'connection:' || p_connection, jsonb_build_object('from', p_from), p_now);
end
$$;
comment on function public.restart_backfill(uuid, timestamptz, text, timestamptz) is 'Lets everything be read anew from a date, or from the beginning. Lists are read as ever meanwhile.';

create function public.settle_pause(p_connection uuid, p_resource text, p_by text, p_now timestamptz) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  insert into public.sync_resources as r (connection_id, workspace_id, resource, paused_at, paused_by)
  -- The connection before what is settled for it, as everywhere.
  select c.id, c.workspace_id, p_resource, case when p_by is not null then p_now end, p_by
  from public.integration_connections c where c.id = p_connection for no key update
  on conflict (connection_id, resource) do update set paused_at = excluded.paused_at, paused_by = excluded.paused_by;
  if p_by is not null and public.is_dispensable(p_resource) and exists (
    select 1 from public.sync_cursors s
    where s.connection_id = p_connection and s.resource = p_resource and s.path = 'feed' and s.completed_at is null) then
    perform public.walk_when_read(p_connection);
  end if;
  perform public.note_picture(p_connection, p_now);
end
$$;
comment on function public.settle_pause(uuid, text, text, timestamptz) is
  'Pauses a resource, or, with nobody, resumes it, and says on the connection what that means. A read that is under way finds out with its next batch.';

-- ---------------------------------------------------------------- what vanished

create function public.missing_records(p_connection uuid, p_resource text, p_holder text) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  with pass as (
    select s.started_at, c.backfill_from from public.sync_cursors s join public.integration_connections c on c.id = s.connection_id
    where s.connection_id = p_connection and s.resource = p_resource and s.path = 'full' and s.holder = p_holder
  ),
  known as (
    select r.record_id, r.modified_on, r.read_at, r.customer_id from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = p_resource and r.active and r.deleted_at is null
  ),
  missing as (
    select k.record_id, k.customer_id from known k cross join pass p
    where k.read_at < p.started_at
      and (p.backfill_from is null or k.modified_on >= to_char(p.backfill_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"'))
      and not exists (
        select 1 from public.full_pass_records f where f.connection_id = p_connection and f.resource = p_resource and f.record_id = k.record_id)
    -- One more than may vanish at once: that many are not believed.
    order by k.record_id limit (select greatest(20, count(*) / 10) + 1 from known)
  )
  select jsonb_build_object(
    'active', (select count(*) from known),
    'missing', coalesce((select jsonb_agg(jsonb_build_object('id', m.record_id, 'customerId', m.customer_id) order by m.record_id) from missing m), '[]'))
$$;
comment on function public.missing_records(uuid, text, text) is 'Records that were there before the full pass began and that it did not see; with how many there are in all.';

create function public.mark_deleted(p_connection uuid, p_resource text, p_holder text, p_ids bigint[], p_now timestamptz) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_workspace uuid;
  v_count int;
begin
  select s.workspace_id into v_workspace from public.sync_cursors s
  where s.connection_id = p_connection and s.resource = p_resource and s.path = 'full' and s.holder = p_holder for update;
  if v_workspace is null then
    return 0;
  end if;
  with marked as (
    update public.servicetitan_records r set deleted_at = p_now
    where r.connection_id = p_connection and r.resource = p_resource and r.record_id = any (p_ids) and r.deleted_at is null
    returning r.record_id, r.customer_id, r.job_id, r.project_id, r.estimate_id, r.booking_id
  ),
  -- What hung together through it may fall apart: all that it named is derived anew.
  touched as (
    select case when p_resource in ('customers', 'leads', 'bookings', 'jobs', 'estimates') then p_resource end as entity, m.record_id as entity_id from marked m
    union select 'customers', m.customer_id from marked m where p_resource in ('jobs', 'leads', 'estimates', 'customer_contacts')
    union select 'jobs', m.job_id from marked m
    union select 'projects', m.project_id from marked m
    union select 'estimates', m.estimate_id from marked m
    union select 'bookings', m.booking_id from marked m
  ),
  queued as (
    insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source, resource)
    select v_workspace, p_connection, t.entity, t.entity_id, 'poll', p_resource from touched t
    where t.entity is not null and t.entity_id is not null
  )
  select count(*) into v_count from marked;
  return v_count;
end
$$;
comment on function public.mark_deleted(uuid, text, text, bigint[], timestamptz) is 'Marks records that a complete full pass did not find, and queues what hung on them.';

-- ---------------------------------------------------------------- opt-outs

-- A statement that is planned once for any source cannot use an index for one of them.
drop index public.suppressions_write_back_idx;
create index suppressions_write_back_idx on public.suppressions (connection_id, source) where written_back_at is null;

create or replace function public.pull_suppressions(p_connection uuid, p_rows jsonb, p_now timestamptz) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_workspace uuid;
begin
  select n.workspace_id into v_workspace from public.integration_connections n where n.id = p_connection;
  if v_workspace is null then
    return;
  end if;
  insert into public.suppressions (workspace_id, connection_id, email, reason, source, written_back_at, created_at)
  select v_workspace, p_connection, r.email, r.reason, 'servicetitan', p_now, r.created_at
  from jsonb_to_recordset(p_rows) as r (email text, reason text, active boolean, created_at timestamptz)
  where r.active
  order by r.email
  on conflict (workspace_id, email, source, connection_id) do update set reason = excluded.reason
  where suppressions.reason is distinct from excluded.reason;
  delete from public.suppressions u
  using jsonb_to_recordset(p_rows) as r (email text, active boolean)
  where u.workspace_id = v_workspace and u.connection_id = p_connection and u.source = 'servicetitan' and u.email = r.email and not r.active;
  insert into public.sync_cursors as s (connection_id, workspace_id, resource, path, last_read_at, last_modified_on)
  select p_connection, v_workspace, 'suppressions', 'list', p_now, max(r.modified_on collate "C")
  from jsonb_to_recordset(p_rows) as r (modified_on text)
  on conflict (connection_id, resource, path) do update
  set last_read_at = excluded.last_read_at, last_modified_on = coalesce(excluded.last_modified_on, s.last_modified_on);
end
$$;

-- ---------------------------------------------------------------- screens

create function public.connection_reads(p_connection uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  with counts as (
    select r.resource, count(*) as records from public.servicetitan_records r where r.connection_id = p_connection and r.deleted_at is null group by 1
  ),
  rejected as (
    select j.resource, count(*) as records from public.rejected_records j where j.connection_id = p_connection group by 1
  )
  select jsonb_build_object(
    'cursors', coalesce((select jsonb_agg(to_jsonb(s)) from public.sync_cursors s where s.connection_id = p_connection), '[]'),
    'settings', coalesce((select jsonb_agg(to_jsonb(r)) from public.sync_resources r where r.connection_id = p_connection), '[]'),
    'records', coalesce((select jsonb_object_agg(c.resource, c.records) from counts c), '{}'),
    'rejected', coalesce((select jsonb_object_agg(j.resource, j.records) from rejected j), '{}'))
$$;
comment on function public.connection_reads(uuid) is 'How each resource of a connection is read, how many records are here, and how many were set aside.';

create or replace function public.connection_overview(p_workspace uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
    select n.id, n.name, n.environment, n.tenant_id, n.time_zone, n.status, n.status_reason, n.live_from, n.backfill_from,
      (select max(s.completed_at) from public.sync_cursors s where s.connection_id = n.id and s.path <> 'full') as last_sync_at,
      exists (select 1 from public.sync_cursors s where s.connection_id = n.id and s.leased_until > clock_timestamp()) as syncing,
      (select count(*) from public.servicetitan_records r where r.connection_id = n.id and r.resource = 'customers' and r.active and r.deleted_at is null) as customers
    from public.integration_connections n where n.workspace_id = p_workspace order by n.name
  ) x
$$;

-- ---------------------------------------------------------------- what is replaced

drop function public.ingest_records(uuid, text, uuid, jsonb, jsonb, text, timestamptz, text);
drop function public.note_read_failure(uuid, text, text, timestamptz);
drop function public.note_idle_reads(uuid, text[], timestamptz);
drop function public.connection_resources(uuid);

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('read_rank', 'is_dispensable', 'is_done_without', 'walk_when_read', 'settle_pause', 'has_unsubscribed_since', 'begin_read', 'store_records', 'ingest_records', 'renew_read', 'note_picture', 'end_read', 'note_derivation',
      'due_reads', 'restart_backfill', 'missing_records', 'mark_deleted', 'connection_reads')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
