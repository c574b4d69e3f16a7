import type { TimelineItem } from '#backend/schemas/api.ts';
import { stateTitles, type StateNumber, type TransitionSource } from '#backend/schemas/state.ts';

const sourceWords = {
  poll: 'from ServiceTitan',
  webhook: 'from ServiceTitan',
  timer: 'by time',
  flow: 'by a flow',
  manual: 'by hand',
  settings: 'by changed settings',
  backfill: 'when the history was read',
} as const satisfies Record<TransitionSource, string>;

const runWords = {
  started: 'started',
  done: 'finished',
  ended: 'ended early',
  parked: 'needs attention',
} as const;

const messageWords = {
  queued: 'E-mail queued',
  sent: 'E-mail sent',
  skipped: 'E-mail not sent',
  failed: 'E-mail failed',
} as const;

function stateName(state: StateNumber): string {
  return stateTitles[state];
}

export interface TimelineWords {
  title: string;
  detail: string | null;
}

/** One line of the timeline in words. */
export function timelineWords(item: TimelineItem): TimelineWords {
  switch (item.type) {
    case 'record':
      return { title: item.title, detail: item.detail };
    case 'transition': {
      const title = `${stateName(item.from)} → ${stateName(item.to)}`;
      const how = `Moved ${sourceWords[item.source]}.`;
      const outcome = item.outcome ? ` ${outcomeWords(item.outcome)}` : '';
      return { title, detail: `${item.explanation} ${how}${outcome}`.trim() };
    }
    case 'run':
      return { title: `${item.flowName} ${runWords[item.event]}`, detail: item.reason };
    case 'message':
      return {
        title: `${messageWords[item.status]}: ${item.subject}`,
        detail: [item.to ? `To ${item.to}.` : null, item.reason].filter(Boolean).join(' ') || null,
      };
    case 'override':
      return { title: `State set to ${stateName(item.state)} by ${item.setBy}`, detail: item.reason };
  }
}

const outcomes: Record<string, string> = {
  started: 'Its flows started.',
  resumed: 'Its flows went on where they had stopped.',
  stale: 'Its flows did not start: the news came too late.',
  duplicate: 'Its flow did not start: the customer is already in it.',
  settings: 'Nothing started: only settings changed.',
  backfill: 'Nothing started: it happened before the connection went live.',
};

function outcomeWords(outcome: string): string {
  return outcomes[outcome] ?? outcome;
}
