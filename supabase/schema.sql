-- Made by npm run db:schema from supabase/migrations. Do not edit.

create table public.api_tokens (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  user_id uuid not null,
  name text not null,
  token_hash text not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint api_tokens_member_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES workspace_members(workspace_id, user_id) ON DELETE CASCADE,
  constraint api_tokens_pkey PRIMARY KEY (id),
  constraint api_tokens_hash_key UNIQUE (token_hash)
);
alter table public.api_tokens enable row level security;
CREATE INDEX api_tokens_member_idx ON public.api_tokens USING btree (workspace_id, user_id);

create table public.audit_log (
  id bigint not null,
  workspace_id uuid not null,
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null default '{}'::jsonb,
  at timestamp with time zone not null,
  constraint audit_log_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint audit_log_pkey PRIMARY KEY (id)
);
alter table public.audit_log enable row level security;
CREATE INDEX audit_log_workspace_idx ON public.audit_log USING btree (workspace_id, id DESC);
create policy audit_log_members_read on public.audit_log for select to authenticated using (is_member(workspace_id));

create table public.change_events (
  id bigint not null,
  workspace_id uuid not null,
  type text not null,
  payload jsonb not null default '{}'::jsonb,
  at timestamp with time zone not null,
  constraint change_events_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint change_events_pkey PRIMARY KEY (id)
);
alter table public.change_events enable row level security;
CREATE INDEX change_events_at_idx ON public.change_events USING btree (at);
CREATE INDEX change_events_workspace_idx ON public.change_events USING btree (workspace_id, id);
create policy change_events_members_read on public.change_events for select to authenticated using (is_member(workspace_id));

create table public.connection_circuits (
  connection_id uuid not null,
  workspace_id uuid not null,
  state text not null default 'closed'::text,
  failures integer not null default 0,
  openings integer not null default 0,
  next_try_at timestamp with time zone,
  reason text,
  constraint connection_circuits_state_known CHECK ((state = ANY (ARRAY['closed'::text, 'open'::text, 'half_open'::text]))),
  constraint connection_circuits_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint connection_circuits_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint connection_circuits_pkey PRIMARY KEY (connection_id)
);
alter table public.connection_circuits enable row level security;

create table public.connection_credentials (
  connection_id uuid not null,
  workspace_id uuid not null,
  key_id text not null,
  ciphertext text not null,
  updated_at timestamp with time zone not null,
  constraint connection_credentials_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint connection_credentials_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint connection_credentials_pkey PRIMARY KEY (connection_id)
);
alter table public.connection_credentials enable row level security;

create table public.contacts (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  connection_id uuid not null,
  source_type text not null,
  source_id bigint not null,
  name text not null,
  email text,
  phone text,
  do_not_mail boolean not null default false,
  do_not_service boolean not null default false,
  marketing_allowed boolean not null default true,
  reminders_allowed boolean not null default true,
  active boolean not null default true,
  merged_to_id bigint,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint contacts_source_type_known CHECK ((source_type = ANY (ARRAY['customer'::text, 'lead'::text, 'booking'::text]))),
  constraint contacts_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint contacts_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint contacts_pkey PRIMARY KEY (id),
  constraint contacts_source_key UNIQUE (connection_id, source_type, source_id)
);
alter table public.contacts enable row level security;
CREATE INDEX contacts_workspace_email_idx ON public.contacts USING btree (workspace_id, lower(email)) WHERE (email IS NOT NULL);
CREATE INDEX contacts_workspace_name_idx ON public.contacts USING btree (workspace_id, lower(name), id);
create policy contacts_members_read on public.contacts for select to authenticated using (is_member(workspace_id));

create table public.customer_servicetitan_state (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  contact_id uuid,
  servicetitan_customer_id bigint,
  current_state numeric(2,1) not null,
  job_id bigint,
  previous_state numeric(2,1),
  state_changed_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  connection_id uuid not null,
  root_type text not null,
  root_id bigint not null,
  rule_state numeric(2,1) not null,
  entering_key text,
  rule text,
  happened_on text,
  explanation text not null,
  would_change text not null,
  override_id uuid,
  location_id bigint,
  appointment_id bigint,
  appointment_start timestamp with time zone,
  appointment_end timestamp with time zone,
  arrival_window_start timestamp with time zone,
  arrival_window_end timestamp with time zone,
  next_due_at timestamp with time zone,
  open_total numeric(14,2) not null default 0,
  sold_total numeric(14,2) not null default 0,
  derived jsonb not null default '{}'::jsonb,
  version integer not null default 1,
  constraint customer_servicetitan_state_current_known CHECK ((current_state = ANY (ARRAY[(0)::numeric, (1)::numeric, (2)::numeric, 2.5, (3)::numeric, (4)::numeric, (5)::numeric, 5.5, (6)::numeric]))),
  constraint customer_servicetitan_state_root_type_known CHECK ((root_type = ANY (ARRAY['job'::text, 'estimate'::text, 'lead'::text, 'booking'::text]))),
  constraint customer_servicetitan_state_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint customer_servicetitan_state_contact_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE SET NULL,
  constraint customer_servicetitan_state_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint customer_servicetitan_state_pkey PRIMARY KEY (id),
  constraint customer_servicetitan_state_root_key UNIQUE (connection_id, root_type, root_id)
);
alter table public.customer_servicetitan_state enable row level security;
CREATE INDEX customer_servicetitan_state_board_idx ON public.customer_servicetitan_state USING btree (workspace_id, current_state, state_changed_at DESC, id);
CREATE INDEX customer_servicetitan_state_contact_idx ON public.customer_servicetitan_state USING btree (contact_id);
CREATE INDEX customer_servicetitan_state_customer_idx ON public.customer_servicetitan_state USING btree (connection_id, servicetitan_customer_id);
CREATE INDEX customer_servicetitan_state_due_idx ON public.customer_servicetitan_state USING btree (connection_id, next_due_at) WHERE (next_due_at IS NOT NULL);
CREATE INDEX customer_servicetitan_state_next_due_idx ON public.customer_servicetitan_state USING btree (next_due_at) WHERE (next_due_at IS NOT NULL);
create policy customer_servicetitan_state_members_read on public.customer_servicetitan_state for select to authenticated using (is_member(workspace_id));

create table public.derivation_queue (
  id bigint not null,
  workspace_id uuid not null,
  connection_id uuid not null,
  entity text not null,
  entity_id bigint not null,
  source text not null,
  constraint derivation_queue_entity_known CHECK ((entity = ANY (ARRAY['customers'::text, 'leads'::text, 'bookings'::text, 'jobs'::text, 'estimates'::text, 'projects'::text]))),
  constraint derivation_queue_source_known CHECK ((source = ANY (ARRAY['poll'::text, 'webhook'::text, 'timer'::text, 'flow'::text, 'manual'::text, 'settings'::text]))),
  constraint derivation_queue_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint derivation_queue_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint derivation_queue_pkey PRIMARY KEY (id)
);
alter table public.derivation_queue enable row level security;
CREATE INDEX derivation_queue_connection_idx ON public.derivation_queue USING btree (connection_id, source, id);
CREATE INDEX derivation_queue_entity_idx ON public.derivation_queue USING btree (connection_id, entity, entity_id);
create policy derivation_queue_members_read on public.derivation_queue for select to authenticated using (is_member(workspace_id));

create table public.flow_runs (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  flow_id uuid not null,
  version_id uuid not null,
  connection_id uuid not null,
  journey_id uuid not null,
  contact_id uuid,
  entry_group uuid not null,
  state numeric(2,1) not null,
  job_id bigint,
  entering_key text,
  status text not null default 'active'::text,
  ended_reason text,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  resumed_at timestamp with time zone,
  constraint flow_runs_status_known CHECK ((status = ANY (ARRAY['active'::text, 'done'::text, 'ended'::text, 'failed'::text]))),
  constraint flow_runs_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint flow_runs_contact_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE SET NULL,
  constraint flow_runs_flow_fkey FOREIGN KEY (flow_id) REFERENCES flows(id) ON DELETE CASCADE,
  constraint flow_runs_journey_fkey FOREIGN KEY (journey_id) REFERENCES customer_servicetitan_state(id) ON DELETE CASCADE,
  constraint flow_runs_version_fkey FOREIGN KEY (version_id) REFERENCES flow_versions(id) ON DELETE CASCADE,
  constraint flow_runs_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flow_runs_pkey PRIMARY KEY (id),
  constraint flow_runs_once UNIQUE (flow_id, entry_group)
);
alter table public.flow_runs enable row level security;
CREATE INDEX flow_runs_contact_idx ON public.flow_runs USING btree (contact_id, flow_id) WHERE (status = 'active'::text);
CREATE INDEX flow_runs_contact_started_idx ON public.flow_runs USING btree (contact_id, started_at DESC, id DESC);
CREATE INDEX flow_runs_flow_idx ON public.flow_runs USING btree (flow_id, status);
CREATE INDEX flow_runs_flow_started_idx ON public.flow_runs USING btree (flow_id, started_at DESC, id DESC);
CREATE INDEX flow_runs_journey_idx ON public.flow_runs USING btree (journey_id, state);
CREATE INDEX flow_runs_status_idx ON public.flow_runs USING btree (workspace_id, status, started_at DESC, id DESC);
CREATE INDEX flow_runs_workspace_idx ON public.flow_runs USING btree (workspace_id, started_at DESC);
create policy flow_runs_members_read on public.flow_runs for select to authenticated using (is_member(workspace_id));

create table public.flow_starts (
  entry_group uuid not null,
  workspace_id uuid not null,
  flow_id uuid not null,
  outcome text not null,
  run_id uuid,
  recorded_at timestamp with time zone not null,
  constraint flow_starts_outcome_known CHECK ((outcome = ANY (ARRAY['started'::text, 'stale'::text, 'duplicate'::text, 'settings'::text, 'backfill'::text]))),
  constraint flow_starts_flow_fkey FOREIGN KEY (flow_id) REFERENCES flows(id) ON DELETE CASCADE,
  constraint flow_starts_run_fkey FOREIGN KEY (run_id) REFERENCES flow_runs(id) ON DELETE SET NULL,
  constraint flow_starts_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flow_starts_pkey PRIMARY KEY (entry_group, flow_id)
);
alter table public.flow_starts enable row level security;
create policy flow_starts_members_read on public.flow_starts for select to authenticated using (is_member(workspace_id));

create table public.flow_steps (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  run_id uuid not null,
  node_id text not null,
  visit integer not null default 1,
  status text not null,
  due_at timestamp with time zone,
  anchor_minutes integer,
  entered_at timestamp with time zone not null,
  attempts integer not null default 0,
  leased_by text,
  leased_until timestamp with time zone,
  input jsonb,
  output jsonb,
  error text,
  finished_at timestamp with time zone,
  constraint flow_steps_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'done'::text, 'skipped'::text, 'failed'::text, 'canceled'::text]))),
  constraint flow_steps_run_fkey FOREIGN KEY (run_id) REFERENCES flow_runs(id) ON DELETE CASCADE,
  constraint flow_steps_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flow_steps_pkey PRIMARY KEY (id),
  constraint flow_steps_once UNIQUE (run_id, node_id, visit)
);
alter table public.flow_steps enable row level security;
CREATE INDEX flow_steps_due_idx ON public.flow_steps USING btree (due_at) WHERE (status = 'pending'::text);
CREATE INDEX flow_steps_run_idx ON public.flow_steps USING btree (run_id);
create policy flow_steps_members_read on public.flow_steps for select to authenticated using (is_member(workspace_id));

create table public.flow_versions (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  flow_id uuid not null,
  number integer not null,
  graph jsonb not null,
  author text not null,
  published_at timestamp with time zone not null,
  constraint flow_versions_flow_fkey FOREIGN KEY (flow_id) REFERENCES flows(id) ON DELETE CASCADE,
  constraint flow_versions_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flow_versions_pkey PRIMARY KEY (id),
  constraint flow_versions_number_key UNIQUE (flow_id, number)
);
alter table public.flow_versions enable row level security;
create policy flow_versions_members_read on public.flow_versions for select to authenticated using (is_member(workspace_id));

create table public.flows (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  template_key text,
  name text not null,
  description text not null default ''::text,
  status text not null default 'draft'::text,
  draft jsonb not null,
  draft_revision integer not null default 1,
  trigger_state numeric(2,1),
  published_version_id uuid,
  max_age_hours integer not null default 48,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint flows_max_age_positive CHECK ((max_age_hours > 0)),
  constraint flows_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'live'::text, 'paused'::text, 'archived'::text]))),
  constraint flows_published_version_fkey FOREIGN KEY (published_version_id) REFERENCES flow_versions(id) ON DELETE SET NULL,
  constraint flows_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flows_pkey PRIMARY KEY (id),
  constraint flows_template_key UNIQUE (workspace_id, template_key)
);
alter table public.flows enable row level security;
CREATE INDEX flows_trigger_idx ON public.flows USING btree (workspace_id, trigger_state) WHERE (status = 'live'::text);
create policy flows_members_read on public.flows for select to authenticated using (is_member(workspace_id));

