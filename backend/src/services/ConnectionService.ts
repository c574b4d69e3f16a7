import type { CallPriority } from '#integrations/calls/callPriority.ts';
import type { SharedCalls } from '#integrations/calls/SharedCalls.ts';
import type { Clock } from '#integrations/clock.ts';
import { ServiceTitanIntegration } from '#integrations/crm/servicetitan/ServiceTitanIntegration.ts';
import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import type { SyncPage } from '#integrations/crm/servicetitan/syncPages.ts';
import type { ConnectionDiagnosis, Verdict } from '#integrations/ConnectionDiagnosis.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { IntegrationDeps } from '#integrations/BaseIntegration.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import {
  findConnection,
  findCredentials,
  listConnections,
  saveConnection,
  saveCredentials,
  type ConnectionRow,
  type CredentialRow,
} from '../repositories/connectionRepository.ts';
import type { Database } from '../repositories/database.ts';
import { saveDiagnosis } from '../repositories/diagnosisRepository.ts';
import { reportCallAnswer } from '../repositories/sharedCallsRepository.ts';
import { confirmFirstKinds } from '../repositories/stateSettingsRepository.ts';
import { insertAudit, insertChangeEvent } from '../repositories/workspaceRepository.ts';
import type { ConnectRequest, ConnectTestReply } from '../schemas/api.ts';
import { suggestClassification } from '../state/suggestClassification.ts';
import type { CredentialCipher } from './CredentialCipher.ts';

/** The field of the form that a refusal is about, where it is about one. */
const fieldOfVerdict: Partial<Record<Verdict, string>> = {
  wrong_client: 'clientSecret',
  wrong_environment: 'environment',
  wrong_app_key: 'appKey',
  wrong_tenant: 'tenantId',
  no_access: 'tenantId',
};

const clericalNames = /\b(duplicate|test|mistake|error)\b/i;

interface ConnectionDeps {
  shared: SharedCalls;
  database: Database;
  cipher: CredentialCipher;
  clock: Clock;
  logger: Logger;
  sandboxUrls: { authUrl: string; apiUrl: string } | null;
  /** How long one answer of ServiceTitan may take. */
  timeoutMs: number;
}

