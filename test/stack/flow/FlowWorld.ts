import { randomBytes, randomUUID } from 'node:crypto';
import { SmtpSender } from '#backend/email/SmtpSender.ts';
import { UnsubscribeLinks } from '#backend/email/UnsubscribeLinks.ts';
import { createLogger } from '#backend/logger.ts';
import { flowGraph, type FlowGraph } from '#backend/schemas/flow.ts';
import type { TriggerKind } from '#backend/schemas/nodes/trigger.ts';
import type { StateNumber } from '#backend/schemas/state.ts';
import type { ActionRunner } from '#backend/services/doStep.ts';
import { FlowRunService } from '#backend/services/FlowRunService.ts';
import { FlowService } from '#backend/services/FlowService.ts';
import { AlertService } from '#backend/services/AlertService.ts';
import { FlowStartService } from '#backend/services/FlowStartService.ts';
import { RunMender } from '#backend/services/RunMender.ts';
import { RunMover } from '#backend/services/RunMover.ts';
import { RunService } from '#backend/services/RunService.ts';
import { TeamMailer } from '#backend/services/TeamMailer.ts';
import { MessageService } from '#backend/services/MessageService.ts';
import { findAction } from '#integrations/registry.ts';
import type { Database } from '#backend/repositories/database.ts';
import { installFlows, publishDraft } from '#backend/repositories/flowRepository.ts';
import { moveAppointment } from '#test/helpers/flowPassages.ts';
import { openTestDatabase } from '#test/helpers/testDatabase.ts';
import { SmtpInbox } from '../messages/SmtpInbox.ts';

export const start = new Date('2026-11-02T17:00:00Z');
export const hour = 3_600_000;
export const day = 24 * hour;

class TestClock {
  #now = start;
  now(): Date {
    return this.#now;
  }
  set(now: Date): void {
    this.#now = now;
  }
}

type SqlValue = string | number | Date | null;

/** Where the world lives. */
export interface WorldDatabase {
  database: Database;
  sql<Row>(text: string, ...parameters: SqlValue[]): Promise<Row[]>;
  close(): Promise<void>;
}

async function openEmbedded(): Promise<WorldDatabase> {
  const { database, embedded, close } = await openTestDatabase();
  return { database, sql: embedded.sql, close };
}

export interface Journey {
  id: string;
  contactId: string;
  email: string;
}

/** One workspace with the lifecycle flows, a mail server, and a clock that stands still until it is moved. */
export class FlowWorld {
  readonly clock = new TestClock();
  readonly systemClock = new TestClock();
  readonly actions: Parameters<ActionRunner>[0][] = [];
  readonly unsubscribeLinks = new UnsubscribeLinks(randomBytes(32), () => 'https://app.example.com');
  readonly #stored: WorldDatabase;
  readonly inbox: SmtpInbox;
  readonly sender: SmtpSender;
  readonly flows: FlowService;
  readonly steps: FlowRunService;
  readonly messages: MessageService;
  readonly starts: FlowStartService;
  readonly mender: RunMender;
  readonly mover: RunMover;
  readonly runs: RunService;
  readonly alerts: AlertService;
  workspaceId = '';
  connectionId = '';
  runAction: ActionRunner = async () => ({ from: 1, to: 0 });
  #number = 0;

  private constructor(stored: WorldDatabase, inbox: SmtpInbox) {
    this.#stored = stored;
    this.inbox = inbox;
    this.sender = new SmtpSender(inbox.url);
    this.flows = new FlowService({
      database: stored.database,
      clock: this.clock,
      findAction: (id) => findAction(id)?.action,
      secrets: { seal: (_workspaceId, graph) => graph, problems: () => [] },
    });
    const { database } = stored;
    const { clock, systemClock, sender } = this;
    this.starts = new FlowStartService({ database, clock });
    this.mender = new RunMender({ database, clock, systemClock });
    this.mover = new RunMover({ database, clock, systemClock });
    this.runs = new RunService({ database, findAction: (id) => findAction(id)?.action });
    const mailer = new TeamMailer({ database, clock, sender });
    const appUrl = () => 'https://app.example.com';
    this.alerts = new AlertService({ database, clock, logger: createLogger('silent'), mailer, appUrl });
    this.steps = this.stepWorker();
    this.messages = this.messageWorker();
  }

