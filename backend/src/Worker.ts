import { sleep } from '#integrations/retry.ts';
import type { Context } from './context.ts';
import { AppError } from './errors.ts';
import { oneAtATime } from './oneAtATime.ts';
import { findNextDue } from './repositories/syncRepository.ts';
import type { DerivedCounts } from './services/CustomerStateService.ts';
import { eachAtOnce } from './services/eachAtOnce.ts';
import type { SyncOptions } from './services/planReads.ts';
import type { ReadSource, ResourceCounts } from './services/ReadOutcome.ts';
import { addCounts, addPolls, noCounts, type SyncSummary } from './services/SyncSummary.ts';
import type { PollRequests } from './services/PollRequests.ts';
import { SyncRequests } from './services/SyncRequests.ts';

/** The functions behind the scheduled tasks, handed in because they are defined above this layer. */
export interface Tasks {
  syncConnection(
    context: Context,
    connectionId: string,
    source: ReadSource,
    options?: SyncOptions,
  ): Promise<SyncSummary>;
  runDueWork(context: Context): Promise<DueWork>;
}

interface DueWork {
  steps: number;
  messagesSent: number;
  messagesDelayed: number;
  messagesFailed: number;
}

/** What a round of work came to; what `npm run sync` prints. */
export interface WorkSummary {
  status: 'succeeded' | 'failed';
  /** Why it failed, one line for each connection that did. */
  errors: string[];
  connections: Record<string, { status: SyncSummary['status']; resources: Record<string, ResourceCounts> }>;
  /** Sums over the connections. */
  resources: Record<string, ResourceCounts>;
  transitions: number;
  runsStarted: number;
  runsEnded: number;
  steps: number;
  messagesSent: number;
  /** What the mail server did not take yet, or refused. */
  messagesDelayed: number;
  messagesFailed: number;
  rounds: number;
  milliseconds: number;
}

const maxRounds = 200;
/** Tenants wait for their own answers most of the time. */
const connectionsAtOnce = 4;

/** Polls, derives, runs and sends in this process: connections side by side, one poll of each at a time. */
export class Worker {
  readonly requests: PollRequests;
  readonly #context: Context;
  readonly #tasks: Tasks;
  readonly #polls = new Map<string, Promise<SyncSummary>>();
  /** What is claimed by one round is nothing to the other: a second one at once would be over before it is done. */
  readonly #dueWorkAlone = oneAtATime();
  readonly #stopping = new AbortController();

  constructor(context: Context, tasks: Tasks, requests?: PollRequests) {
    this.#context = context;
    this.#tasks = tasks;
    this.requests =
      requests ??
      new SyncRequests({
        logger: context.logger,
        sleep,
        poll: async (connectionId, source, wish) => {
          const poll = await this.#poll(connectionId, source, wish);
          await this.runDueWork();
          return poll;
        },
        runDueWork: () => this.runDueWork(),
      });
  }

  /**
   * Polls a connection: what is due, and beyond that, unless it is the schedule that asks, for a person everything, for
   * anybody else the feeds of what states hang on. First passes and full ones are gone on with until they are done.
   */
  async syncConnection(
    connectionId: string,
    source: ReadSource,
    options: SyncOptions = {},
  ): Promise<SyncSummary> {
    let poll = await this.#poll(connectionId, source, options);
    // The schedule comes back soon; what is long goes on then, and keeps no other connection waiting.
    while (poll.left.length > 0 && !options.isScheduled && !this.#stopping.signal.aborted)
      poll = addPolls(poll, await this.#poll(connectionId, source, { isScheduled: true }));
    return poll;
  }

  /** After the polls of the connection that were asked for before; a long one goes on after those that wait by then. */
  async #poll(connectionId: string, source: ReadSource, options: SyncOptions): Promise<SyncSummary> {
    const former = this.#polls.get(connectionId) ?? Promise.resolve();
    const work = () =>
      this.#tasks.syncConnection(this.#context, connectionId, source, {
        ...options,
        signal: this.#stopping.signal,
      });
    const poll = former.then(work, work);
    this.#polls.set(connectionId, poll);
    try {
      return await poll;
    } finally {
      if (this.#polls.get(connectionId) === poll) this.#polls.delete(connectionId);
    }
  }

  /** Polls the connections of which something is due, and of these what is. */
  async syncDueConnections(): Promise<void> {
    const due = await this.#context.syncs.dueReads(this.#context.clock.now());
    const ids = [...new Set(due.map(({ connectionId }) => connectionId))].filter(
      (id) => !this.#polls.has(id),
    );
    await eachAtOnce(ids, connectionsAtOnce, async (id) => {
      await this.#attempt(id, () => this.syncConnection(id, 'poll', { isScheduled: true }));
    });
  }

  /** Lets the polls under way end with the page that they are at. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#polls.values());
  }

  /** All that is due by now is done when this is over, whoever in this process did it. */
  async runDueWork(): Promise<DueWork> {
    return this.#dueWorkAlone(() => this.#tasks.runDueWork(this.#context));
  }

