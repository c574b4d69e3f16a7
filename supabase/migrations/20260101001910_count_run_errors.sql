-- The list of runs can be narrowed to what they wait for: which errors there are, and how often.

create function public.count_run_errors(p_workspace uuid, p_filter jsonb, p_limit int) returns jsonb
language sql stable security invoker
set search_path = ''
as $$
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
$$;
comment on function public.count_run_errors(uuid, jsonb, int) is 'For what the parked runs of a filter wait, the most frequent first.';

revoke execute on function public.count_run_errors(uuid, jsonb, int) from public, anon, authenticated;
grant execute on function public.count_run_errors(uuid, jsonb, int) to service_role;