create table public.integration_connections (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  integration_id text not null,
  name text not null,
  environment text not null,
  tenant_id bigint not null,
  time_zone text not null,
  status text not null default 'connected'::text,
  status_reason text,
  settings jsonb not null default '{}'::jsonb,
  live_from timestamp with time zone not null,
  backfilled_at timestamp with time zone,
  derivations bigint not null default 0,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  diagnosis jsonb,
  constraint integration_connections_environment_known CHECK ((environment = ANY (ARRAY['production'::text, 'integration'::text, 'sandbox'::text]))),
  constraint integration_connections_status_known CHECK ((status = ANY (ARRAY['connected'::text, 'paused'::text, 'error'::text]))),
  constraint integration_connections_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint integration_connections_pkey PRIMARY KEY (id),
  constraint integration_connections_name_key UNIQUE (workspace_id, name),
  constraint integration_connections_tenant_key UNIQUE (workspace_id, integration_id, environment, tenant_id)
);
alter table public.integration_connections enable row level security;
create policy integration_connections_members_read on public.integration_connections for select to authenticated using (is_member(workspace_id));

create table public.job_classifications (
  connection_id uuid not null,
  workspace_id uuid not null,
  subject text not null,
  servicetitan_id bigint not null,
  kind text not null,
  updated_at timestamp with time zone not null,
  constraint job_classifications_kind_known CHECK ((kind = ANY (ARRAY['sales'::text, 'install'::text, 'other'::text]))),
  constraint job_classifications_subject_known CHECK ((subject = ANY (ARRAY['job_type'::text, 'business_unit'::text, 'tag'::text]))),
  constraint job_classifications_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint job_classifications_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint job_classifications_pkey PRIMARY KEY (connection_id, subject, servicetitan_id)
);
alter table public.job_classifications enable row level security;
create policy job_classifications_members_read on public.job_classifications for select to authenticated using (is_member(workspace_id));

create table public.leases (
  name text not null,
  holder text not null,
  expires_at timestamp with time zone not null,
  constraint leases_pkey PRIMARY KEY (name)
);
alter table public.leases enable row level security;

create table public.messages (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  run_id uuid,
  step_id uuid,
  flow_id uuid,
  journey_id uuid,
  contact_id uuid,
  channel text not null default 'email'::text,
  class text not null,
  send_key text not null,
  to_email text,
  subject text not null,
  html text not null,
  body_text text not null,
  message_id text not null,
  status text not null default 'queued'::text,
  reason text,
  attempts integer not null default 0,
  due_at timestamp with time zone not null,
  leased_by text,
  leased_until timestamp with time zone,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  handed_over_at timestamp with time zone,
  resent_count integer not null default 0,
  constraint messages_class_known CHECK ((class = ANY (ARRAY['transactional'::text, 'marketing'::text]))),
  constraint messages_status_known CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'skipped'::text, 'failed'::text]))),
  constraint messages_contact_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE SET NULL,
  constraint messages_flow_fkey FOREIGN KEY (flow_id) REFERENCES flows(id) ON DELETE SET NULL,
  constraint messages_journey_fkey FOREIGN KEY (journey_id) REFERENCES customer_servicetitan_state(id) ON DELETE SET NULL,
  constraint messages_run_fkey FOREIGN KEY (run_id) REFERENCES flow_runs(id) ON DELETE SET NULL,
  constraint messages_step_fkey FOREIGN KEY (step_id) REFERENCES flow_steps(id) ON DELETE SET NULL,
  constraint messages_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint messages_pkey PRIMARY KEY (id),
  constraint messages_send_key UNIQUE (workspace_id, send_key)
);
alter table public.messages enable row level security;
CREATE INDEX messages_contact_idx ON public.messages USING btree (contact_id, created_at DESC);
CREATE INDEX messages_due_idx ON public.messages USING btree (due_at) WHERE (status = 'queued'::text);
CREATE INDEX messages_flow_idx ON public.messages USING btree (flow_id, status);
CREATE INDEX messages_journey_idx ON public.messages USING btree (journey_id);
CREATE INDEX messages_run_idx ON public.messages USING btree (run_id);
CREATE INDEX messages_status_idx ON public.messages USING btree (workspace_id, status, created_at DESC, id DESC);
CREATE INDEX messages_step_idx ON public.messages USING btree (step_id);
CREATE INDEX messages_workspace_idx ON public.messages USING btree (workspace_id, created_at DESC, id);
create policy messages_members_read on public.messages for select to authenticated using (is_member(workspace_id));

create table public.rejected_records (
  connection_id uuid not null,
  workspace_id uuid not null,
  resource text not null,
  record_id bigint not null,
  issues jsonb not null,
  sync_run_id uuid,
  read_at timestamp with time zone not null,
  constraint rejected_records_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint rejected_records_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint rejected_records_pkey PRIMARY KEY (connection_id, resource, record_id)
);
alter table public.rejected_records enable row level security;
create policy rejected_records_members_read on public.rejected_records for select to authenticated using (is_member(workspace_id));

create table public.service_titan_budgets (
  key text not null,
  rate double precision not null,
  rated_at timestamp with time zone not null,
  slowed_at timestamp with time zone,
  paused_until timestamp with time zone,
  taken bigint[] not null default '{}'::bigint[],
  demands jsonb not null default '{}'::jsonb,
  constraint service_titan_budgets_pkey PRIMARY KEY (key)
);
alter table public.service_titan_budgets enable row level security;

create table public.service_titan_tokens (
  key text not null,
  key_id text,
  ciphertext text,
  token_hash text,
  issued_at timestamp with time zone,
  renew_at timestamp with time zone,
  holder text,
  leased_until timestamp with time zone,
  constraint service_titan_tokens_pkey PRIMARY KEY (key)
);
alter table public.service_titan_tokens enable row level security;

create table public.service_titan_turns (
  key text not null,
  free_at timestamp with time zone not null,
  constraint service_titan_turns_pkey PRIMARY KEY (key)
);
alter table public.service_titan_turns enable row level security;

create table public.servicetitan_records (
  connection_id uuid not null,
  workspace_id uuid not null,
  resource text not null,
  record_id bigint not null,
  modified_on text not null,
  active boolean not null,
  customer_id bigint,
  job_id bigint,
  project_id bigint,
  estimate_id bigint,
  booking_id bigint,
  merged_to_id bigint,
  data jsonb not null,
  read_at timestamp with time zone not null,
  sync_run_id uuid,
  first_read_at timestamp with time zone not null,
  constraint servicetitan_records_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint servicetitan_records_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint servicetitan_records_pkey PRIMARY KEY (connection_id, resource, record_id)
);
alter table public.servicetitan_records enable row level security;
CREATE INDEX servicetitan_records_booking_idx ON public.servicetitan_records USING btree (connection_id, booking_id, resource) WHERE (booking_id IS NOT NULL);
CREATE INDEX servicetitan_records_customer_idx ON public.servicetitan_records USING btree (connection_id, customer_id, resource) WHERE (customer_id IS NOT NULL);
CREATE INDEX servicetitan_records_estimate_idx ON public.servicetitan_records USING btree (connection_id, estimate_id) WHERE (estimate_id IS NOT NULL);
CREATE INDEX servicetitan_records_job_idx ON public.servicetitan_records USING btree (connection_id, job_id, resource) WHERE (job_id IS NOT NULL);
CREATE INDEX servicetitan_records_merged_idx ON public.servicetitan_records USING btree (connection_id, merged_to_id) WHERE (merged_to_id IS NOT NULL);
CREATE INDEX servicetitan_records_project_idx ON public.servicetitan_records USING btree (connection_id, project_id, resource) WHERE (project_id IS NOT NULL);
create policy servicetitan_records_members_read on public.servicetitan_records for select to authenticated using (is_member(workspace_id));

create table public.state_entries (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  connection_id uuid not null,
  journey_id uuid not null,
  state numeric(2,1) not null,
  entering_key text not null,
  entry_group uuid not null,
  outcome text not null,
  recorded_at timestamp with time zone not null,
  constraint state_entries_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint state_entries_journey_fkey FOREIGN KEY (journey_id) REFERENCES customer_servicetitan_state(id) ON DELETE CASCADE,
  constraint state_entries_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint state_entries_pkey PRIMARY KEY (id),
  constraint state_entries_once UNIQUE (connection_id, state, entering_key)
);
alter table public.state_entries enable row level security;
CREATE INDEX state_entries_journey_idx ON public.state_entries USING btree (journey_id, state);
create policy state_entries_members_read on public.state_entries for select to authenticated using (is_member(workspace_id));

create table public.state_overrides (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  connection_id uuid not null,
  journey_id uuid not null,
  state numeric(2,1) not null,
  reason text not null,
  set_by text not null,
  source text not null,
  set_on text not null,
  rule_state_then numeric(2,1) not null,
  lifted_at timestamp with time zone,
  constraint state_overrides_state_known CHECK ((state = ANY (ARRAY[(0)::numeric, (1)::numeric, (2)::numeric, 2.5, (3)::numeric, (4)::numeric, (5)::numeric, 5.5, (6)::numeric]))),
  constraint state_overrides_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint state_overrides_journey_fkey FOREIGN KEY (journey_id) REFERENCES customer_servicetitan_state(id) ON DELETE CASCADE,
  constraint state_overrides_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint state_overrides_pkey PRIMARY KEY (id)
);
alter table public.state_overrides enable row level security;
CREATE INDEX state_overrides_journey_idx ON public.state_overrides USING btree (journey_id);
CREATE UNIQUE INDEX state_overrides_one_active ON public.state_overrides USING btree (journey_id) WHERE (lifted_at IS NULL);
create policy state_overrides_members_read on public.state_overrides for select to authenticated using (is_member(workspace_id));

create table public.state_transitions (
  id bigint not null,
  workspace_id uuid not null,
  connection_id uuid not null,
  journey_id uuid not null,
  contact_id uuid,
  from_state numeric(2,1) not null,
  to_state numeric(2,1) not null,
  job_id bigint,
  entering_key text,
  rule text,
  explanation text not null,
  happened_on text,
  recorded_at timestamp with time zone not null,
  source text not null,
  outcome text,
  constraint state_transitions_source_known CHECK ((source = ANY (ARRAY['poll'::text, 'webhook'::text, 'timer'::text, 'flow'::text, 'manual'::text, 'settings'::text, 'backfill'::text]))),
  constraint state_transitions_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint state_transitions_contact_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE SET NULL,
  constraint state_transitions_journey_fkey FOREIGN KEY (journey_id) REFERENCES customer_servicetitan_state(id) ON DELETE CASCADE,
  constraint state_transitions_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint state_transitions_pkey PRIMARY KEY (id)
);
alter table public.state_transitions enable row level security;
CREATE INDEX state_transitions_journey_idx ON public.state_transitions USING btree (journey_id, id DESC);
CREATE INDEX state_transitions_workspace_idx ON public.state_transitions USING btree (workspace_id, id DESC);
create policy state_transitions_members_read on public.state_transitions for select to authenticated using (is_member(workspace_id));

create table public.suppressions (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  email text not null,
  reason text not null,
  source text not null,
  connection_id uuid,
  written_back_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint suppressions_email_lower CHECK ((email = lower(email))),
  constraint suppressions_reason_known CHECK ((reason = ANY (ARRAY['unsubscribe'::text, 'bounce'::text, 'spam_report'::text, 'manual'::text, 'never_email'::text]))),
  constraint suppressions_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint suppressions_pkey PRIMARY KEY (id),
  constraint suppressions_email_key UNIQUE NULLS NOT DISTINCT (workspace_id, email, source, connection_id)
);
alter table public.suppressions enable row level security;
CREATE INDEX suppressions_write_back_idx ON public.suppressions USING btree (connection_id) WHERE ((source = 'unsubscribe'::text) AND (written_back_at IS NULL));
create policy suppressions_members_read on public.suppressions for select to authenticated using (is_member(workspace_id));

create table public.sync_cursors (
  connection_id uuid not null,
  workspace_id uuid not null,
  resource text not null,
  cursor text,
  last_modified_on text,
  failures integer not null default 0,
  last_error text,
  last_read_at timestamp with time zone,
  constraint sync_cursors_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint sync_cursors_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint sync_cursors_pkey PRIMARY KEY (connection_id, resource)
);
alter table public.sync_cursors enable row level security;
create policy sync_cursors_members_read on public.sync_cursors for select to authenticated using (is_member(workspace_id));

create table public.sync_runs (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  connection_id uuid not null,
  source text not null,
  status text not null default 'running'::text,
  counts jsonb not null default '{}'::jsonb,
  error text,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint sync_runs_status_known CHECK ((status = ANY (ARRAY['running'::text, 'succeeded'::text, 'failed'::text, 'abandoned'::text]))),
  constraint sync_runs_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint sync_runs_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint sync_runs_pkey PRIMARY KEY (id)
);
alter table public.sync_runs enable row level security;
CREATE INDEX sync_runs_connection_idx ON public.sync_runs USING btree (connection_id, started_at DESC);
CREATE INDEX sync_runs_finished_idx ON public.sync_runs USING btree (finished_at DESC) WHERE (finished_at IS NOT NULL);
create policy sync_runs_members_read on public.sync_runs for select to authenticated using (is_member(workspace_id));

create table public.workspace_members (
  workspace_id uuid not null,
  user_id uuid not null,
  email text not null,
  role text not null,
  created_at timestamp with time zone not null,
  constraint workspace_members_role_known CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'marketer'::text, 'viewer'::text]))),
  constraint workspace_members_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint workspace_members_pkey PRIMARY KEY (workspace_id, user_id)
);
alter table public.workspace_members enable row level security;
CREATE INDEX workspace_members_user_idx ON public.workspace_members USING btree (user_id);
create policy workspace_members_members_read on public.workspace_members for select to authenticated using (is_member(workspace_id));

