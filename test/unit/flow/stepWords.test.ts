import { describe, expect, test } from 'vitest';
import { rulesOf, sawWords, stepWords, type DoneStep } from '#backend/flow/stepWords.ts';
import { noNames, type NodeNames } from '#backend/schemas/nodes/defineNode.ts';
import { mail, split, wait, waitEvent, waitUntil } from './graphs.ts';

const dueAt = new Date('2026-03-03T17:00:00Z');
const hello = mail('hello');
const words = (step: Partial<DoneStep>) =>
  stepWords(
    { node: hello, status: 'done', outcome: null, output: null, error: null, dueAt, ...step },
    (time) => time.toISOString(),
  );

test.each<[Partial<DoneStep>, string]>([
  [{ error: 'No.', status: 'failed' }, 'No.'],
  [
    { status: 'skipped', output: { exit: 'replied', rules: [] } },
    'The flow ends here: the customer replied.',
  ],
  [{ status: 'skipped', output: { disabled: true } }, 'This step is switched off and was passed over.'],
  [
    { status: 'skipped', output: { skipped: 'too_late' } },
    'It was not done: it fell due too long before the customer came back.',
  ],
  [
    { status: 'skipped', output: { skipped: 'superseded' } },
    'It was not done: a later one had fallen due as well.',
  ],
  [
    { node: waitUntil('w'), status: 'skipped', output: { past: true } },
    'That moment was past already: the flow ends here.',
  ],
  [
    { node: waitUntil('w', { whenPast: 'continue' }), status: 'skipped', output: { past: true } },
    'That moment was past already: it went on at once.',
  ],
  [{ node: waitUntil('w'), status: 'pending', dueAt: null }, 'It waits for an appointment: none is known.'],
  [{ node: wait('w', 2), status: 'pending' }, 'It waits until 2026-03-03T17:00:00.000Z.'],
  [
    { node: waitEvent('w', { field: 'appointment.exists', operator: 'exists' }), status: 'waiting' },
    'It waits for it to happen, until 2026-03-03T17:00:00.000Z at the latest.',
  ],
  [
    { node: waitEvent('w', { field: 'appointment.exists', operator: 'exists' }), outcome: 'timed_out' },
    'It did not happen in time.',
  ],
  [{ node: split('s', 50, 50), outcome: 'a' }, 'By share it goes "A"; for this person always.'],
  [{ status: 'skipped', output: { skipped: 'by_hand' } }, 'Somebody skipped this step.'],
  [{ status: 'skipped', output: { skipped: 'by_hand' }, error: 'No.' }, 'Somebody skipped this step: No.'],
  [
    { node: wait('w', 2), status: 'skipped', output: { moved: true } },
    'It was not done: the run went on in another version of the flow.',
  ],
  [{ status: 'canceled' }, 'It was not done: the flow was over before.'],
  [{ output: 'anything at all' }, 'The e-mail is made.'],
])('what became of a step is said in a sentence: %j', (step, sentence) => {
  expect(words(step).replace(/"(a|A)"/, '"A"')).toBe(sentence);
});

describe('a value that a rule saw', () => {
  const names: NodeNames = { ...noNames, option: (_kind, id) => (String(id) === '7' ? 'Member' : undefined) };
  test.each([
    ['job.total', 1200, '$1,200.00'],
    ['journey.daysInState', 2.345, '2.3 days'],
    ['journey.state', 2.5, 'Sales appointment canceled'],
    ['contact.tags', [7, 8], 'Member, 8'],
    ['contact.tags', [], 'nothing'],
    ['appointment.exists', false, 'no'],
    ['contact.email', null, 'nothing'],
    ['steps.call.status', 200, '200'],
  ])('is written for people: %s %j', (field, actual, expected) => {
    expect(sawWords(field, actual, names)).toBe(expected);
  });

  test('is kept from those who may not see it', () => {
    const rule = { operator: 'exists', asked: [], holds: true };
    const output = {
      rules: [
        { ...rule, field: 'contact.email', actual: 'a@example.com' },
        { ...rule, field: 'job.total', actual: 5 },
      ],
    };
    expect(rulesOf(output, names, true).map(({ saw }) => saw)).toEqual(['•••', '$5.00']);
    expect(rulesOf(output, names).map(({ saw }) => saw)).toEqual(['a@example.com', '$5.00']);
    expect(rulesOf({ rules: 'broken' }, names)).toEqual([]);
  });
});
