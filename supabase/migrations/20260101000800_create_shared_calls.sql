-- What all processes share when they call ServiceTitan: one token for the same credentials, one pace for the same app and
-- tenant, and one circuit for each connection. Waiting and pacing are real time (clock_timestamp); only the life of a token
-- is counted by the product's clock, which every caller passes in.

create table public.service_titan_tokens (
  key text not null,
  key_id text,
  ciphertext text,
  token_hash text,
  issued_at timestamptz,
  renew_at timestamptz,
  holder text,
  leased_until timestamptz,
  constraint service_titan_tokens_pkey primary key (key)
);
comment on table public.service_titan_tokens is 'The access token of each set of credentials (key: their hash), as AES-256-GCM ciphertext, and who is asking for the next one.';

create table public.service_titan_budgets (
  key text not null,
  rate double precision not null,
  rated_at timestamptz not null,
  slowed_at timestamptz,
  paused_until timestamptz,
  taken bigint[] not null default '{}',
  demands jsonb not null default '{}',
  constraint service_titan_budgets_pkey primary key (key)
);
comment on table public.service_titan_budgets is 'The calls of one app to one tenant (key: the hash of both): the present rate, the slots that are taken, and what each priority needs.';
comment on column public.service_titan_budgets.taken is 'Slot n is the moment n / limit seconds after 1970; each is given to one call.';
comment on column public.service_titan_budgets.demands is 'For each process of the last two seconds: when it asked (at), and the calls per second that it needs by priority (needs: person, flow, poll, backfill).';

create table public.service_titan_turns (
  key text not null,
  free_at timestamptz not null,
  constraint service_titan_turns_pkey primary key (key)
);
comment on table public.service_titan_turns is 'When something that may be asked once in an interval, such as a report, may be asked again.';

create table public.connection_circuits (
  connection_id uuid not null,
  workspace_id uuid not null,
  state text not null default 'closed',
  failures int not null default 0,
  openings int not null default 0,
  next_try_at timestamptz,
  reason text,
  constraint connection_circuits_pkey primary key (connection_id),
  constraint connection_circuits_connection_fkey foreign key (connection_id) references public.integration_connections (id) on delete cascade,
  constraint connection_circuits_workspace_fkey foreign key (workspace_id) references public.workspaces (id) on delete cascade,
  constraint connection_circuits_state_known check (state in ('closed', 'open', 'half_open'))
);
comment on table public.connection_circuits is 'Connections whose calls fail in a row: open ones are not called before next_try_at. No row: closed.';

alter table public.service_titan_tokens enable row level security;
alter table public.service_titan_budgets enable row level security;
alter table public.service_titan_turns enable row level security;
alter table public.connection_circuits enable row level security;
-- No policies: only the server reads them.
grant all on public.service_titan_tokens, public.service_titan_budgets, public.service_titan_turns, public.connection_circuits to service_role;

-- ---------------------------------------------------------------- token

create function public.claim_token(p_key text, p_key_id text, p_holder text, p_lease_ms int, p_now timestamptz) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.claim_token(text, text, text, int, timestamptz) is 'The token that is live at p_now; else the right to ask for one, or how long to wait for who has it.';

create function public.save_token(
  p_key text, p_key_id text, p_ciphertext text, p_token_hash text, p_issued_at timestamptz, p_renew_at timestamptz
) returns void
language sql volatile security invoker
set search_path = ''
as $$
  insert into public.service_titan_tokens as t (key, key_id, ciphertext, token_hash, issued_at, renew_at)
  values (p_key, p_key_id, p_ciphertext, p_token_hash, p_issued_at, p_renew_at)
  on conflict (key) do update set key_id = excluded.key_id, ciphertext = excluded.ciphertext, token_hash = excluded.token_hash,
    issued_at = excluded.issued_at, renew_at = excluded.renew_at, holder = null, leased_until = null
$$;
comment on function public.save_token(text, text, text, text, timestamptz, timestamptz) is 'Keeps a fresh token for everybody and ends the claim on it.';

create function public.release_token(p_key text, p_holder text) returns void
language sql volatile security invoker
set search_path = ''
as $$
  update public.service_titan_tokens set holder = null, leased_until = null where key = p_key and holder = p_holder
$$;
comment on function public.release_token(text, text) is 'Gives up a claim that came to nothing.';