create table public.workspaces (
  id uuid not null default gen_random_uuid(),
  name text not null,
  slug text not null,
  time_zone text not null default 'America/Los_Angeles'::text,
  sender_name text not null,
  sender_email text not null,
  postal_address text not null default ''::text,
  phone text not null default ''::text,
  website text not null default ''::text,
  review_url text not null default ''::text,
  completed_reset_days integer not null default 90,
  stale_reset_days integer not null default 180,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint workspaces_resets_positive CHECK (((completed_reset_days > 0) AND (stale_reset_days > 0))),
  constraint workspaces_pkey PRIMARY KEY (id),
  constraint workspaces_slug_key UNIQUE (slug)
);
alter table public.workspaces enable row level security;
create policy workspaces_members_read on public.workspaces for select to authenticated using (is_member(id));

create view public.journey_cards as
 SELECT s.id,
    s.id AS journey_id,
    s.workspace_id,
    s.connection_id,
    s.contact_id,
    s.servicetitan_customer_id,
    s.current_state,
    s.state_changed_at,
    s.happened_on,
    s.appointment_start,
    s.appointment_end,
    s.arrival_window_start,
    s.arrival_window_end,
    s.open_total,
    s.sold_total,
    s.job_id,
    s.root_type,
    s.root_id,
    s.explanation,
    s.would_change,
    s.override_id,
    COALESCE(c.name, 'Unknown customer'::text) AS customer_name,
    c.email AS customer_email,
    n.name AS connection_name,
    n.time_zone,
    (j.data ->> 'jobNumber'::text) AS job_number
   FROM (((customer_servicetitan_state s
     JOIN integration_connections n ON ((n.id = s.connection_id)))
     LEFT JOIN contacts c ON ((c.id = s.contact_id)))
     LEFT JOIN servicetitan_records j ON (((j.connection_id = s.connection_id) AND (j.resource = 'jobs'::text) AND (j.record_id = s.job_id))))
UNION ALL
 SELECT c.id,
    NULL::uuid AS journey_id,
    c.workspace_id,
    c.connection_id,
    c.id AS contact_id,
    c.source_id AS servicetitan_customer_id,
    0 AS current_state,
    c.created_at AS state_changed_at,
    NULL::text AS happened_on,
    NULL::timestamp with time zone AS appointment_start,
    NULL::timestamp with time zone AS appointment_end,
    NULL::timestamp with time zone AS arrival_window_start,
    NULL::timestamp with time zone AS arrival_window_end,
    0 AS open_total,
    0 AS sold_total,
    NULL::bigint AS job_id,
    NULL::text AS root_type,
    NULL::bigint AS root_id,
    'No job, lead or estimate is known.'::text AS explanation,
    'A lead or a booked visit starts a journey.'::text AS would_change,
    NULL::uuid AS override_id,
    c.name AS customer_name,
    c.email AS customer_email,
    n.name AS connection_name,
    n.time_zone,
    NULL::text AS job_number
   FROM (contacts c
     JOIN integration_connections n ON ((n.id = c.connection_id)))
  WHERE ((c.source_type = 'customer'::text) AND c.active AND (c.merged_to_id IS NULL) AND (NOT (EXISTS ( SELECT 1
           FROM customer_servicetitan_state s
          WHERE (s.contact_id = c.id)))));

create view public.message_summaries as
 SELECT m.id,
    m.workspace_id,
    m.contact_id,
    COALESCE(c.name, 'Unknown customer'::text) AS customer_name,
    m.flow_id,
    f.name AS flow_name,
    m.run_id,
    m.subject,
    COALESCE(m.to_email, c.email) AS to_email,
    m.class,
    m.status,
    m.reason,
    m.created_at,
    m.sent_at,
    m.html,
    m.body_text,
    m.message_id,
    concat_ws(' '::text, m.subject, m.to_email, c.email, c.name) AS search_text
   FROM ((messages m
     LEFT JOIN contacts c ON ((c.id = m.contact_id)))
     LEFT JOIN flows f ON ((f.id = m.flow_id)));

create view public.run_summaries as
 SELECT r.id,
    r.workspace_id,
    r.flow_id,
    f.name AS flow_name,
    r.version_id,
    v.number AS version_number,
    r.contact_id,
    COALESCE(c.name, 'Unknown customer'::text) AS customer_name,
    r.state,
    r.status,
    r.ended_reason,
    r.started_at,
    r.ended_at
   FROM (((flow_runs r
     JOIN flows f ON ((f.id = r.flow_id)))
     JOIN flow_versions v ON ((v.id = r.version_id)))
     LEFT JOIN contacts c ON ((c.id = r.contact_id)));

CREATE OR REPLACE FUNCTION public.acquire_lease(p_name text, p_holder text, p_seconds integer, p_system_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_holder text;
begin
  insert into public.leases as l (name, holder, expires_at)
  values (p_name, p_holder, p_system_now + make_interval(secs => p_seconds))
  on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
    where l.holder = excluded.holder or l.expires_at <= p_system_now
  returning l.holder into v_holder;
  return v_holder is not null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.apply_journeys(p_connection uuid, p_derivation bigint, p_contacts jsonb, p_changes jsonb, p_queue_ids bigint[], p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_workspace uuid;
  v_change jsonb;
  v_transition jsonb;
  v_row public.customer_servicetitan_state;
  v_old public.customer_servicetitan_state;
  v_contact uuid;
  v_outcome text;
  v_ids uuid[] := '{}';
  v_position int := 0;
  v_transitions int := 0;
  v_started int := 0;
  v_ended int := 0;
  v_count int;
  v_at timestamptz;
begin
  -- What was derived from is still what the mirror says only if nobody has settled queued records since it was loaded.
  update public.integration_connections c set derivations = c.derivations + 1
  where c.id = p_connection and c.derivations = p_derivation
  returning c.workspace_id into v_workspace;
  if v_workspace is null then
    raise exception 'Somebody else has derived this connection meanwhile.' using errcode = 'PT409';
  end if;

  insert into public.contacts as c (workspace_id, connection_id, source_type, source_id, name, email, phone, do_not_mail, do_not_service,
    marketing_allowed, reminders_allowed, active, merged_to_id, created_at, updated_at)
  select v_workspace, p_connection, x.source_type, x.source_id, x.name, x.email, x.phone, x.do_not_mail, x.do_not_service,
    x.marketing_allowed, x.reminders_allowed, x.active, x.merged_to_id, p_now, p_now
  from jsonb_to_recordset(p_contacts) as x (source_type text, source_id bigint, name text, email text, phone text, do_not_mail boolean,
    do_not_service boolean, marketing_allowed boolean, reminders_allowed boolean, active boolean, merged_to_id bigint)
  order by x.source_type, x.source_id
  on conflict (connection_id, source_type, source_id) do update set
    name = excluded.name, email = excluded.email, phone = excluded.phone, do_not_mail = excluded.do_not_mail, do_not_service = excluded.do_not_service,
    marketing_allowed = excluded.marketing_allowed, reminders_allowed = excluded.reminders_allowed, active = excluded.active, merged_to_id = excluded.merged_to_id, updated_at = excluded.updated_at
    where (c.name, c.email, c.phone, c.do_not_mail, c.do_not_service, c.marketing_allowed, c.reminders_allowed, c.active, c.merged_to_id)
      is distinct from (excluded.name, excluded.email, excluded.phone, excluded.do_not_mail, excluded.do_not_service, excluded.marketing_allowed, excluded.reminders_allowed, excluded.active, excluded.merged_to_id);

  -- Locked in a fixed order: two workers wait for each other instead of dead-locking. The contacts' locks decide one at a time.
  perform 1 from public.contacts c
  where c.connection_id = p_connection and (c.source_type, c.source_id) in (
    select e.value ->> 'contactType', (e.value ->> 'contactId')::bigint from jsonb_array_elements(p_changes) as e (value))
  order by c.id for update;
  perform 1 from public.customer_servicetitan_state s
  where s.id in (select (e.value ->> 'id')::uuid from jsonb_array_elements(p_changes) as e (value) where e.value ->> 'id' is not null)
  order by s.id for update;
  if exists (
    select 1 from jsonb_array_elements(p_changes) as e (value)
    left join public.customer_servicetitan_state s on s.id = (e.value ->> 'id')::uuid
    where e.value ->> 'id' is not null and s.version is distinct from (e.value ->> 'expectedVersion')::int
  ) then
    raise exception 'A journey has moved meanwhile.' using errcode = 'PT409';
  end if;

  -- First the rows and the leavings.
  for v_change in select e.value from jsonb_array_elements(p_changes) with ordinality as e (value, position) order by e.position loop
    v_transition := nullif(v_change -> 'transition', 'null');
    v_at := public.entered_at(v_change, p_now);
    v_old := null;
    select c.id into v_contact from public.contacts c
    where c.connection_id = p_connection and c.source_type = v_change ->> 'contactType' and c.source_id = (v_change ->> 'contactId')::bigint;

    update public.state_overrides o set lifted_at = p_now
    where o.id in (select (l.value)::uuid from jsonb_array_elements_text(v_change -> 'liftedOverrideIds') as l (value)) and o.lifted_at is null;

    if v_change ->> 'id' is null then
      insert into public.customer_servicetitan_state (workspace_id, connection_id, root_type, root_id, current_state, rule_state, explanation, would_change,
        state_changed_at, created_at, updated_at)
      values (v_workspace, p_connection, v_change ->> 'rootType', (v_change ->> 'rootId')::bigint, 0, 0, '', '', p_now, p_now, p_now)
      on conflict (connection_id, root_type, root_id) do nothing
      returning * into v_old;
      if v_old.id is null then
        raise exception 'A journey has moved meanwhile.' using errcode = 'PT409';
      end if;
    else
      select * into v_old from public.customer_servicetitan_state s where s.id = (v_change ->> 'id')::uuid;
    end if;

    update public.customer_servicetitan_state s set
      contact_id = coalesce(v_contact, s.contact_id),
      servicetitan_customer_id = (v_change ->> 'customerId')::bigint,
      root_type = v_change ->> 'rootType', root_id = (v_change ->> 'rootId')::bigint,
      current_state = (v_change ->> 'state')::numeric,
      previous_state = case when v_transition is null then s.previous_state else s.current_state end,
      -- What the backfill finds has been so since it happened.
      state_changed_at = case
        when v_transition is null then s.state_changed_at
        when (v_transition ->> 'backfill')::boolean then (v_change ->> 'happenedOn')::timestamptz
        else v_at end,
      job_id = (v_change ->> 'jobId')::bigint,
      rule_state = (v_change ->> 'ruleState')::numeric,
      entering_key = v_change ->> 'enteringKey', rule = v_change ->> 'rule', happened_on = v_change ->> 'happenedOn',
      explanation = v_change ->> 'explanation', would_change = v_change ->> 'wouldChange',
      override_id = (v_change ->> 'overrideId')::uuid, location_id = (v_change ->> 'locationId')::bigint,
      appointment_id = (v_change ->> 'appointmentId')::bigint,
      appointment_start = (v_change ->> 'appointmentStart')::timestamptz, appointment_end = (v_change ->> 'appointmentEnd')::timestamptz,
      arrival_window_start = (v_change ->> 'arrivalWindowStart')::timestamptz, arrival_window_end = (v_change ->> 'arrivalWindowEnd')::timestamptz,
      next_due_at = (v_change ->> 'nextDueAt')::timestamptz,
      open_total = (v_change ->> 'openTotal')::numeric, sold_total = (v_change ->> 'soldTotal')::numeric,
      derived = v_change -> 'derived', version = s.version + 1, updated_at = p_now
    where s.id = v_old.id
    returning * into v_row;
    v_ids := v_ids || v_row.id;

    -- A lead became a customer, or two customers were merged: what runs goes on with who they are now.
    if v_row.contact_id is distinct from v_old.contact_id then
      update public.flow_runs r set contact_id = v_row.contact_id where r.journey_id = v_row.id and r.status in ('active', 'ended');
    end if;

    if v_transition is not null and (v_transition ->> 'from')::numeric <> 0 then
      update public.messages m set status = 'skipped', reason = 'left_state'
      from public.flow_runs r
      where r.journey_id = v_row.id and r.state = (v_transition ->> 'from')::numeric and r.status = 'active' and m.run_id = r.id and m.status = 'queued';
      update public.flow_steps t set status = 'canceled', leased_by = null, leased_until = null
      from public.flow_runs r
      where r.journey_id = v_row.id and r.state = (v_transition ->> 'from')::numeric and r.status = 'active' and t.run_id = r.id
        and t.status = 'pending' and t.leased_by is null;
      update public.flow_runs r set status = 'ended', ended_reason = 'left_state', ended_at = v_at
      where r.journey_id = v_row.id and r.state = (v_transition ->> 'from')::numeric and r.status = 'active';
      get diagnostics v_count = row_count;
      v_ended := v_ended + v_count;
    end if;

    -- Waits that hang on the appointment move with it.
    if v_row.appointment_start is distinct from v_old.appointment_start then
      update public.flow_steps t set due_at = v_row.appointment_start + make_interval(mins => t.anchor_minutes)
      from public.flow_runs r
      where r.journey_id = v_row.id and r.status in ('active', 'ended') and t.run_id = r.id and t.status in ('pending', 'canceled') and t.anchor_minutes is not null;
    end if;

    -- A refresh uses up the new record's key, which from then on stands for the same runs.
    if v_transition is null and v_row.current_state <> 0 and v_row.entering_key is distinct from v_old.entering_key then
      insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
      select v_workspace, p_connection, v_row.id, v_row.current_state, v_row.entering_key, e.entry_group, 'refreshed', p_now
      from public.state_entries e
      where e.connection_id = p_connection and e.state = v_row.current_state and e.entering_key = v_old.entering_key
      on conflict (connection_id, state, entering_key) do update set
        entry_group = excluded.entry_group, journey_id = excluded.journey_id, outcome = excluded.outcome;
    end if;
  end loop;

  -- Then the entries, in the order in which they happened: the caller has sorted them.
  for v_change in select e.value from jsonb_array_elements(p_changes) with ordinality as e (value, position) order by e.position loop
    v_position := v_position + 1;
    v_transition := nullif(v_change -> 'transition', 'null');
    if v_transition is null then continue; end if;
    select * into v_row from public.customer_servicetitan_state s where s.id = v_ids[v_position];
    v_transitions := v_transitions + 1;
    v_outcome := null;
    if v_row.current_state <> 0 then
      v_outcome := public.enter_state(v_row, v_transition, p_now, public.entered_at(v_change, p_now));
    end if;
    insert into public.state_transitions (workspace_id, connection_id, journey_id, contact_id, from_state, to_state, job_id, entering_key, rule, explanation,
      happened_on, recorded_at, source, outcome)
    values (v_workspace, p_connection, v_row.id, v_row.contact_id, (v_transition ->> 'from')::numeric, v_row.current_state, v_row.job_id, v_row.entering_key, v_row.rule,
      v_row.explanation, v_row.happened_on, public.entered_at(v_change, p_now), v_transition ->> 'source', v_outcome);
    if v_outcome = 'started' then
      select count(*) into v_count from public.flow_starts f join public.state_entries e on e.entry_group = f.entry_group
      where e.connection_id = p_connection and e.state = v_row.current_state and e.entering_key = v_row.entering_key and f.outcome = 'started';
      v_started := v_started + v_count;
    end if;
  end loop;

  -- Rows whose customer had not been read yet when they were made: consent hangs on who they really are.
  with known as (
    select c.id, c.source_id from jsonb_to_recordset(p_contacts) as x (source_type text, source_id bigint)
    join public.contacts c on c.connection_id = p_connection and c.source_type = x.source_type and c.source_id = x.source_id
    where x.source_type = 'customer'
  ),
  linked as (
    update public.customer_servicetitan_state s set contact_id = k.id, updated_at = p_now
    from known k
    where s.connection_id = p_connection and s.servicetitan_customer_id = k.source_id and s.contact_id is distinct from k.id
    returning s.id, s.contact_id
  )
  update public.flow_runs r set contact_id = l.contact_id from linked l where r.journey_id = l.id and r.status in ('active', 'ended');

  delete from public.derivation_queue q where q.id = any (p_queue_ids);

  if coalesce(array_length(v_ids, 1), 0) > 100 then
    insert into public.change_events (workspace_id, type, payload, at)
    values (v_workspace, 'journey', jsonb_build_object('connectionId', p_connection), p_now);
  else
    insert into public.change_events (workspace_id, type, payload, at)
    select v_workspace, 'journey', jsonb_build_object('connectionId', p_connection, 'journeyId', s.id, 'contactId', s.contact_id), p_now
    from public.customer_servicetitan_state s where s.id = any (v_ids);
  end if;

  return jsonb_build_object('rows', coalesce(array_length(v_ids, 1), 0), 'transitions', v_transitions, 'runsStarted', v_started, 'runsEnded', v_ended);
end
$function$
;

CREATE OR REPLACE FUNCTION public.board_cards(p_workspace uuid, p_connection uuid, p_search text, p_limit integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(to_jsonb(k)), '[]')
  from unnest(array[0, 1, 2, 2.5, 3, 4, 5, 5.5, 6]::numeric[]) as column_state
  cross join lateral (
    select * from public.journey_cards c
    where c.workspace_id = p_workspace and c.current_state = column_state and (p_connection is null or c.connection_id = p_connection)
      and (p_search is null or c.customer_name ilike '%' || p_search || '%' or c.job_number ilike p_search || '%' or c.customer_email ilike p_search || '%')
    order by c.state_changed_at desc, c.id limit p_limit
  ) k
$function$
;

CREATE OR REPLACE FUNCTION public.board_totals(p_workspace uuid, p_connection uuid, p_search text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
    select k.current_state as state, count(*) as count, sum(k.open_total) as open_total, sum(k.sold_total) as sold_total
    from public.journey_cards k
    where k.workspace_id = p_workspace and (p_connection is null or k.connection_id = p_connection)
      and (p_search is null or k.customer_name ilike '%' || p_search || '%' or k.job_number ilike p_search || '%' or k.customer_email ilike p_search || '%')
    group by k.current_state
  ) t
$function$
;

CREATE OR REPLACE FUNCTION public.claim_circuit_trial(p_connection uuid, p_trial_ms double precision)
 RETURNS boolean
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  with claimed as (
    update public.connection_circuits c
    set state = 'half_open', next_try_at = clock_timestamp() + make_interval(secs => p_trial_ms / 1000)
    where c.connection_id = p_connection and c.state <> 'closed' and c.next_try_at <= clock_timestamp()
    returning 1
  )
  select exists (select 1 from claimed)
$function$
;

CREATE OR REPLACE FUNCTION public.claim_due_messages(p_now timestamp with time zone, p_system_now timestamp with time zone, p_worker text, p_lease_seconds integer, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_reply jsonb;
begin
  with due as (
    select m.id, m.handed_over_at is not null as uncertain, m.resent_count >= 5 as resent, coalesce(r.status = 'ended' and r.ended_reason = 'left_state', false) as left_state
    from public.messages m
    left join public.flow_runs r on r.id = m.run_id
    left join public.flows f on f.id = m.flow_id
    left join public.integration_connections n on n.id = r.connection_id
    where m.status = 'queued' and m.due_at <= p_now and (m.leased_until is null or m.leased_until <= p_system_now)
      and (f.id is null or f.status = 'live') and (n.id is null or n.status = 'connected')
    order by m.due_at, m.id
    limit p_limit
    for update of m skip locked
  ),
  settled as (
    update public.messages m
    set status = case when d.uncertain then 'failed' else 'skipped' end,
      reason = case when d.uncertain then 'outcome_unknown' else 'left_state' end, leased_by = null, leased_until = null
    from due d where m.id = d.id and (d.uncertain and d.resent or d.left_state)
    returning m.*
  ),
  told as (
    insert into public.change_events (workspace_id, type, payload, at)
    select s.workspace_id, 'message', jsonb_build_object('contactId', s.contact_id, 'runId', s.run_id, 'flowId', s.flow_id, 'journeyId', s.journey_id), p_now
    from settled s
  ),
  claimed as (
    update public.messages m
    set leased_by = p_worker, leased_until = p_system_now + make_interval(secs => p_lease_seconds), attempts = m.attempts + 1,
      resent_count = m.resent_count + d.uncertain::int
    from due d where m.id = d.id and not (d.uncertain and d.resent) and not d.left_state
    returning m.*
  )
  select jsonb_build_object(
    'skipped', (select count(*) from settled s where s.status = 'skipped'),
    'failed', (select count(*) from settled s where s.status = 'failed'),
    'messages', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', m.id, 'class', m.class, 'subject', m.subject, 'html', m.html, 'text', m.body_text, 'messageId', m.message_id, 'attempts', m.attempts,
        'state', r.state,
        'sender', jsonb_build_object('name', w.sender_name, 'email', w.sender_email, 'postalAddress', w.postal_address),
        'contact', case when c.id is null then null else jsonb_build_object('email', c.email, 'active', c.active, 'doNotMail', c.do_not_mail,
          'doNotService', c.do_not_service, 'marketingAllowed', c.marketing_allowed, 'remindersAllowed', c.reminders_allowed) end,
        'suppression', public.find_suppression(m.workspace_id, c.email)
      ) order by m.due_at, m.id)
      from claimed m
      join public.workspaces w on w.id = m.workspace_id
      left join public.flow_runs r on r.id = m.run_id
      left join public.customer_servicetitan_state j on j.id = m.journey_id
      left join public.contacts c on c.id = coalesce(j.contact_id, m.contact_id)
    ), '[]'))
  into v_reply;
  return v_reply;
