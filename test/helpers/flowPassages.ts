import type { SimulatedRun } from '#backend/flow/simulateRun.ts';
import type { FlowGraph } from '#backend/schemas/flow.ts';
import type { FutureEvent } from '#backend/schemas/future.ts';

type SqlValue = string | number | Date | null;

/** Where runs live, and how its tables are asked. */
export interface PassageStore {
  workspaceId: string;
  connectionId: string;
  sql<Row = unknown>(text: string, ...parameters: SqlValue[]): Promise<Row[]>;
}

/** Somebody's way through a flow, with what happens to them meanwhile and what the pure function says of it. */
export interface Passage {
  run: string;
  journey: { id: string; contactId: string; email: string };
  graph: FlowGraph;
  start: Date;
  /** In its order. */
  future: readonly FutureEvent[];
  expected: SimulatedRun;
}

/** What became of a run; steps as "node visit status outcome", in the order of its way. */
interface Lived {
  status: string;
  reason: string | null;
  steps: string[];
  messages: number;
}

const hourMs = 3_600_000;

/** All that happens to these people, in its order. */
export function happeningsOf(
  passages: readonly Passage[],
): { at: number; passage: Passage; event: FutureEvent }[] {
  return passages
    .flatMap((passage) =>
      passage.future.map((event) => ({
        at: passage.start.getTime() + event.afterHours * hourMs,
        passage,
        event,
      })),
    )
    .toSorted((one, other) => one.at - other.at);
}

/** Does to a customer's rows what deriving the same from records would do. */
export async function happen(
  store: PassageStore,
  { journey, run, start }: Passage,
  event: FutureEvent,
): Promise<void> {
  const at = new Date(start.getTime() + event.afterHours * hourMs);
  const { workspaceId } = store;
  switch (event.type) {
    case 'appointment_set': {
      const startsAt = new Date(start.getTime() + event.startsAfterHours * hourMs);
      await moveAppointment(store, journey.id, startsAt);
      break;
    }
    case 'appointment_canceled':
      await moveAppointment(store, journey.id, null);
      break;
    case 'replied':
      await store.sql(
        'insert into contact_replies (workspace_id, contact_id, at) values ($1, $2, $3)',
        workspaceId,
        journey.contactId,
        at,
      );
      break;
    case 'unsubscribed':
      await store.sql(
        `insert into suppressions (workspace_id, email, reason, source, created_at) values ($1, $2, 'unsubscribe', 'manual', $3) on conflict do nothing`,
        workspaceId,
        journey.email,
        at,
      );
      break;
    case 'state_entered':
      await enterState(store, { journeyId: journey.id, run, state: event.state, at });
      break;
    case 'estimate_created':
    case 'estimate_sold':
    case 'job_completed':
      throw new Error(`${event.type} is not acted out here.`);
  }
  await store.sql('select recheck_steps($1, array[$2::uuid], $3)', store.connectionId, journey.id, at);
}

/** What a poll that sees another start of the appointment does. */
export async function moveAppointment(
  store: Pick<PassageStore, 'sql'>,
  journeyId: string,
  appointmentStart: Date | null,
): Promise<void> {
  await store.sql(
    `update customer_servicetitan_state set appointment_start = $2, appointment_end = $2::timestamptz + interval '2 hours' where id = $1`,
    journeyId,
    appointmentStart,
  );
  await store.sql(
    `update flow_steps t set due_at = $2::timestamptz + make_interval(mins => t.anchor_minutes) from flow_runs r
     where r.journey_id = $1 and t.run_id = r.id and t.status in ('pending', 'canceled') and t.anchor_minutes is not null`,
    journeyId,
    appointmentStart,
  );
}

async function enterState(
  store: PassageStore,
  entry: { journeyId: string; run: string; state: number; at: Date },
): Promise<void> {
  const [entered] = await store.sql(
    'update customer_servicetitan_state set current_state = $2, state_changed_at = $3 where id = $1 and current_state <> $2 returning id',
    entry.journeyId,
    entry.state,
    entry.at,
  );
  if (!entered) return;
  await store.sql(
    `with ended as (
       update flow_runs set status = 'ended', ended_reason = 'left_state', ended_at = $2
       where id = $1 and status = 'active' and exits_on_leave and state <> $3::numeric returning id)
     update flow_steps set status = 'canceled' where status = 'pending' and run_id in (select id from ended)`,
    entry.run,
    entry.at,
    entry.state,
  );
}

/** What became of all runs there are, by run. */
export async function livedOf(store: Pick<PassageStore, 'sql'>): Promise<Map<string, Lived>> {
  const rows = await store.sql<Lived & { id: string }>(
    `select r.id, r.status, r.ended_reason as reason,
       array(select s.node_id || ' ' || s.visit || ' ' || s.status || ' ' || coalesce(s.outcome, '') from flow_steps s where s.run_id = r.id order by s.number) as steps,
       (select count(*)::int from messages m where m.run_id = r.id) as messages
     from flow_runs r`,
  );
  return new Map(rows.map(({ id, ...lived }) => [id, lived]));
}

/** What the pure function says that becomes of a run. */
export function expectedOf({ expected, graph }: Passage): Lived {
  const isMail = (nodeId: string) => graph.nodes.find(({ id }) => id === nodeId)?.type === 'send_email';
  return {
    status: expected.status,
    reason: expected.endedReason,
    steps: expected.steps.map(
      ({ nodeId, visit, status, outcome }) =>
        `${nodeId} ${visit} ${status === 'waiting' ? 'pending' : status} ${outcome ?? ''}`,
    ),
    messages: expected.steps.filter(({ nodeId, status }) => status === 'done' && isMail(nodeId)).length,
  };
}
