-- What is read of a tenant is settled per resource: how often, whether at all, how far each way of reading it has come, and who reads it now.

create table public.sync_resources (
  connection_id uuid not null,
  workspace_id uuid not null,
  resource text not null,
  poll_seconds int,
  paused_at timestamptz,
  paused_by text,
  expected_records bigint,
  constraint sync_resources_pkey primary key (connection_id, resource),
  constraint sync_resources_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint sync_resources_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint sync_resources_poll_seconds_sensible check (poll_seconds between 60 and 604800)
);
comment on table public.sync_resources is 'What an administrator settled for a resource of a connection; without a row, or with null, the product''s own schedule holds.';
comment on column public.sync_resources.expected_records is 'How many records the tenant said it has when the backfill began: for progress only.';
alter table public.sync_resources enable row level security;
create policy sync_resources_members_read on public.sync_resources for select to authenticated using (public.is_member(workspace_id));
grant select on public.sync_resources to authenticated;
grant all on public.sync_resources to service_role;

alter table public.sync_cursors
  add column path text not null default 'feed',
  add column next_read_at timestamptz,
  add column started_at timestamptz,
  add column completed_at timestamptz,
  add column records_read bigint not null default 0,
  add column pages_read int not null default 0,
  add column reading_mark bigint,
  add column start_mark bigint,
  add column done_mark bigint,
  add column holder text,
  add column leased_until timestamptz,
  add column is_cancel_requested boolean not null default false,
  add column run_id uuid;
alter table public.sync_cursors add constraint sync_cursors_path_known check (path in ('list', 'feed', 'full'));
comment on table public.sync_cursors is 'How far a resource of a connection has been read in one way: by list of what changed, by export feed, or in full to find what vanished. A cursor moves only together with what it covers.';
comment on column public.sync_cursors.next_read_at is 'When this way of reading is due again, by the product''s clock: its schedule, or its back-off after failures. Null: at once.';
comment on column public.sync_cursors.started_at is 'When the pass under way began; completed_at: when the last one reached the end. A feed that never did is being backfilled.';
comment on column public.sync_cursors.reading_mark is 'The place in the derivation queue''s sequence when the read under way began. start_mark and done_mark: where the last complete read began and ended. What was queued before a read began is visible in all that it brought.';
comment on column public.sync_cursors.leased_until is 'Until when its holder alone may read, in system time: a worker''s death is not a matter of the product''s clock.';

alter table public.sync_runs
  add column resource text,
  add column path text,
  add column pages int not null default 0;
alter table public.sync_runs drop constraint sync_runs_status_known;
alter table public.sync_runs add constraint sync_runs_status_known check (status in ('running', 'succeeded', 'failed', 'abandoned', 'canceled', 'partial'));
comment on table public.sync_runs is 'One read of one resource that brought something or failed; what found nothing new leaves only its time with the cursor.';

alter table public.servicetitan_records
  add column page int,
  add column deleted_at timestamptz;
comment on column public.servicetitan_records.page is 'The page of the sync run that brought this version.';
comment on column public.servicetitan_records.deleted_at is 'When a complete full pass no longer found it. Derivation does not see it; it is back when it is read again.';

alter table public.rejected_records
  add column data jsonb,
  add column page int;
comment on column public.rejected_records.data is 'The record as it came, so that it can be tried again alone.';

alter table public.integration_connections add column backfill_from timestamptz;
comment on column public.integration_connections.backfill_from is 'Records last modified before are not read; null: everything is.';

alter table public.derivation_queue
  add column resource text,
  drop constraint derivation_queue_source_known;
alter table public.derivation_queue add constraint derivation_queue_source_known check (source in ('poll', 'webhook', 'timer', 'flow', 'manual', 'settings', 'backfill'));
comment on column public.derivation_queue.resource is 'The resource whose read queued this; null when no read did.';
grant usage on sequence public.derivation_queue_id_seq to service_role;

alter table public.flow_starts add column detail jsonb;
comment on column public.flow_starts.detail is 'The values that the outcome was decided by.';