end
$function$
;

CREATE OR REPLACE FUNCTION public.claim_due_steps(p_now timestamp with time zone, p_system_now timestamp with time zone, p_worker text, p_lease_seconds integer, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_steps jsonb;
begin
  with due as (
    select s.id
    from public.flow_steps s
    join public.flow_runs r on r.id = s.run_id
    join public.flows f on f.id = r.flow_id
    join public.integration_connections c on c.id = r.connection_id
    where s.status = 'pending' and s.due_at <= p_now and (s.leased_until is null or s.leased_until <= p_system_now)
      and r.status = 'active' and f.status = 'live' and c.status = 'connected'
      -- One step of a run at a time, the earliest.
      and not exists (
        select 1 from public.flow_steps o
        where o.run_id = s.run_id and o.status = 'pending' and (o.due_at, o.id) < (s.due_at, s.id))
      -- What a run says goes out before it acts: setting the state next would withdraw it.
      and not exists (
        select 1 from public.messages q
        join public.flow_versions v on v.id = r.version_id
        cross join lateral jsonb_array_elements(v.graph -> 'nodes') as n (value)
        where q.run_id = s.run_id and q.status = 'queued' and n.value ->> 'id' = s.node_id and n.value ->> 'type' = 'action')
    order by s.due_at, s.id
    limit p_limit
    for update of s skip locked
  ),
  claimed as (
    update public.flow_steps s
    set leased_by = p_worker, leased_until = p_system_now + make_interval(secs => p_lease_seconds), attempts = s.attempts + 1
    from due d where s.id = d.id
    returning s.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', k.id, 'nodeId', k.node_id, 'visit', k.visit, 'dueAt', k.due_at, 'enteredAt', k.entered_at, 'attempts', k.attempts,
    'runId', r.id, 'workspaceId', r.workspace_id, 'flowId', r.flow_id, 'versionId', r.version_id, 'connectionId', r.connection_id,
    'journeyId', r.journey_id, 'contactId', coalesce(j.contact_id, r.contact_id), 'state', r.state, 'resumedAt', r.resumed_at,
    'maxAgeHours', f.max_age_hours, 'appointmentStart', j.appointment_start
  ) order by k.due_at, k.id), '[]')
  into v_steps
  from claimed k
  join public.flow_runs r on r.id = k.run_id
  join public.flows f on f.id = r.flow_id
  join public.customer_servicetitan_state j on j.id = r.journey_id;
  return v_steps;
end
$function$
;