  static async open(stored?: WorldDatabase): Promise<FlowWorld> {
    const world = new FlowWorld(stored ?? (await openEmbedded()), await SmtpInbox.open());
    const [workspace] = await world.sql<{ id: string }>(
      `insert into workspaces (name, slug, sender_name, sender_email, postal_address, phone, website, review_url, created_at, updated_at)
       values ('Demo Home Services', 'demo', 'Demo Home Services', 'hello@demo.example.com', E'1 Test Street\nSampleton, CA 90000',
         '(555) 010-0100', 'https://demo.example.com', 'https://demo.example.com/review', $1, $1) returning id`,
      start,
    );
    world.workspaceId = workspace?.id ?? '';
    const [connection] = await world.sql<{ id: string }>(
      `insert into integration_connections (workspace_id, integration_id, name, environment, tenant_id, time_zone, live_from, created_at, updated_at)
       values ($1, 'servicetitan', 'SOCAL', 'sandbox', 410387862, 'America/Los_Angeles', $2, $2, $2) returning id`,
      world.workspaceId,
      start,
    );
    world.connectionId = connection?.id ?? '';
    await world.flows.installLifecycleFlows(world.workspaceId);
    return world;
  }

  get database(): Database {
    return this.#stored.database;
  }

  stepWorker(): FlowRunService {
    return new FlowRunService({
      database: this.#stored.database,
      clock: this.clock,
      systemClock: this.systemClock,
      logger: createLogger('silent'),
      findAction: (id) => findAction(id)?.action,
      unsubscribeUrl: (id) => this.unsubscribeLinks.url(id),
      runAction: async (request) => {
        this.actions.push(request);
        return this.runAction(request);
      },
    });
  }

  messageWorker(sender: SmtpSender = this.sender): MessageService {
    return new MessageService({
      database: this.#stored.database,
      clock: this.clock,
      systemClock: this.systemClock,
      sender,
      unsubscribeLinks: this.unsubscribeLinks,
      logger: createLogger('silent'),
    });
  }

  sql<Row = unknown>(text: string, ...parameters: SqlValue[]): Promise<Row[]> {
    return this.#stored.sql<Row>(text, ...parameters);
  }

  /** A customer with one journey. */
  async addJourney(options: {
    state: StateNumber;
    appointmentStart?: Date;
    name?: string;
    email?: string | null;
  }): Promise<Journey> {
    this.#number += 1;
    const number = this.#number;
    const email = options.email === undefined ? `person${number}@example.com` : options.email;
    const [contact] = await this.sql<{ id: string }>(
      `insert into contacts (workspace_id, connection_id, source_type, source_id, name, email, created_at, updated_at)
       values ($1, $2, 'customer', $3, $4, $5, $6, $6) returning id`,
      this.workspaceId,
      this.connectionId,
      number,
      options.name ?? 'Testa Fictional',
      email,
      start,
    );
    const appointment = options.appointmentStart ?? null;
    const [journey] = await this.sql<{ id: string }>(
      `insert into customer_servicetitan_state (workspace_id, contact_id, servicetitan_customer_id, current_state, state_changed_at, created_at,
         updated_at, connection_id, root_type, root_id, rule_state, explanation, would_change, job_id, appointment_start, appointment_end)
       values ($1, $2, $3, $4, $5, $5, $5, $6, 'job', $3, $4, '', '', $3, $7, $7::timestamptz + interval '2 hours') returning id`,
      this.workspaceId,
      contact?.id ?? null,
      number,
      options.state,
      start,
      this.connectionId,
      appointment,
    );
    return { id: journey?.id ?? '', contactId: contact?.id ?? '', email: email ?? '' };
  }

  /** Starts the state's flow for the journey, as entering the state does; empty: it did not start. */
  async startRun(journey: Journey, state: StateNumber): Promise<string> {
    const [flow] = await this.sql<{ id: string }>(
      `select f.id from flows f join flow_triggers t on t.flow_id = f.id where f.workspace_id = $1 and t.state = $2::numeric and f.status = 'live'`,
      this.workspaceId,
      state,
    );
    return this.startFlow(flow?.id ?? '', journey, 'state_changed');
  }

  /** Starts a flow for the journey, as whatever it listens to does; empty: it did not start. */
  async startFlow(flowId: string, journey: Journey, kind: TriggerKind): Promise<string> {
    const group = randomUUID();
    await this.sql(
      `select start_run($1, j, $2, $3, '{}', $4, $4, $4) from customer_servicetitan_state j where j.id = $5`,
      flowId,
      group,
      kind,
      this.clock.now(),
      journey.id,
    );
    const [run] = await this.sql<{ id: string }>('select id from flow_runs where entry_group = $1', group);
    return run?.id ?? '';
  }

  /** Makes a graph the next version of a flow; answers its id. */
  async publish(flowId: string, graph: FlowGraph): Promise<string> {
    const [flow] = await this.sql<{ revision: number }>(
      'select draft_revision as revision from flows where id = $1',
      flowId,
    );
    const published = await publishDraft(this.database, {
      workspaceId: this.workspaceId,
      flowId,
      revision: flow?.revision ?? 0,
      graph: flowGraph.parse(graph),
      note: '',
      move: false,
      author: 'marketer@example.com',
      now: this.clock.now(),
    });
    return published?.versionId ?? '';
  }

