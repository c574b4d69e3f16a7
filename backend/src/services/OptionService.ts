import type { TaskNameKind, TaskNames } from '#integrations/crm/servicetitan/taskNames.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { listConnections, type ConnectionRow } from '../repositories/connectionRepository.ts';
import type { Database } from '../repositories/database.ts';
import type { OptionKind } from '../schemas/conditions.ts';
import type { Option, OptionsReply } from '../schemas/flowApi.ts';
import type { NameBook } from './NameBook.ts';
import { optionSources } from './optionSources.ts';
import { readNames, readStored } from './readNames.ts';

/** Somebody has a form open meanwhile. */
const patienceMs = 10_000;
/** A form has several of these lists, and a tenant answers all of them at once. */
const sharedMs = 60_000;

interface OptionDeps {
  database: Database;
  clock: Clock;
  findAction(actionId: string): { title: string } | undefined;
  /** Asks a tenant for names that are not mirrored. */
  askNames(connectionId: string, signal: AbortSignal): Promise<TaskNames>;
}

/** The names behind ids: what pickers offer, and what sentences call things. */
export class OptionService {
  readonly #deps: OptionDeps;
  /** What tenants were asked lately, by connection. */
  readonly #asked = new Map<string, { until: number; names: Promise<TaskNames> }>();

  constructor(deps: OptionDeps) {
    this.#deps = deps;
  }

  async list(
    workspaceId: string,
    kind: OptionKind,
    connectionId: string | null = null,
  ): Promise<OptionsReply> {
    const { database } = this.#deps;
    const source = optionSources[kind];
    if ('asked' in source) return this.#ask(source.asked, await this.#connections(workspaceId, connectionId));
    return { ...(await readStored(database, source, { workspaceId, connectionId })), unanswered: [] };
  }

  /** The connections whose names are meant: one, or all. Refuses another workspace's. */
  async tenants(workspaceId: string, connectionId: string | null): Promise<string[]> {
    return (await this.#connections(workspaceId, connectionId)).map(({ id }) => id);
  }

  /** Has these connections asked anew for what is not mirrored. */
  forget(connectionIds: readonly string[]): void {
    for (const id of connectionIds) this.#asked.delete(id);
  }

  /** All names of a workspace that are known here: what a whole flow is put into words with. */
  async names(workspaceId: string): Promise<NameBook> {
    return readNames(this.#deps, workspaceId);
  }

  async #connections(workspaceId: string, connectionId: string | null): Promise<ConnectionRow[]> {
    const connections = await listConnections(this.#deps.database, workspaceId);
    const meant = connections.filter(({ id }) => connectionId === null || id === connectionId);
    if (connectionId !== null && meant.length === 0)
      throw new AppError('not_found', 'There is no such connection in this workspace.');
    return meant;
  }

  async #ask(kind: TaskNameKind, connections: readonly ConnectionRow[]): Promise<OptionsReply> {
    const answers = await Promise.all(connections.map((connection) => this.#askOne(kind, connection)));
    return {
      options: answers
        .flatMap(({ options }) => options)
        .toSorted((one, other) => one.name.localeCompare(other.name)),
      readAt: null,
      unanswered: answers.flatMap(({ unanswered }) => unanswered),
    };
  }

  /** A tenant that does not answer is named beside the names of the others. */
  async #askOne(
    kind: TaskNameKind,
    { id: connectionId, name: connectionName }: ConnectionRow,
  ): Promise<Pick<OptionsReply, 'options' | 'unanswered'>> {
    try {
      const names = await this.#namesOf(connectionId);
      const options = [...new Set(names[kind])].map((name): Option => ({
        id: name,
        name,
        connectionId,
        connectionName,
      }));
      return { options, unanswered: [] };
    } catch (error) {
      const message = messageOf(error);
      if (message === null) throw error;
      return { options: [], unanswered: [{ connectionName, message }] };
    }
  }

  /** The names of a tenant, asked for once for all who want them at about the same time. */
  #namesOf(connectionId: string): Promise<TaskNames> {
    const now = this.#deps.clock.now().getTime();
    const known = this.#asked.get(connectionId);
    if (known && now < known.until) return known.names;
    const asked = { until: now + sharedMs, names: this.#askNow(connectionId) };
    this.#asked.set(connectionId, asked);
    // Whoever asks next may be answered.
    asked.names.catch(() => {
      if (this.#asked.get(connectionId) === asked) this.#asked.delete(connectionId);
    });
    return asked.names;
  }

  async #askNow(connectionId: string): Promise<TaskNames> {
    const signal = AbortSignal.timeout(patienceMs);
    try {
      return await this.#deps.askNames(connectionId, signal);
    } catch (error) {
      throw signal.aborted ? new IntegrationError('unavailable', tooSlow, { cause: error }) : error;
    }
  }
}

const tooSlow = 'ServiceTitan did not answer in time. Open the list again in a while.';

/** What whoever opened the list can be told; null: it is no refusal of the tenant's. */
function messageOf(error: unknown): string | null {
  if (error instanceof IntegrationError) return error.message;
  return error instanceof AppError && error.code !== 'internal' ? error.message : null;
}
