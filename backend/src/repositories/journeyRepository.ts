import { z } from 'zod';
import { stateNumber, transitionSource, type StateNumber } from '../schemas/state.ts';
import { call, rowsOf, type Database } from './database.ts';

/** Sets an override and queues its journey; false when an override of this id exists already. */
export async function setOverride(
  database: Database,
  override: {
    id: string;
    journeyId: string;
    state: StateNumber;
    reason: string;
    setBy: string;
    source: 'manual' | 'flow';
    setOn: string;
    now: Date;
  },
): Promise<boolean> {
  return call(
    database,
    'set_override',
    {
      p_id: override.id,
      p_journey: override.journeyId,
      p_state: override.state,
      p_reason: override.reason,
      p_set_by: override.setBy,
      p_source: override.source,
      p_set_on: override.setOn,
      p_now: override.now.toISOString(),
    },
    z.boolean(),
  );
}

const money = z.coerce.number();
const cardRow = z.object({
  id: z.uuid(),
  journey_id: z.uuid().nullable(),
  connection_id: z.uuid(),
  contact_id: z.uuid().nullable(),
  servicetitan_customer_id: z.number().nullable(),
  current_state: z.coerce.number().pipe(stateNumber),
  state_changed_at: z.string(),
  happened_on: z.string().nullable(),
  appointment_start: z.string().nullable(),
  appointment_end: z.string().nullable(),
  arrival_window_start: z.string().nullable(),
  arrival_window_end: z.string().nullable(),
  open_total: money,
  sold_total: money,
  job_id: z.number().nullable(),
  root_type: z.enum(['job', 'estimate', 'lead', 'booking']).nullable(),
  root_id: z.number().nullable(),
  explanation: z.string(),
  would_change: z.string(),
  override_id: z.string().nullable(),
  customer_name: z.string(),
  connection_name: z.string(),
  time_zone: z.string(),
  job_number: z.string().nullable(),
});
export type CardRow = z.infer<typeof cardRow>;

export interface CardFilter {
  workspaceId: string;
  connectionId: string | null;
  search: string | null;
}

const totalsRow = z.object({
  state: z.coerce.number().pipe(stateNumber),
  count: z.number(),
  open_total: money,
  sold_total: money,
});

/** Count and values of every state that has journeys. */
export async function readBoardTotals(database: Database, filter: CardFilter) {
  return call(database, 'board_totals', filterParameters(filter), z.array(totalsRow));
}

/** The newest cards of every state. */
export async function readBoardCards(
  database: Database,
  filter: CardFilter,
  limit: number,
): Promise<CardRow[]> {
  return call(database, 'board_cards', { ...filterParameters(filter), p_limit: limit }, z.array(cardRow));
}

/** One page of journeys, newest change first, behind the given one. */
export async function listCards(
  database: Database,
  filter: CardFilter & { state: StateNumber | null; after: { at: string; id: string } | null; limit: number },
): Promise<{ cards: CardRow[]; total: number }> {
  return call(
    database,
    'list_cards',
    {
      ...filterParameters(filter),
      p_state: filter.state,
      p_after_at: filter.after?.at ?? null,
      p_after_id: filter.after?.id ?? null,
      p_limit: filter.limit,
    },
    z.object({ cards: z.array(cardRow), total: z.number() }),
  );
}

function filterParameters(filter: CardFilter) {
  return {
    p_workspace: filter.workspaceId,
    p_connection: filter.connectionId,
    // The functions search by ilike.
    p_search: filter.search?.replace(/[\\%_]/g, '\\$&') ?? null,
  };
}

const contactRow = z.object({
  id: z.uuid(),
  workspace_id: z.uuid(),
  connection_id: z.uuid(),
  source_type: z.enum(['customer', 'lead', 'booking']),
  source_id: z.number(),
  name: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  do_not_mail: z.boolean(),
  do_not_service: z.boolean(),
  marketing_allowed: z.boolean(),
});
export type ContactRow = z.infer<typeof contactRow>;

export async function findContact(
  database: Database,
  workspaceId: string,
  id: string,
): Promise<ContactRow | null> {
  const rows = await rowsOf(
    database.from('contacts').select('*').eq('workspace_id', workspaceId).eq('id', id),
    z.array(contactRow),
  );
  return rows[0] ?? null;
}

export async function listCardsOfContact(
  database: Database,
  workspaceId: string,
  contactId: string,
): Promise<CardRow[]> {
  return rowsOf(
    database
      .from('journey_cards')
      .select('*')
      .eq('workspace_id', workspaceId)
      .eq('contact_id', contactId)
      .order('state_changed_at', { ascending: false })
      .order('id'),
    z.array(cardRow),
  );
}

const timelineRow = z.object({
  records: z.array(
    z.object({ resource: z.string(), record_id: z.number(), data: z.record(z.string(), z.unknown()) }),
  ),
  transitions: z.array(
    z.object({
      id: z.number(),
      journey_id: z.uuid(),
      from_state: z.coerce.number().pipe(stateNumber),
      to_state: z.coerce.number().pipe(stateNumber),
      source: transitionSource,
      explanation: z.string(),
      outcome: z.string().nullable(),
      happened_on: z.string().nullable(),
      recorded_at: z.string(),
    }),
  ),
  runs: z.array(
    z.object({
      id: z.uuid(),
      journey_id: z.uuid(),
      flow_id: z.uuid(),
      flow_name: z.string(),
      status: z.enum(['active', 'done', 'ended', 'parked']),
      ended_reason: z.string().nullable(),
      started_at: z.string(),
      ended_at: z.string().nullable(),
    }),
  ),
  steps: z.array(
    z.object({
      run_id: z.uuid(),
      journey_id: z.uuid(),
      flow_id: z.uuid(),
      flow_name: z.string(),
      version_id: z.uuid(),
      node: z.unknown(),
      due_at: z.string().nullable(),
    }),
  ),
  messages: z.array(
    z.object({
      id: z.uuid(),
      journey_id: z.uuid().nullable(),
      subject: z.string(),
      to_email: z.string().nullable(),
      status: z.enum(['queued', 'sent', 'skipped', 'failed']),
      reason: z.string().nullable(),
      created_at: z.string(),
      sent_at: z.string().nullable(),
    }),
  ),
  overrides: z.array(
    z.object({
      id: z.uuid(),
      journey_id: z.uuid(),
      state: z.coerce.number().pipe(stateNumber),
      reason: z.string(),
      set_by: z.string(),
      set_on: z.string(),
    }),
  ),
  suppressed: z.string().nullable(),
});
export type TimelineRow = z.infer<typeof timelineRow>;

/** Everything that a contact's timeline shows, newest 500 of each kind, in one call. */
export async function readTimeline(database: Database, contactId: string): Promise<TimelineRow> {
  return call(database, 'read_timeline', { p_contact: contactId }, timelineRow);
}

const journeyRef = z.object({
  id: z.uuid(),
  servicetitan_customer_id: z.number().nullable(),
  job_id: z.number().nullable(),
  current_state: z.coerce.number().pipe(stateNumber),
  contact_id: z.uuid().nullable(),
  root_type: z.string(),
  root_id: z.number(),
});

/** What an action needs to know of the journey that it works for. */
export async function findJourney(database: Database, id: string) {
  const rows = await rowsOf(
    database
      .from('customer_servicetitan_state')
      .select('id,servicetitan_customer_id,job_id,current_state,contact_id,root_type,root_id')
      .eq('id', id),
    z.array(journeyRef),
  );
  return rows[0] ?? null;
}
