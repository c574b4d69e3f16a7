import { expect, test } from 'vitest';
import type { BoardReply, JourneyCard } from '#backend/schemas/api.ts';
import type { StateNumber } from '#backend/schemas/state.ts';
import { findMovedCards } from '../../../frontend/src/components/board/findMovedCards.ts';

function card(id: string, state: StateNumber, stateChangedAt: string): JourneyCard {
  return {
    id,
    state,
    stateChangedAt,
    contactId: null,
    customerName: 'Ada Pumpernickel',
    servicetitanCustomerId: null,
    connectionId: 'x',
    connectionName: 'SOCAL',
    timeZone: 'America/Los_Angeles',
    jobNumber: null,
    appointmentStart: null,
    happenedAt: null,
    openTotal: 0,
    soldTotal: 0,
  };
}

function board(...cards: JourneyCard[]): BoardReply {
  const columns = [...Map.groupBy(cards, ({ state }) => state)].map(([state, all]) => ({
    state,
    count: all.length,
    openTotal: 0,
    soldTotal: 0,
    cards: all,
  }));
  return { columns };
}

const before = board(card('a', 1, '2025-11-20T10:00:00Z'), card('b', 2, '2025-11-20T11:00:00Z'));

test('a card in another column has moved, one that stays has not', () => {
  const after = board(card('a', 2, '2025-11-20T12:00:00Z'), card('b', 2, '2025-11-20T11:00:00Z'));
  expect([...findMovedCards(before, after)]).toEqual(['a']);
});

test('a new card counts when it changed after all that was known', () => {
  const fresh = card('c', 1, '2025-11-20T12:00:00Z');
  const cameIntoSight = card('d', 1, '2025-11-19T12:00:00Z');
  expect([...findMovedCards(before, board(fresh, cameIntoSight))]).toEqual(['c']);
});

test('the same board has moved nobody', () => {
  expect(findMovedCards(before, before).size).toBe(0);
});
