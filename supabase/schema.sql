-- Made by npm run db:schema from supabase/migrations. Do not edit.

create table public.alerts (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  kind text not null,
  flow_id uuid,
  run_id uuid,
  contact_id uuid,
  message text not null,
  created_at timestamp with time zone not null,
  mailed_at timestamp with time zone,
  closed_at timestamp with time zone,
  closed_by text,
  constraint alerts_kind_known CHECK ((kind = ANY (ARRAY['run_parked'::text, 'run_stuck'::text]))),
  constraint alerts_contact_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE SET NULL,
  constraint alerts_flow_fkey FOREIGN KEY (flow_id) REFERENCES flows(id) ON DELETE CASCADE,
  constraint alerts_run_fkey FOREIGN KEY (run_id) REFERENCES flow_runs(id) ON DELETE CASCADE,
  constraint alerts_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint alerts_pkey PRIMARY KEY (id)
);
alter table public.alerts enable row level security;
CREATE INDEX alerts_contact_idx ON public.alerts USING btree (contact_id);
CREATE INDEX alerts_flow_idx ON public.alerts USING btree (flow_id);
CREATE INDEX alerts_mailed_idx ON public.alerts USING btree (workspace_id, mailed_at) WHERE (mailed_at IS NOT NULL);
CREATE INDEX alerts_open_idx ON public.alerts USING btree (workspace_id, created_at DESC, id) WHERE (closed_at IS NULL);
CREATE INDEX alerts_runs_idx ON public.alerts USING btree (run_id);
CREATE UNIQUE INDEX alerts_run_idx ON public.alerts USING btree (run_id) WHERE (closed_at IS NULL);
create policy alerts_members_read on public.alerts for select to authenticated using (is_member(workspace_id));

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

create table public.connection_webhooks (
  connection_id uuid not null,
  workspace_id uuid not null,
  is_enabled boolean not null,
  header_name text not null,
  encoding text not null,
  updated_at timestamp with time zone not null,
  constraint connection_webhooks_encoding_known CHECK ((encoding = ANY (ARRAY['auto'::text, 'hex'::text, 'base64'::text]))),
  constraint connection_webhooks_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint connection_webhooks_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint connection_webhooks_pkey PRIMARY KEY (connection_id)
);
alter table public.connection_webhooks enable row level security;
create policy connection_webhooks_members_read on public.connection_webhooks for select to authenticated using (is_member(workspace_id));

create table public.contact_replies (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  contact_id uuid not null,
  at timestamp with time zone not null,
  constraint contact_replies_contact_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE CASCADE,
  constraint contact_replies_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint contact_replies_pkey PRIMARY KEY (id)
);
alter table public.contact_replies enable row level security;
CREATE INDEX contact_replies_contact_idx ON public.contact_replies USING btree (contact_id, at);
CREATE INDEX contact_replies_workspace_idx ON public.contact_replies USING btree (workspace_id);
create policy contact_replies_members_read on public.contact_replies for select to authenticated using (is_member(workspace_id));

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
  own_name text,
  own_email text,
  own_phone text,
  constraint contacts_source_type_known CHECK ((source_type = ANY (ARRAY['customer'::text, 'lead'::text, 'booking'::text]))),
  constraint contacts_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
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
  constraint customer_servicetitan_state_pkey PRIMARY KEY (id),
  constraint customer_servicetitan_state_root_key UNIQUE (connection_id, root_type, root_id)
);
alter table public.customer_servicetitan_state enable row level security;
CREATE INDEX customer_servicetitan_state_appointment_idx ON public.customer_servicetitan_state USING btree (connection_id, appointment_start) WHERE (appointment_start IS NOT NULL);
CREATE INDEX customer_servicetitan_state_board_idx ON public.customer_servicetitan_state USING btree (workspace_id, current_state, state_changed_at DESC, id);
CREATE INDEX customer_servicetitan_state_contact_idx ON public.customer_servicetitan_state USING btree (contact_id);
CREATE INDEX customer_servicetitan_state_customer_idx ON public.customer_servicetitan_state USING btree (connection_id, servicetitan_customer_id);
CREATE INDEX customer_servicetitan_state_due_idx ON public.customer_servicetitan_state USING btree (connection_id, next_due_at) WHERE (next_due_at IS NOT NULL);
CREATE INDEX customer_servicetitan_state_next_due_idx ON public.customer_servicetitan_state USING btree (next_due_at) WHERE (next_due_at IS NOT NULL);
CREATE INDEX customer_servicetitan_state_standing_idx ON public.customer_servicetitan_state USING btree (connection_id, current_state, id) WHERE (current_state <> (0)::numeric);
create policy customer_servicetitan_state_members_read on public.customer_servicetitan_state for select to authenticated using (is_member(workspace_id));

create table public.derivation_queue (
  id bigint not null,
  workspace_id uuid not null,
  connection_id uuid not null,
  entity text not null,
  entity_id bigint not null,
  source text not null,
  resource text,
  constraint derivation_queue_entity_known CHECK ((entity = ANY (ARRAY['customers'::text, 'leads'::text, 'bookings'::text, 'jobs'::text, 'estimates'::text, 'projects'::text]))),
  constraint derivation_queue_source_known CHECK ((source = ANY (ARRAY['poll'::text, 'webhook'::text, 'timer'::text, 'flow'::text, 'manual'::text, 'settings'::text, 'backfill'::text]))),
  constraint derivation_queue_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint derivation_queue_pkey PRIMARY KEY (id)
);
alter table public.derivation_queue enable row level security;
CREATE INDEX derivation_queue_connection_idx ON public.derivation_queue USING btree (connection_id, source, id);
CREATE INDEX derivation_queue_entity_idx ON public.derivation_queue USING btree (connection_id, entity, entity_id);
create policy derivation_queue_members_read on public.derivation_queue for select to authenticated using (is_member(workspace_id));

create table public.derivation_walks (
  connection_id uuid not null,
  workspace_id uuid not null,
  source text not null,
  phase integer not null default 1,
  record_id bigint not null default 0,
  constraint derivation_walks_source_known CHECK ((source = ANY (ARRAY['backfill'::text, 'settings'::text]))),
  constraint derivation_walks_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint derivation_walks_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint derivation_walks_pkey PRIMARY KEY (connection_id, source)
);
alter table public.derivation_walks enable row level security;
CREATE INDEX derivation_walks_workspace_idx ON public.derivation_walks USING btree (workspace_id);
create policy derivation_walks_members_read on public.derivation_walks for select to authenticated using (is_member(workspace_id));

create table public.flow_checkpoints (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  flow_id uuid not null,
  graph jsonb not null,
  nodes integer not null default jsonb_array_length((graph -> 'nodes'::text)),
  reason text not null,
  author text not null,
  saved_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  number bigint not null,
  constraint flow_checkpoints_reason_known CHECK ((reason = ANY (ARRAY['editing'::text, 'discard'::text, 'restore'::text, 'publish'::text]))),
  constraint flow_checkpoints_flow_fkey FOREIGN KEY (flow_id) REFERENCES flows(id) ON DELETE CASCADE,
  constraint flow_checkpoints_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flow_checkpoints_pkey PRIMARY KEY (id)
);
alter table public.flow_checkpoints enable row level security;
CREATE INDEX flow_checkpoints_flow_idx ON public.flow_checkpoints USING btree (flow_id, number);
CREATE INDEX flow_checkpoints_workspace_idx ON public.flow_checkpoints USING btree (workspace_id);
create policy flow_checkpoints_members_read on public.flow_checkpoints for select to authenticated using (is_member(workspace_id));

create table public.flow_enrolments (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  flow_id uuid not null,
  key text not null,
  kind text not null,
  connection_ids uuid[],
  states numeric(2,1)[] not null,
  due_at timestamp with time zone not null,
  spread_minutes integer not null,
  after_id uuid not null default '00000000-0000-0000-0000-000000000000'::uuid,
  started integer not null default 0,
  refrained integer not null default 0,
  requested_by text,
  created_at timestamp with time zone not null,
  done_at timestamp with time zone,
  constraint flow_enrolments_kind_known CHECK ((kind = ANY (ARRAY['schedule'::text, 'manual'::text]))),
  constraint flow_enrolments_flow_fkey FOREIGN KEY (flow_id) REFERENCES flows(id) ON DELETE CASCADE,
  constraint flow_enrolments_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flow_enrolments_pkey PRIMARY KEY (id),
  constraint flow_enrolments_once UNIQUE (flow_id, key)
);
alter table public.flow_enrolments enable row level security;
CREATE INDEX flow_enrolments_open_idx ON public.flow_enrolments USING btree (created_at, id) WHERE (done_at IS NULL);
CREATE INDEX flow_enrolments_workspace_idx ON public.flow_enrolments USING btree (workspace_id);
create policy flow_enrolments_members_read on public.flow_enrolments for select to authenticated using (is_member(workspace_id));

create table public.flow_moves (
  flow_id uuid not null,
  workspace_id uuid not null,
  version_id uuid not null,
  requested_by text not null,
  requested_at timestamp with time zone not null,
  moved integer not null default 0,
  constraint flow_moves_flow_fkey FOREIGN KEY (flow_id) REFERENCES flows(id) ON DELETE CASCADE,
  constraint flow_moves_version_fkey FOREIGN KEY (version_id) REFERENCES flow_versions(id) ON DELETE CASCADE,
  constraint flow_moves_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flow_moves_pkey PRIMARY KEY (flow_id)
);
alter table public.flow_moves enable row level security;
CREATE INDEX flow_moves_version_idx ON public.flow_moves USING btree (version_id);
CREATE INDEX flow_moves_workspace_idx ON public.flow_moves USING btree (workspace_id);
create policy flow_moves_members_read on public.flow_moves for select to authenticated using (is_member(workspace_id));

create table public.flow_news (
  id bigint not null,
  workspace_id uuid not null,
  connection_id uuid not null,
  journey_id uuid not null,
  constraint flow_news_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint flow_news_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flow_news_pkey PRIMARY KEY (id)
);
alter table public.flow_news enable row level security;
CREATE INDEX flow_news_connection_idx ON public.flow_news USING btree (connection_id);
CREATE INDEX flow_news_workspace_idx ON public.flow_news USING btree (workspace_id);

create table public.flow_passages (
  flow_id uuid not null,
  node_id text not null,
  workspace_id uuid not null,
  passed bigint not null,
  constraint flow_passages_flow_fkey FOREIGN KEY (flow_id) REFERENCES flows(id) ON DELETE CASCADE,
  constraint flow_passages_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flow_passages_pkey PRIMARY KEY (flow_id, node_id)
);
alter table public.flow_passages enable row level security;
CREATE INDEX flow_passages_workspace_idx ON public.flow_passages USING btree (workspace_id);
create policy flow_passages_members_read on public.flow_passages for select to authenticated using (is_member(workspace_id));

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
  trigger_kind text not null default 'state_changed'::text,
  exits_on_leave boolean not null default true,
  person_key text not null,
  alone_key text not null,
  started_by text,
  depth integer not null default 0,
  visit_base integer not null default 0,
  constraint flow_runs_status_known CHECK ((status = ANY (ARRAY['active'::text, 'done'::text, 'ended'::text, 'parked'::text]))),
  constraint flow_runs_trigger_kind_known CHECK ((trigger_kind = ANY (ARRAY['state_changed'::text, 'lead_received'::text, 'appointment'::text, 'schedule'::text, 'manual'::text, 'flow'::text]))),
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
CREATE INDEX flow_runs_contact_started_idx ON public.flow_runs USING btree (contact_id, started_at DESC, id DESC);
CREATE INDEX flow_runs_flow_idx ON public.flow_runs USING btree (flow_id, status);
CREATE INDEX flow_runs_flow_started_idx ON public.flow_runs USING btree (flow_id, started_at DESC, id DESC);
CREATE INDEX flow_runs_journey_idx ON public.flow_runs USING btree (journey_id, state);
CREATE INDEX flow_runs_parked_idx ON public.flow_runs USING btree (workspace_id, started_at DESC, id DESC) WHERE (status = 'parked'::text);
CREATE INDEX flow_runs_person_idx ON public.flow_runs USING btree (flow_id, person_key, started_at DESC);
CREATE INDEX flow_runs_status_idx ON public.flow_runs USING btree (workspace_id, status, started_at DESC, id DESC);
CREATE INDEX flow_runs_workspace_idx ON public.flow_runs USING btree (workspace_id, started_at DESC);
CREATE UNIQUE INDEX flow_runs_alone_idx ON public.flow_runs USING btree (flow_id, alone_key) WHERE (status = 'active'::text);
create policy flow_runs_members_read on public.flow_runs for select to authenticated using (is_member(workspace_id));

create table public.flow_schedules (
  flow_id uuid not null,
  connection_id uuid not null,
  workspace_id uuid not null,
  since timestamp with time zone not null,
  next_due_at timestamp with time zone not null,
  constraint flow_schedules_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint flow_schedules_flow_fkey FOREIGN KEY (flow_id) REFERENCES flows(id) ON DELETE CASCADE,
  constraint flow_schedules_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flow_schedules_pkey PRIMARY KEY (flow_id, connection_id)
);
alter table public.flow_schedules enable row level security;
CREATE INDEX flow_schedules_connection_idx ON public.flow_schedules USING btree (connection_id);
CREATE INDEX flow_schedules_workspace_idx ON public.flow_schedules USING btree (workspace_id);
create policy flow_schedules_members_read on public.flow_schedules for select to authenticated using (is_member(workspace_id));

create table public.flow_starts (
  entry_group uuid not null,
  workspace_id uuid not null,
  flow_id uuid not null,
  outcome text not null,
  run_id uuid,
  recorded_at timestamp with time zone not null,
  detail jsonb,
  journey_id uuid,
  kind text,
  constraint flow_starts_outcome_known CHECK ((outcome = ANY (ARRAY['started'::text, 'stale'::text, 'duplicate'::text, 'repeat'::text, 'settings'::text, 'backfill'::text]))),
  constraint flow_starts_flow_fkey FOREIGN KEY (flow_id) REFERENCES flows(id) ON DELETE CASCADE,
  constraint flow_starts_run_fkey FOREIGN KEY (run_id) REFERENCES flow_runs(id) ON DELETE SET NULL,
  constraint flow_starts_pkey PRIMARY KEY (entry_group, flow_id)
);
alter table public.flow_starts enable row level security;
CREATE INDEX flow_starts_journey_idx ON public.flow_starts USING btree (journey_id) WHERE ((run_id IS NULL) AND (journey_id IS NOT NULL));
CREATE INDEX flow_starts_run_idx ON public.flow_starts USING btree (run_id) WHERE (run_id IS NOT NULL);
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
  flow_id uuid not null,
  connection_id uuid not null,
  is_action boolean not null default false,
  outcome text,
  watch boolean not null default false,
  recheck boolean not null default false,
  looked_at timestamp with time zone,
  started_at timestamp with time zone,
  tries jsonb not null default '[]'::jsonb,
  key_visit integer not null default 1,
  number bigint not null,
  constraint flow_steps_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'done'::text, 'skipped'::text, 'failed'::text, 'canceled'::text]))),
  constraint flow_steps_run_fkey FOREIGN KEY (run_id) REFERENCES flow_runs(id) ON DELETE CASCADE,
  constraint flow_steps_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flow_steps_pkey PRIMARY KEY (id),
  constraint flow_steps_once UNIQUE (run_id, node_id, visit)
);
alter table public.flow_steps enable row level security;
CREATE INDEX flow_steps_due_idx ON public.flow_steps USING btree (due_at) WHERE (status = 'pending'::text);
CREATE INDEX flow_steps_run_idx ON public.flow_steps USING btree (run_id);
CREATE INDEX flow_steps_share_idx ON public.flow_steps USING btree (connection_id, flow_id, due_at, id) WHERE (status = 'pending'::text);
CREATE INDEX flow_steps_waiting_idx ON public.flow_steps USING btree (flow_id, node_id) WHERE (status = 'pending'::text);
CREATE INDEX flow_steps_watch_idx ON public.flow_steps USING btree (connection_id, run_id) WHERE (watch AND (status = 'pending'::text));
create policy flow_steps_members_read on public.flow_steps for select to authenticated using (is_member(workspace_id));

create table public.flow_triggers (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  flow_id uuid not null,
  kind text not null,
  node_id text not null,
  state numeric(2,1),
  states numeric(2,1)[],
  connection_ids uuid[],
  offset_minutes integer,
  schedule jsonb,
  listens_to jsonb not null,
  since timestamp with time zone not null,
  constraint flow_triggers_complete CHECK ((((kind = 'state_changed'::text) = (state IS NOT NULL)) AND ((kind = 'appointment'::text) = (offset_minutes IS NOT NULL)) AND ((kind = 'schedule'::text) = (schedule IS NOT NULL)))),
  constraint flow_triggers_kind_known CHECK ((kind = ANY (ARRAY['state_changed'::text, 'lead_received'::text, 'appointment'::text, 'schedule'::text, 'manual'::text, 'flow'::text]))),
  constraint flow_triggers_flow_fkey FOREIGN KEY (flow_id) REFERENCES flows(id) ON DELETE CASCADE,
  constraint flow_triggers_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flow_triggers_pkey PRIMARY KEY (id),
  constraint flow_triggers_once UNIQUE NULLS NOT DISTINCT (flow_id, state)
);
alter table public.flow_triggers enable row level security;
CREATE INDEX flow_triggers_kind_idx ON public.flow_triggers USING btree (workspace_id, kind, state);
create policy flow_triggers_members_read on public.flow_triggers for select to authenticated using (is_member(workspace_id));

create table public.flow_versions (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  flow_id uuid not null,
  number integer not null,
  graph jsonb not null,
  author text not null,
  published_at timestamp with time zone not null,
  note text not null default ''::text,
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
  published_version_id uuid,
  max_age_hours integer not null default 48,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  again text not null default 'each_time'::text,
  again_after_days integer not null default 30,
  one_for text not null default 'customer'::text,
  exits_on_leave boolean not null default true,
  draft_author text not null default ''::text,
  draft_saved_at timestamp with time zone,
  constraint flows_again_known CHECK ((again = ANY (ARRAY['each_time'::text, 'once'::text, 'after_days'::text]))),
  constraint flows_max_age_positive CHECK ((max_age_hours > 0)),
  constraint flows_one_for_known CHECK ((one_for = ANY (ARRAY['customer'::text, 'journey'::text]))),
  constraint flows_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'live'::text, 'paused'::text, 'archived'::text]))),
  constraint flows_published_version_fkey FOREIGN KEY (published_version_id) REFERENCES flow_versions(id) ON DELETE SET NULL,
  constraint flows_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint flows_pkey PRIMARY KEY (id),
  constraint flows_template_key UNIQUE (workspace_id, template_key)
);
alter table public.flows enable row level security;
create policy flows_members_read on public.flows for select to authenticated using (is_member(workspace_id));

create table public.full_pass_records (
  connection_id uuid not null,
  workspace_id uuid not null,
  resource text not null,
  record_id bigint not null,
  constraint full_pass_records_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint full_pass_records_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint full_pass_records_pkey PRIMARY KEY (connection_id, resource, record_id)
);
alter table public.full_pass_records enable row level security;

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
  backfill_from timestamp with time zone,
  derivation_error text,
  settings_start_flows boolean not null default false,
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
CREATE INDEX messages_due_idx ON public.messages USING btree (due_at, id) WHERE (status = 'queued'::text);
CREATE INDEX messages_flow_idx ON public.messages USING btree (flow_id, status);
CREATE INDEX messages_journey_idx ON public.messages USING btree (journey_id);
CREATE INDEX messages_run_idx ON public.messages USING btree (run_id);
CREATE INDEX messages_status_idx ON public.messages USING btree (workspace_id, status, created_at DESC, id DESC);
CREATE INDEX messages_step_idx ON public.messages USING btree (step_id);
CREATE INDEX messages_waiting_idx ON public.messages USING btree (run_id) WHERE (status = 'queued'::text);
CREATE INDEX messages_workspace_idx ON public.messages USING btree (workspace_id, created_at DESC, id);
create policy messages_members_read on public.messages for select to authenticated using (is_member(workspace_id));

create table public.open_calls (
  id uuid not null,
  workspace_id uuid not null,
  run_id uuid,
  begun_at timestamp with time zone not null,
  constraint open_calls_run_fkey FOREIGN KEY (run_id) REFERENCES flow_runs(id) ON DELETE CASCADE,
  constraint open_calls_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint open_calls_pkey PRIMARY KEY (id)
);
alter table public.open_calls enable row level security;
CREATE INDEX open_calls_run_idx ON public.open_calls USING btree (run_id);
CREATE INDEX open_calls_workspace_idx ON public.open_calls USING btree (workspace_id);

