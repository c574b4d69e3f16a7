import type { Clock } from '#integrations/clock.ts';
import { ServiceTitanIntegration } from '#integrations/crm/servicetitan/ServiceTitanIntegration.ts';
import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import type { IntegrationErrorKind } from '#integrations/errors.ts';
import type { IntegrationDeps } from '#integrations/BaseIntegration.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import {
  findConnection,
  findCredentials,
  listClassifications,
  listConnections,
  saveConnection,
  saveCredentials,
  type ConnectionRow,
} from '../repositories/connectionRepository.ts';
import type { Database } from '../repositories/database.ts';
import { classifyJobTypes } from '../repositories/syncRepository.ts';
import { insertAudit, insertChangeEvent } from '../repositories/workspaceRepository.ts';
import type { ConnectRequest, ConnectTestReply } from '../schemas/api.ts';
import { suggestClassification } from '../state/suggestClassification.ts';
import type { CredentialCipher } from './CredentialCipher.ts';

/** The field that an administrator looks at first when ServiceTitan refuses. */
const fieldOfRefusal: Partial<Record<IntegrationErrorKind, string>> = {
  auth: 'clientSecret',
  forbidden: 'tenantId',
};

const clericalNames = /\b(duplicate|test|mistake|error)\b/i;

interface ConnectionDeps {
  database: Database;
  cipher: CredentialCipher;
  clock: Clock;
  logger: Logger;
  sandboxUrls: { authUrl: string; apiUrl: string } | null;
}

/** Connects tenants and hands out their ServiceTitan clients: one per connection, since it holds token and rate limit. */
export class ConnectionService {
  readonly #deps: ConnectionDeps;
  readonly #integration = new ServiceTitanIntegration();
  readonly #clients = new Map<string, { updatedAt: string; service: ServiceTitanService }>();

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
  }

  /** Checks the credentials with ServiceTitan; throws invalid_input with the remedy, else answers its job types. */
  async test(request: ConnectRequest): Promise<ConnectTestReply> {
    const service = await this.#connectChecked(request);
    const jobTypes = await readJobTypes(service);
    return { jobTypes: jobTypes.map((type) => ({ ...type, suggestion: type.suggestion ?? 'other' })) };
  }

  /**
   * Checks, then saves a connection with its encrypted credentials. What job types mean is taken from the request, else
   * by their names from the first connect on; renewing credentials changes none of it.
   */
  async connect(workspaceId: string, request: ConnectRequest, actor: string): Promise<ConnectionRow> {
    const { database, cipher, clock } = this.#deps;
    await this.#requireFreeName(workspaceId, request);
    const service = await this.#connectChecked(request);
    const suggested = (await readJobTypes(service)).flatMap(({ id, suggestion }) =>
      suggestion ? [{ jobTypeId: id, kind: suggestion }] : [],
    );
    const now = clock.now();
    const connection = await saveConnection(
      database,
      {
        workspaceId,
        name: request.name,
        environment: request.environment,
        tenantId: request.tenantId,
        timeZone: request.timeZone,
        settings: { clericalReasonIds: await readClericalReasons(service), otherEstimateMinimum: 1000 },
      },
      now,
    );
    await saveCredentials(
      database,
      {
        connectionId: connection.id,
        workspaceId,
        keyId: cipher.keyId,
        ciphertext: cipher.encrypt(JSON.stringify(credentialsOf(request)), connection.id),
      },
      now,
    );
    const isClassified = (await listClassifications(database, connection.id)).length > 0;
    const kinds = request.classification ?? (isClassified ? [] : suggested);
    if (kinds.length > 0) await classifyJobTypes(database, connection.id, kinds, now);
    await insertAudit(
      database,
      { workspaceId, actor, action: 'connection.save', subject: `connection:${connection.id}` },
      now,
    );
    await insertChangeEvent(
      database,
      { workspaceId, type: 'connection', payload: { connectionId: connection.id } },
      now,
    );
    return connection;
  }

  /** The client of a connection. Throws not_found, or unavailable when its credentials cannot be opened. */
  async clientOf(connectionId: string): Promise<ServiceTitanService> {
    const { database, cipher } = this.#deps;
    const credentials = await findCredentials(database, connectionId);
    if (!credentials)
      throw new AppError('not_found', 'This connection has no credentials. Connect the tenant again.');
    const cached = this.#clients.get(connectionId);
    if (cached?.updatedAt === credentials.updated_at) return cached.service;
    const text = cipher.decrypt(credentials.ciphertext, connectionId, credentials.key_id);
    const service = this.#integration.connect(JSON.parse(text), this.#integrationDeps());
    this.#clients.set(connectionId, { updatedAt: credentials.updated_at, service });
    return service;
  }

  /** A connection of this workspace; throws not_found for any other. */
  async require(workspaceId: string, connectionId: string): Promise<ConnectionRow> {
    const connection = await findConnection(this.#deps.database, connectionId);
    if (connection?.workspace_id !== workspaceId) {
      throw new AppError('not_found', 'There is no such connection in this workspace.');
    }
    return connection;
  }

  /** The connections that are polled, of all workspaces: those that nobody paused. */
  async listPolled(): Promise<ConnectionRow[]> {
    const connections = await listConnections(this.#deps.database, null);
    return connections.filter((connection) => connection.status !== 'paused');
  }

  async #requireFreeName(
    workspaceId: string,
    { name, tenantId, environment }: ConnectRequest,
  ): Promise<void> {
    const namesake = (await listConnections(this.#deps.database, workspaceId)).find(
      (row) => row.name === name,
    );
    if (!namesake || (namesake.tenant_id === tenantId && namesake.environment === environment)) return;
    const message = `Another tenant is connected as ${name}. Choose another name.`;
    throw new AppError('conflict', `name: ${message}`, { issues: [{ field: 'name', message }] });
  }

  async #connectChecked(request: ConnectRequest): Promise<ServiceTitanService> {
    const credentials = credentialsOf(request);
    const check = await this.#integration.checkConnection(credentials, this.#integrationDeps());
    if (!check.ok) {
      const field = /application key|app key/i.test(check.message) ? 'appKey' : fieldOfRefusal[check.kind];
      throw new AppError(
        'invalid_input',
        check.message,
        field ? { issues: [{ field, message: check.message }] } : {},
      );
    }
    return this.#integration.connect(credentials, this.#integrationDeps());
  }

  #integrationDeps(): IntegrationDeps {
    const { clock, logger, sandboxUrls } = this.#deps;
    return { clock, logger, ...(sandboxUrls ? { sandbox: sandboxUrls } : {}) };
  }
}

function credentialsOf(request: ConnectRequest) {
  const { environment, tenantId, clientId, clientSecret, appKey, bookingProviderId } = request;
  return {
    environment,
    tenantId,
    clientId,
    clientSecret,
    appKey,
    ...(bookingProviderId ? { bookingProviderId } : {}),
  };
}

async function readJobTypes(service: ServiceTitanService) {
  const jobTypes = [];
  for await (const page of service.readPages('job_types', { from: null })) {
    jobTypes.push(...page.records.filter((type) => type.active));
  }
  const suggestions = suggestClassification(jobTypes);
  return jobTypes.map(({ id, name }) => ({ id, name, suggestion: suggestions[id] ?? null }));
}

async function readClericalReasons(service: ServiceTitanService): Promise<number[]> {
  const ids: number[] = [];
  for await (const page of service.readPages('cancel_reasons', { from: null })) {
    ids.push(...page.records.filter((reason) => clericalNames.test(reason.name)).map((reason) => reason.id));
  }
  return ids;
}