  /** One round over all connections, or the named one; with `untilIdle` as many as bring anything new. */
  async work(options: { connection?: string | undefined; untilIdle: boolean }): Promise<WorkSummary> {
    const connections = (await this.#context.connections.listPolled()).filter(
      (connection) => options.connection === undefined || connection.name === options.connection,
    );
    if (options.connection !== undefined && connections.length === 0) {
      throw new AppError(
        'not_found',
        `--connection ${options.connection}: there is no connection of this name.`,
      );
    }
    return this.#rounds(
      connections.map(({ id }) => id),
      { untilIdle: options.untilIdle, first: 'manual' },
    );
  }

  /** Polls one connection or all, and goes on until nothing is left to do now. */
  async workUntilIdle(reason: { connectionId?: string }): Promise<WorkSummary> {
    const ids = reason.connectionId
      ? [reason.connectionId]
      : (await this.#context.connections.listPolled()).map(({ id }) => id);
    return this.#rounds(ids, { untilIdle: true, first: 'poll' });
  }

  /** The first round reads as for whoever asked for it; the others look for what came of it meanwhile. */
  async #rounds(
    connectionIds: string[],
    { untilIdle, first }: { untilIdle: boolean; first: ReadSource },
  ): Promise<WorkSummary> {
    const { database, states, systemClock, embedded } = this.#context;
    const started = systemClock.now().getTime();
    const total: WorkSummary = {
      status: 'succeeded',
      errors: [],
      connections: {},
      resources: {},
      transitions: 0,
      runsStarted: 0,
      runsEnded: 0,
      steps: 0,
      messagesSent: 0,
      messagesDelayed: 0,
      messagesFailed: 0,
      rounds: 0,
      milliseconds: 0,
    };
    let isBusy = true;
    while (isBusy && total.rounds < maxRounds) {
      await embedded?.sandbox.look();
      total.errors = [];
      const polls: SyncSummary[] = [];
      const source = total.rounds === 0 ? first : 'poll';
      await eachAtOnce(connectionIds, connectionsAtOnce, async (id) => {
        const poll = await this.#attempt(id, () => this.syncConnection(id, source));
        if (poll) polls.push(poll);
        else total.errors.push(`Connection ${id} could not be synced: the server's log says why.`);
      });
      const due = await this.runDueWork();
      await embedded?.sandbox.catchUp(
        (after) => findNextDue(database, after),
        async () => {
          for (const { id } of await this.#context.connections.listPolled()) {
            const derived = await this.#attempt(id, () => states.deriveConnection(id, { only: 'people' }));
            if (derived) addDerived(total, derived);
          }
          const caughtUp = await this.runDueWork();
          addDueWork(due, caughtUp);
        },
      );
      for (const poll of polls) addPoll(total, poll);
      addDueWork(total, due);
      total.rounds += 1;
      const hasNews =
        due.steps > 0 || polls.some((poll) => poll.derived.transitions > 0 || bringsRecords(poll));
      isBusy = untilIdle && hasNews;
    }
    if (isBusy) total.errors.push(`There was still something new after ${maxRounds} rounds. Run it again.`);
    if (total.messagesDelayed > 0) {
      total.errors.push(
        `The mail server did not take ${total.messagesDelayed} messages yet; they are tried again.`,
      );
    }
    total.status = total.errors.length === 0 ? 'succeeded' : 'failed';
    total.milliseconds = systemClock.now().getTime() - started;
    return total;
  }

  /** Null when it failed, which is logged: one connection's trouble holds up no other. */
  async #attempt<Result>(connectionId: string, work: () => Promise<Result>): Promise<Result | null> {
    try {
      return await work();
    } catch (error) {
      this.#context.logger.error({ err: error, connectionId }, 'The work for a connection failed.');
      return null;
    }
  }
}

function bringsRecords(poll: SyncSummary): boolean {
  return Object.values(poll.resources).some((counts) => counts.new + counts.changed > 0);
}

function addPoll(total: WorkSummary, poll: SyncSummary): void {
  if (poll.status === 'busy') total.errors.push(`${poll.connectionName}: another worker is syncing it`);
  if (poll.error !== null) total.errors.push(`${poll.connectionName}: ${poll.error}`);
  const connection = (total.connections[poll.connectionName] ??= { status: poll.status, resources: {} });
  connection.status = poll.status;
  for (const [resource, counts] of Object.entries(poll.resources)) {
    addCounts((connection.resources[resource] ??= noCounts()), counts);
    addCounts((total.resources[resource] ??= noCounts()), counts);
  }
  addDerived(total, poll.derived);
}

function addDueWork(total: DueWork, due: DueWork): void {
  total.steps += due.steps;
  total.messagesSent += due.messagesSent;
  total.messagesDelayed += due.messagesDelayed;
  total.messagesFailed += due.messagesFailed;
}

function addDerived(total: WorkSummary, derived: DerivedCounts): void {
  total.transitions += derived.transitions;
  total.runsStarted += derived.runsStarted;
  total.runsEnded += derived.runsEnded;
}