  /** A flow's runs: what became of them, oldest first. */
  async outcomes(flowId: string): Promise<{ id: string; status: string; ended_reason: string | null }[]> {
    return this.sql(
      'select id, status, ended_reason from flow_runs where flow_id = $1 order by started_at, id',
      flowId,
    );
  }

  /** A run's steps: each with its status, in the order of its way. */
  async stepsOf(runId: string): Promise<string[]> {
    const steps = await this.sql<{ node_id: string; status: string }>(
      'select node_id, status from flow_steps where run_id = $1 order by number',
      runId,
    );
    return steps.map((step) => `${step.node_id} ${step.status}`);
  }

  /** Adds a flow, published and live; answers its id. */
  async addFlow(graph: FlowGraph, name = 'Mine'): Promise<string> {
    const templateKey = randomUUID();
    const flows = [{ templateKey, name, description: '', graph: flowGraph.parse(graph) }];
    const author = 'marketer@example.com';
    await installFlows(this.database, {
      workspaceId: this.workspaceId,
      flows,
      author,
      now: this.clock.now(),
    });
    const [flow] = await this.sql<{ id: string }>(
      'select id from flows where template_key = $1',
      templateKey,
    );
    return flow?.id ?? '';
  }

  /** What leaving the state does to its runs. The run comes first: what follows it is then settled either way. */
  async leaveState(journey: Journey): Promise<void> {
    await this.sql(
      `update flow_runs set status = 'ended', ended_reason = 'left_state', ended_at = $2 where journey_id = $1 and status = 'active'`,
      journey.id,
      this.clock.now(),
    );
    const runs = `run_id in (select id from flow_runs where journey_id = $1 and status = 'ended')`;
    await this.sql(
      `update flow_steps set status = 'canceled' where status = 'pending' and leased_by is null and ${runs}`,
      journey.id,
    );
    await this.sql(
      `update messages set status = 'skipped', reason = 'left_state' where status = 'queued' and ${runs}`,
      journey.id,
    );
  }

  /** What returning to the state does to the runs that leaving it ended. */
  async returnToState(journey: Journey): Promise<void> {
    await this.sql(
      `update flow_runs set status = 'active', ended_reason = null, ended_at = null, resumed_at = $2 where journey_id = $1 and status = 'ended'`,
      journey.id,
      this.clock.now(),
    );
    const runs = `run_id in (select id from flow_runs where journey_id = $1 and status = 'active')`;
    await this.sql(
      `update flow_steps set status = 'pending' where status = 'canceled' and ${runs}`,
      journey.id,
    );
    await this.sql(
      `update messages set status = 'queued', reason = null where status = 'skipped' and reason = 'left_state' and due_at > $2 and ${runs}`,
      journey.id,
      new Date(this.clock.now().getTime() - 48 * hour),
    );
  }

  /** What a poll that sees another start of the appointment does. */
  async moveAppointment(journey: Journey, appointmentStart: Date | null): Promise<void> {
    await moveAppointment(this, journey.id, appointmentStart);
  }

  /** Does all that is due at a moment that many milliseconds after the start; answers the subjects that arrived. */
  async at(milliseconds: number): Promise<(string | undefined)[]> {
    this.clock.set(new Date(start.getTime() + milliseconds));
    this.systemClock.set(new Date(start.getTime() + milliseconds));
    const before = this.inbox.mails.length;
    await this.starts.startDue();
    await this.mover.continueMoves();
    await this.steps.runDueSteps();
    await this.messages.deliverDueMessages();
    return this.inbox.subjects.slice(before);
  }

  /** Customers, runs and messages are gone, and it is the start again. */
  async reset(): Promise<void> {
    for (const table of [
      'messages',
      'suppressions',
      'customer_servicetitan_state',
      'contacts',
      'servicetitan_records',
      'change_events',
    ]) {
      await this.sql(`delete from ${table}`);
    }
    await this.sql(
      `update integration_connections set status = 'connected', time_zone = 'America/Los_Angeles'`,
    );
    await this.sql(`delete from flows where template_key like '%-%'`);
    await this.sql(`update flows set status = 'live'`);
    this.clock.set(start);
    this.systemClock.set(start);
    this.actions.length = 0;
    this.runAction = async () => ({ from: 1, to: 0 });
    this.inbox.mails.length = 0;
  }

  async runStatus(runId: string): Promise<string | undefined> {
    const [row] = await this.sql<{ status: string }>('select status from flow_runs where id = $1', runId);
    return row?.status;
  }

  async close(): Promise<void> {
    this.sender.close();
    await this.inbox.close();
    await this.#stored.close();
  }
}
