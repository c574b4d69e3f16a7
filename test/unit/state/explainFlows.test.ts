import { describe, expect, it } from 'vitest';
import { explainEntry, explainStart, type Entry, type FlowStart } from '#backend/state/explainFlows.ts';

const zone = 'America/Los_Angeles';
const usual: FlowStart = {
  outcome: 'started',
  detail: {},
  recordedAt: '2026-03-06T20:00:00.000Z',
  runStatus: null,
  endedReason: null,
};

function words(start: Partial<FlowStart>): string {
  return explainStart({ ...usual, ...start }, zone);
}

describe('why a flow did or did not start', () => {
  it('is said of its run, as far as it has come', () => {
    expect(words({ runStatus: 'active' })).toBe(
      'It started on Mar 6, 2026, 12:00 PM. It is still under way.',
    );
    expect(words({ runStatus: 'done' })).toContain('ran to its end');
    expect(words({ runStatus: 'parked' })).toContain('stopped at a step');
    expect(words({ runStatus: 'ended', endedReason: 'left_state' })).toContain('the customer left the state');
    expect(words({ runStatus: 'ended' })).toMatch(/It ended early\.$/);
    expect(words({})).toBe('It started on Mar 6, 2026, 12:00 PM.');
  });

  it('is said with the values that were seen', () => {
    const detail = {
      happenedOn: '2026-03-02T20:00:00.0000000Z',
      modifiedOn: '2026-03-02T21:00:00.0000000Z',
      maxAgeHours: 48,
    };
    expect(words({ outcome: 'stale', detail })).toBe(
      'It did not start: the news came too late. It happened on Mar 2, 2026, 12:00 PM and its record was last changed on Mar 2, 2026, 1:00 PM, and was seen on Mar 6, 2026, 12:00 PM. The flow takes news of 48 hours at the most.',
    );
    const live = { happenedOn: detail.happenedOn, liveFrom: '2026-03-03T20:00:00Z' };
    expect(words({ outcome: 'backfill', detail: live })).toBe(
      'It did not start: this happened on Mar 2, 2026, 12:00 PM, before the connection went live on Mar 3, 2026, 12:00 PM. History mails nobody.',
    );
    expect(words({ outcome: 'duplicate' })).toContain('was in this flow already');
    expect(words({ outcome: 'settings' })).toContain('came from changed settings');
  });

  it('is said without the values that were not kept', () => {
    expect(words({ outcome: 'stale' })).toBe('It did not start: the news came too late.');
    expect(words({ outcome: 'stale', detail: { maxAgeHours: 1 } })).toContain('news of an hour at the most');
    expect(words({ outcome: 'backfill' })).toBe(
      'It did not start: this happened, before the connection went live. History mails nobody.',
    );
  });
});

describe('what entering a state meant for its flows', () => {
  const entry: Entry = {
    to: 3,
    outcome: 'started',
    enteredBy: 'estimate 7',
    first: null,
    asked: 1,
    liveNow: [],
  };
  const say = (changes: Partial<Entry>) => explainEntry({ ...entry, ...changes }, zone);

  it('counts those that were asked', () => {
    expect(say({})).toBe('One flow is for this state.');
    expect(say({ asked: 2 })).toBe('2 flows are for this state.');
    expect(say({ to: 0, outcome: null, asked: 0 })).toContain('"Contact" starts no flow');
  });

  it('says that none was live then, and which one is now', () => {
    expect(say({ asked: 0, outcome: 'no_flow' })).toBe('No flow was live for "Estimates created" then.');
    expect(say({ asked: 0, outcome: 'no_flow', liveNow: ['Unsold Estimates'] })).toContain(
      'Unsold Estimates is live for it now',
    );
  });

  it('says what had used the key up: the same record, another one, or one that is not known any more', () => {
    const first = { by: 'estimate 7', at: '2026-03-06T20:00:00.000Z', isSame: true };
    expect(say({ outcome: 'known', first })).toBe(
      'Estimate 7 had put the customer into this state before, first seen on Mar 6, 2026, 12:00 PM. A record starts the flows of a state once, so nothing started now.',
    );
    const other = { ...first, by: 'estimate 6', isSame: false };
    expect(say({ outcome: 'resumed', first: other })).toBe(
      'The customer came back to this state: estimate 6 had put them there, first seen on Mar 6, 2026, 12:00 PM, and estimate 7 was there already when they left it. What it started then goes on where it had stopped; what was sent is not sent again.',
    );
    expect(say({ outcome: 'known' })).toContain('Estimate 7 had put the customer into this state before.');
  });
});
