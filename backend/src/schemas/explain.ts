import type { StateNumber, TransitionSource } from './state.ts';

/** A record of ServiceTitan, and what it says of the journey. */
export interface RecordMention {
  resource: string;
  recordId: number;
  label: string;
  says: string;
}

/** What became of one flow when a state was entered, in words. */
export interface FlowExplanation {
  flowId: string;
  flowName: string;
  started: boolean;
  because: string;
  /** Its run, or the run that stood in its way. */
  runId: string | null;
}

/** One change of state: why flows did or did not start. */
export interface TransitionExplanation {
  transitionId: number;
  at: string;
  from: StateNumber;
  to: StateNumber;
  source: TransitionSource;
  /** The record or override that entered the state; null in 0. */
  enteredBy: string | null;
  summary: string;
  flows: FlowExplanation[];
}

/** Which read brought the version of a record that is mirrored. */
export interface RecordLineage {
  runId: string | null;
  /** The page of that run. */
  page: number | null;
  readAt: string;
  /** When the record was seen for the first time. */
  firstReadAt: string;
  path: 'list' | 'feed' | 'full' | null;
}

export interface JourneyExplanation {
  journeyId: string;
  title: string;
  state: StateNumber;
  stateTitle: string;
  explanation: string;
  wouldChange: string;
  /** The row of the state table that holds. */
  rule: { key: string; sentence: string } | null;
  /** The record that the state comes from. */
  entering:
    | (RecordMention & {
        happenedOn: string | null;
        modifiedOn: string | null;
        /** Null when the record is no longer mirrored. */
        lineage: RecordLineage | null;
      })
    | null;
  since: string;
  /** When the state was noticed, and by what. */
  recorded: { at: string; source: TransitionSource; words: string } | null;
  nextReset: { at: string; because: string } | null;
  supersededBy: { journeyId: string | null; label: string } | null;
  override: { state: StateNumber; setBy: string; setOn: string; reason: string } | null;
  /** What the journey is made of. */
  records: RecordMention[];
  /** The changes of the last year, the newest first. */
  transitions: TransitionExplanation[];
}

/** One of the places in which somebody may have said that they want no messages. */
export interface OptOutExplanation {
  key: 'do_not_mail' | 'do_not_service' | 'preferences' | 'suppressions' | 'texts';
  title: string;
  says: string;
  /** Whether it stands in the way of an e-mail. */
  blocks: boolean;
}

/** GET /api/customers/:id/explain ; :id is a contact's id. */
export interface ExplainReply {
  contactId: string;
  /** Whether an e-mail could go out now; in words why not. */
  consent: {
    marketing: { allowed: boolean; because: string };
    service: { allowed: boolean; because: string };
    reminders: { allowed: boolean; because: string };
    optOuts: OptOutExplanation[];
  };
  journeys: JourneyExplanation[];
}
