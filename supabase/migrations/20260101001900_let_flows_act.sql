-- What flows do beside e-mails to customers: mails to the team, each sent once for the step that asked for it, and facts about a contact that
-- hold whatever ServiceTitan says.

create table public.team_mails (
  id uuid not null,
  workspace_id uuid not null,
  run_id uuid,
  to_email text not null,
  subject text not null,
  status text not null default 'handed_over',
  tries int not null default 1,
  handed_over_at timestamptz not null,
  finished_at timestamptz,
  constraint team_mails_pkey primary key (id),
  constraint team_mails_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint team_mails_run_fkey foreign key (run_id) references public.flow_runs (id) on delete set null,
  constraint team_mails_status_known check (status in ('handed_over', 'sent', 'refused'))
);
comment on table public.team_mails is
  'E-mails of flows to members of the workspace. The id follows from the step and the address, so that a step that is done again sends none twice.';
comment on column public.team_mails.status is 'handed_over: the mail server may have it, which its answer did not say.';
create index team_mails_workspace_idx on public.team_mails (workspace_id, handed_over_at desc);
create index team_mails_run_idx on public.team_mails (run_id);
alter table public.team_mails enable row level security;
create policy team_mails_members_read on public.team_mails for select to authenticated using (public.is_member(workspace_id));
grant select on public.team_mails to authenticated;
grant all on public.team_mails to service_role;

create function public.hand_over_team_mail(p_id uuid, p_workspace uuid, p_run uuid, p_to text, p_subject text, p_now timestamptz) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  insert into public.team_mails as t (id, workspace_id, run_id, to_email, subject, handed_over_at)
  -- The run may be gone by now; its mail is told all the same.
  values (p_id, p_workspace, (select r.id from public.flow_runs r where r.id = p_run), p_to, p_subject, p_now)
  on conflict (id) do update set tries = t.tries + 1, handed_over_at = excluded.handed_over_at, status = 'handed_over', finished_at = null
    -- What was refused did not arrive: whoever tries the step again means it.
    where t.status = 'refused' or (t.status = 'handed_over' and t.tries < 6);
  return found;
end
$$;
comment on function public.hand_over_team_mail(uuid, uuid, uuid, text, text, timestamptz) is
  'The last word before a mail to the team goes to the mail server. False: it was sent, or its outcome stayed unknown five times.';

create function public.finish_team_mail(p_id uuid, p_status text, p_now timestamptz) returns void
language sql volatile security invoker
set search_path = ''
as $$
  update public.team_mails t set status = p_status, finished_at = p_now where t.id = p_id and t.status = 'handed_over'
$$;
comment on function public.finish_team_mail(uuid, text, timestamptz) is 'Writes down that the mail server took a mail to the team, or refused it.';

alter table public.contacts
  add column own_name text,
  add column own_email text,
  add column own_phone text;
comment on column public.contacts.own_name is 'Set here, by a flow: holds instead of what ServiceTitan says. The same with own_email and own_phone.';

create function public.keep_own_facts() returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  new.name := coalesce(new.own_name, new.name);
  new.email := coalesce(new.own_email, new.email);
  new.phone := coalesce(new.own_phone, new.phone);
  return new;
end
$$;
comment on function public.keep_own_facts() is 'What was set here holds whenever the mirror writes what ServiceTitan says.';
create trigger contacts_keep_own_facts before update on public.contacts
for each row when (new.own_name is not null or new.own_email is not null or new.own_phone is not null)
execute function public.keep_own_facts();

create function public.update_contact(
  p_workspace uuid, p_contact uuid, p_name text, p_email text, p_phone text, p_opt_out boolean, p_actor text, p_now timestamptz
) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.update_contact(uuid, uuid, text, text, text, boolean, text, timestamptz) is
  'Sets facts about a contact that hold whatever ServiceTitan says, and opts its address out of marketing; null leaves a fact as it is. True: something changed.';

revoke execute on function public.hand_over_team_mail(uuid, uuid, uuid, text, text, timestamptz), public.finish_team_mail(uuid, text, timestamptz),
  public.keep_own_facts(),
  public.update_contact(uuid, uuid, text, text, text, boolean, text, timestamptz) from public, anon, authenticated;
grant execute on function public.hand_over_team_mail(uuid, uuid, uuid, text, text, timestamptz), public.finish_team_mail(uuid, text, timestamptz),
  public.update_contact(uuid, uuid, text, text, text, boolean, text, timestamptz) to service_role;
