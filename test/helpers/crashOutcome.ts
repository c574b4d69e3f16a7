import type { CrashProduct } from './crashProduct.ts';

/** What a product has come to, in words that do not depend on who did what when, or on ids of its own. */
interface ProductOutcome {
  rows: string[];
  transitions: string[];
  /** Every decision on a flow, the run among them if one was started. */
  starts: string[];
  messages: string[];
  /** What is due at the end, or held by somebody for whom it is still to be done. */
  unfinished: Record<string, number>;
  /** Sent messages that the mail server never saw, or saw more often than the product has counted. */
  miscounted: string[];
  resent: number;
}

const root = `n.name || ' ' || s.root_type || ':' || s.root_id`;

export async function outcomeOf({ postgres, inbox }: CrashProduct, now: Date): Promise<ProductOutcome> {
  const at = now.toISOString();
  const lines = async (text: string) =>
    (await postgres.sql<{ line: string }>(`${text} order by 1`)).map(({ line }) => line);
  const rows = await lines(`
    select concat_ws(' ', ${root}, s.current_state, s.entering_key, s.happened_on, s.job_id) as line
    from public.customer_servicetitan_state s join public.integration_connections n on n.id = s.connection_id
    where s.current_state <> 0`);
  const transitions = await lines(`
    select concat_ws(' ', n.name, t.from_state, t.to_state, t.entering_key, t.happened_on, t.source, t.outcome) as line
    from public.state_transitions t join public.integration_connections n on n.id = t.connection_id
    where t.to_state <> 0`);
  const starts = await lines(`
    select concat_ws(' ', n.name, f.name, e.entering_key, f2.outcome, r.id is not null) as line
    from public.flow_starts f2 join public.flows f on f.id = f2.flow_id
    join public.state_entries e on e.entry_group = f2.entry_group and e.outcome <> 'returned'
    join public.integration_connections n on n.id = e.connection_id
    left join public.flow_runs r on r.entry_group = f2.entry_group and r.flow_id = f2.flow_id`);
  const messages = await lines(`
    select concat_ws(' ', n.name, f.name, r.entering_key, p.node_id, p.visit, m.status, m.reason, m.to_email, m.subject) as line
    from public.messages m join public.flow_runs r on r.id = m.run_id join public.flows f on f.id = m.flow_id
    join public.flow_steps p on p.id = m.step_id join public.integration_connections n on n.id = r.connection_id`);
  // What a dead worker held and nobody wants any more (withdrawn mails, steps of runs that ended) may bear its name for ever.
  const [unfinished = {}] = await postgres.sql<Record<string, number>>(`
    select (select count(*) from public.derivation_queue)::int as queue,
      (select count(*) from public.messages
        where status = 'queued' and (due_at <= '${at}' or attempts > 0 or leased_by is not null))::int as messages,
      (select count(*) from public.flow_steps s join public.flow_runs r on r.id = s.run_id
        where s.status = 'pending' and r.status = 'active' and (s.due_at <= '${at}' or s.leased_by is not null))::int as steps`);
  const sent = await postgres.sql<{ id: string; resent: number; status: string }>(
    `select message_id as id, resent_count as resent, status from public.messages`,
  );
  const known = new Map(sent.map((message) => [message.id, message]));
  const strangers = [...inbox.accepted.keys()].filter((id) => !known.has(id));
  const miscounted = sent.filter(({ id, resent, status }) => {
    const accepted = inbox.accepted.get(id) ?? 0;
    return status === 'sent' ? accepted < 1 || accepted > 1 + resent : accepted > 0;
  });
  return {
    rows,
    transitions,
    starts,
    messages,
    unfinished,
    miscounted: [...strangers, ...miscounted.map(({ id }) => id)],
    resent: [...inbox.accepted.values()].reduce((sum, count) => sum + count - 1, 0),
  };
}

/** What is only in one of two sorted lists, which may repeat themselves: "-" is missing, "+" is too much. */
export function differencesOf(actual: readonly string[], expected: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of actual) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of expected) counts.set(line, (counts.get(line) ?? 0) - 1);
  return [...counts]
    .filter(([, count]) => count !== 0)
    .map(([line, count]) => `${count > 0 ? '+' : '-'} ${line}`);
}
