-- Flows with their versions, runs and steps; the messages they send; and the addresses that must not get any.

create table public.flows (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  template_key text,
  name text not null,
  description text not null default '',
  status text not null default 'draft',
  draft jsonb not null,
  draft_revision int not null default 1,
  trigger_state numeric(2, 1),
  published_version_id uuid,
  max_age_hours int not null default 48,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint flows_pkey primary key (id),
  constraint flows_template_key unique (workspace_id, template_key),
  constraint flows_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint flows_status_known check (status in ('draft', 'live', 'paused', 'archived')),
  constraint flows_max_age_positive check (max_age_hours > 0)
);
comment on table public.flows is 'A graph of nodes with one trigger: its draft, and which version is published. trigger_state is the published trigger''s.';
create index flows_trigger_idx on public.flows (workspace_id, trigger_state) where status = 'live';

create table public.flow_versions (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  flow_id uuid not null,
  number int not null,
  graph jsonb not null,
  author text not null,
  published_at timestamptz not null,
  constraint flow_versions_pkey primary key (id),
  constraint flow_versions_number_key unique (flow_id, number),
  constraint flow_versions_flow_fkey foreign key (flow_id) references public.flows (id) on delete cascade,
  constraint flow_versions_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.flow_versions is 'A published graph; never changed afterwards. Runs hold on to theirs.';
alter table public.flows add constraint flows_published_version_fkey
  foreign key (published_version_id) references public.flow_versions (id) on delete set null;

create table public.flow_runs (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  flow_id uuid not null,
  version_id uuid not null,
  connection_id uuid not null,
  journey_id uuid not null,
  contact_id uuid,
  entry_group uuid not null,
  state numeric(2, 1) not null,
  job_id bigint,
  entering_key text,
  status text not null default 'active',
  ended_reason text,
  started_at timestamptz not null,
  ended_at timestamptz,
  resumed_at timestamptz,
  constraint flow_runs_pkey primary key (id),
  constraint flow_runs_once unique (flow_id, entry_group),
  constraint flow_runs_flow_fkey foreign key (flow_id) references public.flows (id) on delete cascade,
  constraint flow_runs_version_fkey foreign key (version_id) references public.flow_versions (id) on delete cascade,
  constraint flow_runs_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint flow_runs_journey_fkey foreign key (journey_id) references public.customer_servicetitan_state (id) on delete cascade,
  constraint flow_runs_contact_fkey foreign key (contact_id) references public.contacts (id) on delete set null,
  constraint flow_runs_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint flow_runs_status_known check (status in ('active', 'done', 'ended', 'failed'))
);
comment on table public.flow_runs is 'One passage of one contact through one version. ended_reason left_state can be resumed.';
create index flow_runs_journey_idx on public.flow_runs (journey_id, state);
create index flow_runs_contact_idx on public.flow_runs (contact_id, flow_id) where status = 'active';
create index flow_runs_workspace_idx on public.flow_runs (workspace_id, started_at desc);
create index flow_runs_flow_idx on public.flow_runs (flow_id, status);

create table public.flow_starts (
  entry_group uuid not null,
  workspace_id uuid not null,
  flow_id uuid not null,
  outcome text not null,
  run_id uuid,
  recorded_at timestamptz not null,
  constraint flow_starts_pkey primary key (entry_group, flow_id),
  constraint flow_starts_flow_fkey foreign key (flow_id) references public.flows (id) on delete cascade,
  constraint flow_starts_run_fkey foreign key (run_id) references public.flow_runs (id) on delete set null,
  constraint flow_starts_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint flow_starts_outcome_known check (outcome in ('started', 'stale', 'duplicate', 'settings', 'backfill'))
);
comment on table public.flow_starts is 'Why a flow did or did not start when a state was entered.';

create table public.flow_steps (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  run_id uuid not null,
  node_id text not null,
  visit int not null default 1,
  status text not null,
  due_at timestamptz,
  anchor_minutes int,
  entered_at timestamptz not null,
  attempts int not null default 0,
  leased_by text,
  leased_until timestamptz,
  input jsonb,
  output jsonb,
  error text,
  finished_at timestamptz,
  constraint flow_steps_pkey primary key (id),
  constraint flow_steps_once unique (run_id, node_id, visit),
  constraint flow_steps_run_fkey foreign key (run_id) references public.flow_runs (id) on delete cascade,
  constraint flow_steps_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint flow_steps_status_known check (status in ('pending', 'done', 'skipped', 'failed', 'canceled'))
);
comment on table public.flow_steps is 'One node''s execution in a run. pending: to be done at due_at (null: when its appointment is known). canceled: its run ended first.';
comment on column public.flow_steps.anchor_minutes is 'due_at is this many minutes from the start of the journey''s appointment and moves with it; null: due_at stands by itself.';
comment on column public.flow_steps.leased_until is 'In system time: a worker''s death is not a matter of the product''s clock.';
create index flow_steps_due_idx on public.flow_steps (due_at) where status = 'pending';
create index flow_steps_run_idx on public.flow_steps (run_id);

create table public.messages (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  run_id uuid,
  step_id uuid,
  flow_id uuid,
  journey_id uuid,
  contact_id uuid,
  channel text not null default 'email',
  class text not null,
  send_key text not null,
  to_email text,
  subject text not null,
  html text not null,
  body_text text not null,
  message_id text not null,
  status text not null default 'queued',
  reason text,
  attempts int not null default 0,
  due_at timestamptz not null,
  leased_by text,
  leased_until timestamptz,
  created_at timestamptz not null,
  sent_at timestamptz,
  constraint messages_pkey primary key (id),
  constraint messages_send_key unique (workspace_id, send_key),
  constraint messages_run_fkey foreign key (run_id) references public.flow_runs (id) on delete set null,
  constraint messages_step_fkey foreign key (step_id) references public.flow_steps (id) on delete set null,
  constraint messages_flow_fkey foreign key (flow_id) references public.flows (id) on delete set null,
  constraint messages_journey_fkey foreign key (journey_id) references public.customer_servicetitan_state (id) on delete set null,
  constraint messages_contact_fkey foreign key (contact_id) references public.contacts (id) on delete set null,
  constraint messages_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint messages_class_known check (class in ('transactional', 'marketing')),
  constraint messages_status_known check (status in ('queued', 'sent', 'skipped', 'failed'))
);
comment on table public.messages is 'One e-mail: what it says, to whom, whether it went out, and if not, why.';
create index messages_due_idx on public.messages (due_at) where status = 'queued';
create index messages_workspace_idx on public.messages (workspace_id, created_at desc, id);
create index messages_contact_idx on public.messages (contact_id, created_at desc);
create index messages_run_idx on public.messages (run_id);
create index messages_journey_idx on public.messages (journey_id);
create index messages_step_idx on public.messages (step_id);

-- One row for each opt-out, so that lifting one leaves the others. connection_id has no foreign key: an opt-out outlives its connection,
-- and two of them set to null would be one.
create table public.suppressions (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  email text not null,
  reason text not null,
  source text not null,
  connection_id uuid,
  written_back_at timestamptz,
  created_at timestamptz not null,
  constraint suppressions_pkey primary key (id),
  constraint suppressions_email_key unique nulls not distinct (workspace_id, email, source, connection_id),
  constraint suppressions_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint suppressions_email_lower check (email = lower(email)),
  constraint suppressions_reason_known check (reason in ('unsubscribe', 'bounce', 'spam_report', 'manual', 'never_email'))
);
comment on table public.suppressions is 'Addresses that get no marketing e-mail from this workspace, why, and who says so: an address may have several.';
create index suppressions_write_back_idx on public.suppressions (connection_id) where source = 'unsubscribe' and written_back_at is null;

create function public.find_suppression(p_workspace uuid, p_email text) returns text
language sql stable security invoker
set search_path = ''
as $$
  select u.reason from public.suppressions u
  where u.workspace_id = p_workspace and u.email = lower(p_email)
  order by array_position(array['bounce', 'spam_report', 'never_email', 'unsubscribe', 'manual'], u.reason)
  limit 1
$$;
comment on function public.find_suppression(uuid, text) is
  'The strictest reason why an address is suppressed, total ones first; null: it is not.';
revoke execute on function public.find_suppression(uuid, text) from public, anon, authenticated;
grant execute on function public.find_suppression(uuid, text) to service_role;

alter table public.flows enable row level security;
alter table public.flow_versions enable row level security;
alter table public.flow_runs enable row level security;
alter table public.flow_starts enable row level security;
alter table public.flow_steps enable row level security;
alter table public.messages enable row level security;
alter table public.suppressions enable row level security;

create policy flows_members_read on public.flows for select to authenticated using (public.is_member(workspace_id));
create policy flow_versions_members_read on public.flow_versions for select to authenticated using (public.is_member(workspace_id));
create policy flow_runs_members_read on public.flow_runs for select to authenticated using (public.is_member(workspace_id));
create policy flow_starts_members_read on public.flow_starts for select to authenticated using (public.is_member(workspace_id));
create policy flow_steps_members_read on public.flow_steps for select to authenticated using (public.is_member(workspace_id));
create policy messages_members_read on public.messages for select to authenticated using (public.is_member(workspace_id));
create policy suppressions_members_read on public.suppressions for select to authenticated using (public.is_member(workspace_id));

grant select on public.flows, public.flow_versions, public.flow_runs, public.flow_starts, public.flow_steps, public.messages, public.suppressions to authenticated;
grant all on public.flows, public.flow_versions, public.flow_runs, public.flow_starts, public.flow_steps, public.messages, public.suppressions to service_role;
