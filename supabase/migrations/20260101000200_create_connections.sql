-- Connected tenants: their credentials (encrypted by the application), settings, job classification, and how far each resource was read.

create table public.integration_connections (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  integration_id text not null,
  name text not null,
  environment text not null,
  tenant_id bigint not null,
  time_zone text not null,
  status text not null default 'connected',
  status_reason text,
  settings jsonb not null default '{}',
  live_from timestamptz not null,
  backfilled_at timestamptz,
  derivations bigint not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint integration_connections_pkey primary key (id),
  constraint integration_connections_tenant_key unique (workspace_id, integration_id, environment, tenant_id),
  constraint integration_connections_name_key unique (workspace_id, name),
  constraint integration_connections_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint integration_connections_environment_known check (environment in ('production', 'integration', 'sandbox')),
  constraint integration_connections_status_known check (status in ('connected', 'paused', 'error'))
);
comment on table public.integration_connections is 'One connected tenant of an integration.';
comment on column public.integration_connections.derivations is 'How many derivations were applied: one that was computed before another was applied must be computed anew.';

create table public.connection_credentials (
  connection_id uuid not null,
  workspace_id uuid not null,
  key_id text not null,
  ciphertext text not null,
  updated_at timestamptz not null,
  constraint connection_credentials_pkey primary key (connection_id),
  constraint connection_credentials_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint connection_credentials_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.connection_credentials is 'AES-256-GCM ciphertext of a connection''s credentials and the id of the key that made it. No member reads it.';

create table public.job_classifications (
  connection_id uuid not null,
  workspace_id uuid not null,
  subject text not null,
  servicetitan_id bigint not null,
  kind text not null,
  updated_at timestamptz not null,
  constraint job_classifications_pkey primary key (connection_id, subject, servicetitan_id),
  constraint job_classifications_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint job_classifications_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint job_classifications_subject_known check (subject in ('job_type', 'business_unit', 'tag')),
  constraint job_classifications_kind_known check (kind in ('sales', 'install', 'other'))
);
comment on table public.job_classifications is 'What the administrator says a job type, business unit or tag means.';

create table public.sync_cursors (
  connection_id uuid not null,
  workspace_id uuid not null,
  resource text not null,
  cursor text,
  last_modified_on text collate "C",
  failures int not null default 0,
  last_error text,
  last_read_at timestamptz,
  constraint sync_cursors_pkey primary key (connection_id, resource),
  constraint sync_cursors_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint sync_cursors_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.sync_cursors is 'How far a resource of a connection has been read; moves only together with what it covers.';

create table public.sync_runs (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  connection_id uuid not null,
  source text not null,
  status text not null default 'running',
  counts jsonb not null default '{}',
  error text,
  started_at timestamptz not null,
  finished_at timestamptz,
  constraint sync_runs_pkey primary key (id),
  constraint sync_runs_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint sync_runs_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint sync_runs_status_known check (status in ('running', 'succeeded', 'failed', 'abandoned'))
);
comment on table public.sync_runs is 'One poll of one connection.';
create index sync_runs_connection_idx on public.sync_runs (connection_id, started_at desc);

create table public.leases (
  name text not null,
  holder text not null,
  expires_at timestamptz not null,
  constraint leases_pkey primary key (name)
);
comment on table public.leases is 'Who may do a thing alone at the moment; runs out by itself when its holder dies. Counted in system time.';

alter table public.integration_connections enable row level security;
alter table public.connection_credentials enable row level security;
alter table public.job_classifications enable row level security;
alter table public.sync_cursors enable row level security;
alter table public.sync_runs enable row level security;
alter table public.leases enable row level security;

create policy integration_connections_members_read on public.integration_connections for select to authenticated using (public.is_member(workspace_id));
create policy job_classifications_members_read on public.job_classifications for select to authenticated using (public.is_member(workspace_id));
create policy sync_cursors_members_read on public.sync_cursors for select to authenticated using (public.is_member(workspace_id));
create policy sync_runs_members_read on public.sync_runs for select to authenticated using (public.is_member(workspace_id));
-- connection_credentials and leases have no policy: only the server reads them.

grant select on public.integration_connections, public.job_classifications, public.sync_cursors, public.sync_runs to authenticated;
grant all on public.integration_connections, public.connection_credentials, public.job_classifications, public.sync_cursors, public.sync_runs, public.leases to service_role;