create table public.rejected_records (
  connection_id uuid not null,
  workspace_id uuid not null,
  resource text not null,
  record_id bigint not null,
  issues jsonb not null,
  sync_run_id uuid,
  read_at timestamp with time zone not null,
  data jsonb,
  page integer,
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
  page integer,
  deleted_at timestamp with time zone,
  constraint servicetitan_records_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
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

create table public.settings_changes (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  connection_id uuid,
  number bigint not null,
  before jsonb not null,
  after jsonb not null,
  start_flows boolean not null,
  note text not null,
  moved bigint not null,
  made_by text not null,
  made_at timestamp with time zone not null,
  undone_by text,
  undone_at timestamp with time zone,
  constraint settings_changes_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint settings_changes_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint settings_changes_pkey PRIMARY KEY (id)
);
alter table public.settings_changes enable row level security;
CREATE INDEX settings_changes_connection_idx ON public.settings_changes USING btree (connection_id);
CREATE INDEX settings_changes_scope_idx ON public.settings_changes USING btree (workspace_id, connection_id, number DESC);
create policy settings_changes_members_read on public.settings_changes for select to authenticated using (is_member(workspace_id));

create table public.settings_previews (
  id uuid not null,
  workspace_id uuid not null,
  connection_id uuid,
  before jsonb not null,
  after jsonb not null,
  undoes uuid,
  requested_by text not null,
  requested_at timestamp with time zone not null,
  status text not null default 'running'::text,
  looked_at bigint not null default 0,
  expected bigint not null default 0,
  result jsonb,
  error text,
  leased_until timestamp with time zone not null,
  constraint settings_previews_status_known CHECK ((status = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text]))),
  constraint settings_previews_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint settings_previews_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint settings_previews_pkey PRIMARY KEY (id),
  constraint settings_previews_scope_key UNIQUE NULLS NOT DISTINCT (workspace_id, connection_id)
);
alter table public.settings_previews enable row level security;
CREATE INDEX settings_previews_connection_idx ON public.settings_previews USING btree (connection_id);
create policy settings_previews_members_read on public.settings_previews for select to authenticated using (is_member(workspace_id));

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
  constraint state_entries_journey_fkey FOREIGN KEY (journey_id) REFERENCES customer_servicetitan_state(id) ON DELETE CASCADE,
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
  constraint state_transitions_journey_fkey FOREIGN KEY (journey_id) REFERENCES customer_servicetitan_state(id) ON DELETE CASCADE,
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
  refused_at timestamp with time zone,
  constraint suppressions_email_lower CHECK ((email = lower(email))),
  constraint suppressions_reason_known CHECK ((reason = ANY (ARRAY['unsubscribe'::text, 'bounce'::text, 'spam_report'::text, 'manual'::text, 'never_email'::text]))),
  constraint suppressions_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint suppressions_pkey PRIMARY KEY (id),
  constraint suppressions_email_key UNIQUE NULLS NOT DISTINCT (workspace_id, email, source, connection_id)
);
alter table public.suppressions enable row level security;
CREATE INDEX suppressions_write_back_idx ON public.suppressions USING btree (connection_id, source, refused_at NULLS FIRST, created_at) WHERE (written_back_at IS NULL);
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
  path text not null default 'feed'::text,
  next_read_at timestamp with time zone,
  started_at timestamp with time zone,
  completed_at timestamp with time zone,
  records_read bigint not null default 0,
  pages_read integer not null default 0,
  reading_mark bigint,
  start_mark bigint,
  done_mark bigint,
  holder text,
  leased_until timestamp with time zone,
  is_cancel_requested boolean not null default false,
  run_id uuid,
  milliseconds bigint not null default 0,
  failure_kind text,
  problem text,
  lacks jsonb not null default '[]'::jsonb,
  constraint sync_cursors_path_known CHECK ((path = ANY (ARRAY['list'::text, 'feed'::text, 'full'::text]))),
  constraint sync_cursors_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint sync_cursors_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint sync_cursors_pkey PRIMARY KEY (connection_id, resource, path)
);
alter table public.sync_cursors enable row level security;
create policy sync_cursors_members_read on public.sync_cursors for select to authenticated using (is_member(workspace_id));

create table public.sync_resources (
  connection_id uuid not null,
  workspace_id uuid not null,
  resource text not null,
  poll_seconds integer,
  paused_at timestamp with time zone,
  paused_by text,
  expected_records bigint,
  constraint sync_resources_poll_seconds_sensible CHECK (((poll_seconds >= 60) AND (poll_seconds <= 604800))),
  constraint sync_resources_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint sync_resources_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint sync_resources_pkey PRIMARY KEY (connection_id, resource)
);
alter table public.sync_resources enable row level security;
create policy sync_resources_members_read on public.sync_resources for select to authenticated using (is_member(workspace_id));

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
  resource text,
  path text,
  pages integer not null default 0,
  constraint sync_runs_status_known CHECK ((status = ANY (ARRAY['running'::text, 'succeeded'::text, 'failed'::text, 'abandoned'::text, 'canceled'::text, 'partial'::text]))),
  constraint sync_runs_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint sync_runs_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint sync_runs_pkey PRIMARY KEY (id)
);
alter table public.sync_runs enable row level security;
CREATE INDEX sync_runs_connection_idx ON public.sync_runs USING btree (connection_id, started_at DESC);
CREATE INDEX sync_runs_finished_idx ON public.sync_runs USING btree (finished_at DESC) WHERE (finished_at IS NOT NULL);
create policy sync_runs_members_read on public.sync_runs for select to authenticated using (is_member(workspace_id));

create table public.team_mails (
  id uuid not null,
  workspace_id uuid not null,
  run_id uuid,
  to_email text not null,
  subject text not null,
  status text not null default 'handed_over'::text,
  tries integer not null default 1,
  handed_over_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint team_mails_status_known CHECK ((status = ANY (ARRAY['handed_over'::text, 'sent'::text, 'refused'::text]))),
  constraint team_mails_run_fkey FOREIGN KEY (run_id) REFERENCES flow_runs(id) ON DELETE SET NULL,
  constraint team_mails_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint team_mails_pkey PRIMARY KEY (id)
);
alter table public.team_mails enable row level security;
CREATE INDEX team_mails_run_idx ON public.team_mails USING btree (run_id);
CREATE INDEX team_mails_workspace_idx ON public.team_mails USING btree (workspace_id, handed_over_at DESC);
create policy team_mails_members_read on public.team_mails for select to authenticated using (is_member(workspace_id));

create table public.webhook_counts (
  connection_id uuid not null,
  workspace_id uuid not null,
  day date not null,
  outcome text not null,
  count bigint not null,
  last_at timestamp with time zone not null,
  constraint webhook_counts_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint webhook_counts_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint webhook_counts_pkey PRIMARY KEY (connection_id, day, outcome)
);
alter table public.webhook_counts enable row level security;
create policy webhook_counts_members_read on public.webhook_counts for select to authenticated using (is_member(workspace_id));

create table public.webhook_events (
  connection_id uuid not null,
  workspace_id uuid not null,
  occurrence_id text not null,
  type text not null,
  happened_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  repeats integer not null default 0,
  constraint webhook_events_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint webhook_events_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint webhook_events_pkey PRIMARY KEY (connection_id, occurrence_id)
);
alter table public.webhook_events enable row level security;
CREATE INDEX webhook_events_connection_idx ON public.webhook_events USING btree (connection_id, received_at DESC);
CREATE INDEX webhook_events_received_idx ON public.webhook_events USING btree (received_at);
create policy webhook_events_members_read on public.webhook_events for select to authenticated using (is_member(workspace_id));

create table public.webhook_keys (
  connection_id uuid not null,
  workspace_id uuid not null,
  slot text not null,
  key_id text not null,
  ciphertext text not null,
  created_at timestamp with time zone not null,
  valid_until timestamp with time zone,
  constraint webhook_keys_slot_known CHECK ((slot = ANY (ARRAY['current'::text, 'former'::text]))),
  constraint webhook_keys_connection_fkey FOREIGN KEY (connection_id) REFERENCES integration_connections(id) ON DELETE CASCADE,
  constraint webhook_keys_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE,
  constraint webhook_keys_pkey PRIMARY KEY (connection_id, slot)
);
alter table public.webhook_keys enable row level security;

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

create view public.alert_summaries as
 SELECT a.id,
    a.workspace_id,
    a.kind,
    a.flow_id,
    f.name AS flow_name,
    a.run_id,
    a.contact_id,
    COALESCE(c.name, 'Unknown customer'::text) AS customer_name,
    a.message,
    a.created_at,
    a.closed_at,
    a.closed_by
   FROM ((alerts a
     LEFT JOIN flows f ON ((f.id = a.flow_id)))
     LEFT JOIN contacts c ON ((c.id = a.contact_id)));

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

create view public.message_facts as
 SELECT m.id,
    (((f.id IS NULL) OR (f.status = 'live'::text)) AND ((n.id IS NULL) OR (n.status = 'connected'::text))) AS is_open,
    COALESCE(((r.status = 'ended'::text) AND (r.ended_reason = 'left_state'::text)), false) AS has_left,
    jsonb_build_object('state', r.state, 'sender', jsonb_build_object('name', w.sender_name, 'email', w.sender_email, 'postalAddress', w.postal_address), 'contact',
        CASE
            WHEN (c.id IS NULL) THEN NULL::jsonb
            ELSE jsonb_build_object('email', c.email, 'active', c.active, 'doNotMail', c.do_not_mail, 'doNotService', c.do_not_service, 'marketingAllowed', c.marketing_allowed, 'remindersAllowed', c.reminders_allowed)
        END, 'suppression',
        CASE
            WHEN (c.email IS NOT NULL) THEN find_suppression(m.workspace_id, c.email)
            ELSE NULL::text
        END) AS facts
   FROM ((((((messages m
     JOIN workspaces w ON ((w.id = m.workspace_id)))
     LEFT JOIN flow_runs r ON ((r.id = m.run_id)))
     LEFT JOIN flows f ON ((f.id = m.flow_id)))
     LEFT JOIN integration_connections n ON ((n.id = r.connection_id)))
     LEFT JOIN customer_servicetitan_state j ON ((j.id = m.journey_id)))
     LEFT JOIN contacts c ON ((c.id = COALESCE(j.contact_id, m.contact_id))));

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
    r.ended_at,
    r.journey_id,
    r.connection_id,
    r.trigger_kind,
    r.started_by,
    f.published_version_id
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

CREATE OR REPLACE FUNCTION public.add_steps(p_run flow_runs, p_next jsonb)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_count int;
begin
  insert into public.flow_steps (workspace_id, run_id, flow_id, connection_id, node_id, visit, key_visit, status, due_at, anchor_minutes, entered_at, is_action, watch)
  select p_run.workspace_id, p_run.id, p_run.flow_id, p_run.connection_id, n.node_id, v.visit, v.visit - p_run.visit_base, 'pending', n.due_at, n.anchor_minutes, n.entered_at, n.is_action, n.watch
  from jsonb_to_recordset(p_next) as n (
    node_id text, visit int, due_at timestamptz, anchor_minutes int, entered_at timestamptz, is_action boolean, watch boolean)
  -- Whoever was there before comes another time.
  cross join lateral (
    select greatest(n.visit, max(s.visit) + 1) as visit from public.flow_steps s where s.run_id = p_run.id and s.node_id = n.node_id) v;
  get diagnostics v_count = row_count;
  return v_count;
end
$function$
;

