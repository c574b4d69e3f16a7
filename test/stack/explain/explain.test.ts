import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExplainReply, JourneyExplanation } from '#backend/schemas/explain.ts';
import type { StateNumber } from '#backend/schemas/state.ts';
import { tokenOf } from '#test/helpers/tokenOf.ts';
import { ExplainWorld, lives, type Life } from './ExplainWorld.ts';

let world: ExplainWorld;
let told: Map<Life, ExplainReply>;

beforeAll(async () => {
  world = await ExplainWorld.open();
  await world.liveAll();
  told = new Map();
  for (const life of lives) told.set(life, await world.explain(await world.contactOf(life)));
}, 300_000);

afterAll(async () => {
  await world.close();
});

/** The first journey of a life that is in this state. */
function journeyOf(life: Life, state: StateNumber): JourneyExplanation {
  const journeys = told.get(life)?.journeys ?? [];
  const journey = journeys.find((one) => one.state === state);
  if (!journey) throw new Error(`${life} is in ${journeys.map((one) => one.state).join(', ')}.`);
  return journey;
}

describe('a journey', () => {
  it('names its rule, the record that it comes from, what it is made of, and what would change it', () => {
    const journey = journeyOf('booked', 2);
    expect(journey).toMatchObject({
      title: expect.stringMatching(/^Job \d+/),
      stateTitle: 'Sales appointment booked',
      rule: { key: 'visit_booked', sentence: expect.stringContaining('sales job is open') },
      entering: { resource: 'jobs', label: expect.stringMatching(/^job \d+/) },
      recorded: { source: 'poll', words: 'by reading ServiceTitan' },
      nextReset: { because: '180 days after it happened, once no appointment lies ahead.' },
      supersededBy: null,
      override: null,
    });
    expect(journey.entering?.happenedOn).not.toBeNull();
    expect(journey.entering?.modifiedOn).not.toBeNull();
    expect(journey.wouldChange).toContain('would change it');
    expect(journey.records.map(({ resource }) => resource)).toEqual(['leads', 'jobs', 'appointments']);
    expect(journey.records[0]?.says).toMatch(/^Converted, received/);
    expect(journey.records[1]?.says).toMatch(/^Sales job, Scheduled/);
  });

  it('tells which read brought the record that it comes from', async () => {
    const lineage = journeyOf('booked', 2).entering?.lineage;
    const runs = await world.stack.embedded.database.sql<{ path: string; resource: string }>(
      `select path, resource from sync_runs where id = '${lineage?.runId}' and connection_id = '${world.stack.connections.socal.id}'`,
    );
    expect(runs).toEqual([{ path: lineage?.path, resource: 'jobs' }]);
    expect(lineage?.page).toBeGreaterThanOrEqual(1);
    expect(Date.parse(lineage?.firstReadAt ?? '')).toBeLessThanOrEqual(Date.parse(lineage?.readAt ?? ''));
  });

  it('tells when an edited record was first seen, and nothing of another tenant’s record with the same id', async () => {
    const { socal, dfw } = world.stack.connections;
    const { resource, recordId, lineage } = journeyOf('unsold', 3).entering ?? {};
    expect(Date.parse(lineage?.firstReadAt ?? '')).toBeLessThan(Date.parse(lineage?.readAt ?? ''));
    await world.stack.embedded.database.sql(
      `insert into servicetitan_records (connection_id, workspace_id, resource, record_id, modified_on, active, data, read_at, first_read_at, page)
       select '${dfw.id}', workspace_id, resource, record_id, modified_on, active, data, '2020-01-01', '2020-01-01', 77
       from servicetitan_records where connection_id = '${socal.id}' and resource = '${resource}' and record_id = ${recordId}`,
    );
    const again = await world.explain(await world.contactOf('unsold'));
    expect(again.journeys.map(({ entering }) => entering?.lineage)).toEqual(
      told.get('unsold')?.journeys.map(({ entering }) => entering?.lineage),
    );
  });

  it('says of each flow that it started, with its run', () => {
    const [latest, first] = journeyOf('booked', 2).transitions;
    expect(latest).toMatchObject({
      from: 1,
      to: 2,
      enteredBy: expect.stringMatching(/^job /),
      summary: 'One flow is for this state.',
      flows: [{ flowName: 'What to Expect', started: true, runId: expect.any(String) }],
    });
    expect(latest?.flows[0]?.because).toMatch(/^It started on .*It is still under way\.$/);
    expect(first?.flows[0]?.because).toContain('ended early: the customer left the state');
  });

  it('says that it returned by the same record, and what goes on', () => {
    const [back] = journeyOf('returned', 2).transitions;
    expect(back?.summary).toMatch(/^Job \d+ had put the customer into this state before, first seen on/);
    expect(back?.summary).toContain('what was sent is not sent again');
  });

  it('says that it came back when a sale was taken back', () => {
    const [back] = journeyOf('unsold', 3).transitions;
    expect(back).toMatchObject({ from: 4, to: 3 });
    expect(back?.summary).toMatch(/^The estimate ".+" had put the customer into this state before/);
  });

  it('says who set its state, when and why', () => {
    expect(journeyOf('overridden', 4)).toMatchObject({
      override: { state: 4, setBy: 'office@demo.example', reason: 'Sold on the phone.' },
      rule: { key: 'override' },
      entering: null,
      recorded: { source: 'manual', words: 'by hand' },
      transitions: [{ enteredBy: 'what was set by hand or by a flow' }, {}],
    });
  });

  it('names the journey that supersedes it', () => {
    const gone = journeyOf('superseded', 0);
    expect(gone).toMatchObject({
      supersededBy: {
        journeyId: journeyOf('superseded', 2).journeyId,
        label: expect.stringMatching(/^job \d+/),
      },
      nextReset: null,
    });
    expect(gone.transitions[0]?.summary).toContain('starts no flow');
  });

  it('says when and why the clock will take it back', () => {
    const { nextReset } = journeyOf('completed', 6);
    expect(nextReset?.because).toBe('90 days after the install was completed.');
    const days = (Date.parse(nextReset?.at ?? '') - world.stack.context.clock.now().getTime()) / 86_400_000;
    expect(days).toBeGreaterThan(89);
    expect(days).toBeLessThanOrEqual(90);
  });
});

