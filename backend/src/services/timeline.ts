import { describeMessageReason } from '../email/messageReasons.ts';
import { describeEndReason } from '../flow/endReasons.ts';
import type { TimelineRow } from '../repositories/journeyRepository.ts';
import type { TimelineItem } from '../schemas/api.ts';

/** Words for what became of an entry; null where the runs beside it say it. */
const outcomes: Record<string, string> = {
  stale: 'No flow started: the news is older than the flow allows.',
  duplicate: 'No flow started: this customer is in that flow already.',
  repeat: 'No flow started: this customer was in that flow before.',
  settings: 'No flow started: changed settings start nothing.',
  backfill: 'No flow started: this happened before the connection went live.',
  no_flow: 'No flow is live for this state.',
  known: 'No flow started: this entry has started its flows before.',
  resumed: 'The flow goes on where it was.',
};

/** Words for why a run is over; null when nothing needs to be said. */
export function endReasonInWords(reason: string | null): string | null {
  const words = describeEndReason(reason);
  return words === null ? null : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** What follows from what, when all of it happened in the same moment. */
const order: TimelineItem['type'][] = ['record', 'override', 'transition', 'run', 'message'];

type RecordRow = TimelineRow['records'][number];

/** One timeline of everything that happened to a contact, newest first. */
export function timelineOf(row: TimelineRow, timeZone: string): TimelineItem[] {
  const items: TimelineItem[] = [
    ...row.records.flatMap((record) => recordItems(record, timeZone)),
    ...row.transitions.map((transition) => ({
      id: `transition:${transition.id}`,
      at: transition.recorded_at,
      journeyId: transition.journey_id,
      type: 'transition' as const,
      transitionId: transition.id,
      from: transition.from_state,
      to: transition.to_state,
      source: transition.source,
      explanation: transition.explanation,
      outcome: transition.outcome === null ? null : (outcomes[transition.outcome] ?? null),
    })),
    ...row.runs.flatMap((run) => runItems(run)),
    ...row.messages.map((message) => ({
      id: `message:${message.id}`,
      at: message.sent_at ?? message.created_at,
      journeyId: message.journey_id,
      type: 'message' as const,
      messageId: message.id,
      subject: message.subject,
      to: message.to_email,
      status: message.status,
      reason: describeMessageReason(message.reason),
    })),
    ...row.overrides.map((override) => ({
      id: `override:${override.id}`,
      at: override.set_on,
      journeyId: override.journey_id,
      type: 'override' as const,
      state: override.state,
      reason: override.reason,
      setBy: override.set_by,
    })),
  ];
  return items.toSorted(
    (a, b) =>
      Date.parse(b.at) - Date.parse(a.at) ||
      order.indexOf(b.type) - order.indexOf(a.type) ||
      (a.id < b.id ? 1 : -1),
  );
}

function runItems(run: TimelineRow['runs'][number]): TimelineItem[] {
  const common = {
    journeyId: run.journey_id,
    type: 'run' as const,
    runId: run.id,
    flowId: run.flow_id,
    flowName: run.flow_name,
  };
  const items: TimelineItem[] = [
    { ...common, id: `run:${run.id}:started`, at: run.started_at, event: 'started', reason: null },
  ];
  if (run.status !== 'active' && run.ended_at !== null) {
    const reason = endReasonInWords(run.ended_reason);
    items.push({ ...common, id: `run:${run.id}:${run.status}`, at: run.ended_at, event: run.status, reason });
  }
  return items;
}

function recordItems({ resource, record_id: recordId, data }: RecordRow, timeZone: string): TimelineItem[] {
  const text = (key: string) => (typeof data[key] === 'string' ? data[key] : '');
  const item = (key: string, at: string, title: string, detail: string | null): TimelineItem => ({
    id: `${resource}:${recordId}:${key}`,
    at,
    journeyId: null,
    type: 'record',
    resource,
    recordId,
    title,
    detail,
  });
  const created = text('createdOn');
  const when = (time: string) =>
    new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeStyle: 'short', timeZone }).format(
      new Date(time),
    );
  const gone = data['active'] === false ? ' (deleted)' : '';
  switch (resource) {
    case 'customers':
      return [item('created', created, 'Customer created', null)];
    case 'leads':
      return [
        item(
          'created',
          created,
          `Lead received${gone}`,
          `${text('status')}${text('summary') ? `: ${text('summary')}` : ''}`,
        ),
      ];
    case 'bookings':
      return [item('created', created, `Booking received${gone}`, text('status'))];
    case 'jobs': {
      const items = [
        item(
          'created',
          created,
          `Job ${text('jobNumber')} booked${gone}`,
          text('summary') || text('jobStatus'),
        ),
      ];
      if (text('completedOn'))
        items.push(item('completed', text('completedOn'), `Job ${text('jobNumber')} completed`, null));
      return items;
    }
    case 'appointments':
      return [item('created', created, `Visit booked${gone}`, `${when(text('start'))} (${text('status')})`)];
    case 'canceled_logs':
      return [
        item('created', created, gone ? 'Job canceled (taken back)' : 'Job canceled', text('memo') || null),
      ];
    case 'estimates': {
      const total =
        (typeof data['subtotal'] === 'number' ? data['subtotal'] : 0) +
        (typeof data['tax'] === 'number' ? data['tax'] : 0);
      const detail = `${text('name') || 'Estimate'}, ${total.toLocaleString('en-US', { style: 'currency', currency: 'USD' })}`;
      const items = [item('created', created, `Estimate created${gone}`, detail)];
      if (text('soldOn')) items.push(item('sold', text('soldOn'), 'Estimate sold', detail));
      return items;
    }
    default:
      return [];
  }
}
