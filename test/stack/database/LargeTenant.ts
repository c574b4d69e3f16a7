import { installFlows } from '#backend/repositories/flowRepository.ts';
import { noConditions } from '#backend/schemas/conditions.ts';
import { chain, mail, triggerOn, waitEvent } from '#test/unit/flow/graphs.ts';
import { createServer, type Server } from 'node:http';
import { createApp } from '#backend/app.ts';
import { loadChunks } from '#backend/services/loadChunks.ts';
import { Worker } from '#backend/Worker.ts';
import { prepareDueWork, runDueWork } from '#trigger/dueWork.ts';
import { tidyUp } from '#trigger/housekeeping.ts';
import { syncConnection } from '#trigger/serviceTitanSync.ts';
import { startProductionStack, type ProductionStack } from '#test/helpers/productionStack.ts';
import { fillTenantSql, lastFilledId } from './fillTenant.ts';
import { PlanLog, type LoggedPlan } from './PlanLog.ts';

const token = 'chou_large_tenant';
const header = 'x-servicetitan-signature';
const events = ['lead_received', 'sales_booked', 'estimate_sold', 'install_completed', 'opted_out'] as const;

/** A product on real PostgreSQL with one connection of so many customers, and what its database plans for its statements. */
export class LargeTenant {
  readonly stack: ProductionStack;
  readonly #worker: Worker;
  readonly #server: Server;
  readonly #log: PlanLog;

  private constructor(parts: { stack: ProductionStack; worker: Worker; log: PlanLog }) {
    this.stack = parts.stack;
    this.#worker = parts.worker;
    this.#log = parts.log;
    this.#server = createServer(createApp(parts.stack.context, parts.worker));
  }

  static async open(customers: number): Promise<LargeTenant> {
    const log = new PlanLog();
    const settings = { ...log.settings, track_functions: 'all', fsync: 'off', max_wal_size: '4GB' };
    const stack = await startProductionStack({
      customers: 30,
      seed: 3,
      postgres: { settings, onLog: log.note },
    });
    const worker = new Worker(stack.context, { syncConnection, runDueWork });
    const tenant = new LargeTenant({ stack, worker, log });
    // DFW is read for the first time when everything is there.
    const { errors } = await worker.work({ connection: 'SOCAL', untilIdle: true });
    if (errors.length > 0) throw new Error(errors.join(' '));
    await tenant.#fill(customers);
    await new Promise<void>((resolve) => tenant.#server.listen(0, '127.0.0.1', resolve));
    await tenant.#takeWebhooks();
    await tenant.#addFlows();
    await tenant.#letOwnerIn();
    await stack.postgres.sql(`alter system set auto_explain.log_min_duration = 0`);
    await stack.postgres.sql(`select pg_reload_conf(), pg_stat_reset()`);
    return tenant;
  }

  /** The plans of what is asked of the database meanwhile: made for its parameters each time, or once for any. */
  async plansOf(
    mode: 'force_custom_plan' | 'force_generic_plan',
    work: () => Promise<void>,
  ): Promise<LoggedPlan[]> {
    await this.stack.postgres.sql(`alter system set plan_cache_mode = '${mode}'`);
    await this.stack.postgres.sql(`select pg_reload_conf()`);
    this.#log.take();
    await work();
    return this.#log.take();
  }

  /** Changes, their webhooks and polls, a tenant read for the first time, timers, overrides, steps, messages. */
  async liveADay(): Promise<void> {
    const { sandbox, context, postgres, connections } = this.stack;
    for (const event of events) await sandbox.story({ tenant: 'SOCAL', event });
    await this.#control('webhooks/deliveries?settled=true', 'GET');
    await this.#worker.requests.idle();
    await postgres.sql(`update public.sync_cursors set next_read_at = null`);
    await postgres.sql(
      `insert into public.suppressions (workspace_id, connection_id, email, reason, source, created_at)
       select c.workspace_id, c.id, gen_random_uuid() || '@example.com', 'unsubscribe', 'unsubscribe', now()
       from public.integration_connections c where c.id = '${this.#id('SOCAL')}'`,
    );
    const [journey] = await postgres.sql<{ id: string }>(
      `update public.customer_servicetitan_state set next_due_at = now() - interval '1 hour'
       where id in (select id from public.customer_servicetitan_state where root_id < 10000000 and current_state > 0 limit 5)
       returning id`,
    );
    await this.#worker.work({ untilIdle: true });
    await postgres.sql(`update public.flow_schedules set next_due_at = now()`);
    await prepareDueWork(context);
    for (const id of connections.values()) await this.#worker.syncConnection(id, 'manual');
    await context.states.setState({
      journeyId: journey?.id ?? '',
      connectionId: this.#id('SOCAL'),
      state: 0,
      reason: 'They moved away.',
      setBy: 'owner',
      source: 'manual',
    });
    await context.flowRuns.countDue(context.clock.now());
    // What is filled in cannot be read as records; the statement is carried out all the same.
    await loadChunks(context.database, this.#id('SOCAL'))
      .next()
      .catch(() => null);
  }

  /** Flows of every way to start, and one that waits for something. */
  async #addFlows(): Promise<void> {
    const { context, postgres } = this.stack;
    const [workspace] = await postgres.sql<{ id: string }>(`select id from public.workspaces limit 1`);
    const connectionIds = [this.#id('DFW')];
    const audience = { connectionIds, where: noConditions };
    const waitsForReply = waitEvent('w', { field: 'messages.replied', operator: 'exists' }, 9);
    const graphs = [
      chain(triggerOn({ on: 'lead_received', connectionIds: [], where: noConditions }), waitsForReply),
      chain(
        triggerOn({ on: 'appointment', hours: 24, direction: 'before', states: [], ...audience }),
        mail('m'),
      ),
      chain(
        triggerOn({ on: 'schedule', every: 'day', time: '09:30', states: [3, 4], ...audience }),
        mail('m'),
      ),
    ];
    const flows = graphs.map((graph, index) => ({
      templateKey: `large ${index}`,
      name: `Large ${index}`,
      description: '',
      graph,
    }));
    const workspaceId = workspace?.id ?? '';
    await installFlows(context.database, { workspaceId, flows, author: 'owner', now: context.clock.now() });
  }

  async tidyUp(): Promise<void> {
    await tidyUp(this.stack.context);
  }

  /** What screens ask for that show a page of something, or one thing. */
  async lookAtPages(): Promise<void> {
    const [one] = await this.stack.postgres.sql<{ contact: string; run: string; message: string }>(
      `select (select contact_id from public.customer_servicetitan_state where contact_id > '${lastFilledId}' order by contact_id limit 1) as contact,
        (select id from public.flow_runs where id > '${lastFilledId}' order by id limit 1) as run,
        (select id from public.messages order by id limit 1) as message`,
    );
    const person = `customers/${one?.contact}`;
    await this.#open([
      `${person}/timeline`,
      `${person}/explain`,
      'runs',
      'runs?status=active',
      `runs/${one?.run}`,
    ]);
    await this.#open(['runs?search=person77&status=parked', 'runs/errors?search=person77', 'alerts']);
    await this.#open(['messages', 'messages?status=queued', `messages/${one?.message}`, 'workspace']);
  }

