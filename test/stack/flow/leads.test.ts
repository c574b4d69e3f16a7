import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noConditions } from '#backend/schemas/conditions.ts';
import { installFlows } from '#backend/repositories/flowRepository.ts';
import type { FlowSettings } from '#backend/schemas/flowSettings.ts';
import { chain, mail, trigger, triggerOn, wait, waitEvent, withSettings } from '#test/unit/flow/graphs.ts';
import { appointment, at, customer, dateOf, job, lead } from '#test/unit/state/builders.ts';
import { MirrorWorld, openEmbeddedWorlds, type WorldDatabase } from '../state/MirrorWorld.ts';

let stored: WorldDatabase;
let world: MirrorWorld;

beforeAll(async () => {
  stored = await openEmbeddedWorlds();
});
afterAll(() => stored.close());
beforeEach(async () => {
  world = await MirrorWorld.open(stored);
  await world.readAll();
});

async function publish(graph: ReturnType<typeof chain>): Promise<void> {
  const flows = [{ templateKey: `lead ${Math.random()}`, name: 'Leads', description: '', graph }];
  // Records are read in the machine's time here.
  const now = new Date(Date.now() - 1000);
  await installFlows(world.database, { workspaceId: world.workspaceId, flows, author: 'owner', now });
}
const onLead = (connectionIds: string[] = []) =>
  triggerOn({ on: 'lead_received', connectionIds, where: noConditions });
const starts = async () =>
  world.sql<{ outcome: string; kind: string | null; key: string | null }>(
    `select s.outcome, r.trigger_kind as kind, r.entering_key as key from flow_starts s join flows f on f.id = s.flow_id left join flow_runs r on r.id = s.run_id
     where f.workspace_id = '${world.workspaceId}' order by s.recorded_at, r.entering_key`,
  );
const started = (id: number) => ({ outcome: 'started', kind: 'lead_received', key: `lead:${id}` });

describe('a flow that starts when a lead is received', () => {
  it('starts once for each lead, however often and in whichever way it is read', async () => {
    await publish(chain(onLead(), mail('m')));
    await world.readAll({ leads: [lead({ id: 1, customerId: 7, createdOn: at(29.5) })] });
    await world.derive();
    expect(await starts()).toEqual([started(1)]);
    await world.readAll({
      leads: [lead({ id: 1, customerId: 7, createdOn: at(29.5), modifiedOn: at(29.9), summary: 'Again' })],
    });
    await world.derive();
    expect(await starts()).toEqual([started(1)]);
    await world.readAll({ leads: [lead({ id: 2, customerId: 8, createdOn: at(29.6) })] });
    await world.derive();
    expect(await starts()).toEqual([started(1), started(2)]);
  });

  it('also for a lead that joins a visit which was booked meanwhile, and for one person once at a time', async () => {
    await publish(withSettings(chain(onLead(), wait('w', 3)), {}));
    await world.readAll({
      leads: [
        lead({ id: 3, customerId: 7, createdOn: at(29.5) }),
        lead({ id: 4, customerId: 7, createdOn: at(29.6) }),
      ],
    });
    await world.derive();
    expect((await starts()).map(({ outcome }) => outcome).toSorted()).toEqual(['duplicate', 'started']);
  });

  it('not for history, for late news, for leads that were there before, or of other tenants', async () => {
    await world.readAll({ leads: [lead({ id: 5, customerId: 7, createdOn: at(29.5) })] });
    await world.derive();
    await world.sql(
      `update servicetitan_records set first_read_at = now() - interval '1 hour' where record_id = 5`,
    );
    await publish(chain(onLead(), mail('m')));
    await publish(chain(onLead(['00000000-0000-4000-8000-000000000000']), mail('m')));
    await world.readAll({
      leads: [
        lead({ id: 5, customerId: 7, createdOn: at(29.5), modifiedOn: at(29.8), summary: 'Changed' }),
        lead({ id: 6, customerId: 8, createdOn: at(-1) }),
        lead({ id: 8, customerId: 8, createdOn: at(20) }),
      ],
    });
    await world.derive();
    expect(await starts()).toEqual([{ outcome: 'stale', kind: null, key: null }]);
  });
});