create function public.discard_token(p_key text, p_token_hash text) returns void
language sql volatile security invoker
set search_path = ''
as $$
  update public.service_titan_tokens set ciphertext = null, token_hash = null where key = p_key and token_hash = p_token_hash
$$;
comment on function public.discard_token(text, text) is 'Forgets a token that was refused, unless another has taken its place.';

-- ---------------------------------------------------------------- budget

create function public.open_budget(p_key text, p_limit double precision) returns public.service_titan_budgets
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.open_budget(text, double precision) is 'Locks a budget, making it where there is none, and gives it with its rate as of now.';

create function public.lease_calls(p_key text, p_limit double precision, p_holder text, p_needs double precision[], p_waiting int) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.lease_calls(text, double precision, text, double precision[], int) is 'Gives a process the next free slots, at most a second''s worth, by its part of the demand and by priority.';

create function public.throttle_calls(p_key text, p_limit double precision, p_pause_ms double precision, p_slow_down boolean) returns void
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.throttle_calls(text, double precision, double precision, boolean) is 'Halves the rate after a refusal for calling too often, and lets everybody pause where that was asked for.';

create function public.claim_turn(p_key text, p_interval_ms double precision) returns double precision
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.claim_turn(text, double precision) is 'Takes the turn of an interval: 0 when it was free, else the milliseconds until the next.';

create function public.delay_turn(p_key text, p_delay_ms double precision) returns void
language sql volatile security invoker
set search_path = ''
as $$
  insert into public.service_titan_turns as t (key, free_at)
  values (p_key, clock_timestamp() + make_interval(secs => least(greatest(p_delay_ms, 0), 3600000) / 1000))
  on conflict (key) do update set free_at = greatest(t.free_at, excluded.free_at)
$$;
comment on function public.delay_turn(text, double precision) is 'Puts the next turn off, as ServiceTitan asked for, by an hour at most.';

-- ---------------------------------------------------------------- circuit

create function public.read_circuit(p_connection uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(
    (select jsonb_build_object('state', c.state, 'failures', c.failures, 'reason', c.reason,
      'waitMs', case when c.state = 'open' then greatest(0, ceil(extract(epoch from c.next_try_at - clock_timestamp()) * 1000)) else 0 end)
    from public.connection_circuits c where c.connection_id = p_connection),
    jsonb_build_object('state', 'closed', 'failures', 0, 'reason', null, 'waitMs', 0))
$$;
comment on function public.read_circuit(uuid) is 'Whether a connection may be called, and if not, for how long not and why.';

create function public.report_call_failure(
  p_connection uuid, p_reason text, p_failures_to_open int, p_first_open_ms double precision, p_longest_open_ms double precision, p_now timestamptz
) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.report_call_failure(uuid, text, int, double precision, double precision, timestamptz) is 'Counts a failed call, and opens the circuit after so many in a row, or after a failed trial.';

create function public.report_call_answer(p_connection uuid, p_now timestamptz) returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
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
$$;
comment on function public.report_call_answer(uuid, timestamptz) is 'Closes the circuit of a connection that answered.';

create function public.claim_circuit_trial(p_connection uuid, p_trial_ms double precision) returns boolean
language sql volatile security invoker
set search_path = ''
as $$
  with claimed as (
    update public.connection_circuits c
    set state = 'half_open', next_try_at = clock_timestamp() + make_interval(secs => p_trial_ms / 1000)
    where c.connection_id = p_connection and c.state <> 'closed' and c.next_try_at <= clock_timestamp()
    returning 1
  )
  select exists (select 1 from claimed)
$$;
comment on function public.claim_circuit_trial(uuid, double precision) is 'Whether this caller may make the one call that tries an open circuit whose time has passed.';

create function public.list_circuits(p_workspace uuid) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(public.read_circuit(c.connection_id) || jsonb_build_object('connectionId', c.connection_id)), '[]')
  from public.connection_circuits c where c.workspace_id = p_workspace and c.state <> 'closed'
$$;
comment on function public.list_circuits(uuid) is 'The connections of a workspace whose calls are paused.';

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('claim_token', 'save_token', 'release_token', 'discard_token', 'open_budget', 'lease_calls',
      'throttle_calls', 'claim_turn', 'delay_turn', 'read_circuit', 'report_call_failure', 'report_call_answer', 'claim_circuit_trial', 'list_circuits')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end $$;
