-- Steps and messages in batches: workers claim, settle, hand over and record many of them with one call, without ever waiting for one row
-- while they hold another. What somebody else holds right then is answered as busy and comes again alone; then it is waited for.
--
-- These functions touch few rows of tables that grow for ever, and which they are is known: always by their indexes. How many there are is
-- hidden from the planner in parameters, so it must not be left to choose joins that read a whole table.
--
-- What is claimed is held by that claim, not by the worker who made it: each has a name of its own, which every result brings back. So what a
-- worker says too late, or twice, never meets what was claimed since, even by itself.

alter table public.flow_steps
  add column flow_id uuid,
  add column connection_id uuid,
  add column is_action boolean not null default false;
update public.flow_steps s
set flow_id = r.flow_id, connection_id = r.connection_id,
  is_action = s.status in ('pending', 'canceled') and exists (
    select 1 from public.flow_versions v cross join lateral jsonb_array_elements(v.graph -> 'nodes') as n (value)
    where v.id = r.version_id and n.value ->> 'id' = s.node_id and n.value ->> 'type' = 'action')
from public.flow_runs r where r.id = s.run_id;
alter table public.flow_steps alter column flow_id set not null, alter column connection_id set not null;
comment on column public.flow_steps.flow_id is 'The run''s flow, and connection_id its connection: what is due is claimed in equal shares from all of them, and what is paused is not even looked at.';
comment on column public.flow_steps.is_action is 'It acts outside: not before what the run has to say is sent.';
create index flow_steps_share_idx on public.flow_steps (connection_id, flow_id, due_at, id) where status = 'pending';
create index messages_waiting_idx on public.messages (run_id) where status = 'queued';
-- In the order in which they are claimed: however many are due at once, only the first are looked at.
drop index public.messages_due_idx;
create index messages_due_idx on public.messages (due_at, id) where status = 'queued';

create function public.place_step() returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  select r.flow_id, r.connection_id into new.flow_id, new.connection_id from public.flow_runs r where r.id = new.run_id;
  return new;
end
$$;
comment on function public.place_step() is 'Copies flow and connection from the run, neither of which ever changes.';
create trigger flow_steps_place before insert on public.flow_steps for each row when (new.flow_id is null) execute function public.place_step();

-- ---------------------------------------------------------------- steps

drop function public.claim_due_steps(timestamptz, timestamptz, text, int, int);
create function public.claim_due_steps(
  p_now timestamptz, p_system_now timestamptz, p_holder text, p_lease_seconds int, p_limit int
) returns jsonb
language plpgsql volatile security invoker
set search_path = '' set enable_hashjoin = off set enable_mergejoin = off
as $$
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
    set leased_by = p_holder, leased_until = p_system_now + make_interval(secs => p_lease_seconds), attempts = s.attempts + 1
    from due d where s.id = d.id
    returning s.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', k.id, 'holder', k.leased_by, 'nodeId', k.node_id, 'visit', k.visit, 'dueAt', k.due_at, 'enteredAt', k.entered_at, 'attempts', k.attempts,
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
$$;
comment on function public.claim_due_steps(timestamptz, timestamptz, text, int, int) is
  'Leases due steps of active runs to one claim, in equal shares from all live flows on healthy connections. A lease that ran out is free again.';

drop function public.complete_step(uuid, text, text, jsonb, jsonb, jsonb, jsonb, text, text, timestamptz);
drop function public.release_step(uuid, text, timestamptz, int, text);
drop function public.fail_step(uuid, text, text, timestamptz);