CREATE OR REPLACE FUNCTION public.claim_token(p_key text, p_key_id text, p_holder text, p_lease_ms integer, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_token public.service_titan_tokens;
  v_leased_ms double precision;
begin
  select * into v_token from public.service_titan_tokens t where t.key = p_key;
  for v_try in 1..2 loop
    if v_token.ciphertext is not null and v_token.key_id = p_key_id
      -- The clocks of two processes may differ by a minute, which is kept back of a token's life.
      and v_token.issued_at <= p_now + interval '1 minute' and p_now < v_token.renew_at then
      return jsonb_build_object('type', 'token', 'ciphertext', v_token.ciphertext, 'keyId', v_token.key_id,
        'issuedAt', v_token.issued_at, 'renewAt', v_token.renew_at);
    end if;
    -- Looked at once without a lock, which is the usual case, and then once more with it.
    exit when v_try = 2;
    insert into public.service_titan_tokens (key) values (p_key) on conflict (key) do nothing;
    select * into v_token from public.service_titan_tokens t where t.key = p_key for update;
  end loop;
  v_leased_ms := extract(epoch from v_token.leased_until - clock_timestamp()) * 1000;
  if v_token.holder <> p_holder and v_leased_ms > 0 then
    return jsonb_build_object('type', 'wait', 'delayMs', ceil(greatest(10, least(200, v_leased_ms))));
  end if;
  update public.service_titan_tokens t
  set holder = p_holder, leased_until = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
  where t.key = p_key;
  return jsonb_build_object('type', 'renew');
end
$function$
;

CREATE OR REPLACE FUNCTION public.claim_turn(p_key text, p_interval_ms double precision)
 RETURNS double precision
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_free_at timestamptz;
begin
  insert into public.service_titan_turns as t (key, free_at)
  values (p_key, clock_timestamp() + make_interval(secs => p_interval_ms / 1000))
  on conflict (key) do update set free_at = excluded.free_at where t.free_at <= clock_timestamp();
  if found then
    return 0;
  end if;
  select t.free_at into v_free_at from public.service_titan_turns t where t.key = p_key;
  return greatest(1, ceil(extract(epoch from v_free_at - clock_timestamp()) * 1000));
end
$function$
;

CREATE OR REPLACE FUNCTION public.classify_job_types(p_connection uuid, p_kinds jsonb, p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into public.job_classifications (connection_id, workspace_id, subject, servicetitan_id, kind, updated_at)
  select c.id, c.workspace_id, 'job_type', x."jobTypeId", x.kind, p_now
  from public.integration_connections c, jsonb_to_recordset(p_kinds) as x ("jobTypeId" bigint, kind text)
  where c.id = p_connection
  order by x."jobTypeId"
  on conflict (connection_id, subject, servicetitan_id) do update set kind = excluded.kind, updated_at = excluded.updated_at;
  return public.enqueue_all_journeys(p_connection, 'settings');
end
$function$
;

CREATE OR REPLACE FUNCTION public.complete_step(p_step uuid, p_worker text, p_status text, p_input jsonb, p_output jsonb, p_next jsonb, p_message jsonb, p_run_status text, p_run_reason text, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_run public.flow_runs;
  v_journey public.customer_servicetitan_state;
  v_left boolean;
begin
  select r.* into v_run from public.flow_steps s join public.flow_runs r on r.id = s.run_id where s.id = p_step;
  -- Journey, run, step: the order in which a transition locks them, too.
  select * into v_journey from public.customer_servicetitan_state j where j.id = v_run.journey_id for share;
  select * into v_run from public.flow_runs r where r.id = v_run.id for update;
  update public.flow_steps s
  set status = p_status, input = p_input, output = p_output, error = null, finished_at = p_now, leased_by = null, leased_until = null
  where s.id = p_step and s.leased_by = p_worker and s.status in ('pending', 'canceled');
  if not found then
    return false;
  end if;
  v_left := v_run.status <> 'active';

  -- Whoever left the state meanwhile finds the way on when he returns.
  insert into public.flow_steps (workspace_id, run_id, node_id, visit, status, due_at, anchor_minutes, entered_at)
  select v_run.workspace_id, v_run.id, n.node_id, n.visit, case when v_left then 'canceled' else 'pending' end,
    case when n.anchor_minutes is null then n.due_at else v_journey.appointment_start + make_interval(mins => n.anchor_minutes) end,
    n.anchor_minutes, n.entered_at
  from jsonb_to_recordset(p_next) as n (node_id text, visit int, due_at timestamptz, anchor_minutes int, entered_at timestamptz)
  on conflict (run_id, node_id, visit) do nothing;

  if p_message is not null then
    insert into public.messages (id, workspace_id, run_id, step_id, flow_id, journey_id, contact_id, class, send_key, subject, html, body_text,
      message_id, status, reason, due_at, created_at)
    values ((p_message ->> 'id')::uuid, v_run.workspace_id, v_run.id, p_step, v_run.flow_id, v_run.journey_id,
      coalesce(v_journey.contact_id, v_run.contact_id), p_message ->> 'class', p_message ->> 'send_key', p_message ->> 'subject',
      p_message ->> 'html', p_message ->> 'body_text', p_message ->> 'message_id',
      case when v_left then 'skipped' else 'queued' end, case when v_left then 'left_state' end, (p_message ->> 'due_at')::timestamptz, p_now)
    on conflict (workspace_id, send_key) do nothing;
    if found then
      insert into public.change_events (workspace_id, type, payload, at)
      values (v_run.workspace_id, 'message', jsonb_build_object('contactId', v_journey.contact_id, 'runId', v_run.id, 'flowId', v_run.flow_id,
        'journeyId', v_run.journey_id), p_now);
    end if;
  end if;

  if p_run_status is not null and v_run.status in ('active', 'ended') then
    update public.flow_runs r set status = p_run_status, ended_reason = p_run_reason, ended_at = p_now where r.id = v_run.id;
  end if;
  insert into public.change_events (workspace_id, type, payload, at)
  values (v_run.workspace_id, 'run', jsonb_build_object('contactId', v_journey.contact_id, 'runId', v_run.id, 'flowId', v_run.flow_id,
    'journeyId', v_run.journey_id), p_now);
  return true;
end
$function$
;

CREATE OR REPLACE FUNCTION public.connection_overview(p_workspace uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
    select n.id, n.name, n.environment, n.tenant_id, n.time_zone, n.status, n.status_reason, n.live_from,
      (select r.finished_at from public.sync_runs r where r.connection_id = n.id and r.status = 'succeeded' order by r.started_at desc limit 1) as last_sync_at,
      exists (select 1 from public.sync_runs r where r.connection_id = n.id and r.status = 'running') as syncing,
      (select count(*) from public.servicetitan_records r where r.connection_id = n.id and r.resource = 'customers' and r.active) as customers
    from public.integration_connections n where n.workspace_id = p_workspace order by n.name
  ) x
$function$
;

CREATE OR REPLACE FUNCTION public.connection_resources(p_connection uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select jsonb_build_object(
    'resources', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select c.resource, c.last_read_at, c.last_modified_on, c.failures, c.last_error,
        (select count(*) from public.servicetitan_records r where r.connection_id = c.connection_id and r.resource = c.resource) as records
      from public.sync_cursors c where c.connection_id = p_connection order by c.resource) x), '[]'),
    'jobTypes', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select t.record_id as id, t.data ->> 'name' as name, k.kind, coalesce(u.jobs, 0) as jobs
      from public.servicetitan_records t
      left join public.job_classifications k on k.connection_id = t.connection_id and k.subject = 'job_type' and k.servicetitan_id = t.record_id
      left join (
        select (j.data ->> 'jobTypeId')::bigint as job_type_id, count(*) as jobs from public.servicetitan_records j
        where j.connection_id = p_connection and j.resource = 'jobs' group by 1
      ) u on u.job_type_id = t.record_id
      where t.connection_id = p_connection and t.resource = 'job_types' and (t.active or u.jobs > 0)
      order by k.kind is not null, u.jobs desc nulls last, t.record_id) x), '[]')
  )
$function$
;

CREATE OR REPLACE FUNCTION public.count_waiting(p_flow uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_object_agg(w.node_id, w.runs), '{}')
  from (
    select s.node_id, count(*) as runs
    from public.flow_runs r join public.flow_steps s on s.run_id = r.id and s.status = 'pending'
    where r.flow_id = p_flow and r.status = 'active'
    group by s.node_id
  ) w
$function$
;

CREATE OR REPLACE FUNCTION public.current_user_id()
 RETURNS uuid
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid
$function$
;

CREATE OR REPLACE FUNCTION public.delay_turn(p_key text, p_delay_ms double precision)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  insert into public.service_titan_turns as t (key, free_at)
  values (p_key, clock_timestamp() + make_interval(secs => least(greatest(p_delay_ms, 0), 3600000) / 1000))
  on conflict (key) do update set free_at = greatest(t.free_at, excluded.free_at)
$function$
;

CREATE OR REPLACE FUNCTION public.discard_token(p_key text, p_token_hash text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  update public.service_titan_tokens set ciphertext = null, token_hash = null where key = p_key and token_hash = p_token_hash
$function$
;

CREATE OR REPLACE FUNCTION public.enqueue_all_journeys(p_connection uuid, p_source text)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_count int;
begin
  insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source)
  select r.workspace_id, r.connection_id, r.resource, r.record_id, p_source
  from public.servicetitan_records r
  where r.connection_id = p_connection and r.resource in ('jobs', 'leads', 'bookings', 'estimates')
    and not exists (
      select 1 from public.derivation_queue q
      where q.connection_id = p_connection and q.entity = r.resource and q.entity_id = r.record_id and q.source = p_source);
  get diagnostics v_count = row_count;
  return v_count;
end
$function$
;

CREATE OR REPLACE FUNCTION public.enqueue_due_journeys(p_connection uuid, p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_count int;
begin
  insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source)
  select s.workspace_id, s.connection_id, s.root_type || 's', s.root_id, 'timer'
  from public.customer_servicetitan_state s
  where s.connection_id = p_connection and s.next_due_at <= p_now
    and not exists (
      select 1 from public.derivation_queue q
      where q.connection_id = p_connection and q.entity = s.root_type || 's' and q.entity_id = s.root_id and q.source = 'timer');
  get diagnostics v_count = row_count;
  return v_count;
end
$function$
;

