import { expect, test } from 'vitest';
import { outdatedKeys } from '../../../frontend/src/liveInvalidation.ts';

test('a journey that moved makes the board, the list and that customer old', () => {
  expect(outdatedKeys({ type: 'journey', contactId: 'c1', journeyId: 'j1' })).toEqual([
    ['board'],
    ['customers'],
    ['timeline', 'c1'],
  ]);
});

test('without an id every query of the resource is old', () => {
  expect(outdatedKeys({ type: 'sync', connectionId: 'x' })).toEqual([
    ['integrations'],
    ['connection', 'x'],
    ['options'],
  ]);
  expect(outdatedKeys({ type: 'sync' })).toEqual([['integrations'], ['connection'], ['options']]);
});

test('a message reaches the mailbox, the messages and the timeline', () => {
  const keys = outdatedKeys({ type: 'message', contactId: null });
  expect(keys).toEqual(expect.arrayContaining([['mailbox'], ['messages'], ['timeline']]));
});
