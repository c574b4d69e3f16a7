import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { journeyRow, type JourneyRow } from '#backend/state/journeyRow.ts';
import type { RecordSet } from '#backend/state/records.ts';
import { keyOf } from '#backend/state/roots.ts';
import { anyVersions, dated } from '#test/unit/state/arbitraryRecords.ts';
import { dateOf, settings } from '#test/unit/state/builders.ts';
import { deriveInto, ModelDatabase, standing } from '#test/unit/state/ModelDatabase.ts';
import { mirrorOf, recordsOf, versionsOf } from '#test/unit/state/versions.ts';
import { openEmbeddedWorlds, worldsIn, type MirrorWorld } from './MirrorWorld.ts';

const openWorld = worldsIn(openEmbeddedWorlds);
const now = dateOf(45);
/** When the clock has taken some of it back. */
const later = dateOf(205);
/** What brings everything that is waited for into the mirror, or shows that it does not exist. */
const lastReads = 3;

/** Records of few ids, so that those of two tenants are the same ones, in one to three batches. */
const anyHistory = fc.tuple(anyVersions.map(dated), fc.infiniteStream(fc.nat(2))).map(([records, places]) => {
  const batches = Map.groupBy(versionsOf(records), () => places.next().value);
  return { records: mirrorOf(versionsOf(records)), batches: [...batches.values()].map(recordsOf) };
});

/** Whose turn it is, and whether what was read is derived before the next one's turn. */
const anyTurns = fc.array(fc.record({ tenant: fc.constantFrom(0, 1), isDerived: fc.boolean() }), {
  minLength: 6,
  maxLength: 6,
});

async function ingest(world: MirrorWorld, records: RecordSet): Promise<void> {
  const { canceledLogs, ...others } = records;
  const name = world.connectionId;
  const customers = records.customers.map((record) => ({ ...record, name }));
  await world.ingestAll({ ...others, customers, canceled_logs: canceledLogs });
}

/** What a tenant comes to of which there is no other. */
function alone(records: RecordSet): JourneyRow[] {
  const model = new ModelDatabase();
  deriveInto(model, { records, settings, now: later, liveFrom: dateOf(0) });
  return standing(model.load());
}

/** The rows, and what shows by its presence that they took something of another tenant. */
async function standingIn(world: MirrorWorld): Promise<{ rows: JourneyRow[]; strange: string[] }> {
  const found = await world.sql<{ row: unknown; root: string; isStrange: boolean }>(
    `select s.derived as row, s.root_type || ':' || s.root_id as root,
       c.name <> s.connection_id::text or c.connection_id <> s.connection_id
         or not exists (select 1 from state_entries e where e.connection_id = s.connection_id and e.state = s.current_state and e.entering_key = s.entering_key)
         or exists (select 1 from flow_runs r where r.journey_id = s.id and r.connection_id <> s.connection_id) as "isStrange"
     from customer_servicetitan_state s left join contacts c on c.id = s.contact_id and c.source_type = 'customer'
     where s.connection_id = '${world.connectionId}' and s.current_state <> 0`,
  );
  const rows = found.map(({ row }) => journeyRow.parse(row));
  return {
    rows: rows.toSorted((one, other) => (keyOf(one.root) < keyOf(other.root) ? -1 : 1)),
    strange: found.filter(({ isStrange }) => isStrange).map(({ root }) => root),
  };
}

it('two tenants of a workspace with the same ids end as each alone, in whatever order they are read and derived', async () => {
  let rows = 0;
  await fc.assert(
    fc.asyncProperty(anyHistory, anyHistory, anyTurns, async (one, other, turns) => {
      const first = await openWorld({ name: 'First' });
      const second = await openWorld({ name: 'Second', beside: first });
      for (const state of [1, 2, 3, 4, 5, 6]) await first.addFlow(state);
      const tenants = [
        { world: first, left: [...one.batches], records: one.records },
        { world: second, left: [...other.batches], records: other.records },
      ];
      for (const { world } of tenants) world.now = now;
      for (const { tenant, isDerived } of turns) {
        const turn = tenants[tenant];
        const batch = turn?.left.shift();
        if (turn && batch) await ingest(turn.world, batch);
        if (isDerived) await turn?.world.derive();
      }
      for (const { world, left } of tenants) {
        for (const batch of left) await ingest(world, batch);
        for (let read = 0; read < lastReads; read += 1) {
          await world.ingestAll({});
          await world.derive();
        }
      }
      for (const { world } of tenants) await world.passTo(later);
      for (const { world, records } of tenants) {
        await world.derive();
        expect(await world.queued()).toEqual([]);
        expect(await standingIn(world)).toEqual({ rows: alone(records), strange: [] });
        rows += alone(records).length;
      }
    }),
    { numRuns: 20, seed: 2026 },
  );
  expect(rows).toBeGreaterThan(20);
});