describe('a step that waits for something to happen', () => {
  it('is looked at again once records of its customer were read, and of nobody else', async () => {
    await publish(
      chain(trigger(1), waitEvent('w', { field: 'contact.city', operator: 'equals', value: 'Sampleton' })),
    );
    await world.readAll({
      leads: [
        lead({ id: 1, customerId: 7, createdOn: at(29.5) }),
        lead({ id: 2, customerId: 8, createdOn: at(29.5) }),
      ],
    });
    await world.derive();
    await world.sql(
      `insert into flow_steps (workspace_id, run_id, node_id, status, watch, due_at, entered_at)
       select workspace_id, id, 'w', 'pending', true, '${dateOf(40).toISOString()}', started_at from flow_runs where workspace_id = '${world.workspaceId}'`,
    );
    const rechecked = () =>
      world.sql<{ customer: number; recheck: boolean; soon: boolean }>(
        `select j.servicetitan_customer_id::int as customer, s.recheck, s.due_at <= '${world.now.toISOString()}' as soon from flow_steps s join flow_runs r on r.id = s.run_id
         join customer_servicetitan_state j on j.id = r.journey_id where s.node_id = 'w' and s.workspace_id = '${world.workspaceId}' order by 1`,
      );
    await world.readAll({ customers: [customer({ id: 7, modifiedOn: at(29.9) })] });
    await world.derive();
    expect(await rechecked()).toEqual([
      { customer: 7, recheck: true, soon: true },
      { customer: 8, recheck: false, soon: false },
    ]);
  });
});

