import { describe, expect, it } from 'vitest';
import {
  alertsWords,
  bulkButtonWords,
  bulkDoneWords,
  bulkPreviewWords,
  durationWords,
  failedStepOf,
  standingStepOf,
  startWords,
} from '../../../../frontend/src/components/runs/runWords.ts';
import { replyOf, stepOf } from './replies.ts';

describe('what began a run', () => {
  it('names the member who started it', () => {
    expect(startWords({ triggerKind: 'manual', startedBy: 'member:anna@example.com' })).toBe(
      'by hand, by anna@example.com',
    );
  });
  it('does without a name where another flow or the state did', () => {
    expect(startWords({ triggerKind: 'flow', startedBy: 'run:1' })).toBe('by another flow');
    expect(startWords({ triggerKind: 'state_changed', startedBy: null })).toBe('by the customer’s state');
  });
});

it('says how long a step took in the unit that fits', () => {
  expect([820, 4230, 65_000].map(durationWords)).toEqual(['820 ms', '4.2 s', '1 min 5 s']);
});

describe('where a run stands', () => {
  it('is the failed step of a parked run', () => {
    const reply = replyOf('parked', [stepOf('a', 'done'), stepOf('b', 'failed')]);
    expect(failedStepOf(reply)?.nodeId).toBe('b');
    expect(standingStepOf(reply)?.nodeId).toBe('b');
  });
  it('is the waiting step of an active run, which has no failed one', () => {
    const reply = replyOf('active', [stepOf('a', 'failed'), stepOf('b', 'pending')]);
    expect(failedStepOf(reply)).toBeNull();
    expect(standingStepOf(reply)?.nodeId).toBe('b');
  });
  it('is nowhere once the run is over', () => {
    expect(standingStepOf(replyOf('ended', [stepOf('b', 'canceled')]))).toBeNull();
  });
});

describe('what is done with many runs', () => {
  it('is said with its number before it is done', () => {
    expect(bulkPreviewWords({ type: 'cancel' }, 2)).toBe('2 runs would be ended for good.');
    expect(bulkPreviewWords({ type: 'retry', from: 'failed', version: 'same' }, 0)).toBe(
      'None of them can be tried again.',
    );
    expect(bulkButtonWords({ type: 'skip' }, 1)).toBe('Skip the step of 1 run');
  });
  it('is said afterwards, with those that were left', () => {
    expect(bulkDoneWords({ type: 'cancel' }, { done: 3, left: 0 })).toBe('3 runs are over.');
    expect(bulkDoneWords({ type: 'skip' }, { done: 3, left: 1 })).toBe(
      '3 runs went past their step. 1 run could not be: they had gone on by themselves.',
    );
  });
});

it('counts alerts in words', () => {
  expect([0, 1, 12].map(alertsWords)).toEqual(['No alerts', '1 alert', '12 alerts']);
});
