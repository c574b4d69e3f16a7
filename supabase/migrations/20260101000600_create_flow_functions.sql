-- What two workers could do at once with runs and messages: claiming, completing, handing over; what changes a flow in one piece; and the
-- lists that the screens read.

alter table public.messages add column handed_over_at timestamptz, add column resent_count int not null default 0;
comment on column public.messages.handed_over_at is
  'Set right before the text goes to the mail server. With it and without a result nobody knows whether the message arrived.';
comment on column public.messages.resent_count is
  'How often the message went out again, under the same Message-ID, because nobody knew whether it had arrived: five times at the most.';

create index messages_flow_idx on public.messages (flow_id, status);
create index messages_status_idx on public.messages (workspace_id, status, created_at desc, id desc);
create index flow_runs_flow_started_idx on public.flow_runs (flow_id, started_at desc, id desc);
create index flow_runs_contact_started_idx on public.flow_runs (contact_id, started_at desc, id desc);
create index flow_runs_status_idx on public.flow_runs (workspace_id, status, started_at desc, id desc);

-- ---------------------------------------------------------------- steps

create function public.claim_due_steps(
  p_now timestamptz, p_system_now timestamptz, p_worker text, p_lease_seconds int, p_limit int
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.claim_due_steps(timestamptz, timestamptz, text, int, int) is
  'Leases due steps of active runs of live flows on healthy connections to a worker. A lease that ran out is free again.';

create function public.complete_step(
  p_step uuid, p_worker text, p_status text, p_input jsonb, p_output jsonb, p_next jsonb, p_message jsonb, p_run_status text, p_run_reason text,
  p_now timestamptz
) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.complete_step(uuid, text, text, jsonb, jsonb, jsonb, jsonb, text, text, timestamptz) is
  'Finishes a step with everything that follows from it: the next steps, its message, the run''s end. False, and nothing done, when the lease is not the worker''s.';

create function public.release_step(p_step uuid, p_worker text, p_due_at timestamptz, p_attempts int, p_error text) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.release_step(uuid, text, timestamptz, int, text) is 'Gives a step back to be done later: a wait that moved, or a try that failed.';

create function public.fail_step(p_step uuid, p_worker text, p_error text, p_now timestamptz) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.fail_step(uuid, text, text, timestamptz) is 'Ends a run at a step that cannot be done, with the reason.';

create function public.load_step_contexts(p_runs uuid[]) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
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
$$;
comment on function public.load_step_contexts(uuid[]) is 'What templates and conditions of these runs may ask for, by run.';

-- ---------------------------------------------------------------- messages

create function public.claim_due_messages(
  p_now timestamptz, p_system_now timestamptz, p_worker text, p_lease_seconds int, p_limit int
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.claim_due_messages(timestamptz, timestamptz, text, int, int) is
  'Leases queued messages to a worker with all that decides whether they may go out. Of those found, it settles what left its state, and what nobody knows to have arrived although it went out again and again.';

create function public.hand_over_message(p_message uuid, p_worker text, p_system_now timestamptz) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  update public.messages m set handed_over_at = p_system_now
  where m.id = p_message and m.leased_by = p_worker and m.leased_until > p_system_now and m.status = 'queued';
  return found;
end
$$;
comment on function public.hand_over_message(uuid, text, timestamptz) is 'The last word before the text goes to the mail server; false: it must not.';

create function public.finish_message(
  p_message uuid, p_worker text, p_status text, p_reason text, p_to_email text, p_due_at timestamptz, p_now timestamptz
) returns boolean
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.finish_message(uuid, text, text, text, text, timestamptz, timestamptz) is
  'Writes down what became of a leased message: sent, skipped, failed, or queued again for a later try.';

create function public.unsubscribe_message(p_message uuid, p_now timestamptz) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.unsubscribe_message(uuid, timestamptz) is
  'Suppresses the address that a message went to; a second time changes nothing. Null when the message is gone.';

create function public.pull_suppressions(p_connection uuid, p_rows jsonb, p_now timestamptz) returns void
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
  insert into public.sync_cursors (connection_id, workspace_id, resource, last_read_at, last_modified_on)
  select p_connection, v_workspace, 'suppressions', p_now, max(r.modified_on collate "C")
  from jsonb_to_recordset(p_rows) as r (modified_on text)
  on conflict (connection_id, resource) do update
  set last_read_at = excluded.last_read_at, last_modified_on = coalesce(excluded.last_modified_on, sync_cursors.last_modified_on);
end
$$;
comment on function public.pull_suppressions(uuid, jsonb, timestamptz) is
  'Takes over what a tenant''s suppression list says since the last read, one row per address: what it suppresses, what it lifts, and how far it was read.';

create function public.mark_written_back(p_connection uuid, p_emails text[], p_now timestamptz) returns void
language sql volatile security invoker
set search_path = ''
as $$
  update public.suppressions u set written_back_at = p_now
  where u.connection_id = p_connection and u.source = 'unsubscribe' and u.email = any (p_emails) and u.written_back_at is null
$$;
comment on function public.mark_written_back(uuid, text[], timestamptz) is 'Notes that the tenant was told of these people''s wish.';

-- ---------------------------------------------------------------- flows

create function public.install_flows(p_workspace uuid, p_flows jsonb, p_author text, p_now timestamptz) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.install_flows(uuid, jsonb, text, timestamptz) is 'Adds the templates that the workspace does not have yet, published and live; answers how many.';

create function public.publish_flow(
  p_workspace uuid, p_flow uuid, p_draft_revision int, p_graph jsonb, p_trigger_state numeric, p_author text, p_now timestamptz
) returns int
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.publish_flow(uuid, uuid, int, jsonb, numeric, text, timestamptz) is
  'Makes the checked draft the next version and sets the flow live; null when the draft was saved again meanwhile or is gone.';

create function public.set_flow_status(p_workspace uuid, p_flow uuid, p_status text, p_actor text, p_now timestamptz) returns text
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.set_flow_status(uuid, uuid, text, text, timestamptz) is 'Pauses a flow with its runs, or lets it go on.';

create function public.list_flows(p_workspace uuid, p_flow uuid default null) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
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
$$;
comment on function public.list_flows(uuid, uuid) is 'The flows of a workspace, or one of them, with what they are doing.';

create function public.count_waiting(p_flow uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(w.node_id, w.runs), '{}')
  from (
    select s.node_id, count(*) as runs
    from public.flow_runs r join public.flow_steps s on s.run_id = r.id and s.status = 'pending'
    where r.flow_id = p_flow and r.status = 'active'
    group by s.node_id
  ) w
$$;
comment on function public.count_waiting(uuid) is 'Active runs of a flow by the node that they wait at.';

create view public.run_summaries with (security_invoker = true) as
select r.id, r.workspace_id, r.flow_id, f.name as flow_name, r.version_id, v.number as version_number, r.contact_id,
  coalesce(c.name, 'Unknown customer') as customer_name, r.state, r.status, r.ended_reason, r.started_at, r.ended_at
from public.flow_runs r
join public.flows f on f.id = r.flow_id
join public.flow_versions v on v.id = r.version_id
left join public.contacts c on c.id = r.contact_id;
comment on view public.run_summaries is 'Runs as lists show them.';

create view public.message_summaries with (security_invoker = true) as
select m.id, m.workspace_id, m.contact_id, coalesce(c.name, 'Unknown customer') as customer_name, m.flow_id, f.name as flow_name, m.run_id, m.subject,
  coalesce(m.to_email, c.email) as to_email, m.class, m.status, m.reason, m.created_at, m.sent_at, m.html, m.body_text, m.message_id,
  concat_ws(' ', m.subject, m.to_email, c.email, c.name) as search_text
from public.messages m
left join public.contacts c on c.id = m.contact_id
left join public.flows f on f.id = m.flow_id;
comment on view public.message_summaries is 'Messages as lists show them.';

grant select on public.run_summaries, public.message_summaries to authenticated, service_role;

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('claim_due_steps', 'complete_step', 'release_step', 'fail_step', 'load_step_contexts',
      'claim_due_messages', 'hand_over_message', 'finish_message', 'unsubscribe_message', 'pull_suppressions', 'mark_written_back', 'install_flows', 'publish_flow', 'set_flow_status',
      'list_flows', 'count_waiting')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
