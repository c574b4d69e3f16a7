import { afterAll, beforeAll, expect, test } from 'vitest';
import { simulateRun } from '#backend/flow/simulateRun.ts';
import { loadJourneyContexts } from '#backend/repositories/flowRunRepository.ts';
import { expectedOf, happen, happeningsOf, livedOf, type Passage } from '#test/helpers/flowPassages.ts';
import { randomFuture, randomGraph, randomOf } from '#test/unit/flow/randomFlows.ts';
import { day, hour, start, type FlowWorld } from './FlowWorld.ts';
import { openRealWorld } from './openRealWorld.ts';

const days = 90;
const flowsCount = 60;
const runsPerFlow = 5;

let world: FlowWorld;
beforeAll(async () => {
  ({ world } = await openRealWorld());
});
afterAll(() => world.close());

async function prepare(): Promise<Passage[]> {
  const passages: Passage[] = [];
  for (let seed = 1; seed <= flowsCount; seed += 1) {
    const graph = randomGraph(randomOf(seed));
    const flow = await world.addFlow(graph, `Flow ${seed}`);
    for (let number = 0; number < runsPerFlow; number += 1) {
      const random = randomOf(seed * 1000 + number);
      const hasAppointment = random() < 0.5;
      const journey = await world.addJourney({
        state: 3,
        name: `Testa ${passages.length}`,
        ...(hasAppointment
          ? { appointmentStart: new Date(start.getTime() + Math.floor(random() * 400) * hour) }
          : {}),
      });
      const known = await loadJourneyContexts(world.database, {
        workspaceId: world.workspaceId,
        journeyIds: [journey.id],
      });
      const { context, personKey } = known[journey.id] ?? {};
      if (!context || personKey === undefined) throw new Error('The journey is not known.');
      const future = randomFuture(random, days);
      const until = new Date(start.getTime() + days * day);
      const perform = () => ({ output: { ok: true } });
      const expected = simulateRun({ graph, context, personKey, start, until, future, perform });
      const run = await world.startFlow(flow, journey, 'state_changed');
      passages.push({ run, journey, graph, start, future, expected });
    }
  }
  return passages;
}

/** Lets the product live from one moment at which something is due to the next. */
async function live(passages: readonly Passage[]): Promise<number> {
  const events = happeningsOf(passages);
  let moments = 0;
  for (;;) {
    const [due] = await world.sql<{ at: Date | null }>(
      `select min(s.due_at) as at from flow_steps s join flow_runs r on r.id = s.run_id where s.status = 'pending' and r.status = 'active'`,
    );
    const at = Math.min(due?.at ? new Date(due.at).getTime() : Infinity, events[0]?.at ?? Infinity);
    if (at > start.getTime() + days * day) return moments;
    moments += 1;
    world.clock.set(new Date(at));
    world.systemClock.set(new Date(at));
    for (let one = events[0]; one && one.at <= at; one = events[0]) {
      events.shift();
      await happen(world, one.passage, one.event);
    }
    for (let steps = 1; steps > 0;) {
      ({ steps } = await world.steps.runDueSteps());
      // The mail server takes everything at once.
      await world.sql(`update messages set status = 'sent' where status = 'queued'`);
    }
  }
}

test(
  '300 people go through 60 flows in 90 days as the pure function says: statuses, reasons, steps, messages',
  { timeout: 300_000 },
  async () => {
    const passages = await prepare();
    expect(passages).toHaveLength(flowsCount * runsPerFlow);
    world.runAction = async () => ({ ok: true });
    const moments = await live(passages);
    const lived = await livedOf(world);
    for (const passage of passages) {
      const { reason, ...found } = lived.get(passage.run) ?? { reason: null };
      const isParked = passage.expected.status === 'parked';
      expect({ ...found, reason: isParked ? null : reason }).toEqual(expectedOf(passage));
    }
    const kinds = Map.groupBy(passages, ({ expected }) => `${expected.status} ${expected.endedReason ?? ''}`);
    // It was about something.
    expect(kinds.size).toBeGreaterThan(5);
    expect(moments).toBeGreaterThan(200);
  },
);
