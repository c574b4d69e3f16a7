import { describeEndReason } from '../flow/endReasons.ts';
import { stateTitles, type StateNumber } from '../schemas/state.ts';
import { writeTime } from './writeTime.ts';

/** What was written down when a state was entered and a flow was asked whether it starts. */
export interface FlowStart {
  outcome: 'started' | 'stale' | 'duplicate' | 'repeat' | 'settings' | 'backfill';
  /** The values that it was decided by, as far as they were kept. */
  detail: {
    happenedOn?: string | null | undefined;
    modifiedOn?: string | null | undefined;
    maxAgeHours?: number | null | undefined;
    liveFrom?: string | null | undefined;
    enteredOn?: string | null | undefined;
    again?: 'once' | 'after_days' | null | undefined;
    againAfterDays?: number | null | undefined;
  };
  recordedAt: string;
  runStatus: 'active' | 'done' | 'ended' | 'parked' | null;
  /** Why the run was over before its end. */
  endedReason: string | null;
}

/** Why a flow did or did not start, with the values that decided. */
export function explainStart(
  { outcome, detail, recordedAt, runStatus, endedReason }: FlowStart,
  zone: string,
): string {
  const at = (time: string) => writeTime(time, zone);
  switch (outcome) {
    case 'started':
      return `It started on ${at(recordedAt)}.${runStatus === null ? '' : ` ${endOfRun(runStatus, endedReason)}`}`;
    case 'stale': {
      const happened = detail.happenedOn ? ` It happened on ${at(detail.happenedOn)}` : '';
      const modified =
        detail.modifiedOn && detail.modifiedOn !== detail.happenedOn
          ? ` and its record was last changed on ${at(detail.modifiedOn)}`
          : '';
      const limit = detail.maxAgeHours
        ? ` The flow takes news of ${hours(detail.maxAgeHours)} at the most.`
        : '';
      return `It did not start: the news came too late.${happened}${modified}${happened || modified ? `, and was seen on ${at(recordedAt)}.` : ''}${limit}`;
    }
    case 'duplicate':
      return 'It did not start: the customer was in this flow already. It takes one person once at a time.';
    case 'repeat': {
      const before = detail.enteredOn ? ` on ${at(detail.enteredOn)}` : '';
      const rule =
        detail.again === 'after_days' && detail.againAfterDays
          ? `takes people again after ${detail.againAfterDays} days`
          : 'takes everybody once';
      return `It did not start: the customer entered this flow before${before}, and it ${rule}.`;
    }
    case 'settings':
      return 'It did not start: the state came from changed settings, and these start nothing unless an administrator asks for it.';
    case 'backfill': {
      const happened = detail.happenedOn ? ` on ${at(detail.happenedOn)}` : '';
      const live = detail.liveFrom ? ` on ${at(detail.liveFrom)}` : '';
      return `It did not start: this happened${happened}, before the connection went live${live}. History mails nobody.`;
    }
  }
}

function endOfRun(status: NonNullable<FlowStart['runStatus']>, endedReason: string | null): string {
  switch (status) {
    case 'active':
      return 'It is still under way.';
    case 'done':
      return 'It ran to its end.';
    case 'parked':
      return 'It stopped at a step that could not be done, and waits for somebody to see to it.';
    case 'ended': {
      const why = describeEndReason(endedReason);
      return why === null ? 'It ended early.' : `It ended early: ${why}.`;
    }
  }
}

function hours(count: number): string {
  return count === 1 ? 'an hour' : `${count} hours`;
}

/** How a state was entered, as far as it decides what starts. */
export interface Entry {
  to: StateNumber;
  outcome: string | null;
  /** What entered it, in words: "job 1234". */
  enteredBy: string | null;
  /** What used the key up first: the same record or another one. */
  first: { by: string; at: string; isSame: boolean } | null;
  /** How many flows were asked whether they start. */
  asked: number;
  /** Flows that are live for the state now. */
  liveNow: readonly string[];
}

/** The sentence above the flows: what entering the state meant for them as a whole. */
export function explainEntry({ to, outcome, enteredBy, first, asked, liveNow }: Entry, zone: string): string {
  if (to === 0)
    return `"${stateTitles[0]}" starts no flow. Runs of the state that was left end before their next step.`;
  if (outcome === 'resumed' || outcome === 'known') {
    const effect =
      outcome === 'resumed'
        ? 'What it started then goes on where it had stopped; what was sent is not sent again.'
        : 'A record starts the flows of a state once, so nothing started now.';
    return `${returnOf(enteredBy, first, zone)} ${effect}`;
  }
  if (asked === 0) {
    const now =
      liveNow.length > 0
        ? ` ${liveNow.join(', ')} is live for it now, for those who enter it from now on.`
        : '';
    return `No flow was live for "${stateTitles[to]}" then.${now}`;
  }
  return asked === 1 ? 'One flow is for this state.' : `${asked} flows are for this state.`;
}

function returnOf(enteredBy: string | null, first: Entry['first'], zone: string): string {
  const who = enteredBy === null ? 'The same record' : capitalized(enteredBy);
  if (!first) return `${who} had put the customer into this state before.`;
  const when = writeTime(first.at, zone);
  return first.isSame
    ? `${who} had put the customer into this state before, first seen on ${when}.`
    : `The customer came back to this state: ${first.by} had put them there, first seen on ${when}, and ${enteredBy ?? 'this record'} was there already when they left it.`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