/** Connects tenants and hands out their ServiceTitan clients, which share token, rate budget and circuit. */
export class ConnectionService {
  readonly #deps: ConnectionDeps;
  readonly #integration = new ServiceTitanIntegration();
  readonly #clients = new Map<string, { updatedAt: string; service: ServiceTitanService }>();

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
  }

  /**
   * Checks the credentials with ServiceTitan; throws invalid_input with the remedy, else answers its job types. Of a
   * tenant that is connected already, only its name: what its jobs mean is not asked again.
   */
  async test(workspaceId: string, request: ConnectRequest): Promise<ConnectTestReply> {
    const { service } = await this.#connectChecked(request);
    const connected = (await listConnections(this.#deps.database, workspaceId)).find(
      ({ tenant_id: tenantId, environment }) =>
        tenantId === request.tenantId && environment === request.environment,
    );
    if (connected) return { connectedAs: connected.name, jobTypes: [] };
    const jobTypes = await readJobTypes(service);
    return {
      connectedAs: null,
      jobTypes: jobTypes.map((type) => ({ ...type, suggestion: type.suggestion ?? 'other' })),
    };
  }

  /**
   * Checks, then saves a connection with its encrypted credentials. What job types mean is taken from the request, else
   * from their names, the first time that the tenant is connected; renewing credentials changes none of it.
   */
  async connect(workspaceId: string, request: ConnectRequest, actor: string): Promise<ConnectionRow> {
    const { database, cipher, clock } = this.#deps;
    await this.#requireFreeName(workspaceId, request);
    const { service, diagnosis } = await this.#connectChecked(request);
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
        liveFrom: request.liveFrom === undefined ? now : new Date(request.liveFrom),
        backfillFrom: request.backfillFrom === undefined ? null : new Date(request.backfillFrom),
      },
      now,
    );
    await reportCallAnswer(database, connection.id, now);
    await saveDiagnosis(database, connection.id, diagnosis);
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
    await confirmFirstKinds(database, connection.id, request.classification ?? suggested, now);
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

  /**
   * The client of a connection, whose calls wait by this priority. Who knows when the credentials were last changed saves
   * a look at them. Throws not_found, or unavailable when they cannot be opened.
   */
  async clientOf(
    connectionId: string,
    priority: CallPriority,
    updatedAt?: string | null,
  ): Promise<ServiceTitanService> {
    const client = `${connectionId}/${priority}`;
    const cached = this.#clients.get(client);
    if (cached && cached.updatedAt === updatedAt) return cached.service;
    const credentials = await this.#findCredentials(connectionId);
    if (cached?.updatedAt === credentials.updated_at) return cached.service;
    const service = this.#integration.connect(this.#open(connectionId, credentials), {
      ...this.#integrationDeps(),
      connectionId,
      priority,
    });
    this.#clients.set(client, { updatedAt: credentials.updated_at, service });
    return service;
  }

  /** A client with credentials that are not saved. */
  clientFor(credentials: Credentials): ServiceTitanService {
    return this.#integration.connect(credentialsOf(credentials), this.#integrationDeps());
  }

  /** Tells why a connection works or does not, by calls of its own. Throws like clientOf. */
  async diagnose(connectionId: string): Promise<ConnectionDiagnosis> {
    const credentials = this.#open(connectionId, await this.#findCredentials(connectionId));
    return await this.#integration.diagnose(credentials, this.#integrationDeps());
  }

  async #findCredentials(connectionId: string): Promise<CredentialRow> {
    const credentials = await findCredentials(this.#deps.database, connectionId);
    if (credentials) return credentials;
    throw new AppError('not_found', 'This connection has no credentials. Connect the tenant again.');
  }

  #open(connectionId: string, { ciphertext, key_id: keyId }: CredentialRow): unknown {
    const credentials: unknown = JSON.parse(this.#deps.cipher.decrypt(ciphertext, connectionId, keyId));
    return credentials;
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

  async #connectChecked(
    request: ConnectRequest,
  ): Promise<{ service: ServiceTitanService; diagnosis: ConnectionDiagnosis }> {
    const credentials = credentialsOf(request);
    const check = await this.#integration.checkConnection(credentials, this.#integrationDeps());
    if (!check.ok) {
      const field = check.diagnosis ? fieldOfVerdict[check.diagnosis.verdict] : undefined;
      throw new AppError(
        'invalid_input',
        check.message,
        field ? { issues: [{ field, message: check.message }] } : {},
      );
    }
    const service = this.#integration.connect(credentials, this.#integrationDeps());
    return { service, diagnosis: check.diagnosis };
  }

  #integrationDeps(): IntegrationDeps {
    const { sandboxUrls, clock, logger, shared, timeoutMs } = this.#deps;
    const sandbox = sandboxUrls ?? undefined;
    return { clock, logger, shared, timeoutMs, sandbox, priority: 'person' };
  }
}

type Credentials = Pick<
  ConnectRequest,
  | 'environment'
  | 'tenantId'
  | 'clientId'
  | 'clientSecret'
  | 'appKey'
  | 'bookingProviderId'
  | 'applicationGuid'
>;

function credentialsOf(request: Credentials) {
  const { environment, tenantId, clientId, clientSecret, appKey, bookingProviderId, applicationGuid } =
    request;
  return {
    environment,
    tenantId,
    clientId,
    clientSecret,
    appKey,
    ...(bookingProviderId ? { bookingProviderId } : {}),
    ...(applicationGuid ? { applicationGuid } : {}),
  };
}

async function readJobTypes(service: ServiceTitanService) {
  const jobTypes = (await readPermitted(service, 'job_types')).filter((type) => type.active);
  const suggestions = suggestClassification(jobTypes);
  return jobTypes.map(({ id, name }) => ({ id, name, suggestion: suggestions[id] ?? null }));
}

async function readClericalReasons(service: ServiceTitanService): Promise<number[]> {
  const reasons = await readPermitted(service, 'cancel_reasons');
  return reasons.filter(({ name }) => clericalNames.test(name)).map(({ id }) => id);
}

/** A reference list; none where the app may not read it, which the diagnosis says. */
async function readPermitted<R extends Resource>(service: ServiceTitanService, resource: R) {
  const records: SyncPage<R>['records'] = [];
  try {
    for await (const page of service.readPages(resource, { from: null })) records.push(...page.records);
  } catch (error) {
    if (!(error instanceof IntegrationError) || error.kind !== 'forbidden') throw error;
  }
  return records;
}
