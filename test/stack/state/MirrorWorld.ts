import { afterAll, beforeAll } from 'vitest';
import { noConditions } from '#backend/schemas/conditions.ts';
import { defaultSettings } from '#backend/schemas/flowSettings.ts';
import { createDatabase, type Database } from '#backend/repositories/database.ts';
import { CustomerStateService, type DerivedCounts } from '#backend/services/CustomerStateService.ts';
import { replayConnection, type ReplayReport } from '#backend/services/replayConnection.ts';
import { stateResources } from '#backend/services/readOrder.ts';
import { customer, dateOf, installType, otherType, salesType } from '#test/unit/state/builders.ts';
import { startRealPostgres } from '#test/helpers/realPostgres.ts';
import { openTestDatabase } from '#test/helpers/testDatabase.ts';

type StateResource = (typeof stateResources)[number];
type Mirrored = { id: number; createdOn: string; active: boolean; modifiedOn?: string };

/** Where worlds live: each is a workspace of its own. */
export interface WorldDatabase {
  database: Database;
  /** The same for who is judged before each call of a function. */
  databaseThat(judge: (name: string) => void): Database;
  sql<Row extends object>(text: string): Promise<Row[]>;
  close(): Promise<void>;
}

interface WorldOptions {
  connectedOn?: Date;
  isBackfilling?: boolean;
  /** Another tenant of the same workspace. */
  beside?: MirrorWorld;
  name?: string;
}

export interface WorldRow {
  id: string;
  root: string;
  state: number;
  version: number;
}

/** Opens worlds in a database that is there from before the first test of a file until after its last. */
export function worldsIn(
  openDatabase: () => Promise<WorldDatabase>,
): (options?: WorldOptions) => Promise<MirrorWorld> {
  let stored: WorldDatabase | undefined;
  beforeAll(async () => {
    stored = await openDatabase();
  });
  afterAll(async () => {
    await stored?.close();
  });
  return async (options) => {
    if (!stored) throw new Error('Worlds are opened in tests.');
    return MirrorWorld.open(stored, options);
  };
}

/** A mirror that is filled by hand, and the derivation over it: reads happen just as a test says. */
export class MirrorWorld {
  readonly database: Database;
  readonly states: CustomerStateService;
  connectionId = '';
  workspaceId = '';
  now = dateOf(30);
  readonly #stored: WorldDatabase;

  private constructor(stored: WorldDatabase) {
    this.#stored = stored;
    this.database = stored.database;
    this.states = this.worker();
  }

  /**
   * Connected on day zero unless said otherwise; its history, two customers that nothing hangs on, has been read and
   * derived unless it is being backfilled.
   */
  static async open(stored: WorldDatabase, options: WorldOptions = {}): Promise<MirrorWorld> {
    const world = new MirrorWorld(stored);
    const on = (options.connectedOn ?? dateOf(0)).toISOString();
    world.workspaceId = options.beside?.workspaceId ?? (await world.#addWorkspace(on));
    const [connection] = await world.sql<{ id: string }>(
      `insert into integration_connections (workspace_id, integration_id, name, environment, tenant_id, time_zone, live_from, created_at, updated_at, backfilled_at)
       values ('${world.workspaceId}', 'servicetitan', '${options.name ?? 'SOCAL'}', 'sandbox', ${options.beside ? 2 : 1}, 'UTC', '${on}', '${on}', '${on}', ${options.isBackfilling ? 'null' : `'${on}'`}) returning id`,
    );
    world.connectionId = connection?.id ?? '';
    for (const [type, kind] of [
      [salesType, 'sales'],
      [installType, 'install'],
      [otherType, 'other'],
    ] as const)
      await world.classify(type, kind);
    if (!options.isBackfilling)
      await world.storeMany('customers', [customer({ id: 7 }), customer({ id: 8 })]);
    return world;
  }

  async #addWorkspace(on: string): Promise<string> {
    const [workspace] = await this.sql<{ id: string }>(
      `insert into workspaces (name, slug, sender_name, sender_email, created_at, updated_at) values ('Demo', gen_random_uuid(), 'Demo', 'hello@demo.example.com', '${on}', '${on}') returning id`,
    );
    return workspace?.id ?? '';
  }

