-- The mirror of ServiceTitan's records, the contacts made from it, and the journeys derived from it.

create table public.servicetitan_records (
  connection_id uuid not null,
  workspace_id uuid not null,
  resource text not null,
  record_id bigint not null,
  modified_on text collate "C" not null,
  active boolean not null,
  customer_id bigint,
  job_id bigint,
  project_id bigint,
  estimate_id bigint,
  booking_id bigint,
  merged_to_id bigint,
  data jsonb not null,
  read_at timestamptz not null,
  sync_run_id uuid,
  first_read_at timestamptz not null,
  constraint servicetitan_records_pkey primary key (connection_id, resource, record_id),
  constraint servicetitan_records_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint servicetitan_records_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.servicetitan_records is 'The newest version that was read of each ServiceTitan record. modified_on keeps all seven digits. The link columns repeat members of data, so that links can be followed by index.';
create index servicetitan_records_customer_idx on public.servicetitan_records (connection_id, customer_id, resource) where customer_id is not null;
create index servicetitan_records_job_idx on public.servicetitan_records (connection_id, job_id, resource) where job_id is not null;
create index servicetitan_records_project_idx on public.servicetitan_records (connection_id, project_id, resource) where project_id is not null;
create index servicetitan_records_estimate_idx on public.servicetitan_records (connection_id, estimate_id) where estimate_id is not null;
create index servicetitan_records_booking_idx on public.servicetitan_records (connection_id, booking_id, resource) where booking_id is not null;
create index servicetitan_records_merged_idx on public.servicetitan_records (connection_id, merged_to_id) where merged_to_id is not null;

create table public.rejected_records (
  connection_id uuid not null,
  workspace_id uuid not null,
  resource text not null,
  record_id bigint not null,
  issues jsonb not null,
  sync_run_id uuid,
  read_at timestamptz not null,
  constraint rejected_records_pkey primary key (connection_id, resource, record_id),
  constraint rejected_records_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint rejected_records_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.rejected_records is 'Records that were set aside because they did not have the documented shape, with the reason. Record id 0: it had no readable id.';

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
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint contacts_pkey primary key (id),
  constraint contacts_source_key unique (connection_id, source_type, source_id),
  constraint contacts_source_type_known check (source_type in ('customer', 'lead', 'booking')),
  constraint contacts_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint contacts_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.contacts is 'A person the workspace talks to: a ServiceTitan customer, or who asked by a lead or booking and is no customer yet.';
create index contacts_workspace_name_idx on public.contacts (workspace_id, lower(name), id);
create index contacts_workspace_email_idx on public.contacts (workspace_id, lower(email)) where email is not null;

create table public.customer_servicetitan_state (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  contact_id uuid,
  servicetitan_customer_id bigint,
  current_state numeric(2, 1) not null,
  job_id bigint,
  previous_state numeric(2, 1),
  state_changed_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  connection_id uuid not null,
  root_type text not null,
  root_id bigint not null,
  rule_state numeric(2, 1) not null,
  entering_key text,
  rule text,
  happened_on text collate "C",
  explanation text not null,
  would_change text not null,
  override_id uuid,
  location_id bigint,
  appointment_id bigint,
  appointment_start timestamptz,
  appointment_end timestamptz,
  arrival_window_start timestamptz,
  arrival_window_end timestamptz,
  next_due_at timestamptz,
  open_total numeric(14, 2) not null default 0,
  sold_total numeric(14, 2) not null default 0,
  derived jsonb not null default '{}',
  version int not null default 1,
  constraint customer_servicetitan_state_pkey primary key (id),
  constraint customer_servicetitan_state_root_key unique (connection_id, root_type, root_id),
  constraint customer_servicetitan_state_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint customer_servicetitan_state_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint customer_servicetitan_state_contact_fkey foreign key (contact_id) references public.contacts (id) on delete set null,
  constraint customer_servicetitan_state_root_type_known check (root_type in ('job', 'estimate', 'lead', 'booking')),
  constraint customer_servicetitan_state_current_known check (current_state in (0, 1, 2, 2.5, 3, 4, 5, 5.5, 6))
);
comment on table public.customer_servicetitan_state is 'One journey: an opportunity from the lead or the booked visit to the finished install. Known by its connection and root record.';
comment on column public.customer_servicetitan_state.rule_state is 'What the rules alone say, resets and overrides aside.';
comment on column public.customer_servicetitan_state.derived is 'What the derivation wants to see again the next time; opaque to SQL.';
create index customer_servicetitan_state_board_idx on public.customer_servicetitan_state (workspace_id, current_state, state_changed_at desc, id);
create index customer_servicetitan_state_customer_idx on public.customer_servicetitan_state (connection_id, servicetitan_customer_id);
create index customer_servicetitan_state_contact_idx on public.customer_servicetitan_state (contact_id);
create index customer_servicetitan_state_due_idx on public.customer_servicetitan_state (connection_id, next_due_at) where next_due_at is not null;

create table public.state_transitions (
  id bigint generated always as identity,
  workspace_id uuid not null,
  connection_id uuid not null,
  journey_id uuid not null,
  contact_id uuid,
  from_state numeric(2, 1) not null,
  to_state numeric(2, 1) not null,
  job_id bigint,
  entering_key text,
  rule text,
  explanation text not null,
  happened_on text collate "C",
  recorded_at timestamptz not null,
  source text not null,
  outcome text,
  constraint state_transitions_pkey primary key (id),
  constraint state_transitions_journey_fkey foreign key (journey_id) references public.customer_servicetitan_state (id) on delete cascade,
  constraint state_transitions_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint state_transitions_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint state_transitions_contact_fkey foreign key (contact_id) references public.contacts (id) on delete set null,
  constraint state_transitions_source_known check (source in ('poll', 'webhook', 'timer', 'flow', 'manual', 'settings', 'backfill'))
);
comment on table public.state_transitions is 'The log of every change of a journey''s state.';
create index state_transitions_journey_idx on public.state_transitions (journey_id, id desc);
create index state_transitions_workspace_idx on public.state_transitions (workspace_id, id desc);

create table public.state_overrides (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  connection_id uuid not null,
  journey_id uuid not null,
  state numeric(2, 1) not null,
  reason text not null,
  set_by text not null,
  source text not null,
  set_on text collate "C" not null,
  rule_state_then numeric(2, 1) not null,
  lifted_at timestamptz,
  constraint state_overrides_pkey primary key (id),
  constraint state_overrides_journey_fkey foreign key (journey_id) references public.customer_servicetitan_state (id) on delete cascade,
  constraint state_overrides_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint state_overrides_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint state_overrides_state_known check (state in (0, 1, 2, 2.5, 3, 4, 5, 5.5, 6))
);
comment on table public.state_overrides is 'A state that a person or a flow set, with the reason; holds until the rules say something new.';
create index state_overrides_journey_idx on public.state_overrides (journey_id);
create unique index state_overrides_one_active on public.state_overrides (journey_id) where lifted_at is null;

create table public.state_entries (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  connection_id uuid not null,
  journey_id uuid not null,
  state numeric(2, 1) not null,
  entering_key text not null,
  entry_group uuid not null,
  outcome text not null,
  recorded_at timestamptz not null,
  constraint state_entries_pkey primary key (id),
  constraint state_entries_once unique (connection_id, state, entering_key),
  constraint state_entries_journey_fkey foreign key (journey_id) references public.customer_servicetitan_state (id) on delete cascade,
  constraint state_entries_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint state_entries_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.state_entries is 'The exactly-once key of what entering a state starts. Keys of one entry_group stand for the same runs.';
create index state_entries_journey_idx on public.state_entries (journey_id, state);

create table public.derivation_queue (
  id bigint generated always as identity,
  workspace_id uuid not null,
  connection_id uuid not null,
  entity text not null,
  entity_id bigint not null,
  source text not null,
  constraint derivation_queue_pkey primary key (id),
  constraint derivation_queue_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint derivation_queue_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint derivation_queue_entity_known check (entity in ('customers', 'leads', 'bookings', 'jobs', 'estimates', 'projects')),
  constraint derivation_queue_source_known check (source in ('poll', 'webhook', 'timer', 'flow', 'manual', 'settings'))
);
comment on table public.derivation_queue is 'Records whose journeys must be derived anew. A row leaves in the transaction that applies what was derived.';
create index derivation_queue_connection_idx on public.derivation_queue (connection_id, source, id);
create index derivation_queue_entity_idx on public.derivation_queue (connection_id, entity, entity_id);

alter table public.servicetitan_records enable row level security;
alter table public.rejected_records enable row level security;
alter table public.contacts enable row level security;
alter table public.customer_servicetitan_state enable row level security;
alter table public.state_transitions enable row level security;
alter table public.state_overrides enable row level security;
alter table public.state_entries enable row level security;
alter table public.derivation_queue enable row level security;

create policy servicetitan_records_members_read on public.servicetitan_records for select to authenticated using (public.is_member(workspace_id));
create policy rejected_records_members_read on public.rejected_records for select to authenticated using (public.is_member(workspace_id));
create policy contacts_members_read on public.contacts for select to authenticated using (public.is_member(workspace_id));
create policy customer_servicetitan_state_members_read on public.customer_servicetitan_state for select to authenticated using (public.is_member(workspace_id));
create policy state_transitions_members_read on public.state_transitions for select to authenticated using (public.is_member(workspace_id));
create policy state_overrides_members_read on public.state_overrides for select to authenticated using (public.is_member(workspace_id));
create policy state_entries_members_read on public.state_entries for select to authenticated using (public.is_member(workspace_id));
create policy derivation_queue_members_read on public.derivation_queue for select to authenticated using (public.is_member(workspace_id));

grant select on public.servicetitan_records, public.rejected_records, public.contacts, public.customer_servicetitan_state,
  public.state_transitions, public.state_overrides, public.state_entries, public.derivation_queue to authenticated;
grant all on public.servicetitan_records, public.rejected_records, public.contacts, public.customer_servicetitan_state,
  public.state_transitions, public.state_overrides, public.state_entries, public.derivation_queue to service_role;
