-- Workspaces and their members: everything else belongs to one workspace and is visible to its members only.

create function public.current_user_id() returns uuid
language sql stable
set search_path = ''
as $$
  select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid
$$;
comment on function public.current_user_id() is 'The signed-in user of the request, from the JWT; null for the service role.';

create table public.workspaces (
  id uuid not null default gen_random_uuid(),
  name text not null,
  slug text not null,
  time_zone text not null default 'America/Los_Angeles',
  sender_name text not null,
  sender_email text not null,
  postal_address text not null default '',
  phone text not null default '',
  website text not null default '',
  review_url text not null default '',
  completed_reset_days int not null default 90,
  stale_reset_days int not null default 180,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint workspaces_pkey primary key (id),
  constraint workspaces_slug_key unique (slug),
  constraint workspaces_resets_positive check (completed_reset_days > 0 and stale_reset_days > 0)
);
comment on table public.workspaces is 'A Chou customer; everything belongs to one.';

create table public.workspace_members (
  workspace_id uuid not null,
  user_id uuid not null,
  email text not null,
  role text not null,
  created_at timestamptz not null,
  constraint workspace_members_pkey primary key (workspace_id, user_id),
  constraint workspace_members_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint workspace_members_role_known check (role in ('owner', 'admin', 'marketer', 'viewer'))
);
comment on table public.workspace_members is 'A user with a role in a workspace.';
create index workspace_members_user_idx on public.workspace_members (user_id);

-- Security definer: the policy on workspace_members itself asks it, which would otherwise recurse.
create function public.is_member(p_workspace uuid) returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select 1 from public.workspace_members m
    where m.workspace_id = p_workspace and m.user_id = public.current_user_id()
  )
$$;
comment on function public.is_member(uuid) is 'Whether the signed-in user is a member of the workspace.';
revoke execute on function public.is_member(uuid) from public;
grant execute on function public.is_member(uuid) to authenticated, service_role;

create table public.api_tokens (
  id uuid not null default gen_random_uuid(),
  workspace_id uuid not null,
  user_id uuid not null,
  name text not null,
  token_hash text not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  constraint api_tokens_pkey primary key (id),
  constraint api_tokens_hash_key unique (token_hash),
  constraint api_tokens_member_fkey foreign key (workspace_id, user_id)
    references public.workspace_members (workspace_id, user_id) on delete cascade
);
comment on table public.api_tokens is 'Bearer tokens for scripts, kept as SHA-256 only.';
create index api_tokens_member_idx on public.api_tokens (workspace_id, user_id);

create table public.audit_log (
  id bigint generated always as identity,
  workspace_id uuid not null,
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null default '{}',
  at timestamptz not null,
  constraint audit_log_pkey primary key (id),
  constraint audit_log_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.audit_log is 'Who did what to what.';
create index audit_log_workspace_idx on public.audit_log (workspace_id, id desc);

-- Screens follow the product through this feed, whichever process made the change.
create table public.change_events (
  id bigint generated always as identity,
  workspace_id uuid not null,
  type text not null,
  payload jsonb not null default '{}',
  at timestamptz not null,
  constraint change_events_pkey primary key (id),
  constraint change_events_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
comment on table public.change_events is 'What changed, for the screens; trimmed after a day.';
create index change_events_workspace_idx on public.change_events (workspace_id, id);
create index change_events_at_idx on public.change_events (at);

alter table public.workspaces enable row level security;
alter table public.workspace_members enable row level security;
alter table public.api_tokens enable row level security;
alter table public.audit_log enable row level security;
alter table public.change_events enable row level security;

create policy workspaces_members_read on public.workspaces for select to authenticated using (public.is_member(id));
create policy workspace_members_members_read on public.workspace_members for select to authenticated using (public.is_member(workspace_id));
create policy audit_log_members_read on public.audit_log for select to authenticated using (public.is_member(workspace_id));
create policy change_events_members_read on public.change_events for select to authenticated using (public.is_member(workspace_id));
-- api_tokens has no policy: only the server reads it.

grant usage on schema public to anon, authenticated, service_role;
grant select on public.workspaces, public.workspace_members, public.audit_log, public.change_events to authenticated;
grant all on public.workspaces, public.workspace_members, public.api_tokens, public.audit_log, public.change_events to service_role;