  worker(): CustomerStateService {
    return new CustomerStateService({ database: this.database, clock: { now: () => this.now } });
  }

  async sql<Row extends object>(text: string): Promise<Row[]> {
    return this.#stored.sql<Row>(text);
  }

  async classify(jobType: number, kind: 'sales' | 'install' | 'other'): Promise<void> {
    await this.sql(
      `insert into job_classifications (connection_id, workspace_id, subject, servicetitan_id, kind, updated_at)
       values ('${this.connectionId}', '${this.workspaceId}', 'job_type', ${jobType}, '${kind}', now())
       on conflict (connection_id, subject, servicetitan_id) do update set kind = excluded.kind`,
    );
  }

  /** A live flow that entering a state starts. */
  async addFlow(state: number): Promise<void> {
    const data = { on: 'state_changed', states: [state], connectionIds: [], where: noConditions };
    const graph = { nodes: [{ id: 'trigger', type: 'trigger', data }], edges: [], settings: defaultSettings };
    await this.sql(
      `with flow as (
         insert into flows (workspace_id, name, status, draft, created_at, updated_at)
         values ('${this.workspaceId}', 'Flow of ${state}', 'live', '{}', now(), now()) returning id
       )
       insert into flow_versions (workspace_id, flow_id, number, graph, author, published_at)
       select '${this.workspaceId}', id, 1, '${JSON.stringify(graph)}', 'owner', now() from flow`,
    );
    await this.sql(
      `update flows f set published_version_id = v.id from flow_versions v where v.flow_id = f.id and f.published_version_id is null`,
    );
    await this.sql(`select index_flow_triggers(id) from flows where name = 'Flow of ${state}'`);
  }

