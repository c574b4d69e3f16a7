import { describe, expect, test } from 'vitest';
import { evaluateConditions } from '#backend/flow/evaluateConditions.ts';
import type { FactValue } from '#backend/flow/factsOf.ts';
import { noConditions, type ConditionRule, type Conditions } from '#backend/schemas/conditions.ts';
import { allOf } from './graphs.ts';

const known: Record<string, FactValue> = {
  'contact.name': 'Testa Fictional',
  'contact.email': '',
  'contact.tags': [3, 7],
  'job.tags': [],
  'contact.unsubscribed': false,
  'appointment.exists': true,
  'journey.state': 2.5,
  'job.total': 1200,
  'job.jobStatus': 'Scheduled',
  'estimate.total': null,
  'estimate.count': 0,
};
const facts = (name: string) => known[name] ?? null;

describe('a rule', () => {
  const cases: [ConditionRule, boolean][] = [
    [{ field: 'contact.name', operator: 'contains', value: 'fiction' }, true],
    [{ field: 'contact.name', operator: 'equals', value: ' testa fictional ' }, true],
    [{ field: 'contact.email', operator: 'exists' }, false],
    [{ field: 'contact.email', operator: 'not_exists' }, true],
    [{ field: 'contact.unsubscribed', operator: 'exists' }, false],
    [{ field: 'appointment.exists', operator: 'exists' }, true],
    [{ field: 'estimate.count', operator: 'exists' }, true],
    [{ field: 'estimate.total', operator: 'exists' }, false],
    [{ field: 'contact.tags', operator: 'one_of', values: [1, '7'] }, true],
    [{ field: 'contact.tags', operator: 'one_of', values: [1, 2] }, false],
    [{ field: 'contact.tags', operator: 'none_of', values: [1, 2] }, true],
    [{ field: 'job.tags', operator: 'none_of', values: [1] }, true],
    [{ field: 'job.tags', operator: 'exists' }, false],
    [{ field: 'journey.state', operator: 'one_of', values: ['2.5'] }, true],
    [{ field: 'journey.state', operator: 'none_of', values: [2.5, 3] }, false],
    [{ field: 'job.jobStatus', operator: 'one_of', values: ['scheduled'] }, true],
    [{ field: 'job.total', operator: 'greater', value: 1200 }, false],
    [{ field: 'job.total', operator: 'greater', value: '1199.99' }, true],
    [{ field: 'job.total', operator: 'less', value: 1200.01 }, true],
    [{ field: 'job.total', operator: 'less', value: 'many' }, false],
    [{ field: 'estimate.total', operator: 'less', value: 10 }, false],
    [{ field: 'estimate.total', operator: 'equals', value: 0 }, false],
    [{ field: 'estimate.total', operator: 'not_equals', value: 0 }, true],
  ];
  test.each(cases)('%o: %s', (rule, expected) => {
    expect(evaluateConditions(allOf(rule), facts).holds).toBe(expected);
  });

  test('says what it asked for and what it saw', () => {
    const rule: ConditionRule = { field: 'job.total', operator: 'greater', value: 5000 };
    expect(evaluateConditions(allOf(rule), facts).rules).toEqual([
      { field: 'job.total', operator: 'greater', asked: [5000], actual: 1200, holds: false },
    ]);
  });
});

describe('groups', () => {
  const yes: ConditionRule = { field: 'job.total', operator: 'exists' };
  const no: ConditionRule = { field: 'estimate.total', operator: 'exists' };
  const ask = (match: 'all' | 'any', ...groups: Conditions['groups']) =>
    evaluateConditions({ match, groups }, facts).holds;
  const all = (...rules: ConditionRule[]) => ({ match: 'all', rules }) as const;
  const any = (...rules: ConditionRule[]) => ({ match: 'any', rules }) as const;

  test('hold when there are none', () => expect(evaluateConditions(noConditions, facts).holds).toBe(true));
  test('combine their rules, and are combined themselves', () => {
    expect([ask('all', all(yes, no)), ask('all', any(yes, no)), ask('all', any(no, no))]).toEqual([
      false,
      true,
      false,
    ]);
    expect([
      ask('any', all(no), all(yes)),
      ask('all', all(no), all(yes)),
      ask('all', any(yes), all(yes)),
    ]).toEqual([true, false, true]);
  });
});
