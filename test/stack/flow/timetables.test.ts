import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StateNumber } from '#backend/schemas/state.ts';
import { day, FlowWorld, hour, start } from './FlowWorld.ts';

const visit = new Date('2026-11-06T18:00:00Z');
const visitIn = visit.getTime() - start.getTime();

/** Each flow's whole life: what arrives when. */
const timetables: { state: StateNumber; mails: [number, string][]; isSetBack?: boolean }[] = [
  {
    state: 1,
    mails: [
      [0, 'Thanks for reaching out to Demo Home Services'],
      [2 * day, 'Shall we find a time, Testa?'],
      [4 * day, 'Questions before you book?'],
      [20 * day, 'We are here when you are ready'],
    ],
    isSetBack: true,
  },
  {
    state: 2,
    mails: [
      [0, 'Your visit on Friday, November 6: what to expect'],
      [visitIn - day, 'See you on Friday, November 6 at 10:00 AM'],
    ],
  },
  {
    state: 2.5,
    mails: [
      [hour, 'Sorry we missed you, Testa'],
      [hour + 2 * day, 'Would another day suit you better?'],
      [hour + 4 * day, 'Your visit is one reply away'],
    ],
  },
  {
    state: 3,
    mails: [
      [2 * day, 'Any questions about your estimate?'],
      [4 * day, 'Can we make the decision easier?'],
      [20 * day, 'Your estimate is still here'],
    ],
    isSetBack: true,
  },
  {
    state: 4,
    mails: [
      [0, 'Thank you! Next: your installation date'],
      [2 * day, 'Which day suits you for the installation?'],
    ],
  },
  {
    state: 5,
    mails: [
      [0, 'Your installation on Friday, November 6'],
      [visitIn - day, 'We install on Friday, November 6 at 10:00 AM'],
    ],
  },
  {
    state: 5.5,
    mails: [
      [hour, "Let's find a new date for your installation"],
      [hour + 2 * day, 'Pick the day that works for you'],
      [hour + 4 * day, 'Still here to finish what we started'],
    ],
  },
  {
    state: 6,
    mails: [
      [0, 'Your installation is complete. Thank you!'],
      [2 * day, 'How did we do, Testa?'],
    ],
  },
];

describe('the lifecycle flows', () => {
  let world: FlowWorld;
  beforeAll(async () => {
    world = await FlowWorld.open();
  });
  afterAll(() => world.close());

  test.each(timetables)(
    'entering state $state sends each mail at its moment and not before',
    async ({ state, mails, isSetBack }) => {
      world.clock.set(start);
      world.actions.length = 0;
      const journey = await world.addJourney({ state, appointmentStart: visit });
      const run = await world.startRun(journey, state);
      const received: (readonly [number, string | undefined])[] = [];
      const look = async (at: number) =>
        received.push(...(await world.at(at)).map((subject) => [at, subject] as const));
      for (const [at] of mails) {
        if (at > 0) await look(at - 1);
        await look(at);
      }
      expect(received).toEqual(mails);
      await world.at(90 * day - 1);
      expect(world.actions).toEqual([]);
      await world.at(90 * day);
      const setBack = {
        actionId: 'servicetitan_update_state',
        input: { state: 0 },
        run: { id: run, journeyId: journey.id },
      };
      expect(world.actions).toMatchObject(isSetBack ? [setBack] : []);
      expect(await world.at(200 * day)).toEqual([]);
      expect(await world.runStatus(run)).toBe('done');
    },
  );
});

describe('a clock that jumps', () => {
  test('sends what fell due in between in order, each step counting from when it fell due', async () => {
    const world = await FlowWorld.open();
    await world.startRun(await world.addJourney({ state: 2.5 }), 2.5);
    expect(await world.at(7 * day)).toEqual([
      'Sorry we missed you, Testa',
      'Would another day suit you better?',
      'Your visit is one reply away',
    ]);
    const due = await world.sql<{ hours: number }>(
      'select (extract(epoch from due_at - $1) / 3600)::float8 as hours from messages order by due_at',
      start,
    );
    expect(due.map((row) => row.hours)).toEqual([1, 49, 97]);
    await world.close();
  });
});