describe('a run that was begun for an appointment', () => {
  const begin = async (start: string, settings: Partial<FlowSettings> = {}) => {
    const dayBefore = triggerOn({
      on: 'appointment',
      hours: 24,
      direction: 'before',
      states: [],
      connectionIds: [],
      where: noConditions,
    });
    await publish(withSettings(chain(dayBefore, wait('w', 3)), settings));
    await world.readAll({
      customers: [customer({ id: 7 })],
      jobs: [job({ createdOn: at(28) })],
      appointments: [appointment({ start, createdOn: at(28) })],
    });
    await world.derive();
    await world.sql(
      `select start_run(f.id, j, key_group(k.key), 'appointment', jsonb_build_object('startedBy', k.key), '${world.now.toISOString()}', '${world.now.toISOString()}', '${world.now.toISOString()}')
       from flows f join customer_servicetitan_state j on j.workspace_id = f.workspace_id
       cross join lateral (select 'appointment:' || j.id || ':' || extract(epoch from j.appointment_start)::bigint as key) k
       where f.workspace_id = '${world.workspaceId}'`,
    );
  };
  const became = async () => {
    const rows = await world.sql<{ status: string; reason: string | null; start: string }>(
      `select r.status, r.ended_reason as reason, j.appointment_start as start from flow_runs r join customer_servicetitan_state j on j.id = r.journey_id
       where r.workspace_id = '${world.workspaceId}' order by r.status desc`,
    );
    return rows.map(({ start, ...row }) => ({ ...row, start: new Date(start) }));
  };
  const read = async (fields: Parameters<typeof appointment>[0], jobStatus = 'Scheduled') => {
    await world.readAll({
      jobs: [job({ createdOn: at(28), modifiedOn: at(29.9), jobStatus })],
      appointments: [appointment({ createdOn: at(28), modifiedOn: at(29.9), ...fields })],
    });
    await world.derive();
  };
  const startDue = async () => {
    // Published in the machine's time, which is not the world's.
    await world.sql(
      `update flow_triggers set since = '${at(1)}' where workspace_id = '${world.workspaceId}'`,
    );
    await world.sql(`select start_appointment_runs('${world.now.toISOString()}', 100)`);
  };
  it('ends as soon as that is at another time', async () => {
    await begin(at(30.5));
    expect(await became()).toEqual([{ status: 'active', reason: null, start: dateOf(30.5) }]);
    await read({ start: at(33) });
    expect(await became()).toEqual([{ status: 'ended', reason: 'rescheduled', start: dateOf(33) }]);
  });
  it.each(['each_time', 'once'] as const)('begins anew, %s, when that is back at its time', async (again) => {
    await begin(at(30.5), { again });
    await read({ start: at(33) });
    await read({ start: at(30.5) });
    await startDue();
    await startDue();
    expect(await became()).toEqual([
      { status: 'ended', reason: 'rescheduled', start: dateOf(30.5) },
      { status: 'active', reason: null, start: dateOf(30.5) },
    ]);
    expect((await starts()).map(({ outcome }) => outcome)).toEqual(['started', 'started']);
  });
  it.each(['Hold', 'Canceled'])('begins anew when its job was %s for a while', async (status) => {
    await begin(at(30.5));
    await read({ start: at(30.5), status }, status);
    await read({ start: at(30.5) });
    await startDue();
    expect(await became()).toMatchObject([
      { status: 'ended', reason: 'rescheduled' },
      { status: 'active', reason: null },
    ]);
  });
  it('is over also when it was parked, and nobody has to see to it', async () => {
    await begin(at(30.5));
    await world.sql(
      `with parked as (update flow_runs set status = 'parked', ended_reason = 'Refused.' where workspace_id = '${world.workspaceId}' returning *)
       insert into alerts (workspace_id, kind, run_id, message, created_at) select workspace_id, 'run_parked', id, 'Refused.', started_at from parked`,
    );
    await read({ start: at(33) });
    expect(await became()).toEqual([{ status: 'ended', reason: 'rescheduled', start: dateOf(33) }]);
    expect(
      await world.sql(
        `select 1 from alerts where workspace_id = '${world.workspaceId}' and closed_at is null`,
      ),
    ).toEqual([]);
  });
  it('goes on when that took place, and there is another', async () => {
    await begin(at(29.8));
    await world.readAll({
      appointments: [
        appointment({ start: at(29.8), createdOn: at(28), modifiedOn: at(29.9), status: 'Done' }),
        appointment({ id: 501, start: at(33), createdOn: at(29.9) }),
      ],
    });
    await world.derive();
    expect(await became()).toEqual([{ status: 'active', reason: null, start: dateOf(33) }]);
  });
});

describe('two customers who are merged', () => {
  const merge = async (settings: Partial<FlowSettings> = {}) => {
    await publish(withSettings(chain(trigger(1), wait('w', 30)), settings));
    await world.readAll({
      leads: [
        lead({ id: 1, customerId: 7, createdOn: at(29.5) }),
        lead({ id: 2, customerId: 8, createdOn: at(29.6) }),
      ],
    });
    await world.derive();
    await world.readAll({ customers: [customer({ id: 8, mergedToId: 7, modifiedOn: at(29.9) })] });
    await world.derive();
    return world.sql<{ person: string; alone: string; status: string }>(
      `select split_part(person_key, ':', 3) as person, split_part(alone_key, ':', 1) as alone, status from flow_runs
       where workspace_id = '${world.workspaceId}' order by started_at, entering_key`,
    );
  };
  it('are one person from then on, and what runs for both keeps to itself', async () => {
    expect(await merge()).toEqual([
      { person: '7', alone: 'customer', status: 'active' },
      { person: '7', alone: 'run', status: 'active' },
    ]);
  });
  it('stay apart by their opportunities where these are what there is one of', async () => {
    expect(await merge({ oneFor: 'journey' })).toEqual([
      { person: '7', alone: 'journey', status: 'active' },
      { person: '7', alone: 'journey', status: 'active' },
    ]);
  });
});