CREATE OR REPLACE FUNCTION public.advance_enrolment(p_now timestamp with time zone, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_enrolment public.flow_enrolments;
  v_row public.customer_servicetitan_state;
  v_looked int := 0;
  v_started int := 0;
  v_due timestamptz;
begin
  select e.* into v_enrolment from public.flow_enrolments e join public.flows f on f.id = e.flow_id
  where e.done_at is null and f.status in ('live', 'paused') order by e.created_at, e.id limit 1 for update of e skip locked;
  if v_enrolment.id is null then return null; end if;
  for v_row in
    select j.*
    from (
      select s.id from public.integration_connections c
      cross join unnest(v_enrolment.states) as w (state)
      cross join lateral (
        select x.id from public.customer_servicetitan_state x
        where x.connection_id = c.id and x.current_state = w.state and x.current_state <> 0 and x.id > v_enrolment.after_id
        order by x.id limit p_limit
      ) s
      where c.workspace_id = v_enrolment.workspace_id and (v_enrolment.connection_ids is null or c.id = any (v_enrolment.connection_ids))
      order by s.id limit p_limit
    ) n
    join public.customer_servicetitan_state j on j.id = n.id
    order by n.id for share of j
  loop
    v_looked := v_looked + 1;
    v_enrolment.after_id := v_row.id;
    -- One by one within some minutes, not all in the same second.
    v_due := greatest(v_enrolment.due_at, p_now) + make_interval(secs => floor(60 * v_enrolment.spread_minutes * public.person_share(
      public.person_key(v_row.connection_id, v_row.servicetitan_customer_id, v_row.contact_id, v_row.id) || ' ' || v_enrolment.flow_id)));
    -- Whoever left meanwhile is not meant any more.
    if v_row.current_state = any (v_enrolment.states) and public.start_run(v_enrolment.flow_id, v_row,
      public.key_group(v_enrolment.key || ':' || v_row.id), v_enrolment.kind, jsonb_build_object('startedBy', coalesce('member:' || v_enrolment.requested_by, v_enrolment.key)),
      p_now, p_now, v_due) = 'started' then
      v_started := v_started + 1;
    end if;
  end loop;
  update public.flow_enrolments e set after_id = v_enrolment.after_id, started = e.started + v_started, refrained = e.refrained + v_looked - v_started,
    done_at = case when v_looked < p_limit then p_now end
  where e.id = v_enrolment.id;
  return jsonb_build_object('looked', v_looked, 'started', v_started);
end
$function$
;

CREATE OR REPLACE FUNCTION public.advance_messages(p_results jsonb, p_messages jsonb, p_now timestamp with time zone, p_system_now timestamp with time zone, p_lease_seconds integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_may_wait boolean := jsonb_array_length(p_results) + jsonb_array_length(p_messages) = 1;
  v_outcomes jsonb := '[]';
begin
  if jsonb_array_length(p_results) > 0 then
    v_outcomes := public.finish_messages(p_results, p_now, v_may_wait);
  end if;
  if jsonb_array_length(p_messages) > 0 then
    v_outcomes := v_outcomes || public.hand_over_messages(p_messages, p_system_now, p_lease_seconds, v_may_wait);
  end if;
  return v_outcomes;
end
$function$
;

CREATE OR REPLACE FUNCTION public.advance_schedule(p_flow uuid, p_connection uuid, p_since timestamp with time zone, p_expected timestamp with time zone, p_due timestamp with time zone, p_next timestamp with time zone, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_trigger public.flow_triggers;
begin
  select * into v_trigger from public.flow_triggers t where t.flow_id = p_flow and t.kind = 'schedule' and t.since = p_since;
  if v_trigger.id is null then return false; end if;
  insert into public.flow_schedules as s (flow_id, connection_id, workspace_id, since, next_due_at)
  values (p_flow, p_connection, v_trigger.workspace_id, p_since, p_next)
  on conflict (flow_id, connection_id) do update set since = excluded.since, next_due_at = excluded.next_due_at
    where s.since <> excluded.since or s.next_due_at = p_expected;
  if not found then return false; end if;
  if p_due is not null then
    insert into public.flow_enrolments (workspace_id, flow_id, key, kind, connection_ids, states, due_at, spread_minutes, created_at)
    values (v_trigger.workspace_id, p_flow, 'schedule:' || p_connection || ':' || extract(epoch from p_due)::bigint, 'schedule', array[p_connection],
      v_trigger.states, p_due, 15, p_now)
    on conflict (flow_id, key) do nothing;
  end if;
  return true;
end
$function$
;

CREATE OR REPLACE FUNCTION public.apply_journeys(p_connection uuid, p_derivation bigint, p_contacts jsonb, p_changes jsonb, p_queue_ids bigint[], p_now timestamp with time zone, p_walk jsonb DEFAULT NULL::jsonb, p_postponed_ids bigint[] DEFAULT '{}'::bigint[], p_leads jsonb DEFAULT '[]'::jsonb, p_touched uuid[] DEFAULT '{}'::uuid[])
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_workspace uuid;
  v_derivations bigint;
  v_changes public.journey_change[];
  v_change public.journey_change;
  v_row public.customer_servicetitan_state;
  v_new_customers bigint[];
  v_quiet int[];
  v_outcome text;
  v_transitions int;
  v_started int := 0;
  v_ended int := 0;
  v_count int;
begin
  -- What was derived from is still what the mirror says only if nobody has settled queued records since it was loaded.
  update public.integration_connections c set derivations = c.derivations + 1
  where c.id = p_connection and c.derivations = p_derivation
  returning c.workspace_id, c.derivations into v_workspace, v_derivations;
  if v_workspace is null then
    raise exception 'Somebody else has derived this connection meanwhile.' using errcode = 'PT409';
  end if;

  v_new_customers := public.store_contacts(p_connection, v_workspace, p_contacts, p_now);

  -- Locked in a fixed order: two workers wait for each other instead of dead-locking. That derivations of a connection come one after the other is
  -- decided above; a person or a flow may still set the state of one of these.
  perform 1 from public.customer_servicetitan_state s
  where s.id in (select (e.value ->> 'id')::uuid from jsonb_array_elements(p_changes) as e (value) where e.value ->> 'id' is not null)
  order by s.id for update;
  v_changes := public.read_changes(p_connection, p_changes, p_now);
  if exists (select 1 from unnest(v_changes) as c where not c.is_new and c.found_version is distinct from c.expected_version) then
    raise exception 'A journey has moved meanwhile.' using errcode = 'PT409';
  end if;

  if v_changes is not null then
    perform public.write_journeys(p_connection, v_workspace, v_changes, p_now);
    -- All leavings come before all entries.
    if exists (select 1 from unnest(v_changes) as c where not c.is_new) then
      v_ended := public.leave_states(p_connection, v_workspace, v_changes, p_now);
    end if;
    v_quiet := public.enter_quietly(p_connection, v_workspace, v_changes, p_now);
    -- What may start or resume something comes one by one, in the order in which it happened: the caller has sorted it.
    for v_change in select c.* from unnest(v_changes) as c where c.entry is not null and not c.position = any (coalesce(v_quiet, '{}')) order by c.position loop
      select * into v_row from public.customer_servicetitan_state s where s.id = v_change.journey_id;
      v_outcome := public.enter_state(v_row, v_change.entry, p_now, v_change.at);
      insert into public.state_transitions (workspace_id, connection_id, journey_id, contact_id, from_state, to_state, job_id, entering_key, rule, explanation,
        happened_on, recorded_at, source, outcome)
      values (v_workspace, p_connection, v_row.id, v_row.contact_id, (v_change.entry ->> 'from')::numeric, v_row.current_state, v_row.job_id, v_row.entering_key, v_row.rule,
        v_row.explanation, v_row.happened_on, v_change.at, v_change.entry ->> 'source', v_outcome);
      if v_outcome = 'started' then
        select count(*) into v_count from public.flow_starts f join public.state_entries e on e.entry_group = f.entry_group
        where e.connection_id = p_connection and e.state = v_row.current_state and e.entering_key = v_row.entering_key and f.outcome = 'started';
        v_started := v_started + v_count;
      end if;
    end loop;
  end if;
  select count(*) into v_transitions from unnest(v_changes) as c where c.entry is not null;

  -- Rows whose customer had not been read yet when they were made: consent hangs on who they really are.
  if v_new_customers is not null then
    with known as (
      select c.id, c.source_id from public.contacts c
      where c.connection_id = p_connection and c.source_type = 'customer' and c.source_id = any (v_new_customers)
    ),
    linked as (
      update public.customer_servicetitan_state s set contact_id = k.id, updated_at = p_now
      from known k
      where s.connection_id = p_connection and s.servicetitan_customer_id = k.source_id and s.contact_id is distinct from k.id
      returning s.id, s.contact_id
    )
    update public.flow_runs r set contact_id = l.contact_id from linked l where r.journey_id = l.id and r.status <> 'done';
  end if;

  if jsonb_array_length(p_leads) > 0 then
    v_started := v_started + public.receive_leads(p_connection, v_workspace, p_leads, p_now);
  end if;
  perform public.recheck_steps(p_connection, p_touched, p_now);

  delete from public.derivation_queue q where q.id = any (p_queue_ids);
  update public.derivation_queue q set source = 'backfill' where q.id = any (p_postponed_ids);
  if p_walk is not null then
    perform public.move_walk(p_connection, v_workspace, p_walk, p_now);
  end if;

  if cardinality(v_changes) > 100 then
    insert into public.change_events (workspace_id, type, payload, at)
    values (v_workspace, 'journey', jsonb_build_object('connectionId', p_connection), p_now);
  else
    insert into public.change_events (workspace_id, type, payload, at)
    select v_workspace, 'journey', jsonb_build_object('connectionId', p_connection, 'journeyId', c.journey_id, 'contactId', c.contact_id), p_now
    from unnest(v_changes) as c;
  end if;

  return jsonb_build_object('rows', coalesce(cardinality(v_changes), 0), 'transitions', v_transitions, 'runsStarted', v_started, 'runsEnded', v_ended, 'derivation', v_derivations);
end
$function$
;

CREATE OR REPLACE FUNCTION public.apply_moves(p_flow uuid, p_moves jsonb, p_now timestamp with time zone, p_system_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_version uuid;
  v_move record;
  v_run public.flow_runs;
  v_step public.flow_steps;
  v_moved int := 0;
begin
  select m.version_id into v_version from public.flow_moves m where m.flow_id = p_flow for update;
  if v_version is null then return 0; end if;
  for v_move in
    select * from jsonb_to_recordset(p_moves) as x (run_id uuid, step_id uuid, version_id uuid, target_id uuid, node_id text, due_at timestamptz, anchor_minutes int,
      entered_at timestamptz, is_action boolean, watch boolean, next jsonb)
    where x.target_id = v_version order by x.run_id
  loop
    -- What somebody is at comes later: he settles it in the version that he knows, and it is moved from where that leads.
    select r.* into v_run from public.flow_runs r where r.id = v_move.run_id and r.status = 'active' and r.version_id = v_move.version_id for no key update skip locked;
    continue when v_run.id is null;
    select s.* into v_step from public.flow_steps s
    where s.id = v_move.step_id and s.run_id = v_run.id and s.status = 'pending' and (s.leased_until is null or s.leased_until <= p_system_now)
    for no key update skip locked;
    continue when v_step.id is null;
    update public.flow_runs r set version_id = v_version where r.id = v_run.id returning * into v_run;
    if v_move.node_id = v_step.node_id then
      update public.flow_steps s set due_at = v_move.due_at, anchor_minutes = v_move.anchor_minutes, is_action = v_move.is_action, watch = v_move.watch,
        leased_by = null, leased_until = null
      where s.id = v_step.id;
    else
      update public.flow_steps s set status = 'skipped', output = jsonb_build_object('moved', true), finished_at = p_now, leased_by = null, leased_until = null where s.id = v_step.id;
      if v_move.node_id is null then
        update public.flow_runs r set status = 'ended', ended_reason = 'moved', ended_at = p_now where r.id = v_run.id;
      else
        perform public.add_steps(v_run, v_move.next);
      end if;
    end if;
    insert into public.change_events (workspace_id, type, payload, at)
    values (v_run.workspace_id, 'run', jsonb_build_object('contactId', v_run.contact_id, 'runId', v_run.id, 'flowId', p_flow, 'journeyId', v_run.journey_id), p_now);
    v_moved := v_moved + 1;
  end loop;
  update public.flow_moves m set moved = m.moved + v_moved where m.flow_id = p_flow;
  return v_moved;
end
$function$
;

CREATE OR REPLACE FUNCTION public.apply_settings_change(p_preview uuid, p_workspace uuid, p_connection uuid, p_start_flows boolean, p_note text, p_actor text, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.audience_of(p_flow uuid)
 RETURNS TABLE(states numeric[], connection_ids uuid[])
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select array(select distinct s.state from public.flow_triggers t cross join unnest(coalesce(t.states, array[t.state])) as s (state) where t.flow_id = p_flow and s.state is not null),
    (select t.connection_ids from public.flow_triggers t where t.flow_id = p_flow limit 1)
$function$
;

CREATE OR REPLACE FUNCTION public.awaited_keys(p_connection uuid, p_keys bigint[], p_lists_only boolean)
 RETURNS bigint[]
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.begin_call(p_id uuid, p_workspace uuid, p_run uuid, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into public.open_calls (id, workspace_id, run_id, begun_at)
  -- The run may be gone by now; then nobody does its step again.
  values (p_id, p_workspace, (select r.id from public.flow_runs r where r.id = p_run), p_now)
  on conflict do nothing;
  return found;
end
$function$
;

CREATE OR REPLACE FUNCTION public.begin_read(p_connection uuid, p_resource text, p_path text, p_holder text, p_lease_seconds integer, p_force text, p_now timestamp with time zone, p_system_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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

CREATE OR REPLACE FUNCTION public.cancel_lost_steps(p_system_now timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
  with lost as materialized (
    select s.id from public.flow_steps s join public.flow_runs r on r.id = s.run_id
    where s.status = 'pending' and s.leased_until <= p_system_now and r.status = 'ended'
    for no key update of s skip locked
  )
  update public.flow_steps s set status = 'canceled', leased_by = null, leased_until = null from lost l where s.id = l.id
$function$
;

CREATE OR REPLACE FUNCTION public.cancel_runs(p_workspace uuid, p_runs uuid[], p_actor text, p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_runs uuid[];
  v_count int;
begin
  select array_agg(r.id) into v_runs from public.flow_runs r
  where r.id = any (p_runs) and r.workspace_id = p_workspace and (r.status in ('active', 'parked') or (r.status = 'ended' and r.ended_reason = 'left_state'));
  v_count := public.end_runs(coalesce(v_runs, '{}'), 'canceled', p_now, p_actor);
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  select p_workspace, p_actor, 'run.cancel', 'run:' || r.id, '{}', p_now from unnest(v_runs) as r (id);
  return v_count;
end
$function$
;

CREATE OR REPLACE FUNCTION public.choose_derivation(p_connection uuid, p_limit integer, p_only_people boolean, p_after_records bigint, p_after_settings bigint)
 RETURNS json
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_created_on text;
  v_is_backfilling boolean := public.is_backfilling(p_connection);
  v_walk public.derivation_walks;
  v_rule text;
  v_source text;
  v_keys bigint[];
  v_seeds bigint[];
  v_after bigint;
  v_held bigint[];
  v_old bigint[];
  v_pending bigint[];
  v_settled bigint[];
  v_postponed bigint[];
begin
  select to_char(c.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"0000Z"') into v_created_on from public.integration_connections c where c.id = p_connection;

  -- People and the clock first.
  select o.source into v_source
  from (values ('manual', 1), ('flow', 1), ('timer', 2)) as o (source, rank)
  where exists (select 1 from public.derivation_queue q where q.connection_id = p_connection and q.source = o.source)
  order by o.rank, o.source limit 1;
  if v_source is not null then
    v_rule := 'people';
    select array_agg(distinct public.record_key(x.entity, x.entity_id)) into v_seeds
    from (
      select q.entity, q.entity_id from public.derivation_queue q where q.connection_id = p_connection and q.source = v_source
      -- Not in the order of the primary key, which would be walked through all that waits of other connections.
      order by q.id + 0 limit p_limit
    ) x;
    v_keys := public.reach_records(p_connection, v_seeds);
    select array_agg(q.id) into v_settled from unnest(v_keys) as k
    join public.derivation_queue q on q.connection_id = p_connection and q.source = v_source
      and q.entity = (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k & 7] and q.entity_id = k >> 3;
    select array_agg(n.key) into v_pending from public.queued_news(p_connection, v_keys) n;
    if v_pending is not null then v_pending := public.reach_records(p_connection, v_pending); end if;
    if v_is_backfilling or exists (select 1 from public.derivation_walks w where w.connection_id = p_connection and w.source = 'backfill') then v_pending := v_keys; end if;
  end if;
  if v_rule is null and p_only_people then return null; end if;

  -- Then the history, once it is all there.
  if v_rule is null then
    select * into v_walk from public.derivation_walks w where w.connection_id = p_connection and w.source = 'backfill';
    if v_walk.source is not null and not v_is_backfilling then
      return public.load_chunk(p_connection, 'backfill', v_walk.phase, v_walk.record_id, p_limit);
    end if;
  end if;

  -- Then what reads brought.
  if v_rule is null then
    with marks as materialized (select m.resource, m.mark from public.derivable_marks(p_connection, v_is_backfilling) m)
    select min(x.source), array_agg(distinct public.record_key(x.entity, x.entity_id)), max(x.id) into v_source, v_seeds, v_after
    from (
      select d.* from unnest(case when v_is_backfilling then array['webhook', 'poll'] else array['webhook', 'poll', 'backfill'] end) as o (source)
      cross join lateral (
        select q.id, q.entity, q.entity_id, q.source from public.derivation_queue q
        left join marks m on m.resource = q.resource
        where q.connection_id = p_connection and q.source = o.source and q.id > p_after_records
          and (q.resource is null or q.id < m.mark)
        order by q.id limit p_limit
      ) d
      order by d.id limit p_limit
    ) x;
    if v_seeds is not null then
      v_rule := 'records';
      v_source := case when v_source = 'webhook' then 'webhook' else 'poll' end;
      v_keys := public.reach_records(p_connection, v_seeds);
      select array_agg(n.key) into v_held from public.queued_news(p_connection, v_keys) n
      left join public.derivable_marks(p_connection, v_is_backfilling) m on m.resource = n.resource
      where n.resource is not null and n.id >= m.mark and (n.source <> 'backfill' or not v_is_backfilling);
      if v_held is not null then v_keys := public.without_keys(v_keys, public.reach_records(p_connection, v_held)); end if;
      if v_is_backfilling then
        -- The past of what is not new since the connection was made may still be on its way. So may what is named and was not read yet,
        -- unless its list has been read since.
        select array_agg(x.k) filter (where x.is_old), array_agg(x.k) filter (where not x.is_old) into v_old, v_held
        from (
          select k.k, coalesce(r.data ->> 'createdOn' < v_created_on, v_after < m.read_at_mark) as is_old
          from (select k, (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k & 7] as entity from unnest(v_keys) as k) k
          left join public.servicetitan_records r on r.connection_id = p_connection and r.resource = k.entity and r.record_id = k.k >> 3 and r.deleted_at is null
          left join public.derivable_marks(p_connection, true) m on m.resource = k.entity
          where k.entity <> 'projects' and coalesce(r.data ->> 'createdOn' < v_created_on, true)
        ) x;
        if v_held is not null then v_keys := public.without_keys(v_keys, public.reach_records(p_connection, v_held)); end if;
        if v_old is not null then
          v_old := public.reach_records(p_connection, v_old);
          v_keys := public.without_keys(v_keys, v_old);
          select array_agg(n.id) into v_postponed from public.queued_news(p_connection, v_old) n where n.source <> 'backfill';
        end if;
      end if;
      v_keys := public.without_keys(v_keys, public.awaited_keys(p_connection, v_keys, v_is_backfilling));
      select array_agg(n.id) into v_settled from public.queued_news(p_connection, v_keys) n;
    end if;
  end if;

  -- Last what changed settings make of it; news of the same records goes before, so that it is not taken for their effect.
  if v_rule is null then
    select array_agg(distinct public.record_key(x.entity, x.entity_id)), max(x.id) into v_seeds, v_after
    from (
      select q.id, q.entity, q.entity_id from public.derivation_queue q
      where q.connection_id = p_connection and q.source = 'settings' and q.id > p_after_settings
      order by q.id limit p_limit
    ) x;
    if v_seeds is not null then
      v_rule := 'settings';
      v_source := 'settings';
      v_keys := public.reach_records(p_connection, v_seeds);
      select array_agg(n.key) into v_held from public.queued_news(p_connection, v_keys) n;
      if v_held is not null then v_keys := public.without_keys(v_keys, public.reach_records(p_connection, v_held)); end if;
      select array_agg(q.id) into v_settled from unnest(v_keys) as k
      join public.derivation_queue q on q.connection_id = p_connection and q.source = 'settings'
        and q.entity = (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k & 7] and q.entity_id = k >> 3;
    end if;
  end if;
  if v_rule is null and not v_is_backfilling then
    select * into v_walk from public.derivation_walks w where w.connection_id = p_connection and w.source = 'settings';
    if v_walk.source is not null then
      return public.load_chunk(p_connection, 'settings', v_walk.phase, v_walk.record_id, p_limit);
    end if;
  end if;
  if v_rule is null then return null; end if;

  return json_build_object(
    'rule', v_rule,
    'source', v_source,
    'derivation', (select c.derivations from public.integration_connections c where c.id = p_connection),
    'settings', public.load_settings(p_connection),
    'closure', public.load_closure(p_connection, v_keys),
    'queueIds', coalesce(to_json(v_settled), '[]'),
    'postponedIds', coalesce(to_json(v_postponed), '[]'),
    'pending', public.roots_of(v_pending),
    'after', v_after);
end
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

CREATE OR REPLACE FUNCTION public.claim_due_messages(p_now timestamp with time zone, p_system_now timestamp with time zone, p_holder text, p_lease_seconds integer, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
declare
  v_reply jsonb;
begin
  with due as (
    select m.id, m.handed_over_at is not null as uncertain, m.resent_count >= 5 as resent,
      coalesce(r.status = 'ended' and r.ended_reason = 'left_state', false) as left_state
    from public.messages m
    left join public.flow_runs r on r.id = m.run_id
    left join public.flows f on f.id = m.flow_id
    left join public.integration_connections n on n.id = r.connection_id
    where m.status = 'queued' and m.due_at <= p_now and (m.leased_until is null or m.leased_until <= p_system_now)
      and (f.id is null or f.status = 'live') and (n.id is null or n.status = 'connected')
    order by m.due_at, m.id
    limit p_limit
    for no key update of m skip locked
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
    set leased_by = p_holder, leased_until = p_system_now + make_interval(secs => p_lease_seconds), attempts = m.attempts + 1,
      resent_count = m.resent_count + d.uncertain::int
    from due d where m.id = d.id and not (d.uncertain and d.resent) and not d.left_state
    returning m.*
  )
  select jsonb_build_object(
    'skipped', (select count(*) from settled s where s.status = 'skipped'),
    'failed', (select count(*) from settled s where s.status = 'failed'),
    'messages', coalesce((
      select jsonb_agg(f.facts || jsonb_build_object(
        'id', m.id, 'holder', m.leased_by, 'class', m.class, 'subject', m.subject, 'html', m.html, 'text', m.body_text, 'messageId', m.message_id, 'attempts', m.attempts,
        'facts', md5(f.facts::text)
      ) order by m.due_at, m.id)
      from claimed m
      -- Made once for both uses.
      cross join lateral (select v.facts from public.message_facts v where v.id = m.id offset 0) f
    ), '[]'))
  into v_reply;
  return v_reply;
end
$function$
;

CREATE OR REPLACE FUNCTION public.claim_due_steps(p_now timestamp with time zone, p_system_now timestamp with time zone, p_holder text, p_lease_seconds integer, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
declare
  v_connections uuid[];
  v_flows uuid[];
  v_steps jsonb;
begin
  select array_agg(c.id), array_agg(f.id) into v_connections, v_flows
  from public.integration_connections c
  join public.flows f on f.workspace_id = c.workspace_id
  cross join lateral (
    select 1 from public.flow_steps s
    where s.connection_id = c.id and s.flow_id = f.id and s.status = 'pending' and s.due_at <= p_now
      and (s.leased_until is null or s.leased_until <= p_system_now)
    limit 1) as due
  where c.status = 'connected' and f.status = 'live';

  with due as (
    select d.id
    from unnest(v_connections, v_flows) as p (connection_id, flow_id)
    cross join lateral (
      select s.id, s.due_at
      from public.flow_steps s
      where s.connection_id = p.connection_id and s.flow_id = p.flow_id and s.status = 'pending' and s.due_at <= p_now
        and (s.leased_until is null or s.leased_until <= p_system_now)
        and (select r.status from public.flow_runs r where r.id = s.run_id) = 'active'
        -- One step of a run at a time, the earliest.
        and not exists (
          select 1 from public.flow_steps o
          where o.run_id = s.run_id and o.status = 'pending' and (o.due_at, o.id) < (s.due_at, s.id) offset 0)
        -- What a run says goes out before it acts: setting the state next would withdraw it.
        and not (s.is_action and exists (select 1 from public.messages q where q.run_id = s.run_id and q.status = 'queued'))
      order by s.due_at, s.id
      -- Equal shares: thousands of one tenant that are due at once, or slow, hold up nobody else.
      limit ceil(p_limit::numeric / cardinality(v_flows))
      for update of s skip locked
    ) as d
    order by d.due_at, d.id
    limit p_limit
  ),
  claimed as (
    update public.flow_steps s
    set leased_by = p_holder, leased_until = p_system_now + make_interval(secs => p_lease_seconds), attempts = s.attempts + 1,
      -- What is news from now on may come after this look.
      recheck = false, looked_at = p_now
    from due d where s.id = d.id
    returning s.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', k.id, 'holder', k.leased_by, 'nodeId', k.node_id, 'visit', k.visit, 'dueAt', k.due_at, 'enteredAt', k.entered_at, 'attempts', k.attempts,
    'runId', r.id, 'workspaceId', r.workspace_id, 'flowId', r.flow_id, 'versionId', r.version_id, 'connectionId', r.connection_id,
    'journeyId', r.journey_id, 'contactId', coalesce(j.contact_id, r.contact_id), 'state', r.state, 'resumedAt', r.resumed_at,
    'maxAgeHours', f.max_age_hours, 'appointmentStart', j.appointment_start, 'timeZone', n.time_zone, 'personKey', r.person_key,
    -- Keys and answers of effects are those of the pass, so that a run that is begun anew repeats nothing.
    'keyVisit', k.key_visit,
    'doneBefore', case when r.visit_base > 0 then (
      select jsonb_build_object('output', o.output) from public.flow_steps o
      where o.run_id = k.run_id and o.node_id = k.node_id and o.key_visit = k.key_visit and o.visit < k.visit and o.status = 'done' order by o.visit desc limit 1) end
  ) order by k.due_at, k.id), '[]')
  into v_steps
  from claimed k
  join public.flow_runs r on r.id = k.run_id
  join public.flows f on f.id = r.flow_id
  join public.customer_servicetitan_state j on j.id = r.journey_id
  join public.integration_connections n on n.id = r.connection_id;
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

CREATE OR REPLACE FUNCTION public.close_alert(p_workspace uuid, p_alert uuid, p_actor text, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  update public.alerts a set closed_at = p_now, closed_by = p_actor where a.id = p_alert and a.workspace_id = p_workspace and a.closed_at is null;
  if found then
    insert into public.audit_log (workspace_id, actor, action, subject, detail, at) values (p_workspace, p_actor, 'alert.closed', 'alert:' || p_alert, '{}', p_now);
    return true;
  end if;
  return exists (select 1 from public.alerts a where a.id = p_alert and a.workspace_id = p_workspace);
end
$function$
;

CREATE OR REPLACE FUNCTION public.confirm_first_kinds(p_connection uuid, p_kinds jsonb, p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.connection_overview(p_workspace uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
    select n.id, n.name, n.environment, n.tenant_id, n.time_zone, n.status, n.status_reason, n.live_from, n.backfill_from,
      (select max(s.completed_at) from public.sync_cursors s where s.connection_id = n.id and s.path <> 'full') as last_sync_at,
      exists (select 1 from public.sync_cursors s where s.connection_id = n.id and s.leased_until > clock_timestamp()) as syncing,
      (select count(*) from public.servicetitan_records r where r.connection_id = n.id and r.resource = 'customers' and r.active and r.deleted_at is null) as customers
    from public.integration_connections n where n.workspace_id = p_workspace order by n.name
  ) x
$function$
;

CREATE OR REPLACE FUNCTION public.connection_reads(p_connection uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.count_due(p_now timestamp with time zone, p_system_now timestamp with time zone, p_most integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
  select jsonb_build_object(
    'steps', (
      select least(coalesce(sum(d.steps), 0), p_most)
      from public.integration_connections c
      join public.flows f on f.workspace_id = c.workspace_id
      cross join lateral (
        select count(*) as steps from (
          select 1 from public.flow_steps s
          where s.connection_id = c.id and s.flow_id = f.id and s.status = 'pending' and s.due_at <= p_now
            and (s.leased_until is null or s.leased_until <= p_system_now)
          limit p_most) as x
      ) as d
      where c.status = 'connected' and f.status = 'live'),
    'messages', (
      select count(*) from (
        select 1 from public.messages m
        left join public.flow_runs r on r.id = m.run_id
        left join public.flows f on f.id = m.flow_id
        left join public.integration_connections n on n.id = r.connection_id
        where m.status = 'queued' and m.due_at <= p_now and (m.leased_until is null or m.leased_until <= p_system_now)
          and (f.id is null or f.status = 'live') and (n.id is null or n.status = 'connected')
        limit p_most) as x))
$function$
;

CREATE OR REPLACE FUNCTION public.count_enrolment(p_workspace uuid, p_flow uuid, p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select count(distinct e.entrant_key)::int
  from public.flows f
  cross join lateral public.audience_of(f.id) t
  cross join lateral public.list_entrants(f.workspace_id, f.id, t.states, t.connection_ids, f.one_for, f.again, f.again_after_days, p_now) e
  where f.id = p_flow and f.workspace_id = p_workspace
$function$
;

CREATE OR REPLACE FUNCTION public.count_entrants(p_workspace uuid, p_audiences jsonb, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg((
    select count(distinct e.entrant_key)
    from public.list_entrants(p_workspace, a.flow_id, a.states, a.connection_ids, a.one_for, a.again, a.again_after_days, p_now) e
  ) order by a.place), '[]')
  from rows from (
    jsonb_to_recordset(p_audiences) as (flow_id uuid, states numeric[], connection_ids uuid[], one_for text, again text, again_after_days int)
  ) with ordinality as a (flow_id, states, connection_ids, one_for, again, again_after_days, place)
$function$
;

CREATE OR REPLACE FUNCTION public.count_in_flight(p_flow uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(jsonb_build_object('versionId', w.version_id, 'nodeId', w.node_id, 'count', w.runs)), '[]')
  from (
    select r.version_id, s.node_id, count(distinct r.id) as runs
    from public.flow_runs r join public.flow_steps s on s.run_id = r.id and s.status = 'pending'
    where r.flow_id = p_flow and r.status = 'active'
    group by 1, 2
  ) w
$function$
;

CREATE OR REPLACE FUNCTION public.count_passages(p_steps uuid[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
  -- In one order, and last of all: whoever waits here for somebody else is waited for by nobody who is ahead.
  insert into public.flow_passages as p (flow_id, node_id, workspace_id, passed)
  select s.flow_id, s.node_id, s.workspace_id, count(*)
  from unnest(p_steps) as x (id)
  join public.flow_steps s on s.id = x.id
  where not exists (
    select 1 from public.flow_steps o
    where o.run_id = s.run_id and o.node_id = s.node_id and o.visit < s.visit and o.status in ('done', 'skipped')
      -- Who was taken away from there to another version had not gone past it.
      and not coalesce(o.output @> '{"moved": true}', false) offset 0)
  group by 1, 2, 3 order by 1, 2
  on conflict (flow_id, node_id) do update set passed = p.passed + excluded.passed
$function$
;

CREATE OR REPLACE FUNCTION public.count_people(p_flow uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select jsonb_build_object(
    'waiting', coalesce((
      select jsonb_object_agg(w.node_id, w.runs)
      from (
        select s.node_id, count(*) as runs from public.flow_steps s where s.flow_id = p_flow and s.status = 'pending' group by 1) w), '{}'),
    'passed', coalesce((select jsonb_object_agg(p.node_id, p.passed) from public.flow_passages p where p.flow_id = p_flow), '{}'))
$function$
;

CREATE OR REPLACE FUNCTION public.count_run_errors(p_workspace uuid, p_filter jsonb, p_limit integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(jsonb_build_object('error', x.error, 'count', x.runs) order by x.runs desc, x.error), '[]')
  from (
    select r.ended_reason as error, count(*)::int as runs
    from public.flow_runs r
    where r.workspace_id = p_workspace and r.status = 'parked' and r.ended_reason is not null
      and (p_filter ->> 'flowId' is null or r.flow_id = (p_filter ->> 'flowId')::uuid)
      and (p_filter ->> 'contactId' is null or r.contact_id = (p_filter ->> 'contactId')::uuid)
      and (p_filter ->> 'state' is null or r.state = (p_filter ->> 'state')::numeric)
      -- Looked up for each run, and only where it is asked for: joined, all customers would be read.
      and (p_filter ->> 'version' is null
        or (select v.number from public.flow_versions v where v.id = r.version_id) = (p_filter ->> 'version')::int)
      and (p_filter ->> 'search' is null
        or (select c.name from public.contacts c where c.id = r.contact_id)
          ilike '%' || replace(replace(replace(p_filter ->> 'search', '\', '\\'), '%', '\%'), '_', '\_') || '%')
    group by r.ended_reason
    order by count(*) desc, r.ended_reason limit p_limit
  ) x
$function$
;

CREATE OR REPLACE FUNCTION public.count_webhook_refusals(p_refusals jsonb)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  insert into public.webhook_counts as n (connection_id, workspace_id, day, outcome, count, last_at)
  select c.id, c.workspace_id, (x."lastAt" at time zone 'UTC')::date, x.reason, x.count, x."lastAt"
  from jsonb_to_recordset(p_refusals) as x ("connectionId" uuid, reason text, count bigint, "lastAt" timestamptz)
  join public.integration_connections c on c.id = x."connectionId"
  order by c.id, x.reason
  on conflict (connection_id, day, outcome) do update set count = n.count + excluded.count, last_at = greatest(n.last_at, excluded.last_at)
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

CREATE OR REPLACE FUNCTION public.derivable_marks(p_connection uuid, p_lists_only boolean)
 RETURNS TABLE(resource text, mark bigint, read_at_mark bigint)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
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

CREATE OR REPLACE FUNCTION public.due_digests(p_now timestamp with time zone, p_limit integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(jsonb_build_object('workspaceId', w.workspace_id, 'alerts', w.alerts)), '[]')
  from (
    select a.workspace_id, jsonb_agg(jsonb_build_object('id', a.id, 'flowName', f.name, 'message', a.message, 'createdAt', a.created_at) order by a.created_at, a.id) as alerts
    from public.alerts a left join public.flows f on f.id = a.flow_id
    where a.closed_at is null and a.mailed_at is null
      -- One a day, however much goes wrong.
      and not exists (select 1 from public.alerts m where m.workspace_id = a.workspace_id and m.mailed_at > p_now - interval '1 day')
    group by a.workspace_id limit p_limit
  ) w
$function$
;

CREATE OR REPLACE FUNCTION public.due_reads(p_connection uuid, p_reads jsonb, p_now timestamp with time zone, p_system_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.due_schedules(p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'flowId', t.flow_id, 'connectionId', c.id, 'timeZone', c.time_zone, 'schedule', t.schedule, 'since', t.since, 'nextDueAt', s.next_due_at, 'maxAgeHours', f.max_age_hours
  ) order by t.flow_id, c.id), '[]')
  from public.flow_triggers t
  join public.flows f on f.id = t.flow_id and f.status = 'live'
  join public.integration_connections c on c.workspace_id = t.workspace_id and c.status = 'connected' and (t.connection_ids is null or c.id = any (t.connection_ids))
  left join public.flow_schedules s on s.flow_id = t.flow_id and s.connection_id = c.id and s.since = t.since
  where t.kind = 'schedule' and (s.next_due_at is null or s.next_due_at <= p_now)
$function$
;

CREATE OR REPLACE FUNCTION public.end_call(p_id uuid, p_workspace uuid)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  delete from public.open_calls c where c.id = p_id and c.workspace_id = p_workspace
$function$
;

CREATE OR REPLACE FUNCTION public.end_move(p_flow uuid, p_version uuid, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_move public.flow_moves;
begin
  delete from public.flow_moves m
  where m.flow_id = p_flow and m.version_id = p_version
    and not exists (select 1 from public.flow_runs r where r.flow_id = p_flow and r.status = 'active' and r.version_id <> p_version)
  returning * into v_move;
  if v_move.flow_id is null then return false; end if;
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (v_move.workspace_id, v_move.requested_by, 'flow.runs_moved', 'flow:' || p_flow, jsonb_build_object('versionId', p_version, 'moved', v_move.moved), p_now);
  return true;
end
$function$
;

CREATE OR REPLACE FUNCTION public.end_read(p_connection uuid, p_resource text, p_path text, p_holder text, p_outcome jsonb, p_batch jsonb, p_source text, p_now timestamp with time zone, p_system_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.end_runs(p_runs uuid[], p_reason text, p_now timestamp with time zone, p_actor text DEFAULT NULL::text)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ended uuid[];
begin
  -- Journey, run, step: the order in which transitions and settlements lock them, too.
  perform 1 from public.customer_servicetitan_state j
  where j.id in (select r.journey_id from public.flow_runs r where r.id = any (p_runs)) order by j.id for share;
  perform 1 from public.flow_runs r where r.id = any (p_runs) order by r.id for no key update;
  with ended as (
    update public.flow_runs r set status = 'ended', ended_reason = p_reason, ended_at = p_now
    where r.id = any (p_runs) and (r.status in ('active', 'parked') or (r.status = 'ended' and r.ended_reason = 'left_state'))
    returning r.*
  ),
  told as (
    insert into public.change_events (workspace_id, type, payload, at)
    select e.workspace_id, 'run', jsonb_build_object('contactId', e.contact_id, 'runId', e.id, 'flowId', e.flow_id, 'journeyId', e.journey_id), p_now from ended e
  )
  select array_agg(e.id) into v_ended from ended e;
  update public.messages m set status = 'skipped', reason = 'canceled' where m.run_id = any (v_ended) and m.status = 'queued';
  update public.flow_steps s set status = 'canceled' where s.run_id = any (v_ended) and s.status = 'pending' and s.leased_by is null;
  update public.alerts a set closed_at = p_now, closed_by = p_actor where a.run_id = any (v_ended) and a.closed_at is null;
  if p_reason = 'rescheduled' then
    -- The visit may come back to the very time that these were begun for: then they begin anew.
    with freed as (
      update public.flow_runs r set entry_group = gen_random_uuid() where r.id = any (v_ended) returning r.id, r.entry_group
    )
    update public.flow_starts s set entry_group = f.entry_group from freed f where s.run_id = f.id;
  end if;
  return coalesce(cardinality(v_ended), 0);
end
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
  -- From the beginning, also where an earlier one is under way: what that has done was done with other settings.
  insert into public.derivation_walks as w (connection_id, workspace_id, source)
  select c.id, c.workspace_id, p_source from public.integration_connections c
  where c.id = p_connection and exists (select 1 from public.customer_servicetitan_state s where s.connection_id = c.id)
  on conflict (connection_id, source) do update set phase = excluded.phase, record_id = excluded.record_id;
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

CREATE OR REPLACE FUNCTION public.enter_quietly(p_connection uuid, p_workspace uuid, p_changes journey_change[], p_now timestamp with time zone)
 RETURNS integer[]
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_live_from timestamptz;
  v_quiet int[];
begin
  select c.live_from into v_live_from from public.integration_connections c where c.id = p_connection;
  with triggered as materialized (
    select t.flow_id as id, t.state from public.flow_triggers t join public.flows f on f.id = t.flow_id
    where t.workspace_id = p_workspace and t.kind = 'state_changed' and f.status in ('live', 'paused')
      and (t.connection_ids is null or p_connection = any (t.connection_ids))
  ),
  -- All that neither can start anything nor comes back to where it was.
  quiet as materialized (
    select c.*, gen_random_uuid() as entry_group,
      case when c.state = 0 then null when (c.entry ->> 'backfill')::boolean then 'backfill' when (c.entry ->> 'settings')::boolean then 'settings' else 'no_flow' end as outcome
    from unnest(p_changes) as c
    where c.entry is not null and (c.state = 0 or (
      ((c.entry ->> 'backfill')::boolean or (c.entry ->> 'settings')::boolean or not exists (select 1 from triggered t where t.state = c.state))
      and not exists (select 1 from public.state_entries e where e.connection_id = p_connection and e.state = c.state and e.entering_key = c.entering_key)
      and (c.is_new or not exists (select 1 from public.state_transitions t where t.journey_id = c.journey_id and t.from_state = c.state))))
  ),
  entered as (
    insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
    select p_workspace, p_connection, q.journey_id, q.state, q.entering_key, q.entry_group,
      q.outcome, p_now
    from quiet q where q.state <> 0
  ),
  refrained as (
    insert into public.flow_starts (entry_group, workspace_id, flow_id, outcome, recorded_at, detail)
    select q.entry_group, p_workspace, t.id, q.outcome, p_now, case when q.outcome = 'backfill' then jsonb_build_object('liveFrom', v_live_from) end
    from quiet q join triggered t on t.state = q.state
    where q.state <> 0
  ),
  logged as (
    insert into public.state_transitions (workspace_id, connection_id, journey_id, contact_id, from_state, to_state, job_id, entering_key, rule, explanation,
      happened_on, recorded_at, source, outcome)
    select p_workspace, p_connection, q.journey_id, q.contact_id, (q.entry ->> 'from')::numeric, q.state, q.job_id, q.entering_key, q.rule, q.explanation,
      q.happened_on, q.at, q.entry ->> 'source', q.outcome
    from quiet q order by q.position
  )
  select array_agg(q.position) into v_quiet from quiet q;
  return v_quiet;
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
  v_created_on timestamptz := (p_row.derived ->> 'enteringCreatedOn')::timestamptz;
  v_modified_on timestamptz := (p_row.derived ->> 'enteringModifiedOn')::timestamptz;
  v_person text := public.person_key(p_row.connection_id, p_row.servicetitan_customer_id, p_row.contact_id, p_row.id);
  v_entry public.state_entries;
  v_group uuid;
  v_left_at timestamptz;
  v_outcome text;
  v_best text;
  v_detail jsonb;
  v_flow record;
begin
  select * into v_entry from public.state_entries e
  where e.connection_id = p_row.connection_id and e.state = v_state and e.entering_key = p_row.entering_key;

  if v_entry.id is null then
    -- A return may also come by another record that was there already when the journey left the state.
    select t.recorded_at into v_left_at from public.state_transitions t
    where t.journey_id = p_row.id and t.from_state = v_state order by t.id desc limit 1;
    if v_left_at is not null and v_created_on <= v_left_at then
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
    -- What was waited for may have happened while it was away.
    update public.flow_steps s set status = 'pending', due_at = case when s.watch then least(s.due_at, p_now) else s.due_at end
    from public.flow_runs r
    where r.entry_group = v_group and r.status = 'ended' and r.ended_reason = 'left_state' and s.run_id = r.id and s.status = 'canceled';
    update public.messages m set status = 'queued', reason = null, journey_id = p_row.id
    from public.flow_runs r join public.flows f on f.id = r.flow_id
    where r.entry_group = v_group and r.status = 'ended' and r.ended_reason = 'left_state'
      and m.run_id = r.id and m.status = 'skipped' and m.reason = 'left_state'
      and m.due_at > p_now - make_interval(hours => f.max_age_hours);
    -- The same record may come back in another row: what it started goes on there, also what somebody has to see to first.
    update public.flow_runs r set journey_id = p_row.id, contact_id = p_row.contact_id, person_key = v_person,
      alone_key = case f.one_for when 'customer' then v_person else 'journey:' || p_row.id end
    from public.flows f
    where f.id = r.flow_id and r.entry_group = v_group and r.status = 'parked' and r.journey_id <> p_row.id;
    -- A return is not asked to be alone.
    update public.flow_runs r set status = 'active', ended_reason = null, ended_at = null, resumed_at = p_now, journey_id = p_row.id, contact_id = p_row.contact_id,
      person_key = v_person,
      alone_key = case when exists (
        select 1 from public.flow_runs o where o.flow_id = r.flow_id and o.alone_key = k.alone_key and o.status = 'active') then 'run:' || r.id else k.alone_key end
    from (
      select o.id, case f.one_for when 'customer' then v_person else 'journey:' || p_row.id end as alone_key
      from public.flow_runs o join public.flows f on f.id = o.flow_id
      where o.entry_group = v_group
    ) k
    where k.id = r.id and r.status = 'ended' and r.ended_reason = 'left_state';
    return case when found then 'resumed' else 'known' end;
  end if;

  v_group := gen_random_uuid();
  v_best := case when (p_transition ->> 'backfill')::boolean then 'backfill' when (p_transition ->> 'settings')::boolean then 'settings' else 'no_flow' end;

  for v_flow in
    select f.id, f.max_age_hours
    from public.flow_triggers t join public.flows f on f.id = t.flow_id
    where t.workspace_id = p_row.workspace_id and t.kind = 'state_changed' and t.state = v_state and f.status in ('live', 'paused')
      and (t.connection_ids is null or p_row.connection_id = any (t.connection_ids))
    order by f.id
  loop
    v_detail := null;
    if v_best = 'backfill' then
      v_outcome := v_best;
      select jsonb_build_object('liveFrom', c.live_from) into v_detail from public.integration_connections c where c.id = p_row.connection_id;
    elsif v_best = 'settings' then
      v_outcome := v_best;
    elsif p_row.happened_on::timestamptz <= p_now - make_interval(hours => v_flow.max_age_hours)
      and v_modified_on <= p_now - make_interval(hours => v_flow.max_age_hours)
      and not (v_state in (2, 5) and (p_transition ->> 'appointmentAhead')::boolean) then
      v_outcome := 'stale';
      v_detail := jsonb_build_object('happenedOn', p_row.happened_on, 'modifiedOn', p_row.derived ->> 'enteringModifiedOn', 'maxAgeHours', v_flow.max_age_hours);
    else
      v_outcome := 'started';
    end if;
    if v_outcome = 'started' then
      v_outcome := public.start_run(v_flow.id, p_row, v_group, 'state_changed', jsonb_build_object('enteringKey', p_row.entering_key), p_now, p_at, p_at);
    else
      insert into public.flow_starts (entry_group, workspace_id, flow_id, outcome, recorded_at, detail)
      values (v_group, p_row.workspace_id, v_flow.id, v_outcome, p_now, v_detail);
    end if;
    if v_best = 'no_flow' or v_outcome = 'started' then v_best := v_outcome; end if;
  end loop;

  insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
  values (p_row.workspace_id, p_row.connection_id, p_row.id, v_state, p_row.entering_key, v_group, v_best, p_now);
  return v_best;
end
$function$
;

CREATE OR REPLACE FUNCTION public.explain_contact(p_workspace uuid, p_contact uuid, p_since timestamp with time zone)
 RETURNS json
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
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
      select json_agg(json_build_object('id', f.id, 'name', f.name, 'triggerState', t.state, 'status', f.status) order by f.name, f.id, t.state)
      from public.flow_triggers t join public.flows f on f.id = t.flow_id
      where t.workspace_id = p_workspace and t.kind = 'state_changed' and (t.connection_ids is null or v_contact.connection_id = any (t.connection_ids))
        and f.status in ('live', 'paused')), '[]')
  );
end
$function$
;

CREATE OR REPLACE FUNCTION public.explain_flow(p_workspace uuid, p_flow uuid, p_contact uuid, p_limit integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.explain_transitions(p_connection uuid, p_journeys uuid[], p_since timestamp with time zone, p_limit integer)
 RETURNS json
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.find_names(p_workspace uuid, p_named jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(jsonb_build_object('resource', w.resource, 'id', w.id, 'connectionId', n.id, 'name', r.data ->> 'name')), '[]')
  from jsonb_to_recordset(p_named) as w (resource text, id bigint)
  cross join public.integration_connections n
  left join public.servicetitan_records r
    on r.connection_id = n.id and r.resource = w.resource and r.record_id = w.id and r.active and r.deleted_at is null
  where n.workspace_id = p_workspace
    -- Of what was never read it is not known what there is.
    and exists (
      select 1 from public.sync_cursors s where s.connection_id = n.id and s.resource = w.resource and s.path = 'list' and s.completed_at is not null)
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

CREATE OR REPLACE FUNCTION public.finish_messages(p_results jsonb, p_now timestamp with time zone, p_may_wait boolean)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
declare
  -- Their holders by their ids.
  v_held jsonb;
begin
  if p_may_wait then
    perform 1 from public.messages m where m.id = (p_results -> 0 ->> 'id')::uuid for no key update;
  end if;
  select coalesce(jsonb_object_agg(h.id, h.leased_by), '{}') into v_held
  from (
    select m.id, m.leased_by
    from jsonb_to_recordset(p_results) as x (id uuid, holder text)
    join public.messages m on m.id = x.id
    where m.leased_by = x.holder and m.status in ('queued', 'skipped')
    for no key update of m skip locked
  ) as h;
  with finished as (
    -- A transition may have set it to skipped while it was on its way: what was sent is sent.
    update public.messages m
    set status = case when m.status = 'skipped' and x.status in ('queued', 'skipped') then m.status else x.status end,
      reason = case when m.status = 'skipped' and x.status in ('queued', 'skipped') then m.reason else x.reason end,
      to_email = coalesce(x.to_email, m.to_email), due_at = coalesce(x.due_at, m.due_at),
      sent_at = case when x.status = 'sent' then p_now end,
      handed_over_at = case when x.status = 'queued' and x.reason is distinct from 'outcome_unknown' then null else m.handed_over_at end,
      leased_by = null, leased_until = null
    from jsonb_to_recordset(p_results) as x (id uuid, holder text, status text, reason text, to_email text, due_at timestamptz)
    where m.id = x.id and v_held ->> x.id::text = x.holder
    returning m.workspace_id, m.contact_id, m.run_id, m.flow_id, m.journey_id
  )
  insert into public.change_events (workspace_id, type, payload, at)
  select f.workspace_id, 'message', jsonb_build_object('contactId', f.contact_id, 'runId', f.run_id, 'flowId', f.flow_id, 'journeyId', f.journey_id), p_now
  from finished f;
  return coalesce((
    select jsonb_agg(jsonb_build_object('id', x.id, 'holder', x.holder, 'outcome', case
      when v_held ->> x.id::text = x.holder then 'done'
      when m.leased_by = x.holder and m.status in ('queued', 'skipped') then 'busy'
      else 'lost' end))
    from jsonb_to_recordset(p_results) as x (id uuid, holder text)
    left join public.messages m on m.id = x.id), '[]');
end
$function$
;

CREATE OR REPLACE FUNCTION public.finish_team_mail(p_id uuid, p_status text, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  update public.team_mails t set status = p_status, finished_at = p_now where t.id = p_id and t.status = 'handed_over'
$function$
;

CREATE OR REPLACE FUNCTION public.hand_over_messages(p_messages jsonb, p_system_now timestamp with time zone, p_lease_seconds integer, p_may_wait boolean)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
declare
  -- Their holders by their ids.
  v_held jsonb;
  v_gone uuid[];
begin
  if p_may_wait then
    perform 1 from public.messages m where m.id = (p_messages -> 0 ->> 'id')::uuid for no key update;
  end if;
  select coalesce(jsonb_object_agg(h.id, h.leased_by), '{}') into v_held
  from (
    select m.id, m.leased_by
    from jsonb_to_recordset(p_messages) as x (id uuid, holder text)
    join public.messages m on m.id = x.id
    where m.leased_by = x.holder and m.leased_until > p_system_now and m.status = 'queued'
    for no key update of m skip locked
  ) as h;
  with gone as (
    update public.messages m
    set handed_over_at = p_system_now, leased_until = p_system_now + make_interval(secs => p_lease_seconds)
    from jsonb_to_recordset(p_messages) as x (id uuid, holder text, facts text)
    join public.message_facts f on f.id = x.id
    where m.id = x.id and v_held ->> x.id::text = x.holder and f.is_open and not f.has_left and md5(f.facts::text) = x.facts
    returning m.id
  )
  select coalesce(array_agg(g.id), '{}') into v_gone from gone g;
  return coalesce((
    select jsonb_agg(jsonb_build_object('id', x.id, 'holder', x.holder, 'outcome', case
      when v_held ->> x.id::text = x.holder then case when x.id = any (v_gone) then 'done' else 'lost' end
      when m.leased_by = x.holder and m.leased_until > p_system_now and m.status = 'queued' then 'busy'
      else 'lost' end))
    from jsonb_to_recordset(p_messages) as x (id uuid, holder text)
    left join public.messages m on m.id = x.id), '[]');
end
$function$
;

CREATE OR REPLACE FUNCTION public.hand_over_team_mail(p_id uuid, p_workspace uuid, p_run uuid, p_to text, p_subject text, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into public.team_mails as t (id, workspace_id, run_id, to_email, subject, handed_over_at)
  -- The run may be gone by now; its mail is told all the same.
  values (p_id, p_workspace, (select r.id from public.flow_runs r where r.id = p_run), p_to, p_subject, p_now)
  on conflict (id) do update set tries = t.tries + 1, handed_over_at = excluded.handed_over_at, status = 'handed_over', finished_at = null
    -- What was refused did not arrive: whoever tries the step again means it.
    where t.status = 'refused' or (t.status = 'handed_over' and t.tries < 6);
  return found;
end
$function$
;

CREATE OR REPLACE FUNCTION public.has_unsubscribed_since(p_connection uuid, p_since timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select exists (
    select 1 from public.suppressions u
    where u.connection_id = p_connection and u.source = 'unsubscribe' and u.written_back_at is null and u.created_at >= p_since)
$function$
;

CREATE OR REPLACE FUNCTION public.index_flow_triggers(p_flow uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.ingest_records(p_connection uuid, p_resource text, p_path text, p_holder text, p_lease_seconds integer, p_batch jsonb, p_source text, p_now timestamp with time zone, p_system_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.is_backfilling(p_connection uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return exists (select 1 from public.integration_connections c where c.id = p_connection and c.backfilled_at is null)
    and exists (
      select 1 from unnest(public.state_resources()) as o (resource)
      where not exists (
        select 1 from public.sync_cursors c
        where c.connection_id = p_connection and c.resource = o.resource and c.path = 'feed' and c.done_mark is not null)
        and not public.is_done_without(p_connection, o.resource));
end
$function$
;

CREATE OR REPLACE FUNCTION public.is_deriving_settings(p_workspace uuid, p_connection uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select exists (
    select 1 from public.derivation_walks w
    where w.workspace_id = p_workspace and w.source = 'settings' and (p_connection is null or w.connection_id = p_connection)
  ) or exists (
    select 1 from public.integration_connections c join public.derivation_queue q on q.connection_id = c.id and q.source = 'settings'
    where c.workspace_id = p_workspace and (p_connection is null or c.id = p_connection))
$function$
;

CREATE OR REPLACE FUNCTION public.is_dispensable(p_resource text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select p_resource in ('customer_contacts', 'bookings', 'leads')
$function$
;

CREATE OR REPLACE FUNCTION public.is_done_without(p_connection uuid, p_resource text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select public.is_dispensable(p_resource) and exists (
    select 1 from public.sync_resources r where r.connection_id = p_connection and r.resource = p_resource and r.paused_at is not null)
$function$
;

CREATE OR REPLACE FUNCTION public.is_given_up(p_failures integer)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select p_failures > 6
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

CREATE OR REPLACE FUNCTION public.keep_draft(p_flow flows, p_reason text, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.keep_own_facts()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.name := coalesce(new.own_name, new.name);
  new.email := coalesce(new.own_email, new.email);
  new.phone := coalesce(new.own_phone, new.phone);
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.key_group(p_key text)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select md5(p_key)::uuid
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

CREATE OR REPLACE FUNCTION public.leave_states(p_connection uuid, p_workspace uuid, p_changes journey_change[], p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ended int := 0;
  v_left int;
begin
  update public.state_overrides o set lifted_at = p_now
  where o.id in (select l.id from unnest(p_changes) as c cross join lateral unnest(c.lifted) as l (id)) and o.lifted_at is null;

  perform public.rekey_runs(p_connection, p_changes);

  -- What was begun for a visit that is not then is over, whatever state that leaves; for its new time it begins anew.
  if exists (select 1 from unnest(p_changes) as c where not c.is_new and c.old_appointment_start > p_now and c.appointment_start is distinct from c.old_appointment_start) then
    v_ended := public.end_runs(array(
      select r.id from unnest(p_changes) as c join public.flow_runs r on r.journey_id = c.journey_id and r.trigger_kind = 'appointment'
      where not c.is_new and c.old_appointment_start > p_now and c.appointment_start is distinct from c.old_appointment_start
        and (r.status in ('active', 'parked') or (r.status = 'ended' and r.ended_reason = 'left_state'))
        and r.started_by = 'appointment:' || c.journey_id || ':' || extract(epoch from c.old_appointment_start)::bigint), 'rescheduled', p_now);
  end if;

  update public.messages m set status = 'skipped', reason = 'left_state'
  from unnest(p_changes) as c join public.flow_runs r on r.journey_id = c.journey_id and r.state = c.old_state and r.status = 'active' and r.exits_on_leave
  where c.entry is not null and c.old_state <> 0 and m.run_id = r.id and m.status = 'queued';
  update public.flow_steps t set status = 'canceled', leased_by = null, leased_until = null
  from unnest(p_changes) as c join public.flow_runs r on r.journey_id = c.journey_id and r.state = c.old_state and r.status = 'active' and r.exits_on_leave
  where c.entry is not null and c.old_state <> 0 and t.run_id = r.id and t.status = 'pending' and t.leased_by is null;
  update public.flow_runs r set status = 'ended', ended_reason = 'left_state', ended_at = c.at
  from unnest(p_changes) as c
  where c.entry is not null and c.old_state <> 0 and r.journey_id = c.journey_id and r.state = c.old_state and r.status = 'active' and r.exits_on_leave;
  get diagnostics v_left = row_count;

  -- Waits that hang on the appointment move with it.
  update public.flow_steps t set due_at = c.appointment_start + make_interval(mins => t.anchor_minutes)
  from unnest(p_changes) as c join public.flow_runs r on r.journey_id = c.journey_id and r.status in ('active', 'ended')
  where not c.is_new and c.appointment_start is distinct from c.old_appointment_start
    and t.run_id = r.id and t.status in ('pending', 'canceled') and t.anchor_minutes is not null;

  -- A refresh uses up the new record's key, which from then on stands for the same runs.
  insert into public.state_entries (workspace_id, connection_id, journey_id, state, entering_key, entry_group, outcome, recorded_at)
  select p_workspace, p_connection, c.journey_id, c.state, c.entering_key, e.entry_group, 'refreshed', p_now
  from unnest(p_changes) as c
  join public.state_entries e on e.connection_id = p_connection and e.state = c.state and e.entering_key = c.old_entering_key
  where not c.is_new and c.entry is null and c.state <> 0 and c.entering_key is distinct from c.old_entering_key
  on conflict (connection_id, state, entering_key) do update set
    entry_group = excluded.entry_group, journey_id = excluded.journey_id, outcome = excluded.outcome;
  return v_ended + v_left;
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

CREATE OR REPLACE FUNCTION public.list_entrants(p_workspace uuid, p_flow uuid, p_states numeric[], p_connections uuid[], p_one_for text, p_again text, p_again_after_days integer, p_now timestamp with time zone)
 RETURNS TABLE(journey_id uuid, entrant_key text)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  -- Who may not enter again at once enters by one journey only.
  select k.journey_id, case p_again when 'each_time' then k.alone_key else k.person_key end
  from (
    select j.id as journey_id, w.person_key, case p_one_for when 'customer' then w.person_key else 'journey:' || j.id end as alone_key
    from public.integration_connections c
    join public.customer_servicetitan_state j on j.connection_id = c.id and j.current_state = any (p_states) and j.current_state <> 0
    cross join lateral (select public.person_key(j.connection_id, j.servicetitan_customer_id, j.contact_id, j.id) as person_key) w
    where c.workspace_id = p_workspace and (p_connections is null or c.id = any (p_connections))
  ) k
  where not exists (select 1 from public.flow_runs r where r.flow_id = p_flow and r.status = 'active' and r.alone_key = k.alone_key)
    and (p_again = 'each_time' or not exists (
      select 1 from public.flow_runs r
      where r.flow_id = p_flow and r.person_key = k.person_key and coalesce(r.ended_reason, '') not in ('not_matched', 'rescheduled')
        and (p_again = 'once' or r.started_at > p_now - make_interval(days => p_again_after_days))))
$function$
;

CREATE OR REPLACE FUNCTION public.list_flow_versions(p_workspace uuid, p_flow uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.list_flows(p_workspace uuid, p_flow uuid DEFAULT NULL::uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.list_options(p_workspace uuid, p_resource text, p_connection uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.list_webhook_receivers()
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'connectionId', c.id, 'workspaceId', c.workspace_id, 'tenantId', c.tenant_id,
    'isEnabled', w.is_enabled, 'headerName', w.header_name, 'encoding', w.encoding,
    'keys', coalesce((
      select jsonb_agg(jsonb_build_object('keyId', k.key_id, 'ciphertext', k.ciphertext, 'validUntil', k.valid_until) order by k.slot)
      from public.webhook_keys k where k.connection_id = c.id), '[]'))), '[]')
  from public.integration_connections c
  left join public.connection_webhooks w on w.connection_id = c.id
$function$
;

CREATE OR REPLACE FUNCTION public.load_chunk(p_connection uuid, p_rule text, p_phase integer, p_record_id bigint, p_limit integer)
 RETURNS json
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_step record;
  v_keys bigint[];
  v_behind bigint[];
  v_held bigint[];
  v_left json;
  v_settled bigint[];
  v_pending bigint[];
begin
  select * into v_step from public.walk_step(p_connection, p_phase, p_record_id, p_limit);
  v_keys := case when v_step.keys is not null then public.reach_records(p_connection, v_step.keys) end;
  -- A closure belongs to the first of its records that the walk meets.
  select array_agg(k) into v_behind from unnest(v_keys) as k
  cross join lateral (
    select 1 from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k & 7]
      and r.record_id = k >> 3 and r.deleted_at is null offset 0) r
  where k & 7 < p_phase or (k & 7 = p_phase and k >> 3 <= p_record_id);
  if v_behind is not null then
    v_keys := public.without_keys(v_keys, public.reach_records(p_connection, v_behind));
  end if;
  -- News of reads that are not through yet is left to its own derivation; so is any news where settings have changed, which must not be taken for their effect.
  if p_rule in ('backfill', 'settings') and v_keys is not null then
    select array_agg(n.key) into v_held from public.queued_news(p_connection, v_keys) n
    left join public.derivable_marks(p_connection, false) m on m.resource = n.resource
    where p_rule = 'settings' or (n.resource is not null and n.id >= m.mark);
    if v_held is not null then
      select json_agg(distinct h) into v_left from unnest(v_held) as h;
      v_keys := public.without_keys(v_keys, public.reach_records(p_connection, v_held));
    end if;
    if p_rule = 'backfill' then
      select array_agg(n.id) into v_settled from public.queued_news(p_connection, v_keys) n;
    end if;
  end if;
  if p_rule = 'all' then
    select array_agg(distinct k) into v_held from unnest(v_keys) as k
    join public.derivation_queue q on q.connection_id = p_connection and q.entity = (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k & 7] and q.entity_id = k >> 3;
    if v_held is not null then v_pending := public.reach_records(p_connection, v_held); end if;
  end if;
  return json_build_object(
    'rule', p_rule,
    'source', case when p_rule = 'settings' then 'settings' else 'poll' end,
    'derivation', (select c.derivations from public.integration_connections c where c.id = p_connection),
    'settings', public.load_settings(p_connection),
    'closure', public.load_closure(p_connection, v_keys),
    'queueIds', coalesce(to_json(v_settled), '[]'),
    'pending', public.roots_of(v_pending),
    'walk', json_build_object('source', p_rule, 'phase', p_phase, 'recordId', p_record_id,
      'next', case when v_step.phase is not null then json_build_object('phase', v_step.phase, 'recordId', v_step.record_id) end,
      'left', case when p_rule = 'settings' then v_left end),
    'isUrgent', exists (select 1 from public.derivation_queue q where q.connection_id = p_connection and q.source in ('manual', 'flow', 'timer')));
end
$function$
;

CREATE OR REPLACE FUNCTION public.load_closure(p_connection uuid, p_keys bigint[])
 RETURNS json
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_records json;
  v_rows json;
  v_overrides json;
  v_customers bigint[];
  v_jobs bigint[];
  v_estimates bigint[];
  v_leads bigint[];
  v_bookings bigint[];
begin
  -- By their numbers and not by a join: while a first tenant is read, the planner knows too little of the table to find the right way round.
  select array_agg(k >> 3) filter (where k & 7 = 1), array_agg(k >> 3) filter (where k & 7 = 2), array_agg(k >> 3) filter (where k & 7 = 3),
    array_agg(k >> 3) filter (where k & 7 = 4), array_agg(k >> 3) filter (where k & 7 = 5)
  into v_customers, v_jobs, v_estimates, v_leads, v_bookings
  from unnest(p_keys) as k;
  with records as (
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = 'customers' and r.record_id = any (v_customers) and r.deleted_at is null
    union all
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = 'jobs' and r.record_id = any (v_jobs) and r.deleted_at is null
    union all
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = 'estimates' and r.record_id = any (v_estimates) and r.deleted_at is null
    union all
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = 'leads' and r.record_id = any (v_leads) and r.deleted_at is null
    union all
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.resource = 'bookings' and r.record_id = any (v_bookings) and r.deleted_at is null
    union all
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.job_id = any (v_jobs) and r.resource in ('appointments', 'canceled_logs') and r.deleted_at is null
    union all
    select r.resource, r.data from public.servicetitan_records r
    where r.connection_id = p_connection and r.customer_id = any (v_customers) and r.resource = 'customer_contacts' and r.deleted_at is null
  )
  select coalesce(json_object_agg(g.resource, g.items), '{}') into v_records
  from (select resource, json_agg(data) as items from records group by resource) g;

  -- As a whole and not one by one: most chunks of a first derivation have none at all.
  with roots as (
    select (array[null, 'job', 'estimate', 'lead', 'booking', null])[k & 7] as root_type, k >> 3 as root_id from unnest(p_keys) as k where k & 7 between 2 and 5
  ),
  found as (
    -- What has a column of its own is told by that; of times, which lose their last digit there, only when it says something else.
    select s.id, s.version, s.derived || jsonb_build_object(
        'root', jsonb_build_object('type', s.root_type, 'id', s.root_id), 'customerId', s.servicetitan_customer_id, 'locationId', s.location_id, 'jobId', s.job_id,
        'state', s.current_state, 'ruleState', s.rule_state, 'rule', s.rule, 'enteringKey', s.entering_key, 'happenedAt', s.happened_on, 'overrideId', s.override_id,
        'openTotal', s.open_total, 'soldTotal', s.sold_total, 'explanation', s.explanation, 'wouldChange', s.would_change)
      || case when (s.derived ->> 'nextDueAt')::timestamptz is distinct from s.next_due_at then jsonb_build_object('nextDueAt', s.next_due_at) else '{}' end
      || case when (s.derived #>> '{appointment,start}')::timestamptz is distinct from s.appointment_start then '{"appointment": null}' else '{}'::jsonb end as derived
    from roots n
    cross join lateral (
      select * from public.customer_servicetitan_state s where s.connection_id = p_connection and s.root_type = n.root_type and s.root_id = n.root_id offset 0) s
  )
  select coalesce((select json_agg(json_build_object('id', f.id, 'version', f.version, 'derived', f.derived)) from found f), '[]'),
    coalesce((
      select json_agg(json_build_object('id', o.id, 'journeyId', o.journey_id, 'state', o.state, 'setOn', o.set_on, 'ruleStateThen', o.rule_state_then))
      from found f join public.state_overrides o on o.journey_id = f.id and o.lifted_at is null), '[]')
  into v_rows, v_overrides;
  return json_build_object('records', v_records, 'rows', v_rows, 'overrides', v_overrides);
end
$function$
;

CREATE OR REPLACE FUNCTION public.load_contact_context(p_workspace uuid, p_contact uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.load_contexts(p_journeys uuid[], p_jobs bigint[], p_contacts uuid[])
 RETURNS TABLE(place bigint, context jsonb)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
  select q.place, jsonb_build_object(
    'connectionId', j.connection_id,
    'state', j.current_state,
    'stateSince', j.state_changed_at,
    'timeZone', n.time_zone,
    'customer', case when c.id is null then null else jsonb_build_object('name', c.name, 'email', c.email, 'phone', c.phone, 'type', u.data ->> 'type',
      'city', u.data #>> '{address,city}', 'zip', u.data #>> '{address,zip}', 'tagIds', coalesce(u.data -> 'tagTypeIds', '[]'),
      'unsubscribed', c.do_not_mail or c.do_not_service or not c.marketing_allowed
        or (c.email is not null and exists (select 1 from public.suppressions x where x.workspace_id = j.workspace_id and x.email = lower(c.email)))) end,
    'job', case when b.record_id is null then null else jsonb_build_object('jobNumber', b.data ->> 'jobNumber', 'summary', b.data ->> 'summary',
      'jobStatus', b.data ->> 'jobStatus', 'total', b.data -> 'total', 'typeId', b.data -> 'jobTypeId', 'type', t.data ->> 'name',
      'businessUnitId', b.data -> 'businessUnitId', 'campaignId', b.data -> 'campaignId', 'tagIds', coalesce(b.data -> 'tagTypeIds', '[]'),
      'completedOn', b.data -> 'completedOn') end,
    'appointment', case when j.appointment_start is null then null else jsonb_build_object('start', j.appointment_start, 'end', j.appointment_end,
      'arrivalWindowStart', j.arrival_window_start, 'arrivalWindowEnd', j.arrival_window_end) end,
    'estimates', (
      select coalesce(jsonb_agg(jsonb_build_object('name', e.data ->> 'name', 'status', e.data ->> 'status', 'createdOn', e.data ->> 'createdOn',
        'total', (e.data ->> 'subtotal')::numeric + (e.data ->> 'tax')::numeric) order by e.data ->> 'createdOn', e.record_id), '[]')
      from (
        select x.record_id, x.data from public.servicetitan_records x
        where x.connection_id = j.connection_id and x.resource = 'estimates' and x.job_id = coalesce(j.job_id, q.job_id) and x.active and x.deleted_at is null
        union all
        select x.record_id, x.data from public.servicetitan_records x
        where x.connection_id = j.connection_id and x.resource = 'estimates' and x.customer_id = j.servicetitan_customer_id and x.job_id is null and x.active
          and x.deleted_at is null
      ) e
    ),
    'openTotal', j.open_total,
    'soldTotal', j.sold_total,
    'workspace', jsonb_build_object('name', w.name, 'senderEmail', w.sender_email, 'phone', w.phone, 'website', w.website,
      'postalAddress', w.postal_address, 'reviewUrl', w.review_url),
    'messagesSent', 0, 'replied', false, 'steps', '{}'::jsonb)
  from unnest(p_journeys, p_jobs, p_contacts) with ordinality as q (journey_id, job_id, contact_id, place)
  join public.customer_servicetitan_state j on j.id = q.journey_id
  join public.integration_connections n on n.id = j.connection_id
  join public.workspaces w on w.id = j.workspace_id
  left join public.contacts c on c.id = coalesce(j.contact_id, q.contact_id)
  left join public.servicetitan_records u on u.connection_id = j.connection_id and u.resource = 'customers' and u.record_id = j.servicetitan_customer_id
  left join public.servicetitan_records b on b.connection_id = j.connection_id and b.resource = 'jobs' and b.record_id = coalesce(j.job_id, q.job_id)
  left join public.servicetitan_records t on t.connection_id = j.connection_id and t.resource = 'job_types' and t.record_id = (b.data ->> 'jobTypeId')::bigint
$function$
;

CREATE OR REPLACE FUNCTION public.load_derivation(p_connection uuid, p_limit integer, p_now timestamp with time zone, p_only_people boolean DEFAULT false, p_after_records bigint DEFAULT 0, p_after_settings bigint DEFAULT 0, p_is_first boolean DEFAULT true)
 RETURNS json
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  -- Once for each derivation of a connection: a journey with news that may not be told yet stays due, and would be queued for ever.
  if p_is_first then perform public.enqueue_due_journeys(p_connection, p_now); end if;
  if public.is_backfilling(p_connection) then
    delete from public.derivation_walks w where w.connection_id = p_connection and w.source = 'backfill';
  else
    insert into public.derivation_walks (connection_id, workspace_id, source)
    select c.id, c.workspace_id, 'backfill' from public.integration_connections c
    where c.id = p_connection and c.backfilled_at is null
      and exists (select 1 from public.sync_cursors s where s.connection_id = c.id and s.path = 'feed' and s.done_mark is not null)
    on conflict do nothing;
  end if;
  return public.choose_derivation(p_connection, p_limit, p_only_people, p_after_records, p_after_settings);
end
$function$
;

CREATE OR REPLACE FUNCTION public.load_journey_contexts(p_workspace uuid, p_journeys uuid[])
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  with journeys as materialized (
    select j.id, row_number() over (order by j.id) as place, public.person_key(j.connection_id, j.servicetitan_customer_id, j.contact_id, j.id) as person_key
    from public.customer_servicetitan_state j where j.workspace_id = p_workspace and j.id = any (p_journeys)
  )
  select coalesce(jsonb_object_agg(k.id, jsonb_build_object('personKey', k.person_key, 'context', c.context)), '{}')
  from (select array_agg(k.id order by k.place) as journeys, array_agg(null::bigint) as jobs, array_agg(null::uuid) as contacts from journeys k) a
  cross join lateral public.load_contexts(a.journeys, a.jobs, a.contacts) c
  join journeys k on k.place = c.place
$function$
;

CREATE OR REPLACE FUNCTION public.load_move(p_flow uuid, p_after text, p_limit integer, p_system_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(jsonb_build_object('runId', x.id, 'aloneKey', x.alone_key, 'versionId', x.version_id, 'appointmentStart', j.appointment_start, 'timeZone', n.time_zone,
    'personKey', x.person_key, 'step', s.step) order by x.alone_key), '[]')
  from (
    select r.* from public.flow_moves m join public.flow_runs r on r.flow_id = m.flow_id and r.status = 'active' and r.version_id <> m.version_id
    where m.flow_id = p_flow and r.alone_key > p_after
    order by r.alone_key limit p_limit
  ) x
  join public.customer_servicetitan_state j on j.id = x.journey_id
  join public.integration_connections n on n.id = x.connection_id
  left join lateral (
    select jsonb_build_object('id', s.id, 'nodeId', s.node_id, 'visit', s.visit, 'enteredAt', s.entered_at, 'isHeld', coalesce(s.leased_until > p_system_now, false)) as step
    from public.flow_steps s where s.run_id = x.id and s.status = 'pending' order by s.due_at, s.id limit 1
  ) s on true
$function$
;

CREATE OR REPLACE FUNCTION public.load_recipient(p_workspace uuid, p_whom uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.load_settings(p_connection uuid)
 RETURNS json
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select json_build_object(
      'liveFrom', c.live_from, 'connection', c.settings, 'completedResetDays', w.completed_reset_days, 'staleResetDays', w.stale_reset_days, 'mayStartFlows', c.settings_start_flows,
      'wantsLeads', exists (select 1 from public.flow_triggers t join public.flows f on f.id = t.flow_id where t.workspace_id = c.workspace_id and t.kind = 'lead_received' and f.status in ('live', 'paused')),
      'kinds', coalesce((select json_agg(json_build_array(j.subject, j.servicetitan_id, j.kind)) from public.job_classifications j where j.connection_id = c.id), '[]'))
    from public.integration_connections c join public.workspaces w on w.id = c.workspace_id
    where c.id = p_connection);
end
$function$
;

CREATE OR REPLACE FUNCTION public.load_step_contexts(p_runs uuid[], p_with_history uuid[] DEFAULT '{}'::uuid[], p_with_steps uuid[] DEFAULT '{}'::uuid[])
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
  with runs as materialized (
    select r.id, r.journey_id, r.job_id, r.contact_id, r.started_at, row_number() over (order by r.id) as place
    from unnest(p_runs) as q (id) join public.flow_runs r on r.id = q.id
  ),
  asked as (
    select array_agg(r.journey_id order by r.place) as journeys, array_agg(r.job_id order by r.place) as jobs, array_agg(r.contact_id order by r.place) as contacts from runs r
  )
  select coalesce(jsonb_object_agg(r.id, c.context
    || case when r.id = any (p_with_history) then jsonb_build_object(
      'messagesSent', (select count(*) from public.messages m where m.run_id = r.id and m.status in ('queued', 'sent')),
      'replied', exists (
        select 1 from public.customer_servicetitan_state j join public.contact_replies x on x.contact_id = coalesce(j.contact_id, r.contact_id) and x.at >= r.started_at
        where j.id = r.journey_id)) else '{}' end
    || case when r.id = any (p_with_steps) then jsonb_build_object('steps', (
      select coalesce(jsonb_object_agg(s.node_id, jsonb_build_object('outcome', s.outcome, 'output', s.output)), '{}')
      from (
        select distinct on (t.node_id) t.node_id, t.outcome, t.output from public.flow_steps t
        where t.run_id = r.id and t.status in ('done', 'skipped') order by t.node_id, t.visit desc
      ) s)) else '{}' end), '{}')
  from asked a
  cross join lateral public.load_contexts(a.journeys, a.jobs, a.contacts) c
  join runs r on r.place = c.place
$function$
;

CREATE OR REPLACE FUNCTION public.load_stuck_steps(p_workspace uuid, p_runs uuid[])
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'runId', r.id, 'status', r.status, 'flowId', r.flow_id, 'versionId', r.version_id, 'publishedVersionId', f.published_version_id, 'visitBase', r.visit_base,
    'appointmentStart', j.appointment_start, 'timeZone', n.time_zone, 'personKey', r.person_key,
    'step', (
      select jsonb_build_object('id', s.id, 'nodeId', s.node_id, 'visit', s.visit, 'status', s.status)
      from public.flow_steps s where s.run_id = r.id and s.status in ('failed', 'pending') order by s.status = 'failed' desc, s.number desc limit 1))), '[]')
  from public.flow_runs r
  join public.flows f on f.id = r.flow_id
  join public.customer_servicetitan_state j on j.id = r.journey_id
  join public.integration_connections n on n.id = r.connection_id
  where r.workspace_id = p_workspace and r.id = any (p_runs)
$function$
;

CREATE OR REPLACE FUNCTION public.lock_settings(p_workspace uuid, p_connection uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform 1 from public.workspaces w where w.id = p_workspace for no key update;
  perform 1 from public.integration_connections c
  where c.workspace_id = p_workspace and (p_connection is null or c.id = p_connection) order by c.id for no key update;
  return public.settings_snapshot(p_workspace, p_connection);
end
$function$
;

CREATE OR REPLACE FUNCTION public.mark_alerts_mailed(p_alerts uuid[], p_now timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  update public.alerts a set mailed_at = p_now where a.id = any (p_alerts) and a.mailed_at is null
$function$
;

CREATE OR REPLACE FUNCTION public.mark_deleted(p_connection uuid, p_resource text, p_holder text, p_ids bigint[], p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.mark_written_back(p_connection uuid, p_taken text[], p_refused text[], p_now timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  update public.suppressions u
  set written_back_at = case when u.email = any (p_taken) then p_now end, refused_at = case when u.email = any (p_refused) then p_now end
  where u.connection_id = p_connection and u.source = 'unsubscribe' and u.email = any (p_taken || p_refused) and u.written_back_at is null
$function$
;

CREATE OR REPLACE FUNCTION public.mend_run(p_workspace uuid, p_run uuid, p_step uuid, p_action text, p_version uuid, p_next jsonb, p_actor text, p_now timestamp with time zone, p_system_now timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_run public.flow_runs;
  v_step public.flow_steps;
  v_state numeric;
  v_added int;
begin
  select * into v_run from public.flow_runs r where r.id = p_run and r.workspace_id = p_workspace;
  if v_run.id is null then return 'not_found'; end if;
  -- Journey, run, step: the order in which a transition and a settlement lock them, too.
  select j.current_state into v_state from public.customer_servicetitan_state j where j.id = v_run.journey_id for share;
  select * into v_run from public.flow_runs r where r.id = p_run for no key update;
  select * into v_step from public.flow_steps s where s.id = p_step and s.run_id = p_run for no key update;
  if not (v_run.status = 'parked' or (p_action = 'skip' and v_run.status = 'active')) then return 'moved'; end if;
  if p_action <> 'restart' and (v_step.id is null or v_step.status not in ('failed', 'pending') or (p_action = 'retry' and v_step.status <> 'failed')) then
    return 'moved';
  end if;
  if v_step.leased_until > p_system_now then return 'busy'; end if;
  -- A run that was not parked would have ended there.
  if v_run.exits_on_leave and v_state <> v_run.state then return 'left'; end if;
  if v_run.status = 'parked' and exists (
    select 1 from public.flow_runs o where o.flow_id = v_run.flow_id and o.alone_key = v_run.alone_key and o.status = 'active') then
    return 'taken';
  end if;

  update public.flow_runs r set status = 'active', ended_reason = null, ended_at = null, version_id = coalesce(p_version, r.version_id),
    -- Visits go on counting; effects are known by their visit in the pass.
    visit_base = case p_action when 'restart' then coalesce((select max(s.visit) from public.flow_steps s where s.run_id = p_run), 0) else r.visit_base end
  where r.id = p_run returning * into v_run;
  if p_action = 'retry' and p_next is null then
    -- What follows counts from now: the time that it was parked is nobody's wait.
    update public.flow_steps s set status = 'pending', attempts = 0, due_at = p_now, entered_at = p_now, error = null, finished_at = null, leased_by = null, leased_until = null
    where s.id = p_step;
  else
    if p_action = 'skip' then
      update public.flow_steps s set status = 'skipped', output = '{"skipped": "by_hand"}', finished_at = p_now, leased_by = null, leased_until = null where s.id = p_step;
    end if;
    if p_action = 'restart' then
      p_next := jsonb_set(p_next, '{0,visit}', to_jsonb(v_run.visit_base + 1));
    end if;
    v_added := public.add_steps(v_run, p_next);
    if v_added = 0 and not exists (select 1 from public.flow_steps s where s.run_id = p_run and s.status = 'pending') then
      update public.flow_runs r set status = 'done', ended_at = p_now where r.id = p_run;
    end if;
  end if;
  update public.alerts a set closed_at = p_now, closed_by = p_actor where a.run_id = p_run and a.closed_at is null;
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (p_workspace, p_actor, 'run.' || p_action, 'run:' || p_run, jsonb_build_object('stepId', p_step, 'versionId', p_version), p_now);
  insert into public.change_events (workspace_id, type, payload, at)
  values (p_workspace, 'run', jsonb_build_object('contactId', v_run.contact_id, 'runId', p_run, 'flowId', v_run.flow_id, 'journeyId', v_run.journey_id), p_now);
  if p_action = 'skip' then
    perform public.count_passages(array[p_step]);
  end if;
  return 'done';
exception when unique_violation then
  -- Somebody began another run of this person right now.
  return 'taken';
end
$function$
;

CREATE OR REPLACE FUNCTION public.missing_records(p_connection uuid, p_resource text, p_holder text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.move_walk(p_connection uuid, p_workspace uuid, p_walk jsonb, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source)
  select p_workspace, p_connection, (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k.value::bigint & 7], k.value::bigint >> 3, 'settings'
  from jsonb_array_elements_text(coalesce(nullif(p_walk -> 'left', 'null'), '[]')) as k (value);
  update public.derivation_walks w set phase = (p_walk #>> '{next,phase}')::int, record_id = (p_walk #>> '{next,recordId}')::bigint
  where p_walk #>> '{next,phase}' is not null and w.connection_id = p_connection and w.source = p_walk ->> 'source' and w.phase = (p_walk ->> 'phase')::int and w.record_id = (p_walk ->> 'recordId')::bigint;
  if not found then
    delete from public.derivation_walks w
    where p_walk #>> '{next,phase}' is null and w.connection_id = p_connection and w.source = p_walk ->> 'source' and w.phase = (p_walk ->> 'phase')::int and w.record_id = (p_walk ->> 'recordId')::bigint;
    if not found then
      raise exception 'Another worker has gone on with this walk, or it began anew.' using errcode = 'PT409';
    end if;
    if p_walk ->> 'source' = 'backfill' then
      update public.integration_connections c set backfilled_at = p_now where c.id = p_connection and c.backfilled_at is null;
    end if;
  end if;
end
$function$
;

CREATE OR REPLACE FUNCTION public.next_due_at(p_after timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select jsonb_build_object(
    'step', least(
      (select min(s.due_at) from public.flow_steps s join public.flow_runs r on r.id = s.run_id
        where s.status = 'pending' and s.due_at > p_after and r.status = 'active'),
      (select min(s.next_due_at) from public.flow_schedules s join public.flows f on f.id = s.flow_id and f.status = 'live' where s.next_due_at > p_after),
      (select min(d.moment)
        from public.flow_triggers t
        join public.flows f on f.id = t.flow_id and f.status = 'live'
        join public.integration_connections c on c.workspace_id = t.workspace_id
        cross join lateral (
          select min(j.appointment_start) + make_interval(mins => t.offset_minutes) as moment
          from public.customer_servicetitan_state j
          where j.connection_id = c.id and j.appointment_start > p_after - make_interval(mins => t.offset_minutes)) d
        where t.kind = 'appointment')),
    'reset', (select min(j.next_due_at) from public.customer_servicetitan_state j where j.next_due_at > p_after))
$function$
;

CREATE OR REPLACE FUNCTION public.note_derivation(p_connection uuid, p_error text, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.note_picture(p_connection uuid, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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

CREATE OR REPLACE FUNCTION public.park_stuck_runs(p_after_flow uuid, p_after_key text, p_limit integer, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_run record;
  v_looked int := 0;
  v_parked int := 0;
  v_flow uuid := p_after_flow;
  v_key text := p_after_key;
  v_reason text;
begin
  for v_run in
    select r.*, s.id as step_id, s.node_id, s.due_at, s.anchor_minutes,
      exists (select 1 from public.messages m where m.run_id = r.id and m.status = 'queued') as is_sending,
      s.node_id is null or v.nodes @> to_jsonb(array[s.node_id]) as has_node
    from (
      select * from public.flow_runs x where x.status = 'active' and (x.flow_id, x.alone_key) > (p_after_flow, p_after_key) order by x.flow_id, x.alone_key limit p_limit
    ) r
    cross join lateral (select jsonb_path_query_array(v.graph, '$.nodes[*].id') as nodes from public.flow_versions v where v.id = r.version_id) v
    left join lateral (
      select * from public.flow_steps s where s.run_id = r.id and s.status = 'pending' order by s.due_at, s.id limit 1
    ) s on true
    order by r.flow_id, r.alone_key
  loop
    v_looked := v_looked + 1;
    v_flow := v_run.flow_id;
    v_key := v_run.alone_key;
    v_reason := case
      when v_run.step_id is null and not v_run.is_sending then 'Nothing was left to do in this run, and it was not over. Begin it anew, or cancel it.'
      when v_run.step_id is not null and not v_run.has_node then 'The step that this run waits at is not in its version of the flow. Try it again on the newest version, or cancel it.'
      when v_run.step_id is not null and v_run.due_at is null and v_run.anchor_minutes is null then 'The step that this run waits at has no time. Try it again, or skip it.'
    end;
    continue when v_reason is null;
    -- Unless it has gone on meanwhile.
    perform 1 from public.flow_runs r where r.id = v_run.id and r.status = 'active' for no key update skip locked;
    continue when not found;
    continue when v_run.step_id is null and exists (select 1 from public.flow_steps s where s.run_id = v_run.id and s.status = 'pending');
    if v_run.step_id is not null then
      perform 1 from public.flow_steps s where s.id = v_run.step_id and s.status = 'pending' for no key update skip locked;
      continue when not found;
      update public.flow_steps s set status = 'failed', error = v_reason, finished_at = p_now, leased_by = null, leased_until = null
      where s.id = v_run.step_id;
    end if;
    update public.flow_runs r set status = 'parked', ended_reason = v_reason, ended_at = p_now where r.id = v_run.id;
    insert into public.alerts (workspace_id, kind, flow_id, run_id, contact_id, message, created_at)
    values (v_run.workspace_id, 'run_stuck', v_run.flow_id, v_run.id, v_run.contact_id, v_reason, p_now)
    on conflict (run_id) where closed_at is null do nothing;
    insert into public.change_events (workspace_id, type, payload, at)
    values (v_run.workspace_id, 'run', jsonb_build_object('contactId', v_run.contact_id, 'runId', v_run.id, 'flowId', v_run.flow_id, 'journeyId', v_run.journey_id), p_now);
    v_parked := v_parked + 1;
  end loop;
  return jsonb_build_object('looked', v_looked, 'parked', v_parked, 'flowId', v_flow, 'key', v_key);
end
$function$
;

CREATE OR REPLACE FUNCTION public.person_key(p_connection uuid, p_customer bigint, p_contact uuid, p_journey uuid)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select case when p_customer is not null then 'customer:' || p_connection || ':' || p_customer when p_contact is not null then 'contact:' || p_contact else 'journey:' || p_journey end
$function$
;

CREATE OR REPLACE FUNCTION public.person_share(p_key text)
 RETURNS double precision
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select ('x' || substr(encode(sha256(convert_to(p_key, 'UTF8')), 'hex'), 1, 12))::bit(48)::bigint / 281474976710656.0::double precision
$function$
;

CREATE OR REPLACE FUNCTION public.place_run()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  select public.person_key(j.connection_id, j.servicetitan_customer_id, j.contact_id, j.id), coalesce(new.alone_key,
    case f.one_for when 'customer' then public.person_key(j.connection_id, j.servicetitan_customer_id, j.contact_id, j.id) else 'journey:' || j.id end)
  into new.person_key, new.alone_key
  from public.customer_servicetitan_state j, public.flows f where j.id = new.journey_id and f.id = new.flow_id;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.place_step()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  select r.flow_id, r.connection_id into new.flow_id, new.connection_id from public.flow_runs r where r.id = new.run_id;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.preview_examples(p_examples jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(x.example || jsonb_build_object('contactId', c.id, 'customerName', coalesce(c.name, 'Unknown customer'),
    'connectionName', n.name, 'jobNumber', j.data ->> 'jobNumber') order by e.position), '[]')
  from jsonb_array_elements(p_examples) with ordinality as e (value, position)
  cross join lateral (select e.value as example, (e.value ->> 'connectionId')::uuid as connection_id) x
  join public.integration_connections n on n.id = x.connection_id
  left join public.contacts c on c.connection_id = n.id and c.source_type = e.value ->> 'contactType' and c.source_id = (e.value ->> 'contactSourceId')::bigint
  left join public.servicetitan_records j on j.connection_id = n.id and j.resource = 'jobs' and j.record_id = (e.value ->> 'jobId')::bigint
$function$
;

CREATE OR REPLACE FUNCTION public.preview_runs(p_connection uuid, p_leavings jsonb, p_entries jsonb, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  with ending as (
    select r.id, r.flow_id from jsonb_to_recordset(p_leavings) as l (journey_id uuid, state numeric)
    join public.flow_runs r on r.journey_id = l.journey_id and r.state = l.state and r.status = 'active' and r.exits_on_leave
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
    select e.position, public.person_key(p_connection, e.customer_id, e.contact, e.journey_id) as person, r.flow_id from entries e
    join public.flow_runs r on r.entry_group = e.entry_group
    where r.status = 'ended' and r.ended_reason = 'left_state' or r.id in (select n.id from ending n)
  ),
  fresh as (
    select e.position, e.state, f.id as flow_id, f.one_for, e.email, public.person_key(p_connection, e.customer_id, e.contact, e.journey_id) as person,
      case
        when e.backfill then 'history'
        when e.happened_on <= p_now - make_interval(hours => f.max_age_hours) and e.modified_on <= p_now - make_interval(hours => f.max_age_hours)
          and not (e.state in (2, 5) and e.appointment_ahead) then 'stale'
        when exists (
          select 1 from public.flow_runs r
          where r.flow_id = f.id and r.status = 'active' and r.id not in (select n.id from ending n)
            and r.alone_key = case f.one_for when 'customer' then public.person_key(p_connection, e.customer_id, e.contact, e.journey_id) else 'journey:' || e.journey_id end)
        or f.again <> 'each_time' and exists (
          select 1 from public.flow_runs r
          where r.flow_id = f.id and r.person_key = public.person_key(p_connection, e.customer_id, e.contact, e.journey_id)
            and coalesce(r.ended_reason, '') not in ('not_matched', 'rescheduled') and (f.again = 'once' or r.started_at > p_now - make_interval(days => f.again_after_days))) then 'duplicate'
        else 'starting'
      end as outcome
    from entries e
    join public.integration_connections n on n.id = p_connection
    join public.flow_triggers t on t.workspace_id = n.workspace_id and t.kind = 'state_changed' and t.state = e.state
      and (t.connection_ids is null or p_connection = any (t.connection_ids))
    join public.flows f on f.id = t.flow_id and f.status in ('live', 'paused')
    where e.entry_group is null
  ),
  -- Of two that would start at once for a person, the one that happened first does.
  decided as (
    select f.flow_id, f.email,
      case when f.outcome = 'starting' and f.one_for = 'customer' and (
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
$function$
;

CREATE OR REPLACE FUNCTION public.publish_draft(p_workspace uuid, p_flow uuid, p_draft_revision integer, p_graph jsonb, p_note text, p_move boolean, p_author text, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.publish_flow(p_workspace uuid, p_flow uuid, p_draft_revision integer, p_graph jsonb, p_author text, p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
  insert into public.sync_cursors as s (connection_id, workspace_id, resource, path, last_read_at, last_modified_on)
  select p_connection, v_workspace, 'suppressions', 'list', p_now, max(r.modified_on collate "C")
  from jsonb_to_recordset(p_rows) as r (modified_on text)
  on conflict (connection_id, resource, path) do update
  set last_read_at = excluded.last_read_at, last_modified_on = coalesce(excluded.last_modified_on, s.last_modified_on);
end
$function$
;

CREATE OR REPLACE FUNCTION public.queued_news(p_connection uuid, p_keys bigint[])
 RETURNS TABLE(id bigint, key bigint, resource text, source text)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
begin
  if not exists (select 1 from public.derivation_queue q where q.connection_id = p_connection) then return; end if;
  return query
  select q.id, k.key, q.resource, q.source from unnest(p_keys) as k (key)
  join public.derivation_queue q on q.connection_id = p_connection
    and q.entity = (array['customers', 'jobs', 'estimates', 'leads', 'bookings', 'projects'])[k.key & 7] and q.entity_id = k.key >> 3
  where q.source in ('webhook', 'poll', 'backfill');
end
$function$
;

CREATE OR REPLACE FUNCTION public.reach_records(p_connection uuid, p_keys bigint[])
 RETURNS bigint[]
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.read_changes(p_connection uuid, p_changes jsonb, p_now timestamp with time zone)
 RETURNS journey_change[]
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select array_agg(row(
        c.position, coalesce(c.id, gen_random_uuid()), c.id is null, c."expectedVersion", s.version,
        coalesce(k.id, s.contact_id), s.contact_id, r."customerId", r.root ->> 'type', (r.root ->> 'id')::bigint,
        r.state, coalesce(s.current_state, 0), r."ruleState", r."enteringKey", s.entering_key, r.rule, r."happenedAt", r.explanation, r."wouldChange",
        r."overrideId", r."jobId", r."locationId", nullif(r.appointment, 'null'), (r.appointment ->> 'start')::timestamptz, s.appointment_start,
        r."nextDueAt", r."openTotal", r."soldTotal", c.row, c.lifted, c.entry,
        -- A product that catches up with a clock that jumped learns of things before their time: they begin when they happened.
        -- In whole milliseconds, as p_now is: what happened just now must not lie ahead of it by the digits that it lacks.
        greatest(p_now, case when r.state <> 0 then date_trunc('milliseconds', r."happenedAt"::timestamptz) end)
      )::public.journey_change order by c.position)
    from (
      select e.position::int as position, (e.value ->> 'id')::uuid as id, (e.value ->> 'expectedVersion')::int as "expectedVersion",
        e.value ->> 'contactType' as contact_type, (e.value ->> 'contactId')::bigint as contact_source_id, e.value -> 'row' as row,
        case when e.value ? 'lifted' then array(select l.value::uuid from jsonb_array_elements_text(e.value -> 'lifted') as l (value)) end as lifted,
        nullif(e.value -> 'entry', 'null') as entry
      from jsonb_array_elements(p_changes) with ordinality as e (value, position)
    ) c
    left join lateral jsonb_to_record(c.row) as r (
      root jsonb, "customerId" bigint, "locationId" bigint, "jobId" bigint, state numeric, rule text, "enteringKey" text, "happenedAt" text, "ruleState" numeric,
      "overrideId" uuid, appointment jsonb, "nextDueAt" timestamptz, "openTotal" numeric, "soldTotal" numeric, explanation text, "wouldChange" text) on true
    left join public.contacts k on k.connection_id = p_connection and k.source_type = c.contact_type and k.source_id = c.contact_source_id
    left join public.customer_servicetitan_state s on s.id = c.id);
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

CREATE OR REPLACE FUNCTION public.read_rank(p_resource text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select array_position(public.state_resources(), p_resource)
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

CREATE OR REPLACE FUNCTION public.read_webhooks(p_connection uuid, p_since date)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.receive_leads(p_connection uuid, p_workspace uuid, p_leads jsonb, p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_lead record;
  v_row public.customer_servicetitan_state;
  v_started int := 0;
begin
  for v_lead in
    select l.lead_id, t.flow_id, j.id as journey_id, public.key_group('lead:' || p_connection || ':' || l.lead_id) as entry_group, f.max_age_hours,
      r.data ->> 'createdOn' as created_on, r.data ->> 'modifiedOn' as modified_on
    from jsonb_to_recordset(p_leads) as l (lead_id bigint, root_type text, root_id bigint)
    cross join lateral (
      select * from public.servicetitan_records r
      where r.connection_id = p_connection and r.resource = 'leads' and r.record_id = l.lead_id and r.active and r.deleted_at is null offset 0) r
    cross join lateral (
      select s.id from public.customer_servicetitan_state s
      where s.connection_id = p_connection and s.root_type = l.root_type and s.root_id = l.root_id offset 0) j
    join public.flow_triggers t on t.workspace_id = p_workspace and t.kind = 'lead_received'
      and (t.connection_ids is null or p_connection = any (t.connection_ids))
      -- Received when it was first read; what was there before the flow listened is none of its business.
      and r.first_read_at >= t.since
    join public.flows f on f.id = t.flow_id and f.status in ('live', 'paused')
    join public.integration_connections c on c.id = p_connection and (r.data ->> 'createdOn')::timestamptz >= c.live_from
    where not exists (
      select 1 from public.flow_starts s where s.entry_group = public.key_group('lead:' || p_connection || ':' || l.lead_id) and s.flow_id = t.flow_id offset 0)
    order by r.data ->> 'createdOn', l.lead_id, t.flow_id
  loop
    if greatest(v_lead.created_on, v_lead.modified_on)::timestamptz <= p_now - make_interval(hours => v_lead.max_age_hours) then
      insert into public.flow_starts (entry_group, workspace_id, flow_id, outcome, recorded_at, detail, journey_id, kind)
      values (v_lead.entry_group, p_workspace, v_lead.flow_id, 'stale', p_now,
        jsonb_build_object('happenedOn', v_lead.created_on, 'modifiedOn', v_lead.modified_on, 'maxAgeHours', v_lead.max_age_hours), v_lead.journey_id, 'lead_received')
      on conflict do nothing;
    else
      select * into v_row from public.customer_servicetitan_state s where s.id = v_lead.journey_id;
      if public.start_run(v_lead.flow_id, v_row, v_lead.entry_group, 'lead_received',
        jsonb_build_object('enteringKey', 'lead:' || v_lead.lead_id, 'startedBy', 'lead:' || v_lead.lead_id), p_now,
        -- A product that catches up with a clock that jumped begins when it happened, as with states.
        greatest(p_now, date_trunc('milliseconds', v_lead.created_on::timestamptz)), greatest(p_now, date_trunc('milliseconds', v_lead.created_on::timestamptz))) = 'started' then
        v_started := v_started + 1;
      end if;
    end if;
  end loop;
  return v_started;
end
$function$
;

CREATE OR REPLACE FUNCTION public.recheck_contacts(p_contacts uuid[], p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_connection record;
begin
  for v_connection in
    select j.connection_id, array_agg(j.id) as journeys from public.customer_servicetitan_state j where j.contact_id = any (p_contacts) group by j.connection_id order by 1
  loop
    perform public.recheck_steps(v_connection.connection_id, v_connection.journeys, p_now);
  end loop;
end
$function$
;

CREATE OR REPLACE FUNCTION public.recheck_steps(p_connection uuid, p_journeys uuid[], p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_count int;
begin
  if not exists (select 1 from public.flow_steps s where s.connection_id = p_connection and s.watch and s.status = 'pending') then return 0; end if;
  with known as materialized (
    select s.id, s.run_id, s.workspace_id from public.flow_steps s
    where s.watch and s.status = 'pending' and s.connection_id = p_connection
      and s.run_id in (select r.id from public.flow_runs r where r.journey_id = any (p_journeys) and r.status = 'active')
  ),
  free as materialized (
    -- Whoever ends runs or settles steps locks the journey, the run, then the step; news of many people comes with the steps alone. So it waits
    -- for nobody, and could not be what others wait for in a circle: what somebody is at is told later.
    select s.id from public.flow_steps s where s.id in (select k.id from known k) and s.watch and s.status = 'pending' for no key update skip locked
  ),
  told as (
    -- Who holds it may have looked before: it is looked at once more after that.
    update public.flow_steps s set recheck = true, due_at = case when s.leased_by is null then least(s.due_at, p_now) else s.due_at end
    from free f where s.id = f.id
    returning s.id
  ),
  kept as (
    insert into public.flow_news (workspace_id, connection_id, journey_id)
    select k.workspace_id, p_connection, r.journey_id
    from known k join public.flow_runs r on r.id = k.run_id
    where not exists (select 1 from free f where f.id = k.id)
  )
  select count(*) into v_count from told;
  return v_count;
end
$function$
;

CREATE OR REPLACE FUNCTION public.record_key(p_entity text, p_id bigint)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select p_id * 8 + case p_entity when 'customers' then 1 when 'jobs' then 2 when 'estimates' then 3 when 'leads' then 4 when 'bookings' then 5 when 'projects' then 6 end
$function$
;

CREATE OR REPLACE FUNCTION public.record_lineage(p_connection uuid, p_key text)
 RETURNS json
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select json_build_object('runId', r.sync_run_id, 'page', r.page, 'readAt', r.read_at, 'firstReadAt', r.first_read_at, 'path', n.path)
  from public.servicetitan_records r
  left join public.sync_runs n on n.id = r.sync_run_id and n.connection_id = p_connection
  where r.connection_id = p_connection and r.resource = split_part(p_key, ':', 1) || 's' and r.record_id = case when p_key ~ '^[a-z_]+:[0-9]+$' then split_part(p_key, ':', 2)::bigint end
$function$
;

CREATE OR REPLACE FUNCTION public.record_links(p_connection uuid, p_keys bigint[])
 RETURNS TABLE(from_key bigint, to_key bigint)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.rekey_runs(p_connection uuid, p_changes journey_change[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  with moved as materialized (
    select r.id, r.flow_id, r.status, r.started_at, c.contact_id, k.person_key, r.alone_key,
      -- Whoever is alone as a person now is so as somebody else; who is so as a journey, or by itself, stays it.
      case when r.alone_key = r.person_key then k.person_key else r.alone_key end as new_key
    from unnest(p_changes) as c
    cross join lateral (select public.person_key(p_connection, c.customer_id, c.contact_id, c.journey_id) as person_key) k
    cross join lateral (
      select * from public.flow_runs r where r.journey_id = c.journey_id offset 0) r
    where not c.is_new and (r.person_key <> k.person_key or (r.status <> 'done' and r.contact_id is distinct from c.contact_id))
  ),
  ranked as (
    select m.*, row_number() over (partition by m.flow_id, m.status, m.new_key order by m.started_at, m.id) as place from moved m
  )
  update public.flow_runs r set contact_id = case r.status when 'done' then r.contact_id else m.contact_id end, person_key = m.person_key,
    alone_key = case
      when m.new_key = m.alone_key or m.status <> 'active' then m.new_key
      when m.place > 1 or exists (select 1 from public.flow_runs o where o.flow_id = m.flow_id and o.alone_key = m.new_key and o.status = 'active' and o.id <> m.id)
      then 'run:' || m.id
      else m.new_key end
  from ranked m where r.id = m.id
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

CREATE OR REPLACE FUNCTION public.release_token(p_key text, p_holder text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  update public.service_titan_tokens set holder = null, leased_until = null where key = p_key and holder = p_holder
$function$
;

CREATE OR REPLACE FUNCTION public.remember_webhook(p_connection uuid, p_occurrence text, p_type text, p_happened_at timestamp with time zone, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.renew_read(p_connection uuid, p_resource text, p_path text, p_holder text, p_lease_seconds integer, p_system_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  update public.sync_cursors s set leased_until = p_system_now + make_interval(secs => p_lease_seconds)
  where s.connection_id = p_connection and s.resource = p_resource and s.path = p_path and s.holder = p_holder;
  return found;
end
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

CREATE OR REPLACE FUNCTION public.request_enrolment(p_workspace uuid, p_flow uuid, p_request uuid, p_expected integer, p_actor text, p_now timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_states numeric[];
  v_connections uuid[];
begin
  if not exists (select 1 from public.flows f where f.id = p_flow and f.workspace_id = p_workspace) then return 'not_found'; end if;
  -- Who asks again, because the answer was lost, has what he asked for, however many are left by now.
  if exists (select 1 from public.flow_enrolments e where e.flow_id = p_flow and e.key = 'manual:' || p_request) then return 'known'; end if;
  if not exists (select 1 from public.flows f where f.id = p_flow and f.status = 'live') then return 'not_live'; end if;
  select t.states, t.connection_ids into v_states, v_connections from public.audience_of(p_flow) t;
  if coalesce(cardinality(v_states), 0) = 0 then return 'no_states'; end if;
  if public.count_enrolment(p_workspace, p_flow, p_now) <> p_expected then return 'changed'; end if;
  insert into public.flow_enrolments (workspace_id, flow_id, key, kind, connection_ids, states, due_at, spread_minutes, requested_by, created_at)
  values (p_workspace, p_flow, 'manual:' || p_request, 'manual', v_connections, v_states, p_now, 15, p_actor, p_now)
  on conflict (flow_id, key) do nothing;
  if not found then return 'known'; end if;
  insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
  values (p_workspace, p_actor, 'flow.enrolled', 'flow:' || p_flow, jsonb_build_object('requestId', p_request), p_now);
  return 'requested';
end
$function$
;

CREATE OR REPLACE FUNCTION public.request_move(p_workspace uuid, p_flow uuid, p_version uuid, p_actor text, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  insert into public.flow_moves as m (flow_id, workspace_id, version_id, requested_by, requested_at)
  select f.id, f.workspace_id, v.id, p_actor, p_now
  from public.flows f join public.flow_versions v on v.flow_id = f.id and v.id = p_version
  where f.id = p_flow and f.workspace_id = p_workspace
  on conflict (flow_id) do update set version_id = excluded.version_id, requested_by = excluded.requested_by, requested_at = excluded.requested_at, moved = 0
$function$
;

CREATE OR REPLACE FUNCTION public.restart_backfill(p_connection uuid, p_from timestamp with time zone, p_actor text, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.restart_triggers()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  update public.flow_triggers t set since = new.updated_at where t.flow_id = new.id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.roots_of(p_keys bigint[])
 RETURNS json
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select coalesce(json_agg((array[null, 'job', 'estimate', 'lead', 'booking', null])[k & 7] || ':' || (k >> 3)), '[]') from unnest(p_keys) as k where k & 7 between 2 and 5
$function$
;

CREATE OR REPLACE FUNCTION public.sample_entrants(p_workspace uuid, p_audience jsonb, p_limit integer, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(jsonb_build_object('journeyId', x.journey_id, 'entrantKey', x.entrant_key) order by x.journey_id), '[]')
  from (
    select e.journey_id, e.entrant_key
    from jsonb_to_record(p_audience) as a (flow_id uuid, states numeric[], connection_ids uuid[], one_for text, again text, again_after_days int)
    cross join lateral public.list_entrants(p_workspace, a.flow_id, a.states, a.connection_ids, a.one_for, a.again, a.again_after_days, p_now) e
    order by e.journey_id limit p_limit
  ) x
$function$
;

CREATE OR REPLACE FUNCTION public.save_draft(p_workspace uuid, p_flow uuid, p_revision integer, p_graph jsonb, p_name text, p_author text, p_reason text, p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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

CREATE OR REPLACE FUNCTION public.save_webhooks(p_connection uuid, p_enabled boolean, p_header text, p_encoding text, p_key_id text, p_ciphertext text, p_former_until timestamp with time zone, p_actor text, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.select_runs(p_workspace uuid, p_filter jsonb, p_after uuid, p_limit integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce(jsonb_agg(x.id order by x.id), '[]') from (
    select s.id from public.run_summaries s
    where s.workspace_id = p_workspace and s.id > p_after
      and (p_filter ->> 'flowId' is null or s.flow_id = (p_filter ->> 'flowId')::uuid)
      and (p_filter ->> 'contactId' is null or s.contact_id = (p_filter ->> 'contactId')::uuid)
      and (p_filter ->> 'status' is null or s.status = p_filter ->> 'status')
      and (p_filter ->> 'state' is null or s.state = (p_filter ->> 'state')::numeric)
      and (p_filter ->> 'version' is null or s.version_number = (p_filter ->> 'version')::int)
      and (p_filter ->> 'error' is null or s.ended_reason = p_filter ->> 'error')
      and (p_filter ->> 'search' is null or s.customer_name ilike '%' || replace(replace(replace(p_filter ->> 'search', '\', '\\'), '%', '\%'), '_', '\_') || '%')
      and (s.status = 'parked' or (p_filter ->> 'action' in ('cancel', 'skip') and s.status = 'active'))
    order by s.id limit p_limit
  ) x
$function$
;

CREATE OR REPLACE FUNCTION public.set_flow_status(p_workspace uuid, p_flow uuid, p_status text, p_actor text, p_now timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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

CREATE OR REPLACE FUNCTION public.settings_snapshot(p_workspace uuid, p_connection uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.settings_subjects(p_connection uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.settle_pause(p_connection uuid, p_resource text, p_by text, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.settle_steps(p_settlements jsonb, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
declare
  v_alone uuid := case when jsonb_array_length(p_settlements) = 1 then (p_settlements -> 0 ->> 'id')::uuid end;
  v_run public.flow_runs;
  -- Their holders by their ids.
  v_held jsonb;
begin
  -- Journey, run, step: the order in which a transition locks them, too.
  if v_alone is not null then
    select r.* into v_run from public.flow_steps s join public.flow_runs r on r.id = s.run_id where s.id = v_alone;
    perform 1 from public.customer_servicetitan_state j where j.id = v_run.journey_id for share;
    perform 1 from public.flow_runs r where r.id = v_run.id for no key update;
    perform 1 from public.flow_steps s where s.id = v_alone for no key update;
  end if;
  select coalesce(jsonb_object_agg(h.id, h.leased_by), '{}') into v_held
  from (
    select s.id, s.leased_by
    from jsonb_to_recordset(p_settlements) as x (id uuid, holder text)
    join public.flow_steps s on s.id = x.id
    join public.flow_runs r on r.id = s.run_id
    join public.customer_servicetitan_state j on j.id = r.journey_id
    where s.leased_by = x.holder and s.status in ('pending', 'canceled')
    for share of j skip locked
    for no key update of r, s skip locked
  ) as h;

  with item as materialized (
    select x.*, s.workspace_id, s.run_id, s.anchor_minutes as held_anchor_minutes, r.status = 'active' as is_active,
      r.status = 'active' or (r.status = 'ended' and r.ended_reason = 'left_state') as can_end, r.ended_reason as left_by, r.visit_base, r.flow_id, r.connection_id, r.journey_id, j.contact_id, r.contact_id as run_contact_id,
      j.appointment_start
    from jsonb_to_recordset(p_settlements) as x (id uuid, holder text, type text, status text, input jsonb, output jsonb, next jsonb, message jsonb,
      run_status text, ended_reason text, outcome text, watch boolean, started_at timestamptz, finished_at timestamptz, due_at timestamptz, attempts int, error text)
    join public.flow_steps s on s.id = x.id
    join public.flow_runs r on r.id = s.run_id
    join public.customer_servicetitan_state j on j.id = r.journey_id
    where v_held ->> x.id::text = x.holder
  ),
  settled as (
    update public.flow_steps s
    set status = case i.type when 'release' then case when i.is_active then 'pending' else 'canceled' end else i.status end,
      input = coalesce(i.input, s.input), output = coalesce(i.output, s.output), error = i.error, outcome = i.outcome,
      started_at = coalesce(i.started_at, s.started_at), finished_at = case when i.type <> 'release' then coalesce(i.finished_at, p_now) end,
      tries = case when i.error is null then s.tries else s.tries || jsonb_build_object('at', coalesce(i.finished_at, p_now), 'error', i.error) end,
      -- A step that hangs on an appointment follows the newest one, whatever the worker saw; what had news meanwhile is looked at again.
      due_at = case when i.type <> 'release' then s.due_at when s.recheck then least(i.due_at, p_now) when s.anchor_minutes is null then i.due_at
        else i.appointment_start + make_interval(mins => s.anchor_minutes) end,
      attempts = case when i.type = 'release' then i.attempts else s.attempts end,
      leased_by = null, leased_until = null
    from item i where s.id = i.id
  ),
  followed as (
    -- Whoever left the state meanwhile finds the way on when he returns.
    insert into public.flow_steps (workspace_id, run_id, flow_id, connection_id, node_id, visit, key_visit, status, due_at, anchor_minutes, entered_at, is_action, watch)
    select i.workspace_id, i.run_id, i.flow_id, i.connection_id, n.node_id, v.visit, v.visit - i.visit_base, case when i.is_active then 'pending' else 'canceled' end,
      case when n.anchor_minutes is null then n.due_at else i.appointment_start + make_interval(mins => n.anchor_minutes) end,
      n.anchor_minutes, n.entered_at, n.is_action, n.watch
    from item i
    cross join lateral jsonb_to_recordset(i.next) as n (
      node_id text, visit int, due_at timestamptz, anchor_minutes int, entered_at timestamptz, is_action boolean, watch boolean)
    -- Whoever was taken from there to another version, and comes by after all, does so another time.
    cross join lateral (
      select n.visit + count(*)::int as visit from public.flow_steps o
      where o.run_id = i.run_id and o.node_id = n.node_id and o.visit >= n.visit and (o.status = 'failed' or (o.status = 'skipped' and o.output @> '{"moved": true}'))) v
    where i.type = 'finish'
    on conflict (run_id, node_id, visit) do nothing
  ),
  queued as (
    insert into public.messages (id, workspace_id, run_id, step_id, flow_id, journey_id, contact_id, class, send_key, subject, html, body_text,
      message_id, status, reason, due_at, created_at)
    select m.id, i.workspace_id, i.run_id, i.id, i.flow_id, i.journey_id, coalesce(i.contact_id, i.run_contact_id), m.class, m.send_key,
      m.subject, m.html, m.body_text, m.message_id, case when i.is_active then 'queued' else 'skipped' end,
      case when not i.is_active then case i.left_by when 'left_state' then 'left_state' else 'canceled' end end, m.due_at, p_now
    from item i
    cross join lateral jsonb_to_record(i.message) as m (id uuid, class text, send_key text, subject text, html text, body_text text,
      message_id text, due_at timestamptz)
    where i.type = 'finish' and i.message is not null
    on conflict (workspace_id, send_key) do nothing
    returning step_id
  ),
  ended as (
    update public.flow_runs r
    set status = i.run_status, ended_reason = case when i.type = 'fail' then i.error else i.ended_reason end, ended_at = p_now
    from item i where r.id = i.run_id and i.can_end and i.run_status is not null
  ),
  told as (
    -- From here on the step itself says how its call ended, or a person decides whether it is made again.
    delete from public.open_calls c using item i where c.run_id = i.run_id and i.type <> 'release'
  ),
  alerted as (
    insert into public.alerts (workspace_id, kind, flow_id, run_id, contact_id, message, created_at)
    select i.workspace_id, 'run_parked', i.flow_id, i.run_id, coalesce(i.contact_id, i.run_contact_id), i.error, p_now
    from item i where i.type = 'fail' and i.can_end
    on conflict (run_id) where closed_at is null do nothing
  )
  insert into public.change_events (workspace_id, type, payload, at)
  select i.workspace_id, e.type, jsonb_build_object('contactId', coalesce(i.contact_id, i.run_contact_id), 'runId', i.run_id, 'flowId', i.flow_id,
    'journeyId', i.journey_id), p_now
  from item i
  cross join lateral (
    select 'message' as type where i.id in (select q.step_id from queued q)
    union all select 'run'
  ) as e
  where i.type <> 'release'
  order by i.id, e.type;

  -- Whose run ends before its end has not gone past the step where it does.
  perform public.count_passages(array(
    select x.id from jsonb_to_recordset(p_settlements) as x (id uuid, holder text, type text, run_status text)
    where x.type = 'finish' and x.run_status is distinct from 'ended' and v_held ->> x.id::text = x.holder));

  return coalesce((
    select jsonb_agg(jsonb_build_object('id', x.id, 'holder', x.holder, 'outcome', case
      when v_held ->> x.id::text = x.holder then 'done'
      when s.leased_by = x.holder and s.status in ('pending', 'canceled') then 'busy'
      else 'lost' end))
    from jsonb_to_recordset(p_settlements) as x (id uuid, holder text)
    left join public.flow_steps s on s.id = x.id), '[]');
end
$function$
;

CREATE OR REPLACE FUNCTION public.start_appointment_runs(p_now timestamp with time zone, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_all jsonb;
  v_due record;
  v_row public.customer_servicetitan_state;
  v_looked int := 0;
  v_started int := 0;
begin
  select jsonb_agg(to_jsonb(d)) into v_all from (
    select d.*
    from (
      select t.flow_id, t.offset_minutes, t.states, c.id as connection_id,
        greatest(t.since, c.live_from, p_now - make_interval(hours => f.max_age_hours)) - make_interval(mins => t.offset_minutes) as after,
        p_now - make_interval(mins => t.offset_minutes) as until
      from public.flow_triggers t
      join public.flows f on f.id = t.flow_id and f.status = 'live'
      join public.integration_connections c on c.workspace_id = t.workspace_id and c.status = 'connected' and (t.connection_ids is null or c.id = any (t.connection_ids))
      where t.kind = 'appointment'
    ) w
    cross join lateral (
      select w.flow_id, w.offset_minutes, j.id as journey_id, j.appointment_start, j.appointment_start + make_interval(mins => w.offset_minutes) as moment,
        -- With another time it is another appointment: it is announced anew.
        'appointment:' || j.id || ':' || extract(epoch from j.appointment_start)::bigint as key
      from public.customer_servicetitan_state j
      where j.connection_id = w.connection_id and j.appointment_start > w.after and j.appointment_start <= w.until
        -- Nobody is reminded of a visit that has begun.
        and (w.offset_minutes >= 0 or j.appointment_start > p_now)
        and (w.states is null or j.current_state = any (w.states))
        and not exists (
          select 1 from public.flow_starts s
          where s.entry_group = public.key_group('appointment:' || j.id || ':' || extract(epoch from j.appointment_start)::bigint) and s.flow_id = w.flow_id offset 0)
    ) d
    order by d.moment, d.journey_id, d.flow_id
    limit p_limit
  ) d;
  -- In one order, as transitions lock them.
  perform 1 from public.customer_servicetitan_state j
  where j.id in (select (e.value ->> 'journey_id')::uuid from jsonb_array_elements(v_all) as e (value)) order by j.id for share;
  for v_due in
    select * from jsonb_to_recordset(coalesce(v_all, '[]')) as x (flow_id uuid, offset_minutes int, journey_id uuid, appointment_start timestamptz, moment timestamptz, key text)
    order by x.moment, x.journey_id, x.flow_id
  loop
    v_looked := v_looked + 1;
    select * into v_row from public.customer_servicetitan_state j where j.id = v_due.journey_id;
    continue when v_row.appointment_start is distinct from v_due.appointment_start;
    -- What was said of the time before is over; what follows a visit that took place goes on.
    if v_due.offset_minutes < 0 then
      perform public.end_runs(array(
        select r.id from public.flow_runs r
        where r.journey_id = v_due.journey_id and r.flow_id = v_due.flow_id and r.status in ('active', 'parked') and r.trigger_kind = 'appointment'
          and r.started_by is distinct from v_due.key), 'rescheduled', p_now);
    end if;
    if public.start_run(v_due.flow_id, v_row, public.key_group(v_due.key), 'appointment', jsonb_build_object('startedBy', v_due.key), p_now,
      -- It counts from its moment, unless that was over before it could be known.
      case when v_due.moment > p_now - interval '15 minutes' then v_due.moment else p_now end,
      case when v_due.moment > p_now - interval '15 minutes' then v_due.moment else p_now end) = 'started' then
      v_started := v_started + 1;
    end if;
  end loop;
  return jsonb_build_object('looked', v_looked, 'started', v_started);
end
$function$
;

CREATE OR REPLACE FUNCTION public.start_flow(p_workspace uuid, p_flow uuid, p_journey uuid, p_key text, p_kind text, p_started_by text, p_actor text, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_flow public.flows;
  v_row public.customer_servicetitan_state;
  v_group uuid := public.key_group(p_key || ':' || p_journey);
  v_outcome text;
  v_depth int := 0;
begin
  select * into v_flow from public.flows f where f.id = p_flow and f.workspace_id = p_workspace;
  if v_flow.id is null then return '{"outcome": "no_flow"}'; end if;
  if v_flow.published_version_id is null or v_flow.status not in ('live', 'paused') then return '{"outcome": "not_live"}'; end if;
  -- A transition of the journey comes before or after, not meanwhile.
  select * into v_row from public.customer_servicetitan_state j where j.id = p_journey and j.workspace_id = p_workspace for share;
  if v_row.id is null then return '{"outcome": "no_journey"}'; end if;
  -- Flows that start each other in a circle would otherwise never end.
  if p_kind = 'flow' then
    select r.depth + 1 into v_depth from public.flow_runs r where r.id = split_part(p_started_by, ':', 2)::uuid;
    if v_depth > 20 then return '{"outcome": "circle"}'; end if;
  end if;
  v_outcome := public.start_run(p_flow, v_row, v_group, p_kind, jsonb_build_object('startedBy', p_started_by, 'depth', v_depth), p_now, p_now, p_now);
  if v_outcome <> 'known' and p_actor is not null then
    insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
    values (p_workspace, p_actor, 'flow.started', 'flow:' || p_flow, jsonb_build_object('journeyId', p_journey, 'outcome', v_outcome), p_now);
  end if;
  if v_outcome = 'started' then
    insert into public.change_events (workspace_id, type, payload, at)
    select p_workspace, 'run', jsonb_build_object('contactId', v_row.contact_id, 'runId', r.id, 'flowId', p_flow, 'journeyId', p_journey), p_now
    from public.flow_runs r where r.flow_id = p_flow and r.entry_group = v_group;
  end if;
  return (
    select jsonb_build_object('outcome', case v_outcome when 'known' then s.outcome else v_outcome end, 'runId', coalesce(s.run_id::text, s.detail ->> 'runId'))
    from public.flow_starts s where s.entry_group = v_group and s.flow_id = p_flow);
end
$function$
;

CREATE OR REPLACE FUNCTION public.start_run(p_flow uuid, p_row customer_servicetitan_state, p_group uuid, p_kind text, p_details jsonb, p_now timestamp with time zone, p_at timestamp with time zone, p_due_at timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_flow record;
  v_person text := public.person_key(p_row.connection_id, p_row.servicetitan_customer_id, p_row.contact_id, p_row.id);
  v_alone text;
  v_run uuid;
  v_other uuid;
  v_outcome text := 'started';
  v_detail jsonb;
begin
  select f.workspace_id, f.published_version_id, f.again, f.again_after_days, f.one_for, f.exits_on_leave,
    (select t.node_id from public.flow_triggers t where t.flow_id = f.id limit 1) as trigger_node
  into v_flow from public.flows f where f.id = p_flow;
  if exists (select 1 from public.flow_starts s where s.entry_group = p_group and s.flow_id = p_flow) then return 'known'; end if;

  v_alone := case v_flow.one_for when 'customer' then v_person else 'journey:' || p_row.id end;
  select r.id into v_other from public.flow_runs r where r.flow_id = p_flow and r.alone_key = v_alone and r.status = 'active';
  if v_other is not null then
    v_outcome := 'duplicate';
    v_detail := jsonb_build_object('runId', v_other);
  elsif v_flow.again <> 'each_time' then
    -- Who did not match what the trigger asks was not in it, and what was begun for a visit that is at another time now does not count.
    select jsonb_build_object('runId', r.id, 'enteredOn', r.started_at, 'again', v_flow.again, 'againAfterDays', v_flow.again_after_days) into v_detail
    from public.flow_runs r
    where r.flow_id = p_flow and r.person_key = v_person and coalesce(r.ended_reason, '') not in ('not_matched', 'rescheduled')
      and (v_flow.again = 'once' or r.started_at > p_now - make_interval(days => v_flow.again_after_days))
    order by r.started_at desc limit 1;
    if v_detail is not null then v_outcome := 'repeat'; end if;
  end if;

  if v_outcome = 'started' then
    insert into public.flow_runs (workspace_id, flow_id, version_id, connection_id, journey_id, contact_id, entry_group, state, job_id, entering_key, started_at,
      trigger_kind, exits_on_leave, person_key, alone_key, started_by, depth)
    values (v_flow.workspace_id, p_flow, v_flow.published_version_id, p_row.connection_id, p_row.id, p_row.contact_id, p_group, p_row.current_state, p_row.job_id,
      p_details ->> 'enteringKey', p_at, p_kind, v_flow.exits_on_leave and p_row.current_state <> 0, v_person, v_alone, p_details ->> 'startedBy', coalesce((p_details ->> 'depth')::int, 0))
    on conflict do nothing
    returning id into v_run;
    if v_run is null then
      -- Somebody else has begun one right now: the same, or another one of this person's.
      if exists (select 1 from public.flow_starts s where s.entry_group = p_group and s.flow_id = p_flow) then return 'known'; end if;
      v_outcome := 'duplicate';
    else
      insert into public.flow_steps (workspace_id, run_id, flow_id, connection_id, node_id, status, due_at, entered_at)
      values (v_flow.workspace_id, v_run, p_flow, p_row.connection_id, v_flow.trigger_node, 'pending', p_due_at, p_due_at);
    end if;
  end if;
  insert into public.flow_starts (entry_group, workspace_id, flow_id, outcome, run_id, recorded_at, detail, journey_id, kind)
  values (p_group, v_flow.workspace_id, p_flow, v_outcome, v_run, p_now, v_detail, p_row.id, p_kind)
  on conflict do nothing;
  -- The run that is in the way may be what the same request has begun right now.
  if not found then return 'known'; end if;
  return v_outcome;
end
$function$
;

CREATE OR REPLACE FUNCTION public.start_settings_preview(p_id uuid, p_workspace uuid, p_connection uuid, p_before jsonb, p_after jsonb, p_undoes uuid, p_actor text, p_now timestamp with time zone, p_leased_until timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  -- Two that ask at once: the later one's replaces the earlier one's.
  perform 1 from public.workspaces w where w.id = p_workspace for no key update;
  delete from public.settings_previews p where p.workspace_id = p_workspace and p.connection_id is not distinct from p_connection;
  insert into public.settings_previews (id, workspace_id, connection_id, before, after, undoes, requested_by, requested_at, leased_until, expected)
  values (p_id, p_workspace, p_connection, p_before, p_after, p_undoes, p_actor, p_now, p_leased_until, (
    select count(*) from public.integration_connections n join public.customer_servicetitan_state s on s.connection_id = n.id
    where n.workspace_id = p_workspace and (p_connection is null or n.id = p_connection)));
end
$function$
;

CREATE OR REPLACE FUNCTION public.state_resources()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select array['customers', 'customer_contacts', 'bookings', 'leads', 'jobs', 'appointments', 'canceled_logs', 'estimates']
$function$
;

CREATE OR REPLACE FUNCTION public.store_contacts(p_connection uuid, p_workspace uuid, p_contacts jsonb, p_now timestamp with time zone)
 RETURNS bigint[]
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_new bigint[];
begin
  with written as (
    insert into public.contacts as c (workspace_id, connection_id, source_type, source_id, name, email, phone, do_not_mail, do_not_service,
      marketing_allowed, reminders_allowed, active, merged_to_id, created_at, updated_at)
    select p_workspace, p_connection, x.source_type, x.source_id, x.name, x.email, x.phone, x.do_not_mail, x.do_not_service,
      x.marketing_allowed, x.reminders_allowed, x.active, x.merged_to_id, p_now, p_now
    from jsonb_to_recordset(p_contacts) as x (source_type text, source_id bigint, name text, email text, phone text, do_not_mail boolean,
      do_not_service boolean, marketing_allowed boolean, reminders_allowed boolean, active boolean, merged_to_id bigint)
    order by x.source_type, x.source_id
    on conflict (connection_id, source_type, source_id) do update set
      name = excluded.name, email = excluded.email, phone = excluded.phone, do_not_mail = excluded.do_not_mail, do_not_service = excluded.do_not_service,
      marketing_allowed = excluded.marketing_allowed, reminders_allowed = excluded.reminders_allowed, active = excluded.active, merged_to_id = excluded.merged_to_id, updated_at = excluded.updated_at
      where (c.name, c.email, c.phone, c.do_not_mail, c.do_not_service, c.marketing_allowed, c.reminders_allowed, c.active, c.merged_to_id)
        is distinct from (excluded.name, excluded.email, excluded.phone, excluded.do_not_mail, excluded.do_not_service, excluded.marketing_allowed, excluded.reminders_allowed, excluded.active, excluded.merged_to_id)
    returning c.source_id, c.source_type, c.xmax = 0 as is_new
  )
  select array_agg(w.source_id) into v_new from written w where w.is_new and w.source_type = 'customer';
  return v_new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.store_records(p_connection uuid, p_workspace uuid, p_resource text, p_records jsonb, p_keeps_active boolean, p_rejected jsonb, p_run uuid, p_page integer, p_read_at timestamp with time zone, p_source text, p_news_since timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.tell_news(p_now timestamp with time zone, p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_news record;
  v_count int := 0;
begin
  for v_news in
    with taken as (
      delete from public.flow_news n where n.id in (select o.id from public.flow_news o order by o.id limit p_limit for update skip locked) returning n.*
    )
    select t.connection_id, array_agg(distinct t.journey_id) as journeys from taken t group by 1
  loop
    v_count := v_count + public.recheck_steps(v_news.connection_id, v_news.journeys, p_now);
  end loop;
  return v_count;
end
$function$
;

CREATE OR REPLACE FUNCTION public.tell_of_replies()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform public.recheck_contacts(array(select x.contact_id from changed x), (select max(x.at) from changed x));
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.tell_of_suppressions()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
begin
  if exists (select 1 from public.flow_steps s where s.watch and s.status = 'pending' limit 1) then
    perform public.recheck_contacts(array(
      select c.id from (select distinct x.workspace_id, x.email from changed x) n
      join public.contacts c on c.workspace_id = n.workspace_id and lower(c.email) = n.email and c.email is not null), (select max(x.created_at) from changed x));
  end if;
  return null;
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

CREATE OR REPLACE FUNCTION public.trim_webhooks(p_before timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  with forgotten as (delete from public.webhook_events e where e.received_at < p_before)
  delete from public.webhook_counts n where n.day < (p_before at time zone 'UTC')::date
$function$
;

CREATE OR REPLACE FUNCTION public.undo_settings_change(p_change uuid, p_workspace uuid, p_connection uuid, p_actor text, p_now timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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

CREATE OR REPLACE FUNCTION public.update_contact(p_workspace uuid, p_contact uuid, p_name text, p_email text, p_phone text, p_opt_out boolean, p_actor text, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_contact public.contacts;
  v_changed boolean;
begin
  select c.* into v_contact from public.contacts c where c.id = p_contact and c.workspace_id = p_workspace for no key update;
  if v_contact.id is null then
    raise exception 'This contact does not exist any more.' using errcode = 'PT404';
  end if;
  update public.contacts c
  set own_name = coalesce(p_name, c.own_name), own_email = coalesce(p_email, c.own_email), own_phone = coalesce(p_phone, c.own_phone), updated_at = p_now
  where c.id = p_contact and (coalesce(p_name, c.name), coalesce(p_email, c.email), coalesce(p_phone, c.phone)) is distinct from (c.name, c.email, c.phone);
  v_changed := found;
  if p_opt_out then
    select c.* into v_contact from public.contacts c where c.id = p_contact;
    if v_contact.email is not null then
      insert into public.suppressions (workspace_id, email, reason, source, connection_id, created_at)
      values (p_workspace, lower(v_contact.email), 'unsubscribe', 'unsubscribe', v_contact.connection_id, p_now)
      on conflict (workspace_id, email, source, connection_id) do nothing;
      v_changed := v_changed or found;
    end if;
  end if;
  if v_changed then
    insert into public.audit_log (workspace_id, actor, action, subject, detail, at)
    values (p_workspace, p_actor, 'contact.updated', 'contact:' || p_contact, jsonb_build_object('name', p_name is not null, 'email', p_email is not null,
      'phone', p_phone is not null, 'optOut', p_opt_out), p_now);
    insert into public.change_events (workspace_id, type, payload, at)
    values (p_workspace, 'journey', jsonb_build_object('contactId', p_contact), p_now);
  end if;
  return v_changed;
end
$function$
;

CREATE OR REPLACE FUNCTION public.walk_step(p_connection uuid, p_phase integer, p_record_id bigint, p_limit integer)
 RETURNS TABLE(phase integer, record_id bigint, keys bigint[])
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_looked int;
begin
  phase := p_phase;
  record_id := p_record_id;
  loop
    if phase = 1 then
      select count(*), max(x.record_id), array_agg(x.record_id * 8 + 1) into v_looked, record_id, keys
      from (
        select r.record_id from public.servicetitan_records r
        where r.connection_id = p_connection and r.resource = 'customers' and r.record_id > walk_step.record_id and r.deleted_at is null
        order by r.record_id limit p_limit
      ) x;
      if v_looked = p_limit then return next; return; end if;
    else
      -- Whatever hangs on a mirrored customer or job came with it: only the others are begun with. They are few, so many are looked at.
      select count(*), max(x.record_id), array_agg(x.record_id * 8 + phase) filter (where not x.hangs) into v_looked, record_id, keys
      from (
        select r.record_id,
          exists (
            select 1 from public.servicetitan_records o
            where o.connection_id = p_connection and o.resource = 'customers' and o.record_id = r.customer_id and o.deleted_at is null)
          or (phase > 2 and exists (
            select 1 from public.servicetitan_records o
            where o.connection_id = p_connection and o.resource = 'jobs' and o.record_id = r.job_id and o.deleted_at is null)) as hangs
        from public.servicetitan_records r
        where r.connection_id = p_connection and r.resource = (array['customers', 'jobs', 'estimates', 'leads', 'bookings'])[phase]
          and r.record_id > walk_step.record_id and r.deleted_at is null
        order by r.record_id limit p_limit * 10
      ) x;
      if v_looked = p_limit * 10 then return next; return; end if;
    end if;
    if phase = 5 then
      phase := null;
      record_id := null;
      return next;
      return;
    end if;
    if keys is not null then
      phase := phase + 1;
      record_id := 0;
      return next;
      return;
    end if;
    phase := phase + 1;
    record_id := 0;
  end loop;
end
$function$
;

CREATE OR REPLACE FUNCTION public.walk_when_read(p_connection uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.without_keys(p_keys bigint[], p_without bigint[])
 RETURNS bigint[]
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select case when p_without is null then p_keys else (select array_agg(u.k) from (select k from unnest(p_keys) as k except select k from unnest(p_without) as k) u) end
$function$
;

CREATE OR REPLACE FUNCTION public.write_journeys(p_connection uuid, p_workspace uuid, p_changes journey_change[], p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_count int;
begin
  insert into public.customer_servicetitan_state (id, workspace_id, connection_id, contact_id, servicetitan_customer_id, current_state, job_id, previous_state,
    state_changed_at, created_at, updated_at, root_type, root_id, rule_state, entering_key, rule, happened_on, explanation, would_change, override_id, location_id,
    appointment_id, appointment_start, appointment_end, arrival_window_start, arrival_window_end, next_due_at, open_total, sold_total, derived)
  select c.journey_id, p_workspace, p_connection, c.contact_id, c.customer_id, c.state, c.job_id, case when c.entry is not null then 0 end,
    -- What the backfill finds has been so since it happened.
    case when c.entry is null then p_now when (c.entry ->> 'backfill')::boolean then c.happened_on::timestamptz else c.at end, p_now, p_now,
    c.root_type, c.root_id, c.rule_state, c.entering_key, c.rule, c.happened_on, c.explanation, c.would_change, c.override_id, c.location_id,
    (c.appointment ->> 'id')::bigint, c.appointment_start, (c.appointment ->> 'end')::timestamptz, (c.appointment ->> 'arrivalWindowStart')::timestamptz,
    (c.appointment ->> 'arrivalWindowEnd')::timestamptz, c.next_due_at, c.open_total, c.sold_total, c.derived
  from unnest(p_changes) as c where c.is_new
  on conflict (connection_id, root_type, root_id) do nothing;
  get diagnostics v_count = row_count;
  if v_count < (select count(*) from unnest(p_changes) as c where c.is_new) then
    raise exception 'A journey has moved meanwhile.' using errcode = 'PT409';
  end if;

  if v_count < cardinality(p_changes) then
    update public.customer_servicetitan_state s set
      contact_id = c.contact_id, servicetitan_customer_id = c.customer_id, root_type = c.root_type, root_id = c.root_id,
      current_state = c.state,
      previous_state = case when c.entry is null then s.previous_state else s.current_state end,
      state_changed_at = case when c.entry is null then s.state_changed_at when (c.entry ->> 'backfill')::boolean then c.happened_on::timestamptz else c.at end,
      job_id = c.job_id, rule_state = c.rule_state, entering_key = c.entering_key, rule = c.rule, happened_on = c.happened_on,
      explanation = c.explanation, would_change = c.would_change, override_id = c.override_id, location_id = c.location_id,
      appointment_id = (c.appointment ->> 'id')::bigint, appointment_start = c.appointment_start, appointment_end = (c.appointment ->> 'end')::timestamptz,
      arrival_window_start = (c.appointment ->> 'arrivalWindowStart')::timestamptz, arrival_window_end = (c.appointment ->> 'arrivalWindowEnd')::timestamptz,
      next_due_at = c.next_due_at, open_total = c.open_total, sold_total = c.sold_total, derived = c.derived, version = s.version + 1, updated_at = p_now
    from unnest(p_changes) as c
    where s.id = c.journey_id and not c.is_new;
  end if;
end
$function$
;

CREATE OR REPLACE FUNCTION public.write_settings(p_workspace uuid, p_connection uuid, p_settings jsonb, p_start_flows boolean, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
;
