import { describe, expect, test } from 'vitest';
import { fixtureContext, fixtureRecipient } from '#backend/flow/fixtureContext.ts';
import { drawFlow, when } from '#backend/flow/gallery/galleryFlow.ts';
import { noConditions } from '#backend/schemas/conditions.ts';
import { tryFlow, type Trial } from '#backend/flow/tryFlow.ts';
import { flowFixture, type WrittenFixture } from '#backend/schemas/flowFile.ts';
import { noNames } from '#backend/schemas/nodes/defineNode.ts';

const graph = drawFlow({
  trigger: { on: 'state_changed', states: [3], connectionIds: [], where: noConditions },
  steps: [
    { id: 'later', type: 'wait', data: { amount: 1, unit: 'days' } },
    {
      id: 'big',
      type: 'condition',
      data: { if: when({ field: 'estimate.openTotal', operator: 'greater', value: 5000 }) },
    },
    {
      id: 'offer',
      type: 'send_email',
      title: 'The offer',
      data: { subject: 'For {{ customer.firstName }}', body: 'Hello!', class: 'marketing' },
    },
    { id: 'small', type: 'end', data: {} },
    {
      id: 'note',
      type: 'action',
      data: { actionId: 'tell', input: { text: 'Ask {{ customer.name }}', times: 2 } },
    },
  ],
  ways: ['trigger > later', 'later > big', 'big yes> offer', 'big no> small', 'offer > note'],
});

function trial(written: Partial<WrittenFixture> = {}, change: Partial<Trial> = {}) {
  const fixture = flowFixture.parse({
    name: 'x',
    state: 3,
    estimates: [{ total: 6000 }],
    expect: { messages: [] },
    ...written,
  });
  const context = fixtureContext(fixture);
  return tryFlow({
    graph,
    context,
    start: new Date(fixture.start),
    days: 30,
    personKey: 'p',
    future: fixture.future,
    recipient: fixtureRecipient(context),
    names: noNames,
    findAction: (id) => (id === 'tell' ? { title: 'Tell', effect: 'write' } : undefined),
    ...change,
  });
}

const stepOf = (told: ReturnType<typeof trial>, id: string) => told.steps.find(({ nodeId }) => nodeId === id);

describe('trying a flow out', () => {
  test('tells each step with its time, its decision, the values seen and the ways not taken', () => {
    const told = trial();
    expect(told.steps.map(({ nodeId, at }) => [nodeId, at])).toEqual([
      ['trigger', '2026-03-02T17:00:00.000Z'],
      ['later', '2026-03-03T17:00:00.000Z'],
      ['big', '2026-03-03T17:00:00.000Z'],
      ['offer', '2026-03-03T17:00:00.000Z'],
      ['note', '2026-03-03T17:00:00.000Z'],
    ]);
    expect(stepOf(told, 'big')).toMatchObject({
      decision: 'Yes.',
      rules: [{ words: 'Estimates: Total of the open ones is above 5000', saw: '$6,000.00', holds: true }],
      way: { id: 'yes', title: 'Yes' },
      notTaken: [{ id: 'no', title: 'No', to: { nodeId: 'small', title: 'End' } }],
    });
    expect(stepOf(told, 'later')?.decision).toBe('It waited until Mar 3, 2026, 9:00 AM.');
    expect(told).toMatchObject({ status: 'done', ended: 'The flow is done.' });
  });

  test('shows the very e-mail, and what an action would be asked for', () => {
    const told = trial();
    expect(stepOf(told, 'offer')).toMatchObject({
      title: 'The offer',
      decision: 'It would go out to testa@example.com.',
      message: { subject: 'For Testa', to: 'testa@example.com', class: 'marketing', refused: null },
    });
    expect(stepOf(told, 'offer')?.message?.text).toContain('Unsubscribe:');
    expect(stepOf(told, 'note')?.action).toEqual({
      actionId: 'tell',
      title: 'Tell',
      input: { text: 'Ask Testa Fictional', times: 2 },
    });
  });

  test('says which e-mail consent would hold back, also by what happens meanwhile', () => {
    const told = trial({ future: [{ type: 'unsubscribed', afterHours: 2 }] });
    expect(stepOf(told, 'offer')?.message?.refused).toBe('The recipient unsubscribed.');
    expect(stepOf(told, 'offer')?.decision).toBe('It would not go out. The recipient unsubscribed.');
    expect(told.happenings).toEqual([{ at: '2026-03-02T19:00:00.000Z', words: 'The customer unsubscribes' }]);
    const nobody = trial({ customer: { email: null } });
    expect(stepOf(nobody, 'offer')?.message).toMatchObject({
      to: null,
      refused: expect.stringContaining('no e-mail address'),
    });
  });

  test('ends when the customer leaves the state, and says so', () => {
    const told = trial({ future: [{ type: 'estimate_sold', afterHours: 3 }] });
    expect(told).toMatchObject({
      status: 'ended',
      endedReason: 'left_state',
      ended: 'The flow ends early: the customer left the state that started it.',
    });
    expect(stepOf(told, 'later')?.decision).toBe('It was not done: the flow was over before.');
    expect(stepOf(told, 'offer')).toBeUndefined();
  });

  test('says when the flow is not for this customer as things stand', () => {
    expect(trial().remarks).toEqual([]);
    expect(trial({ state: 1 }).remarks).toEqual([
      'The customer is in "Lead" now, and the flow is for "Estimates created": it would start once they are there.',
    ]);
    const ofOthers = drawFlow({
      trigger: {
        on: 'appointment',
        hours: 4,
        direction: 'before',
        states: [],
        connectionIds: ['00000000-0000-4000-8000-00000000000f'],
        where: noConditions,
      },
      steps: [{ id: 'stop', type: 'end', data: {} }],
    });
    expect(trial({}, { graph: ofOthers }).remarks).toEqual([
      'The customer belongs to a tenant that the flow is not for: it would not start.',
      'The customer has no appointment: nothing would start the flow.',
    ]);
  });

  test('waits beyond what is looked at, and stops at what cannot be done', () => {
    expect(trial({}, { days: 0.5 })).toMatchObject({ status: 'active', ended: null });
    expect(stepOf(trial({}, { days: 0.5 }), 'later')?.decision).toBe('It waits until Mar 3, 2026, 9:00 AM.');
    const broken = trial({}, { findAction: () => undefined });
    expect(broken).toMatchObject({ status: 'parked', ended: 'The flow stops here: a step cannot be done.' });
    expect(stepOf(broken, 'note')?.error).toBe('This action does not exist any more.');
  });
});