CREATE OR REPLACE FUNCTION public.enter_state(p_row customer_servicetitan_state, p_transition jsonb, p_now timestamp with time zone, p_at timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_state numeric := p_row.current_state;
  v_entry public.state_entries;
  v_group uuid;
  v_left_at timestamptz;
  v_outcome text;
  v_best text;
  v_flow record;
  v_run uuid;
begin
  select * into v_entry from public.state_entries e
  where e.connection_id = p_row.connection_id and e.state = v_state and e.entering_key = p_row.entering_key;

  if v_entry.id is null then
    -- A return may also come by another record that was there already when the journey left the state.
    select t.recorded_at into v_left_at from public.state_transitions t
    where t.journey_id = p_row.id and t.from_state = v_state order by t.id desc limit 1;
    if v_left_at is not null and (p_transition ->> 'enteringCreatedOn')::timestamptz <= v_left_at then
      select e.entry_group into v_group from public.state_entries e
      where e.journey_id = p_row.id and e.state = v_state order by e.recorded_at desc, e.id limit 1;
    end if;
    if v_group is not null then
      insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
      values (p_row.workspace_id, p_row.connection_id, p_row.id, v_state, p_row.entering_key, v_group, 'returned', p_now);
    end if;
  else
    v_group := v_entry.entry_group;
  end if;

  if v_group is not null then
    update public.flow_steps s set status = 'pending'
    from public.flow_runs r
    where r.entry_group = v_group and r.status = 'ended' and r.ended_reason = 'left_state' and s.run_id = r.id and s.status = 'canceled';
    update public.messages m set status = 'queued', reason = null, journey_id = p_row.id
    from public.flow_runs r join public.flows f on f.id = r.flow_id
    where r.entry_group = v_group and r.status = 'ended' and r.ended_reason = 'left_state'
      and m.run_id = r.id and m.status = 'skipped' and m.reason = 'left_state'
      and m.due_at > p_now - make_interval(hours => f.max_age_hours);
    -- The same record may come back in another row: what it started goes on there.
    update public.flow_runs r set status = 'active', ended_reason = null, ended_at = null, resumed_at = p_now, journey_id = p_row.id, contact_id = p_row.contact_id
    where r.entry_group = v_group and r.status = 'ended' and r.ended_reason = 'left_state';
    return case when found then 'resumed' else 'known' end;
  end if;

  v_group := gen_random_uuid();
  v_best := case when (p_transition ->> 'backfill')::boolean then 'backfill' when (p_transition ->> 'settings')::boolean then 'settings' else 'no_flow' end;

  for v_flow in
    select f.id, f.max_age_hours, v.id as version_id,
      (select n.value ->> 'id' from jsonb_array_elements(v.graph -> 'nodes') as n (value) where n.value ->> 'type' = 'trigger' limit 1) as trigger_node
    from public.flows f join public.flow_versions v on v.id = f.published_version_id
    where f.workspace_id = p_row.workspace_id and f.status in ('live', 'paused') and f.trigger_state = v_state
    order by f.id
  loop
    v_run := null;
    if v_best in ('backfill', 'settings') then
      v_outcome := v_best;
    elsif p_row.happened_on::timestamptz <= p_now - make_interval(hours => v_flow.max_age_hours)
      and (p_transition ->> 'enteringModifiedOn')::timestamptz <= p_now - make_interval(hours => v_flow.max_age_hours)
      and not (v_state in (2, 5) and (p_transition ->> 'appointmentAhead')::boolean) then
      v_outcome := 'stale';
    elsif v_state not in (2, 5, 6) and exists (
      select 1 from public.flow_runs r join public.customer_servicetitan_state j on j.id = r.journey_id
      where r.flow_id = v_flow.id and r.status = 'active' and r.journey_id <> p_row.id and j.connection_id = p_row.connection_id
        and (j.servicetitan_customer_id = p_row.servicetitan_customer_id or (p_row.servicetitan_customer_id is null and j.contact_id = p_row.contact_id))
    ) then
      v_outcome := 'duplicate';
    else
      v_outcome := 'started';
      insert into public.flow_runs (workspace_id, flow_id, version_id, connection_id, journey_id, contact_id, entry_group, state, job_id, entering_key, started_at)
      values (p_row.workspace_id, v_flow.id, v_flow.version_id, p_row.connection_id, p_row.id, p_row.contact_id, v_group, v_state, p_row.job_id, p_row.entering_key, p_at)
      returning id into v_run;
      insert into public.flow_steps (workspace_id, run_id, node_id, status, due_at, entered_at)
      values (p_row.workspace_id, v_run, v_flow.trigger_node, 'pending', p_at, p_at);
    end if;
    insert into public.flow_starts (entry_group, workspace_id, flow_id, outcome, run_id, recorded_at)
    values (v_group, p_row.workspace_id, v_flow.id, v_outcome, v_run, p_now);
    if v_best = 'no_flow' or v_outcome = 'started' then v_best := v_outcome; end if;
  end loop;

  insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
  values (p_row.workspace_id, p_row.connection_id, p_row.id, v_state, p_row.entering_key, v_group, v_best, p_now);
  return v_best;
end
$function$
;

CREATE OR REPLACE FUNCTION public.entered_at(p_change jsonb, p_now timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  -- A product that catches up with a clock that jumped learns of things before their time: they begin when they happened.
  -- In whole milliseconds, as p_now is: what happened just now must not lie ahead of it by the digits that it lacks.
  select greatest(p_now, case when (p_change ->> 'state')::numeric <> 0 then date_trunc('milliseconds', (p_change ->> 'happenedOn')::timestamptz) end)
$function$
;

CREATE OR REPLACE FUNCTION public.fail_step(p_step uuid, p_worker text, p_error text, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_run public.flow_runs;
begin
  select r.* into v_run from public.flow_steps s join public.flow_runs r on r.id = s.run_id where s.id = p_step;
  select * into v_run from public.flow_runs r where r.id = v_run.id for update;
  update public.flow_steps s set status = 'failed', error = p_error, finished_at = p_now, leased_by = null, leased_until = null
  where s.id = p_step and s.leased_by = p_worker and s.status in ('pending', 'canceled');
  if not found then
    return false;
  end if;
  update public.flow_runs r set status = 'failed', ended_reason = p_error, ended_at = p_now where r.id = v_run.id and r.status in ('active', 'ended');
  insert into public.change_events (workspace_id, type, payload, at)
  values (v_run.workspace_id, 'run', jsonb_build_object('contactId', v_run.contact_id, 'runId', v_run.id, 'flowId', v_run.flow_id,
    'journeyId', v_run.journey_id), p_now);
  return true;
end
$function$
;

CREATE OR REPLACE FUNCTION public.find_suppression(p_workspace uuid, p_email text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select u.reason from public.suppressions u
  where u.workspace_id = p_workspace and u.email = lower(p_email)
  order by array_position(array['bounce', 'spam_report', 'never_email', 'unsubscribe', 'manual'], u.reason)
  limit 1
$function$
;

CREATE OR REPLACE FUNCTION public.finish_message(p_message uuid, p_worker text, p_status text, p_reason text, p_to_email text, p_due_at timestamp with time zone, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_message public.messages;
begin
  -- A transition may have set it to skipped while it was on its way: what was sent is sent.
  update public.messages m
  set status = case when m.status = 'skipped' and p_status in ('queued', 'skipped') then m.status else p_status end,
    reason = case when m.status = 'skipped' and p_status in ('queued', 'skipped') then m.reason else p_reason end,
    to_email = coalesce(p_to_email, m.to_email), due_at = coalesce(p_due_at, m.due_at),
    sent_at = case when p_status = 'sent' then p_now end,
    handed_over_at = case when p_status = 'queued' and p_reason is distinct from 'outcome_unknown' then null else m.handed_over_at end,
    leased_by = null, leased_until = null
  where m.id = p_message and m.leased_by = p_worker and m.status in ('queued', 'skipped')
  returning * into v_message;
  if v_message.id is null then
    return false;
  end if;
  insert into public.change_events (workspace_id, type, payload, at)
  values (v_message.workspace_id, 'message', jsonb_build_object('contactId', v_message.contact_id, 'runId', v_message.run_id,
    'flowId', v_message.flow_id, 'journeyId', v_message.journey_id), p_now);
  return true;
end
$function$
;

CREATE OR REPLACE FUNCTION public.hand_over_message(p_message uuid, p_worker text, p_system_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  update public.messages m set handed_over_at = p_system_now
  where m.id = p_message and m.leased_by = p_worker and m.leased_until > p_system_now and m.status = 'queued';
  return found;
end
$function$
;

CREATE OR REPLACE FUNCTION public.ingest_records(p_connection uuid, p_resource text, p_run uuid, p_records jsonb, p_rejected jsonb, p_cursor text, p_read_at timestamp with time zone, p_source text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_workspace uuid;
  v_counts jsonb;
begin
  select c.workspace_id into v_workspace from public.integration_connections c where c.id = p_connection;
  if v_workspace is null then
    raise exception 'This connection does not exist.' using errcode = 'PT404';
  end if;

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
    -- One page may hold a record twice: the newest counts, of canceled logs the inactive one.
    select distinct on (record_id) *
    from parsed
    order by record_id, (p_resource = 'canceled_logs' and not active) desc, modified_on desc, position desc
  ),
  previous as (
    select r.record_id, r.customer_id, r.job_id, r.project_id, r.estimate_id, r.booking_id, r.merged_to_id
    from public.servicetitan_records r
    join incoming i on i.record_id = r.record_id
    where r.connection_id = p_connection and r.resource = p_resource
  ),
  written as (
    insert into public.servicetitan_records as r (
      connection_id, workspace_id, resource, record_id, modified_on, active, customer_id, job_id, project_id, estimate_id, booking_id,
      merged_to_id, data, read_at, sync_run_id, first_read_at)
    select p_connection, v_workspace, p_resource, i.record_id, i.modified_on, i.active, i.customer_id, i.job_id, i.project_id, i.estimate_id,
      i.booking_id, i.merged_to_id, i.data, p_read_at, p_run, p_read_at
    from incoming i
    order by i.record_id
    on conflict (connection_id, resource, record_id) do update set
      modified_on = excluded.modified_on, active = excluded.active, customer_id = excluded.customer_id, job_id = excluded.job_id,
      project_id = excluded.project_id, estimate_id = excluded.estimate_id, booking_id = excluded.booking_id,
      merged_to_id = excluded.merged_to_id, data = excluded.data, read_at = excluded.read_at, sync_run_id = excluded.sync_run_id
      where r.data is distinct from excluded.data
        and case
          when r.resource = 'canceled_logs' then r.active and (not excluded.active or excluded.read_at >= r.read_at)
          else excluded.modified_on > r.modified_on or (excluded.modified_on = r.modified_on and excluded.read_at >= r.read_at)
        end
    returning r.record_id, r.customer_id, r.job_id, r.project_id, r.estimate_id, r.booking_id, r.merged_to_id
  ),
  -- A changed record touches itself and whatever it was linked to before; what it is linked to now is found from it.
  touched as (
    select case when p_resource in ('customers', 'leads', 'bookings', 'jobs', 'estimates') then p_resource end as entity, w.record_id as entity_id from written w
    union select 'jobs', w.job_id from written w where p_resource in ('appointments', 'canceled_logs')
    union select 'customers', w.customer_id from written w where p_resource = 'customer_contacts'
    union select 'customers', p.customer_id from previous p join written w using (record_id) where p_resource in ('jobs', 'leads', 'estimates', 'customer_contacts') and p.customer_id is distinct from w.customer_id
    union select 'jobs', p.job_id from previous p join written w using (record_id) where p.job_id is distinct from w.job_id
    union select 'projects', p.project_id from previous p join written w using (record_id) where p.project_id is distinct from w.project_id
    union select 'estimates', p.estimate_id from previous p join written w using (record_id) where p.estimate_id is distinct from w.estimate_id
    union select 'bookings', p.booking_id from previous p join written w using (record_id) where p.booking_id is distinct from w.booking_id
    union select 'customers', p.merged_to_id from previous p join written w using (record_id) where p.merged_to_id is distinct from w.merged_to_id
  ),
  queued as (
    insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source)
    select v_workspace, p_connection, t.entity, t.entity_id, p_source
    from touched t
    where t.entity is not null and t.entity_id is not null and p_resource not in ('job_types', 'business_units', 'cancel_reasons')
    returning 1
  ),
  mended as (
    delete from public.rejected_records j using incoming i
    where j.connection_id = p_connection and j.resource = p_resource and j.record_id = i.record_id
  )
  select jsonb_build_object(
    'new', (select count(*) from written w where not exists (select 1 from previous p where p.record_id = w.record_id)),
    'changed', (select count(*) from written w where exists (select 1 from previous p where p.record_id = w.record_id)),
    'skipped', (select count(*) from parsed) - (select count(*) from written),
    'queued', (select count(*) from queued))
  into v_counts;

  insert into public.rejected_records (connection_id, workspace_id, resource, record_id, issues, sync_run_id, read_at)
  select distinct on (coalesce((e.value ->> 'id')::bigint, 0)) p_connection, v_workspace, p_resource, coalesce((e.value ->> 'id')::bigint, 0), e.value -> 'issues', p_run, p_read_at
  from jsonb_array_elements(p_rejected) as e (value)
  on conflict (connection_id, resource, record_id) do update set issues = excluded.issues, sync_run_id = excluded.sync_run_id, read_at = excluded.read_at;

  insert into public.sync_cursors as s (connection_id, workspace_id, resource, cursor, last_modified_on, failures, last_error, last_read_at)
  values (p_connection, v_workspace, p_resource, p_cursor,
    (select max(coalesce(e.value ->> 'modifiedOn', e.value ->> 'createdOn')) from jsonb_array_elements(p_records) as e (value)), 0, null, p_read_at)
  on conflict (connection_id, resource) do update set
    cursor = coalesce(excluded.cursor, s.cursor),
    last_modified_on = greatest(s.last_modified_on, excluded.last_modified_on),
    failures = 0, last_error = null, last_read_at = excluded.last_read_at;

  return v_counts;
end
$function$
;

CREATE OR REPLACE FUNCTION public.install_flows(p_workspace uuid, p_flows jsonb, p_author text, p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_template record;
  v_flow uuid;
  v_version uuid;
  v_count int := 0;
begin
  for v_template in
    select * from jsonb_to_recordset(p_flows) as t (template_key text, name text, description text, graph jsonb, trigger_state numeric, max_age_hours int)
  loop
    v_flow := null;
    insert into public.flows (workspace_id, template_key, name, description, status, draft, trigger_state, max_age_hours, created_at, updated_at)
    values (p_workspace, v_template.template_key, v_template.name, v_template.description, 'live', v_template.graph, v_template.trigger_state,
      v_template.max_age_hours, p_now, p_now)
    on conflict (workspace_id, template_key) do nothing
    returning id into v_flow;
    if v_flow is null then continue; end if;
    insert into public.flow_versions (workspace_id, flow_id, number, graph, author, published_at)
    values (p_workspace, v_flow, 1, v_template.graph, p_author, p_now)
    returning id into v_version;
    update public.flows f set published_version_id = v_version where f.id = v_flow;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$function$
;

CREATE OR REPLACE FUNCTION public.is_member(p_workspace uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  select exists (
    select 1 from public.workspace_members m
    where m.workspace_id = p_workspace and m.user_id = public.current_user_id()
  )
$function$
;

CREATE OR REPLACE FUNCTION public.lease_calls(p_key text, p_limit double precision, p_holder text, p_needs double precision[], p_waiting integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_budget public.service_titan_budgets := public.open_budget(p_key, p_limit);
  v_now double precision := extract(epoch from v_budget.rated_at);
  v_share double precision := v_budget.rate / p_limit;
  v_first bigint := ceil((greatest(v_now, extract(epoch from coalesce(v_budget.paused_until, v_budget.rated_at))) + 0.002) * p_limit);
  -- One slot in twenty is kept for a person who comes while everything else is leased.
  v_left double precision := v_budget.rate * 0.95;
  v_count double precision := 0;
  v_own double precision := (select sum(n) from unnest(p_needs) as n);
  v_person_only boolean := p_needs[1] = v_own;
  v_class record;
  v_slots bigint[];
begin
  v_budget.demands := coalesce(
    (select jsonb_object_agg(d.key, d.value) from jsonb_each(v_budget.demands) as d where (d.value ->> 'at')::double precision > v_now - 2), '{}')
    || jsonb_build_object(p_holder, jsonb_build_object('at', v_now, 'needs', to_jsonb(p_needs)));
  -- Two calls in a second are kept for each class that has any, however much the more urgent ones need.
  v_left := v_left - 2 * (
    select count(distinct n.ordinality)
    from jsonb_each(v_budget.demands) as d, jsonb_array_elements_text(d.value -> 'needs') with ordinality as n
    where n.ordinality > 1 and n.value::double precision > 0
  );
  for v_class in
    select n.ordinality as rank, p_needs[n.ordinality] as own, sum(n.value::double precision) as needed,
      count(*) filter (where n.value::double precision > 0) as callers
    from jsonb_each(v_budget.demands) as d, jsonb_array_elements_text(d.value -> 'needs') with ordinality as n
    group by n.ordinality order by n.ordinality
  loop
    -- An equal part of what the more urgent classes leave. Who needs more than others comes back sooner, for what they left.
    if v_class.own > 0 then
      v_count := v_count + (greatest(0, v_left) + case when v_class.rank > 1 then 2 else 0 end) / v_class.callers;
    end if;
    v_left := v_left - v_class.needed;
  end loop;
  if (select count(*) from jsonb_object_keys(v_budget.demands)) > 1 then
    -- Where others call too, what this process will hardly use is left to them.
    v_count := least(v_count, 2 * v_own + 4);
  end if;
  v_count := greatest(1, round(least(v_count, v_budget.rate)));
  v_slots := array(
    select f.s from (
      select s, row_number() over (order by s) as n, count(*) over () as free from generate_series(v_first, v_first + ceil(p_limit)::bigint - 1) as s
      where floor(s * v_share) <> floor((s - 1) * v_share) and s <> all (v_budget.taken)
        and (v_person_only or s % 20 <> 0 or v_share < 0.5)
    ) as f
    -- Who waits now gets the earliest; for calls to come the rest is spread over the second, or it would lapse unused.
    where f.n <= least(p_waiting, v_count)
      or (v_count > p_waiting and floor((f.n - p_waiting) * least(1, (v_count - p_waiting) / greatest(1, f.free - p_waiting)))
        <> floor((f.n - p_waiting - 1) * least(1, (v_count - p_waiting) / greatest(1, f.free - p_waiting))))
    order by f.s
  );
  update public.service_titan_budgets b
  set rate = v_budget.rate, rated_at = v_budget.rated_at, demands = v_budget.demands,
    taken = array(select t from unnest(v_budget.taken || v_slots) as t where t > (v_now - 1) * p_limit)
  where b.key = p_key;
  return jsonb_build_object('now', v_now * 1000, 'slots', (select coalesce(jsonb_agg(s / p_limit * 1000 order by s), '[]') from unnest(v_slots) as s));
end
$function$
;

CREATE OR REPLACE FUNCTION public.list_cards(p_workspace uuid, p_connection uuid, p_search text, p_state numeric, p_after_at timestamp with time zone, p_after_id uuid, p_limit integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  with found as (
    select * from public.journey_cards k
    where k.workspace_id = p_workspace and (p_connection is null or k.connection_id = p_connection)
      and (p_state is null or k.current_state = p_state)
      and (p_search is null or k.customer_name ilike '%' || p_search || '%' or k.job_number ilike p_search || '%' or k.customer_email ilike p_search || '%')
  )
  select jsonb_build_object(
    'total', (select count(*) from found),
    'cards', coalesce((
      select jsonb_agg(to_jsonb(c)) from (
        select * from found f
        where p_after_at is null or f.state_changed_at < p_after_at or (f.state_changed_at = p_after_at and f.id > p_after_id)
        order by f.state_changed_at desc, f.id limit p_limit
      ) c), '[]'))
$function$
;

CREATE OR REPLACE FUNCTION public.list_circuits(p_workspace uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(public.read_circuit(c.connection_id) || jsonb_build_object('connectionId', c.connection_id)), '[]')
  from public.connection_circuits c where c.workspace_id = p_workspace and c.state <> 'closed'
$function$
;

CREATE OR REPLACE FUNCTION public.list_flows(p_workspace uuid, p_flow uuid DEFAULT NULL::uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  with runs as (
    select r.flow_id, count(*) filter (where r.status = 'active') as active, count(*) filter (where r.status = 'failed') as failed
    from public.flow_runs r join public.flows f on f.id = r.flow_id
    where f.workspace_id = p_workspace and (p_flow is null or f.id = p_flow) and r.status in ('active', 'failed')
    group by r.flow_id
  ),
  mails as (
    select m.flow_id, count(*) as sent
    from public.messages m join public.flows f on f.id = m.flow_id
    where f.workspace_id = p_workspace and (p_flow is null or f.id = p_flow) and m.status = 'sent'
    group by m.flow_id
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', f.id, 'name', f.name, 'description', f.description, 'status', f.status, 'triggerState', f.trigger_state,
    'activeRuns', coalesce(r.active, 0), 'sent', coalesce(m.sent, 0), 'failedRuns', coalesce(r.failed, 0),
    'hasUnpublishedChanges', v.id is not null and f.draft is distinct from v.graph, 'updatedAt', f.updated_at
  ) order by f.trigger_state nulls last, f.name, f.id), '[]')
  from public.flows f
  left join public.flow_versions v on v.id = f.published_version_id
  left join runs r on r.flow_id = f.id
  left join mails m on m.flow_id = f.id
  where f.workspace_id = p_workspace and f.status <> 'archived' and (p_flow is null or f.id = p_flow)
$function$
;

CREATE OR REPLACE FUNCTION public.load_derivation(p_connection uuid, p_limit integer, p_include_records boolean)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_source text;
  v_reached jsonb;
begin
  -- Overrides and due timers first. Changed settings come before a poll reads anything; when records of a failed poll are still
  -- queued, these go first, so that their news is not taken for a matter of settings.
  select o.source into v_source
  from (values ('manual', 1), ('flow', 1), ('timer', 2), ('webhook', 3), ('poll', 3), ('settings', 4)) as o (source, rank)
  where exists (select 1 from public.derivation_queue d where d.connection_id = p_connection and d.source = o.source)
  order by o.rank, o.source limit 1;
  if v_source in ('webhook', 'poll') and not p_include_records then return null; end if;
  if v_source is null then return null; end if;

  with recursive reach (entity, entity_id) as (
    select d.entity, d.entity_id from (
      select q.entity, q.entity_id from public.derivation_queue q
      where q.connection_id = p_connection and q.source = v_source
      order by q.id limit p_limit
    ) d
    union
    select n.entity, n.entity_id from reach r cross join lateral public.record_neighbors(p_connection, r.entity, r.entity_id) n
  )
  select jsonb_agg(jsonb_build_array(entity, entity_id)) into v_reached from reach;

  return (
    with reach as (
      select e.value ->> 0 as entity, (e.value ->> 1)::bigint as entity_id from jsonb_array_elements(v_reached) as e (value)
    ),
    records as (
      select r.resource, r.data from reach n
      join public.servicetitan_records r on r.connection_id = p_connection and r.resource = n.entity and r.record_id = n.entity_id
      union all
      select r.resource, r.data from reach n
      join public.servicetitan_records r on r.connection_id = p_connection and r.job_id = n.entity_id and r.resource in ('appointments', 'canceled_logs')
      where n.entity = 'jobs'
      union all
      select r.resource, r.data from reach n
      join public.servicetitan_records r on r.connection_id = p_connection and r.customer_id = n.entity_id and r.resource = 'customer_contacts'
      where n.entity = 'customers'
    ),
    rows_ as (
      select s.* from reach n
      join public.customer_servicetitan_state s on s.connection_id = p_connection and s.root_type = left(n.entity, -1) and s.root_id = n.entity_id
    )
    select jsonb_build_object(
      'source', v_source,
      'derivation', (select c.derivations from public.integration_connections c where c.id = p_connection),
      'records', coalesce((select jsonb_object_agg(g.resource, g.items) from (select resource, jsonb_agg(data) as items from records group by resource) g), '{}'),
      'rows', coalesce((select jsonb_agg(to_jsonb(x)) from rows_ x), '[]'),
      'overrides', coalesce((select jsonb_agg(to_jsonb(o)) from public.state_overrides o join rows_ x on x.id = o.journey_id where o.lifted_at is null), '[]'),
      'queueIds', coalesce((select jsonb_agg(q.id) from public.derivation_queue q join reach n on n.entity = q.entity and n.entity_id = q.entity_id
        where q.connection_id = p_connection and q.source = v_source), '[]')
    )
  );
end
$function$
;

CREATE OR REPLACE FUNCTION public.load_step_contexts(p_runs uuid[])
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_object_agg(r.id, jsonb_build_object(
    'state', j.current_state,
    'timeZone', n.time_zone,
    'customer', case when c.id is null then null else jsonb_build_object('name', c.name, 'email', c.email, 'type', u.data ->> 'type') end,
    'job', case when b.record_id is null then null else jsonb_build_object('jobNumber', b.data ->> 'jobNumber', 'summary', b.data ->> 'summary',
      'jobStatus', b.data ->> 'jobStatus', 'total', b.data -> 'total', 'type', t.data ->> 'name') end,
    'appointment', case when j.appointment_start is null then null else jsonb_build_object('start', j.appointment_start, 'end', j.appointment_end,
      'arrivalWindowStart', j.arrival_window_start, 'arrivalWindowEnd', j.arrival_window_end) end,
    'estimates', (
      select coalesce(jsonb_agg(jsonb_build_object('name', e.data ->> 'name', 'status', e.data ->> 'status', 'createdOn', e.data ->> 'createdOn',
        'total', (e.data ->> 'subtotal')::numeric + (e.data ->> 'tax')::numeric) order by e.data ->> 'createdOn', e.record_id), '[]')
      from (
        select x.record_id, x.data from public.servicetitan_records x
        where x.connection_id = j.connection_id and x.resource = 'estimates' and x.job_id = coalesce(j.job_id, r.job_id) and x.active
        union all
        select x.record_id, x.data from public.servicetitan_records x
        where x.connection_id = j.connection_id and x.resource = 'estimates' and x.customer_id = j.servicetitan_customer_id and x.job_id is null and x.active
      ) e
    ),
    'openTotal', j.open_total,
    'soldTotal', j.sold_total,
    'workspace', jsonb_build_object('name', w.name, 'senderEmail', w.sender_email, 'phone', w.phone, 'website', w.website,
      'postalAddress', w.postal_address, 'reviewUrl', w.review_url)
  )), '{}')
  from public.flow_runs r
  join public.customer_servicetitan_state j on j.id = r.journey_id
  join public.integration_connections n on n.id = r.connection_id
  join public.workspaces w on w.id = r.workspace_id
  left join public.contacts c on c.id = coalesce(j.contact_id, r.contact_id)
  left join public.servicetitan_records u on u.connection_id = j.connection_id and u.resource = 'customers' and u.record_id = j.servicetitan_customer_id
  left join public.servicetitan_records b on b.connection_id = j.connection_id and b.resource = 'jobs' and b.record_id = coalesce(j.job_id, r.job_id)
  left join public.servicetitan_records t on t.connection_id = j.connection_id and t.resource = 'job_types' and t.record_id = (b.data ->> 'jobTypeId')::bigint
  where r.id = any (p_runs)
$function$
;

CREATE OR REPLACE FUNCTION public.mark_written_back(p_connection uuid, p_emails text[], p_now timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  update public.suppressions u set written_back_at = p_now
  where u.connection_id = p_connection and u.source = 'unsubscribe' and u.email = any (p_emails) and u.written_back_at is null
$function$
;

CREATE OR REPLACE FUNCTION public.next_due_at(p_after timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select jsonb_build_object(
    'step', (select min(s.due_at) from public.flow_steps s join public.flow_runs r on r.id = s.run_id
      where s.status = 'pending' and s.due_at > p_after and r.status = 'active'),
    'reset', (select min(j.next_due_at) from public.customer_servicetitan_state j where j.next_due_at > p_after))
$function$
;

CREATE OR REPLACE FUNCTION public.note_idle_reads(p_connection uuid, p_resources text[], p_read_at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  insert into public.sync_cursors as s (connection_id, workspace_id, resource, last_read_at)
  select c.id, c.workspace_id, r.resource, p_read_at
  from public.integration_connections c cross join unnest(p_resources) as r (resource)
  where c.id = p_connection
  order by r.resource
  on conflict (connection_id, resource) do update set failures = 0, last_error = null, last_read_at = excluded.last_read_at
$function$
;

CREATE OR REPLACE FUNCTION public.note_read_failure(p_connection uuid, p_resource text, p_error text, p_read_at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  insert into public.sync_cursors as s (connection_id, workspace_id, resource, failures, last_error, last_read_at)
  select c.id, c.workspace_id, p_resource, 1, p_error, p_read_at from public.integration_connections c where c.id = p_connection
  on conflict (connection_id, resource) do update set failures = s.failures + 1, last_error = excluded.last_error, last_read_at = excluded.last_read_at
$function$
;

CREATE OR REPLACE FUNCTION public.open_budget(p_key text, p_limit double precision)
 RETURNS service_titan_budgets
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_budget public.service_titan_budgets;
  v_now timestamptz;
begin
  select * into v_budget from public.service_titan_budgets b where b.key = p_key for update;
  if not found then
    insert into public.service_titan_budgets (key, rate, rated_at) values (p_key, p_limit, clock_timestamp()) on conflict (key) do nothing;
    select * into v_budget from public.service_titan_budgets b where b.key = p_key for update;
  end if;
  v_now := clock_timestamp();
  -- From standstill to the full rate within a minute.
  v_budget.rate := least(p_limit, v_budget.rate + p_limit * greatest(0, extract(epoch from v_now - v_budget.rated_at)) / 60);
  v_budget.rated_at := v_now;
  return v_budget;
end
$function$
;

CREATE OR REPLACE FUNCTION public.publish_flow(p_workspace uuid, p_flow uuid, p_draft_revision integer, p_graph jsonb, p_trigger_state numeric, p_author text, p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_flow public.flows;
  v_number int;
  v_version uuid;
begin
  select * into v_flow from public.flows f where f.id = p_flow and f.workspace_id = p_workspace for update;
  if v_flow.id is null or v_flow.draft_revision <> p_draft_revision then
    return null;
  end if;
  select coalesce(max(v.number), 0) + 1 into v_number from public.flow_versions v where v.flow_id = p_flow;
  insert into public.flow_versions (workspace_id, flow_id, number, graph, author, published_at)
  values (p_workspace, p_flow, v_number, p_graph, p_author, p_now)
  returning id into v_version;
  update public.flows f
  set published_version_id = v_version, trigger_state = p_trigger_state, status = 'live', draft = p_graph, updated_at = p_now
  where f.id = p_flow;
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (p_workspace, p_author, 'flow.published', 'flow:' || p_flow, jsonb_build_object('number', v_number), p_now);
  insert into public.change_events (workspace_id, type, payload, at) values (p_workspace, 'flow', jsonb_build_object('flowId', p_flow), p_now);
  return v_number;
end
$function$
;

CREATE OR REPLACE FUNCTION public.pull_suppressions(p_connection uuid, p_rows jsonb, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
  insert into public.sync_cursors (connection_id, workspace_id, resource, last_read_at, last_modified_on)
  select p_connection, v_workspace, 'suppressions', p_now, max(r.modified_on collate "C")
  from jsonb_to_recordset(p_rows) as r (modified_on text)
  on conflict (connection_id, resource) do update
  set last_read_at = excluded.last_read_at, last_modified_on = coalesce(excluded.last_modified_on, sync_cursors.last_modified_on);
end
$function$
;

CREATE OR REPLACE FUNCTION public.read_circuit(p_connection uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(
    (select jsonb_build_object('state', c.state, 'failures', c.failures, 'reason', c.reason,
      'waitMs', case when c.state = 'open' then greatest(0, ceil(extract(epoch from c.next_try_at - clock_timestamp()) * 1000)) else 0 end)
    from public.connection_circuits c where c.connection_id = p_connection),
    jsonb_build_object('state', 'closed', 'failures', 0, 'reason', null, 'waitMs', 0))
$function$
;

CREATE OR REPLACE FUNCTION public.read_timeline(p_contact uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  with contact as (
    select c.* from public.contacts c where c.id = p_contact
  ),
  journeys as (
    select s.* from public.customer_servicetitan_state s where s.contact_id = p_contact
  ),
  jobs as (
    select r.* from contact c join public.servicetitan_records r
      on r.connection_id = c.connection_id and r.resource = 'jobs' and r.customer_id = c.source_id
    where c.source_type = 'customer'
  ),
  records as (
    select r.resource, r.record_id, r.data from contact c join public.servicetitan_records r
      on r.connection_id = c.connection_id and r.customer_id = c.source_id and r.resource in ('leads', 'jobs')
    where c.source_type = 'customer'
    union
    select r.resource, r.record_id, r.data from jobs j join public.servicetitan_records r
      on r.connection_id = j.connection_id and r.job_id = j.record_id and r.resource in ('appointments', 'estimates', 'canceled_logs', 'bookings')
    union
    select r.resource, r.record_id, r.data from contact c join public.servicetitan_records r
      on r.connection_id = c.connection_id and r.customer_id = c.source_id and r.resource = 'estimates' and r.job_id is null
    where c.source_type = 'customer'
    union
    select r.resource, r.record_id, r.data from contact c join public.servicetitan_records r
      on r.connection_id = c.connection_id and r.resource = c.source_type || 's' and r.record_id = c.source_id
  )
  select jsonb_build_object(
    'records', coalesce((select jsonb_agg(to_jsonb(x)) from (select * from records order by data ->> 'createdOn' desc limit 500) x), '[]'),
    'transitions', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select t.id, t.journey_id, t.from_state, t.to_state, t.source, t.explanation, t.outcome, t.happened_on, t.recorded_at
      from journeys s join public.state_transitions t on t.journey_id = s.id order by t.id desc limit 500) x), '[]'),
    'runs', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select r.id, r.journey_id, r.flow_id, f.name as flow_name, r.status, r.ended_reason, r.started_at, r.ended_at
      from journeys s join public.flow_runs r on r.journey_id = s.id join public.flows f on f.id = r.flow_id order by r.started_at desc limit 500) x), '[]'),
    'steps', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select r.id as run_id, r.journey_id, r.flow_id, f.name as flow_name, r.version_id, p.due_at,
        (select n.value from jsonb_array_elements(v.graph -> 'nodes') as n (value) where n.value ->> 'id' = p.node_id) as node
      from journeys s join public.flow_runs r on r.journey_id = s.id and r.status = 'active'
      join public.flow_steps p on p.run_id = r.id and p.status = 'pending'
      join public.flows f on f.id = r.flow_id join public.flow_versions v on v.id = r.version_id
      order by p.due_at limit 100) x), '[]'),
    'messages', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select m.id, m.journey_id, m.subject, m.to_email, m.status, m.reason, m.created_at, m.sent_at
      from public.messages m where m.contact_id = p_contact order by m.created_at desc limit 500) x), '[]'),
    'overrides', coalesce((select jsonb_agg(to_jsonb(x)) from (
      select o.id, o.journey_id, o.state, o.reason, o.set_by, o.set_on
      from journeys s join public.state_overrides o on o.journey_id = s.id order by o.set_on desc limit 500) x), '[]'),
    'suppressed', (select public.find_suppression(c.workspace_id, c.email) from contact c)
  )
$function$
;

CREATE OR REPLACE FUNCTION public.record_neighbors(p_connection uuid, p_entity text, p_id bigint)
 RETURNS TABLE(entity text, entity_id bigint)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  -- Where the record itself points.
  select l.entity, l.entity_id
  from public.servicetitan_records r
  cross join lateral (values
    ('customers', r.customer_id), ('customers', r.merged_to_id), ('jobs', r.job_id),
    ('projects', r.project_id), ('estimates', r.estimate_id), ('bookings', r.booking_id)
  ) as l (entity, entity_id)
  where r.connection_id = p_connection and r.resource = p_entity and r.record_id = p_id and l.entity_id is not null
  -- What points at it.
  union all
  select r.resource, r.record_id from public.servicetitan_records r
  where p_entity = 'customers' and r.connection_id = p_connection and r.customer_id = p_id and r.resource in ('jobs', 'leads', 'estimates')
  union all
  select 'customers', r.record_id from public.servicetitan_records r
  where p_entity = 'customers' and r.connection_id = p_connection and r.merged_to_id = p_id
  union all
  select r.resource, r.record_id from public.servicetitan_records r
  where p_entity = 'jobs' and r.connection_id = p_connection and r.job_id = p_id and r.resource in ('estimates', 'bookings')
  union all
  select 'jobs', r.record_id from public.servicetitan_records r
  where p_entity = 'estimates' and r.connection_id = p_connection and r.estimate_id = p_id
  union all
  select 'leads', r.record_id from public.servicetitan_records r
  where p_entity = 'bookings' and r.connection_id = p_connection and r.booking_id = p_id and r.resource = 'leads'
  union all
  select r.resource, r.record_id from public.servicetitan_records r
  where p_entity = 'projects' and r.connection_id = p_connection and r.project_id = p_id and r.resource in ('jobs', 'estimates')
  -- A row must always be derived together with its root, wherever that has gone.
  union all
  select s.root_type || 's', s.root_id from public.customer_servicetitan_state s
  where p_entity = 'customers' and s.connection_id = p_connection and s.servicetitan_customer_id = p_id
$function$
;

CREATE OR REPLACE FUNCTION public.release_lease(p_name text, p_holder text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  delete from public.leases where name = p_name and holder = p_holder
$function$
;

CREATE OR REPLACE FUNCTION public.release_step(p_step uuid, p_worker text, p_due_at timestamp with time zone, p_attempts integer, p_error text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  -- A step that hangs on an appointment follows the newest one, whatever the worker saw.
  update public.flow_steps s
  set due_at = case when s.anchor_minutes is null then p_due_at else j.appointment_start + make_interval(mins => s.anchor_minutes) end,
    attempts = p_attempts, error = p_error, leased_by = null, leased_until = null,
    status = case when r.status = 'active' then 'pending' else 'canceled' end
  from public.flow_runs r join public.customer_servicetitan_state j on j.id = r.journey_id
  where s.id = p_step and s.leased_by = p_worker and s.status in ('pending', 'canceled') and r.id = s.run_id;
  return found;
end
$function$
;

CREATE OR REPLACE FUNCTION public.release_token(p_key text, p_holder text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  update public.service_titan_tokens set holder = null, leased_until = null where key = p_key and holder = p_holder
$function$
;

CREATE OR REPLACE FUNCTION public.report_call_answer(p_connection uuid, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_circuit public.connection_circuits;
begin
  delete from public.connection_circuits c where c.connection_id = p_connection returning * into v_circuit;
  if v_circuit.state <> 'closed' then
    insert into public.change_events (workspace_id, type, payload, at)
    values (v_circuit.workspace_id, 'connection', jsonb_build_object('connectionId', p_connection), p_now);
  end if;
  return public.read_circuit(p_connection);
end
$function$
;

CREATE OR REPLACE FUNCTION public.report_call_failure(p_connection uuid, p_reason text, p_failures_to_open integer, p_first_open_ms double precision, p_longest_open_ms double precision, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_circuit public.connection_circuits;
begin
  insert into public.connection_circuits (connection_id, workspace_id)
  select n.id, n.workspace_id from public.integration_connections n where n.id = p_connection
  on conflict (connection_id) do nothing;
  select * into v_circuit from public.connection_circuits c where c.connection_id = p_connection for update;
  if found then
    v_circuit.failures := v_circuit.failures + 1;
    if v_circuit.state = 'half_open' or (v_circuit.state = 'closed' and v_circuit.failures >= p_failures_to_open) then
      v_circuit.state := 'open';
      v_circuit.next_try_at := clock_timestamp()
        + make_interval(secs => least(p_longest_open_ms, p_first_open_ms * 2 ^ least(20, v_circuit.openings)) / 1000);
      v_circuit.openings := v_circuit.openings + 1;
      insert into public.change_events (workspace_id, type, payload, at)
      values (v_circuit.workspace_id, 'connection', jsonb_build_object('connectionId', p_connection), p_now);
    end if;
    update public.connection_circuits c
    set state = v_circuit.state, failures = v_circuit.failures, openings = v_circuit.openings,
      next_try_at = v_circuit.next_try_at, reason = p_reason
    where c.connection_id = p_connection;
  end if;
  return public.read_circuit(p_connection);
end
$function$
;

CREATE OR REPLACE FUNCTION public.save_token(p_key text, p_key_id text, p_ciphertext text, p_token_hash text, p_issued_at timestamp with time zone, p_renew_at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  insert into public.service_titan_tokens as t (key, key_id, ciphertext, token_hash, issued_at, renew_at)
  values (p_key, p_key_id, p_ciphertext, p_token_hash, p_issued_at, p_renew_at)
  on conflict (key) do update set key_id = excluded.key_id, ciphertext = excluded.ciphertext, token_hash = excluded.token_hash,
    issued_at = excluded.issued_at, renew_at = excluded.renew_at, holder = null, leased_until = null
$function$
;

CREATE OR REPLACE FUNCTION public.set_flow_status(p_workspace uuid, p_flow uuid, p_status text, p_actor text, p_now timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_flow public.flows;
begin
  select * into v_flow from public.flows f where f.id = p_flow and f.workspace_id = p_workspace for update;
  if v_flow.id is null then
    return 'not_found';
  end if;
  if v_flow.published_version_id is null then
    return 'unpublished';
  end if;
  if v_flow.status = p_status then
    return 'unchanged';
  end if;
  if p_status = 'live' then
    -- What fell due during the pause is late, as after a return to the state: not all of it is sent at once.
    update public.flow_runs r set resumed_at = p_now where r.flow_id = p_flow and r.status = 'active';
  end if;
  update public.flows f set status = p_status, updated_at = p_now where f.id = p_flow;
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (p_workspace, p_actor, 'flow.' || p_status, 'flow:' || p_flow, '{}', p_now);
  insert into public.change_events (workspace_id, type, payload, at) values (p_workspace, 'flow', jsonb_build_object('flowId', p_flow), p_now);
  return 'changed';
end
$function$
;

CREATE OR REPLACE FUNCTION public.set_override(p_id uuid, p_journey uuid, p_state numeric, p_reason text, p_set_by text, p_source text, p_set_on text, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_row public.customer_servicetitan_state;
begin
  select * into v_row from public.customer_servicetitan_state s where s.id = p_journey for update;
  if v_row.id is null then
    raise exception 'This journey does not exist.' using errcode = 'PT404';
  end if;
  if exists (select 1 from public.state_overrides o where o.id = p_id) then
    return false;
  end if;
  update public.state_overrides o set lifted_at = p_now where o.journey_id = p_journey and o.lifted_at is null;
  insert into public.state_overrides (id, workspace_id, connection_id, journey_id, state, reason, set_by, source, set_on, rule_state_then)
  values (p_id, v_row.workspace_id, v_row.connection_id, p_journey, p_state, p_reason, p_set_by, p_source, p_set_on, v_row.rule_state);
  insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source)
  values (v_row.workspace_id, v_row.connection_id, v_row.root_type || 's', v_row.root_id, p_source);
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (v_row.workspace_id, p_set_by, 'state.set', 'journey:' || p_journey, jsonb_build_object('state', p_state, 'reason', p_reason), p_now);
  return true;
end
$function$
;

CREATE OR REPLACE FUNCTION public.throttle_calls(p_key text, p_limit double precision, p_pause_ms double precision, p_slow_down boolean)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_budget public.service_titan_budgets := public.open_budget(p_key, p_limit);
  v_now timestamptz := v_budget.rated_at;
  -- Calls that were under way together are refused together: that is one refusal.
  v_slows boolean := p_slow_down and (v_budget.slowed_at is null or v_budget.slowed_at <= v_now - interval '1 second');
begin
  update public.service_titan_budgets b
  set rate = case when v_slows then greatest(least(2, p_limit), v_budget.rate / 2) else v_budget.rate end,
    rated_at = v_now,
    slowed_at = case when v_slows then v_now else v_budget.slowed_at end,
    -- Half a minute at most: beyond it each call fails alone, and nobody else has to wait.
    paused_until = greatest(v_budget.paused_until, v_now + make_interval(secs => least(greatest(p_pause_ms, 0), 30000) / 1000))
  where b.key = p_key;
end
$function$
;

CREATE OR REPLACE FUNCTION public.unsubscribe_message(p_message uuid, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_workspace public.workspaces;
  v_email text;
  v_connection uuid;
begin
  select lower(coalesce(m.to_email, c.email)), r.connection_id into v_email, v_connection
  from public.messages m
  left join public.contacts c on c.id = m.contact_id
  left join public.flow_runs r on r.id = m.run_id
  where m.id = p_message;
  select w.* into v_workspace from public.messages m join public.workspaces w on w.id = m.workspace_id where m.id = p_message;
  if v_workspace.id is null or v_email is null then
    return null;
  end if;
  insert into public.suppressions (workspace_id, email, reason, source, connection_id, created_at)
  values (v_workspace.id, v_email, 'unsubscribe', 'unsubscribe', v_connection, p_now)
  on conflict (workspace_id, email, source, connection_id) do nothing;
  if found then
    insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
    values (v_workspace.id, 'recipient', 'suppression.added', 'message:' || p_message, '{"reason": "unsubscribe"}', p_now);
  end if;
  return jsonb_build_object('workspaceName', v_workspace.name, 'email', v_email);
end
$function$
;