  /** Stores records as a read of a resource does; a backfill's feed queues nothing. */
  async store(resource: StateResource, records: readonly Mirrored[], queue = true): Promise<void> {
    await this.storeMany(resource, records);
    if (queue && records.length > 0)
      await this.#queue(
        resource,
        records.map(({ id }) => id),
      );
  }

  /** Stores records and queues nothing. */
  async storeMany(resource: StateResource, records: readonly Mirrored[]): Promise<void> {
    if (records.length === 0) return;
    const data = JSON.stringify(records).replaceAll("'", "''");
    const link = (name: string, ...resources: StateResource[]) =>
      resources.includes(resource) ? `(d.data ->> '${name}')::bigint` : 'null';
    await this.sql(
      `insert into servicetitan_records (connection_id, workspace_id, resource, record_id, modified_on, active, customer_id, job_id, project_id, estimate_id,
         booking_id, merged_to_id, data, read_at, first_read_at)
       select '${this.connectionId}', '${this.workspaceId}', '${resource}', (d.data ->> 'id')::bigint, coalesce(d.data ->> 'modifiedOn', d.data ->> 'createdOn'), (d.data ->> 'active')::boolean,
         ${link('customerId', 'jobs', 'leads', 'estimates', 'customer_contacts')}, ${link('jobId', 'appointments', 'canceled_logs', 'estimates', 'bookings')},
         ${link('projectId', 'jobs', 'estimates')}, ${link('createdFromEstimateId', 'jobs')}, ${link('bookingId', 'leads')}, ${link('mergedToId', 'customers')},
         d.data, now(), now()
       from jsonb_array_elements('${data}'::jsonb) as d (data)
       on conflict (connection_id, resource, record_id) do update set data = excluded.data, modified_on = excluded.modified_on, active = excluded.active,
         customer_id = excluded.customer_id, job_id = excluded.job_id, project_id = excluded.project_id, estimate_id = excluded.estimate_id,
         booking_id = excluded.booking_id, merged_to_id = excluded.merged_to_id, deleted_at = null`,
    );
  }

  async #queue(resource: StateResource, ids: readonly number[]): Promise<void> {
    const entity = {
      customers: ['customers', 'record_id'],
      customer_contacts: ['customers', 'customer_id'],
      bookings: ['bookings', 'record_id'],
      leads: ['leads', 'record_id'],
      jobs: ['jobs', 'record_id'],
      appointments: ['jobs', 'job_id'],
      canceled_logs: ['jobs', 'job_id'],
      estimates: ['estimates', 'record_id'],
    }[resource];
    await this.sql(
      `insert into derivation_queue (workspace_id, connection_id, entity, entity_id, source, resource)
       select workspace_id, connection_id, '${entity[0]}', ${entity[1]}, 'poll', resource from servicetitan_records
       where connection_id = '${this.connectionId}' and resource = '${resource}' and record_id in (${ids.join(', ')}) order by record_id`,
    );
  }

  /** Reads a resource from its beginning to its end: all that a test says it brings is stored in between. */
  async read(
    resource: StateResource,
    records: readonly Mirrored[] = [],
    path: 'list' | 'feed' = 'list',
  ): Promise<void> {
    const mark = async () =>
      (await this.sql<{ mark: number }>(`select nextval('public.derivation_queue_id_seq')::int as mark`))[0]
        ?.mark ?? 0;
    const begun = await mark();
    await this.store(resource, records, path === 'list');
    const done = await mark();
    await this.sql(
      `insert into sync_cursors (connection_id, workspace_id, resource, path, start_mark, done_mark)
       values ('${this.connectionId}', '${this.workspaceId}', '${resource}', '${path}', ${begun}, ${done})
       on conflict (connection_id, resource, path) do update set start_mark = excluded.start_mark, done_mark = excluded.done_mark`,
    );
  }

  /** Begins to read a resource that was read before, and fails. */
  async fail(resource: StateResource): Promise<void> {
    await this.sql(
      `update sync_cursors set reading_mark = nextval('public.derivation_queue_id_seq'), failures = 1
       where connection_id = '${this.connectionId}' and resource = '${resource}' and path = 'list'`,
    );
  }

  /** Begins to read a resource that was read before, and stops half-way. */
  async stop(resource: StateResource): Promise<void> {
    await this.sql(
      `update sync_cursors set reading_mark = nextval('public.derivation_queue_id_seq')
       where connection_id = '${this.connectionId}' and resource = '${resource}' and path = 'list'`,
    );
  }

  async pause(resource: StateResource): Promise<void> {
    await this.sql(`select public.settle_pause('${this.connectionId}', '${resource}', 'owner', now())`);
  }

  /** Reads every resource in read order. */
  async readAll(
    records: Partial<Record<StateResource, readonly Mirrored[]>> = {},
    path: 'list' | 'feed' = 'list',
  ): Promise<void> {
    for (const resource of stateResources) await this.read(resource, records[resource], path);
  }

  /** Reads every resource in read order as the product stores it: of each record the newest version stays, and what is new is queued. */
  async ingestAll(records: Partial<Record<StateResource, readonly { id: number }[]>>): Promise<void> {
    const mark = `nextval('public.derivation_queue_id_seq')`;
    const reads = stateResources.map((resource) => {
      const read = `connection_id = '${this.connectionId}' and resource = '${resource}' and path = 'list'`;
      const data = JSON.stringify(records[resource] ?? []).replaceAll("'", "''");
      return `
        insert into sync_cursors (connection_id, workspace_id, resource, path) values ('${this.connectionId}', '${this.workspaceId}', '${resource}', 'list') on conflict do nothing;
        update sync_cursors set start_mark = ${mark} where ${read};
        perform public.store_records('${this.connectionId}', '${this.workspaceId}', '${resource}', '${data}', false, '[]', null, 1, now(), 'poll');
        update sync_cursors set done_mark = ${mark} where ${read};`;
    });
    await this.sql(`do $reads$ begin ${reads.join('')} end $reads$`);
  }

  async derive(options: { only?: 'people' } = {}): Promise<DerivedCounts> {
    return this.states.deriveConnection(this.connectionId, options);
  }

  /** Has the clock queue what is due then; all else waits for the next derivation. */
  async passTo(now: Date): Promise<void> {
    this.now = now;
    await this.sql(`select public.enqueue_due_journeys('${this.connectionId}', '${now.toISOString()}')`);
  }

  async setState(root: string, state: 0 | 1 | 2 | 3 | 4): Promise<void> {
    const row = (await this.rows()).find((candidate) => candidate.root === root);
    await this.states.setState({
      journeyId: row?.id ?? '',
      connectionId: this.connectionId,
      state,
      reason: 'A test.',
      setBy: 'owner@demo.example.com',
      source: 'manual',
    });
  }

  async rows(): Promise<WorldRow[]> {
    return this.sql<WorldRow>(
      `select id, root_type || ':' || root_id as root, current_state::float8 as state, version from customer_servicetitan_state
       where connection_id = '${this.connectionId}' order by root_type, root_id`,
    );
  }

  /** "job:100": its state. */
  async statesByRoot(): Promise<Record<string, number>> {
    return Object.fromEntries((await this.rows()).map(({ root, state }) => [root, state]));
  }

  async transitions(): Promise<{ to: number; source: string; outcome: string | null }[]> {
    return this.sql(
      `select to_state::float8 as to, source, outcome from state_transitions where connection_id = '${this.connectionId}' order by id`,
    );
  }

  async queued(): Promise<string[]> {
    const rows = await this.sql<{ entry: string }>(
      `select source || ' ' || entity || ':' || entity_id as entry from derivation_queue where connection_id = '${this.connectionId}' order by id`,
    );
    return rows.map(({ entry }) => entry);
  }

  /** The walks that are under way. */
  async walks(): Promise<string[]> {
    const rows = await this.sql<{ source: string }>(
      `select source from derivation_walks where connection_id = '${this.connectionId}' order by source`,
    );
    return rows.map(({ source }) => source);
  }

  /** Has everything derived anew, as changed settings do. */
  async enqueueAll(): Promise<void> {
    await this.sql(`select public.enqueue_all_journeys('${this.connectionId}', 'settings')`);
  }

  async isBackfilled(): Promise<boolean> {
    const [connection] = await this.sql<{ isDone: boolean }>(
      `select backfilled_at is not null as "isDone" from integration_connections where id = '${this.connectionId}'`,
    );
    return connection?.isDone ?? false;
  }

  /** The database, asked whether a function may be called. */
  databaseThat(judge: (name: string) => void): Database {
    return this.#stored.databaseThat(judge);
  }

  async replay(): Promise<ReplayReport> {
    return replayConnection(this.database, this.connectionId, this.now);
  }
}

export async function openEmbeddedWorlds(): Promise<WorldDatabase> {
  const { database, embedded, close } = await openTestDatabase();
  const { url, secretKey: key } = embedded;
  return {
    database,
    databaseThat: (judge) => createDatabase({ url, key, fetch: judged(embedded.fetch, judge) }),
    sql: async (text) => embedded.sql(text),
    close,
  };
}

export async function openRealWorlds(): Promise<WorldDatabase> {
  const postgres = await startRealPostgres();
  const { supabaseUrl: url, secretKey: key } = postgres;
  return {
    database: createDatabase({ url, key }),
    databaseThat: (judge) => createDatabase({ url, key, fetch: judged(fetch, judge) }),
    sql: (text) => postgres.sql(text),
    close: () => postgres.close(),
  };
}

function judged(send: typeof fetch, judge: (name: string) => void): typeof fetch {
  return async (input, init) => {
    const { url } = new Request(input, init);
    judge(url.split('/').at(-1) ?? '');
    return send(input, init);
  };
}