  /** What screens ask for that count or search among all there is. */
  async lookAtOverviews(): Promise<void> {
    const [flow] = await this.stack.postgres.sql<{ id: string }>(`select id from public.flows limit 1`);
    const connection = `connections/${this.#id('SOCAL')}`;
    await this.#open([
      'board',
      'board?search=person77',
      'customers',
      'customers?search=person77',
      'integrations',
    ]);
    await this.#open([
      'flows',
      `flows/${flow?.id}`,
      connection,
      `${connection}/state-settings`,
      `${connection}/webhook`,
    ]);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#worker.requests.stop();
    await this.stack.close();
  }

  async #open(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const headers = { authorization: `Bearer ${token}` };
      const reply = await fetch(`${this.#url}/api/${path}`, { headers });
      if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    }
  }

  /** Fills the tables without most of their indexes and makes these afterwards, which is faster. */
  async #fill(customers: number): Promise<void> {
    const { postgres } = this.stack;
    const indexes = await postgres.sql<{ name: string; definition: string }>(
      `select x.relname as name, pg_get_indexdef(i.indexrelid) as definition
       from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
       where c.relnamespace = 'public'::regnamespace and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)`,
    );
    const connectionId = this.#id('SOCAL');
    await postgres.sql('set session_replication_role = replica');
    for (const { name } of indexes) await postgres.sql(`drop index public.${name}`);
    for (const sql of fillTenantSql({ connectionId, customers })) await postgres.sql(sql);
    for (const { definition } of indexes) await postgres.sql(definition);
    await postgres.sql('set session_replication_role = origin');
    await postgres.sql('analyze');
  }

  async #takeWebhooks(): Promise<void> {
    const id = this.#id('SOCAL');
    const settings = {
      enabled: true,
      headerName: header,
      encoding: 'hex',
      key: 'generate',
      formerKey: 'drop',
    } as const;
    const { generatedKey: key } = await this.stack.context.webhooks.save(id, settings, 'owner');
    const url = `${this.#url}/api/webhooks/servicetitan/${id}`;
    await this.#control('webhooks', 'PUT', [{ tenant: 'SOCAL', url, key, header, encoding: 'hex' }]);
  }

  async #letOwnerIn(): Promise<void> {
    const { postgres, context, workspaceId } = this.stack;
    const [member] = await postgres.sql<{ userId: string; email: string }>(
      `select user_id as "userId", email from public.workspace_members`,
    );
    if (!member) throw new Error('The workspace has no member.');
    await context.sessions.registerToken({ ...member, workspaceId, role: 'owner' }, 'test', token);
  }

  async #control(path: string, method: string, body?: unknown): Promise<void> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const reply = await fetch(`${this.stack.sandbox.url}/_sandbox/${path}`, { method, ...sent });
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  }

  get #url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    return `http://127.0.0.1:${address.port}`;
  }

  #id(name: string): string {
    const id = this.stack.connections.get(name);
    if (id === undefined) throw new Error(`${name} is not connected.`);
    return id;
  }
}