create function public.settle_steps(p_settlements jsonb, p_now timestamptz) returns jsonb
language plpgsql volatile security invoker
set search_path = '' set enable_hashjoin = off set enable_mergejoin = off
as $$
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
      r.status in ('active', 'ended') as can_end, r.flow_id, r.connection_id, r.journey_id, j.contact_id, r.contact_id as run_contact_id,
      j.appointment_start
    from jsonb_to_recordset(p_settlements) as x (id uuid, holder text, type text, status text, input jsonb, output jsonb, next jsonb, message jsonb,
      run_status text, due_at timestamptz, attempts int, error text)
    join public.flow_steps s on s.id = x.id
    join public.flow_runs r on r.id = s.run_id
    join public.customer_servicetitan_state j on j.id = r.journey_id
    where v_held ->> x.id::text = x.holder
  ),
  settled as (
    update public.flow_steps s
    set status = case i.type when 'release' then case when i.is_active then 'pending' else 'canceled' end else i.status end,
      input = coalesce(i.input, s.input), output = coalesce(i.output, s.output), error = i.error,
      finished_at = case when i.type <> 'release' then p_now end,
      -- A step that hangs on an appointment follows the newest one, whatever the worker saw.
      due_at = case when i.type <> 'release' then s.due_at when s.anchor_minutes is null then i.due_at
        else i.appointment_start + make_interval(mins => s.anchor_minutes) end,
      attempts = case when i.type = 'release' then i.attempts else s.attempts end,
      leased_by = null, leased_until = null
    from item i where s.id = i.id
  ),
  followed as (
    -- Whoever left the state meanwhile finds the way on when he returns.
    insert into public.flow_steps (workspace_id, run_id, flow_id, connection_id, node_id, visit, status, due_at, anchor_minutes, entered_at, is_action)
    select i.workspace_id, i.run_id, i.flow_id, i.connection_id, n.node_id, n.visit, case when i.is_active then 'pending' else 'canceled' end,
      case when n.anchor_minutes is null then n.due_at else i.appointment_start + make_interval(mins => n.anchor_minutes) end,
      n.anchor_minutes, n.entered_at, n.is_action
    from item i
    cross join lateral jsonb_to_recordset(i.next) as n (node_id text, visit int, due_at timestamptz, anchor_minutes int, entered_at timestamptz, is_action boolean)
    where i.type = 'finish'
    on conflict (run_id, node_id, visit) do nothing
  ),
  queued as (
    insert into public.messages (id, workspace_id, run_id, step_id, flow_id, journey_id, contact_id, class, send_key, subject, html, body_text,
      message_id, status, reason, due_at, created_at)
    select m.id, i.workspace_id, i.run_id, i.id, i.flow_id, i.journey_id, coalesce(i.contact_id, i.run_contact_id), m.class, m.send_key,
      m.subject, m.html, m.body_text, m.message_id, case when i.is_active then 'queued' else 'skipped' end,
      case when not i.is_active then 'left_state' end, m.due_at, p_now
    from item i
    cross join lateral jsonb_to_record(i.message) as m (id uuid, class text, send_key text, subject text, html text, body_text text,
      message_id text, due_at timestamptz)
    where i.type = 'finish' and i.message is not null
    on conflict (workspace_id, send_key) do nothing
    returning step_id
  ),
  ended as (
    update public.flow_runs r
    set status = i.run_status, ended_reason = case when i.type = 'fail' then i.error end, ended_at = p_now
    from item i where r.id = i.run_id and i.can_end and i.run_status is not null
  ),
  -- The other branches of a run that failed are not gone on with either.
  canceled as (
    update public.flow_steps s set status = 'canceled'
    from item i
    where i.type = 'fail' and s.run_id = i.run_id and s.status = 'pending' and s.leased_by is null
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

  return coalesce((
    select jsonb_agg(jsonb_build_object('id', x.id, 'holder', x.holder, 'outcome', case
      when v_held ->> x.id::text = x.holder then 'done'
      when s.leased_by = x.holder and s.status in ('pending', 'canceled') then 'busy'
      else 'lost' end))
    from jsonb_to_recordset(p_settlements) as x (id uuid, holder text)
    left join public.flow_steps s on s.id = x.id), '[]');
end
$$;
comment on function public.settle_steps(jsonb, timestamptz) is
  'Finishes steps with everything that follows from them (the next steps, their messages, the runs'' ends), gives them back to be done later, or fails them with their runs. lost, and nothing done: the lease is not that claim''s any more. busy, and nothing done: somebody holds it right now; alone it is waited for.';

-- ---------------------------------------------------------------- messages

create view public.message_facts with (security_invoker = true) as
select m.id, (f.id is null or f.status = 'live') and (n.id is null or n.status = 'connected') as is_open,
  coalesce(r.status = 'ended' and r.ended_reason = 'left_state', false) as has_left,
  jsonb_build_object(
    'state', r.state,
    'sender', jsonb_build_object('name', w.sender_name, 'email', w.sender_email, 'postalAddress', w.postal_address),
    'contact', case when c.id is null then null else jsonb_build_object('email', c.email, 'active', c.active, 'doNotMail', c.do_not_mail,
      'doNotService', c.do_not_service, 'marketingAllowed', c.marketing_allowed, 'remindersAllowed', c.reminders_allowed) end,
    'suppression', case when c.email is not null then public.find_suppression(m.workspace_id, c.email) end) as facts
from public.messages m
join public.workspaces w on w.id = m.workspace_id
left join public.flow_runs r on r.id = m.run_id
left join public.flows f on f.id = m.flow_id
left join public.integration_connections n on n.id = r.connection_id
left join public.customer_servicetitan_state j on j.id = m.journey_id
left join public.contacts c on c.id = coalesce(j.contact_id, m.contact_id);
comment on view public.message_facts is 'All that decides whether a message may go out.';
revoke all on public.message_facts from public, anon, authenticated;
grant select on public.message_facts to service_role;

drop function public.claim_due_messages(timestamptz, timestamptz, text, int, int);
create function public.claim_due_messages(
  p_now timestamptz, p_system_now timestamptz, p_holder text, p_lease_seconds int, p_limit int
) returns jsonb
language plpgsql volatile security invoker
set search_path = '' set enable_hashjoin = off set enable_mergejoin = off
as $$
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
$$;
comment on function public.claim_due_messages(timestamptz, timestamptz, text, int, int) is
  'Leases due messages to one claim, with all that decides whether each may go out, and settles those that may not at all. A lease that ran out is free again.';

drop function public.hand_over_message(uuid, text, timestamptz);
drop function public.finish_message(uuid, text, text, text, text, timestamptz, timestamptz);

create function public.hand_over_messages(
  p_messages jsonb, p_system_now timestamptz, p_lease_seconds int, p_may_wait boolean
) returns jsonb
language plpgsql volatile security invoker
set search_path = '' set enable_hashjoin = off set enable_mergejoin = off
as $$
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
$$;
comment on function public.hand_over_messages(jsonb, timestamptz, int, boolean) is
  'The last word before texts go to the mail server. lost: it must not, because the lease ran out or is another claim''s, the journey left its state, the flow was paused, or anything that allowed it has changed since it was claimed. busy: somebody holds it right now; alone it is waited for.';

create function public.finish_messages(p_results jsonb, p_now timestamptz, p_may_wait boolean) returns jsonb
language plpgsql volatile security invoker
set search_path = '' set enable_hashjoin = off set enable_mergejoin = off
as $$
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
$$;
comment on function public.finish_messages(jsonb, timestamptz, boolean) is
  'Writes down what became of leased messages: sent, skipped, failed, or queued again for a later try. lost: the lease is not that claim''s any more. busy: somebody holds it right now; alone it is waited for.';

create function public.advance_messages(
  p_results jsonb, p_messages jsonb, p_now timestamptz, p_system_now timestamptz, p_lease_seconds int
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.advance_messages(jsonb, jsonb, timestamptz, timestamptz, int) is
  'Records what became of some messages and has the last word on others, in one transaction: each connection to the mail server ends one mail and begins the next at about the same time.';

create function public.count_due(p_now timestamptz, p_system_now timestamptz, p_most int) returns jsonb
language sql stable security invoker
set search_path = '' set enable_hashjoin = off set enable_mergejoin = off
as $$
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
$$;
comment on function public.count_due(timestamptz, timestamptz, int) is 'How many steps and messages a worker would find to do now; p_most when there are as many or more.';

-- ---------------------------------------------------------------- flows

create or replace function public.set_flow_status(p_workspace uuid, p_flow uuid, p_status text, p_actor text, p_now timestamptz) returns text
language plpgsql volatile security invoker
set search_path = ''
as $$
declare
  v_flow public.flows;
begin
  -- No lock that keeps out the messages that refer to the flow: who settles a step holds its run and queues one.
  select * into v_flow from public.flows f where f.id = p_flow and f.workspace_id = p_workspace for no key update;
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
$$;

-- ---------------------------------------------------------------- opt-outs

alter table public.suppressions add column refused_at timestamptz;
comment on column public.suppressions.refused_at is 'When the tenant last did not take the address: it comes after those that were not tried.';
drop index public.suppressions_write_back_idx;
create index suppressions_write_back_idx on public.suppressions (connection_id, source, refused_at nulls first, created_at) where written_back_at is null;

drop function public.mark_written_back(uuid, text[], timestamptz);
create function public.mark_written_back(p_connection uuid, p_taken text[], p_refused text[], p_now timestamptz) returns void
language sql volatile security invoker
set search_path = ''
as $$
  update public.suppressions u
  set written_back_at = case when u.email = any (p_taken) then p_now end, refused_at = case when u.email = any (p_refused) then p_now end
  where u.connection_id = p_connection and u.source = 'unsubscribe' and u.email = any (p_taken || p_refused) and u.written_back_at is null
$$;
comment on function public.mark_written_back(uuid, text[], text[], timestamptz) is 'Notes which of these people''s wish the tenant was told of, and which addresses it did not take.';

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('place_step', 'claim_due_steps', 'settle_steps', 'claim_due_messages', 'mark_written_back', 'hand_over_messages', 'finish_messages', 'advance_messages', 'count_due')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