describe('a flow that did not start', () => {
  it('says that the news came too late, with the times and the limit', () => {
    const [entered] = journeyOf('stale', 1).transitions;
    expect(entered?.flows).toMatchObject([{ flowName: 'Email Followup', started: false, runId: null }]);
    expect(entered?.flows[0]?.because).toMatch(
      /the news came too late\. It happened on Mar 3, 2026, 12:00 PM.*, and was seen on Mar 6, 2026, .*news of 48 hours at the most\.$/,
    );
  });

  it('says that it happened before the connection went live', () => {
    const [entered] = journeyOf('history', 1).transitions;
    expect(entered).toMatchObject({ source: 'backfill', flows: [{ started: false, runId: null }] });
    expect(entered?.flows[0]?.because).toMatch(
      /this happened on Feb 20, 2026, 12:00 PM, before the connection went live on Mar 2, 2026, 12:00 PM\. History mails nobody\.$/,
    );
  });

  it('says that the customer was in it already', () => {
    const journeys = told.get('twice')?.journeys ?? [];
    const flows = journeys.map(({ transitions }) => transitions[0]?.flows[0]);
    expect(flows.filter((flow) => flow?.started)).toHaveLength(1);
    expect(flows.find((flow) => !flow?.started)?.because).toContain('was in this flow already');
  });

  it('says that only settings changed', () => {
    const [entered] = journeyOf('reclassified', 2).transitions;
    expect(entered).toMatchObject({ source: 'settings', flows: [{ started: false, runId: null }] });
    expect(entered?.flows[0]?.because).toContain('came from changed settings');
  });
});

describe('whether an e-mail could be sent', () => {
  it('is told by the rule of sending, with each opt-out', () => {
    const consent = told.get('booked')?.consent;
    expect(consent).toMatchObject({
      marketing: { allowed: true },
      service: { allowed: true },
      reminders: { allowed: true },
    });
    expect(consent?.optOuts.map(({ key, blocks }) => [key, blocks])).toEqual([
      ['do_not_mail', false],
      ['do_not_service', false],
      ['preferences', false],
      ['suppressions', false],
      ['texts', false],
    ]);
  });

  it('names the one that says no', async () => {
    const { database } = world.stack.embedded;
    const contactId = await world.contactOf('booked');
    const ask = async () => (await world.explain(contactId)).consent;
    await database.sql(`update contacts set do_not_mail = true where id = '${contactId}'`);
    expect(await ask()).toMatchObject({
      marketing: { allowed: false, because: expect.stringContaining('do not mail') },
      service: { allowed: true },
      optOuts: [{ key: 'do_not_mail', blocks: true }, {}, {}, {}, {}],
    });
    await database.sql(
      `update contacts set do_not_mail = false, reminders_allowed = false where id = '${contactId}'`,
    );
    expect(await ask()).toMatchObject({
      marketing: { allowed: true },
      reminders: { allowed: false, because: expect.stringContaining('job reminders') },
      optOuts: [{}, {}, { blocks: true, says: 'Switched off: job reminders.' }, {}, {}],
    });
    await database.sql(`update contacts set reminders_allowed = true where id = '${contactId}'`);
    await database.sql(
      `insert into suppressions (workspace_id, email, reason, source, created_at)
       select workspace_id, lower(email), 'bounce', 'servicetitan', now() from contacts where id = '${contactId}'`,
    );
    expect(await ask()).toMatchObject({
      service: { allowed: false, because: 'Earlier e-mails to this address came back.' },
      optOuts: [{}, {}, {}, { blocks: true, says: expect.stringContaining('came back') }, {}],
    });
  });
});

describe('an explanation', () => {
  it('is for members of the workspace only, whatever their role', async () => {
    const contactId = await world.contactOf('booked');
    const { stack } = world;
    expect((await world.ask(contactId, await tokenOf(stack, 'viewer'))).status).toBe(200);
    const [other] = await stack.embedded.database.sql<{ id: string }>(
      `insert into workspaces (name, slug, sender_name, sender_email, created_at, updated_at)
       values ('Other', 'other', 'Other', 'hello@other.example', now(), now()) returning id`,
    );
    expect((await world.ask(contactId, await tokenOf(stack, 'viewer', other?.id))).status).toBe(404);
    expect((await world.ask(contactId, 'chou_nobody')).status).toBe(401);
    expect((await world.ask('12', stack.embedded.secrets.apiToken)).status).toBe(400);
    expect((await world.ask(crypto.randomUUID(), stack.embedded.secrets.apiToken)).status).toBe(404);
  });
});
