import { SharedCalls } from '#integrations/calls/SharedCalls.ts';
import { actionSource, findActionIn, type ActionSource } from '#integrations/ActionSource.ts';
import { chou } from '#integrations/chou/chou.ts';
import { GuardedHttp } from '#integrations/chou/GuardedHttp.ts';
import { readTaskNames } from '#integrations/crm/servicetitan/taskNames.ts';
import { integrations } from '#integrations/registry.ts';
import { systemClock as machineClock, type Clock } from './clock.ts';
import { ConfigError, type Config } from './config.ts';
import type { EmbeddedStack } from './embedded/EmbeddedStack.ts';
import type { OpenEmbedded } from './embedded/openEmbedded.ts';
import { SmtpSender } from './email/SmtpSender.ts';
import { UnsubscribeLinks } from './email/UnsubscribeLinks.ts';
import { createLogger, type Logger } from './logger.ts';
import { createDatabase, type Database } from './repositories/database.ts';
import { findLastSync } from './repositories/syncRepository.ts';
import { AlertService } from './services/AlertService.ts';
import { ConnectionOverview } from './services/ConnectionOverview.ts';
import { ConnectionService } from './services/ConnectionService.ts';
import { createActionRunner } from './services/createActionRunner.ts';
import { createChouHost } from './services/createChouHost.ts';
import { createFlowTools, type FlowTools } from './services/createFlowTools.ts';
import { CredentialCipher } from './services/CredentialCipher.ts';
import { CustomerService } from './services/CustomerService.ts';
import { CustomerStateService } from './services/CustomerStateService.ts';
import { DatabaseCircuitStore } from './services/DatabaseCircuitStore.ts';
import { DatabaseRateBudget } from './services/DatabaseRateBudget.ts';
import { DatabaseTokenStore } from './services/DatabaseTokenStore.ts';
import { DiagnosisService } from './services/DiagnosisService.ts';
import { EventFeed } from './services/EventFeed.ts';
import { ExplainService } from './services/ExplainService.ts';
import { FlowRunService } from './services/FlowRunService.ts';
import { FlowSecrets } from './services/FlowSecrets.ts';
import { FlowService } from './services/FlowService.ts';
import { FlowStartService } from './services/FlowStartService.ts';
import { MessageService } from './services/MessageService.ts';
import { ReadControls } from './services/ReadControls.ts';
import { RunMender } from './services/RunMender.ts';
import { RunMover } from './services/RunMover.ts';
import { RunService } from './services/RunService.ts';
import { ServiceTitanSyncService } from './services/ServiceTitanSyncService.ts';
import { SessionService } from './services/SessionService.ts';
import { StateSettingsPreviews } from './services/StateSettingsPreviews.ts';
import { StateSettingsService } from './services/StateSettingsService.ts';
import { TeamMailer } from './services/TeamMailer.ts';
import { WebhookService } from './services/WebhookService.ts';

/** Everything that the product is made of, wired once. */
export interface Context {
  config: Config;
  clock: Clock;
  systemClock: Clock;
  logger: Logger;
  database: Database;
  connections: ConnectionService;
  overview: ConnectionOverview;
  diagnoses: DiagnosisService;
  customers: CustomerService;
  explanations: ExplainService;
  states: CustomerStateService;
  stateSettings: StateSettingsService;
  syncs: ServiceTitanSyncService;
  controls: ReadControls;
  flows: FlowService;
  flowTools: FlowTools;
  flowRuns: FlowRunService;
  flowStarts: FlowStartService;
  runs: RunService;
  runMender: RunMender;
  runMover: RunMover;
  alerts: AlertService;
  messages: MessageService;
  sessions: SessionService;
  webhooks: WebhookService;
  feed: EventFeed;
  /** What only the embedded mode has; null in production. */
  embedded: EmbeddedStack | null;
  /** The public address; the server sets it once it listens. */
  appUrl: () => string;
  setAppUrl: (url: string) => void;
  close(): Promise<void>;
}

/**
 * The composition root: the only place that decides between embedded defaults and production. What the embedded mode
 * needs is handed in by the programs that know it, so that the tasks' deployment carries nothing of it. Other clocks
 * than the machine's, and actions of no real integration, are for tests.
 */
export async function createContext(
  config: Config,
  open: OpenEmbedded = refuseEmbedded,
  others: Partial<Pick<Context, 'clock' | 'systemClock'>> & { actions?: readonly ActionSource[] } = {},
): Promise<Context> {
  const { systemClock = machineClock } = others;
  const logger = createLogger(config.logLevel);
  const embedded = config.mode === 'embedded' ? await open(config, logger) : null;
  const clock = embedded?.clock ?? others.clock ?? systemClock;
  const supabase = supabaseOf(config, embedded);
  const encryptionKey = config.encryptionKey ?? embedded?.secrets.encryptionKey;
  const smtpUrl = config.smtpUrl ?? embedded?.mail?.url;
  if (!encryptionKey || !smtpUrl) throw new ConfigError('CHOU_ENCRYPTION_KEY and SMTP_URL must be set.');
  let publicUrl = config.appUrl ?? `http://${config.host}:${config.port}`;
  const appUrl = () => publicUrl;

  const database = createDatabase({ ...supabase, key: supabase.secretKey });
  const lastSync = embedded ? await findLastSync(database) : null;
  if (lastSync) embedded?.sandbox.resumeFrom(lastSync);
  const cipher = new CredentialCipher(encryptionKey);
  const unsubscribeLinks = new UnsubscribeLinks(cipher.deriveKey('unsubscribe links'), appUrl);
  const sender = new SmtpSender(smtpUrl);
  const shared = new SharedCalls({
    clock,
    logger,
    tokens: new DatabaseTokenStore({ database, cipher }),
    rates: new DatabaseRateBudget({ database, logger }),
    circuits: new DatabaseCircuitStore({ database, clock }),
  });
  const connections = new ConnectionService({
    shared,
    database,
    cipher,
    clock,
    logger,
    sandboxUrls: config.sandboxUrls ?? embedded?.sandboxUrls ?? null,
    timeoutMs: config.serviceTitanTimeoutMs,
  });
  const states = new CustomerStateService({ database, clock });
  const previews = new StateSettingsPreviews({ database, clock, systemClock, logger });
  const stateSettings = new StateSettingsService({ database, clock, systemClock, previews });
  const http = new GuardedHttp({ allowed: config.httpAllow ?? [] });
  const mailer = new TeamMailer({ database, clock, sender });
  const flowStarts = new FlowStartService({ database, clock });
  const runMover = new RunMover({ database, clock, systemClock });
  const actions: ActionSource[] = [
    ...integrations.map((integration) =>
      actionSource(integration, (run) => connections.clientOf(run.connectionId, 'flow')),
    ),
    actionSource(chou, (run, { idempotencyKey }) =>
      createChouHost(
        { database, clock, http, mailer, secrets, startFlow: flowStarts.startFlow, appUrl },
        run,
        idempotencyKey,
      ),
    ),
    ...(others.actions ?? []),
  ];
  const findAction = (id: string) => findActionIn(actions, id);
  const secrets = new FlowSecrets({ cipher, findAction });
  const flows = new FlowService({
    database,
    clock,
    findAction,
    secrets,
  });
  const feed = new EventFeed({ database, logger });
  const webhooks = new WebhookService({ database, cipher, clock, systemClock, logger, appUrl });
  return {
    config,
    clock,
    systemClock,
    logger,
    database,
    connections,
    overview: new ConnectionOverview({ database, clock, systemClock, providers: actions }),
    diagnoses: new DiagnosisService({ database, connections, clock, systemClock }),
    customers: new CustomerService({ database }),
    explanations: new ExplainService({ database, clock }),
    states,
    stateSettings,
    syncs: new ServiceTitanSyncService({ database, connections, states, clock, systemClock, logger }),
    controls: new ReadControls({ database, connections, clock, systemClock }),
    flows,
    flowTools: createFlowTools({
      database,
      clock,
      flows,
      findAction,
      moveRuns: (move) => runMover.moveRuns(move),
      askNames: async (connectionId, signal) =>
        readTaskNames(await connections.clientOf(connectionId, 'person'), signal),
    }),
    flowStarts,
    flowRuns: new FlowRunService({
      database,
      clock,
      systemClock,
      logger,
      runAction: createActionRunner({ database, states, clock, sources: actions }),
      findAction,
      unsubscribeUrl: (messageId) => unsubscribeLinks.url(messageId),
    }),
    runs: new RunService({ database, findAction }),
    runMender: new RunMender({ database, clock, systemClock }),
    runMover,
    alerts: new AlertService({ database, clock, logger, mailer, appUrl }),
    messages: new MessageService({ database, clock, systemClock, sender, unsubscribeLinks, logger }),
    sessions: new SessionService({
      database,
      createAuthClient: () => createDatabase({ ...supabase, key: supabase.publishableKey }),
      clock,
      systemClock,
      ownerEmail: config.ownerEmail,
      firstWorkspace: config.mode === 'embedded' ? demoWorkspace : firstWorkspace(config.ownerEmail),
      onWorkspaceCreated: async (workspaceId) => {
        await flows.installLifecycleFlows(workspaceId, clock.now());
      },
    }),
    webhooks,
    feed,
    embedded,
    appUrl,
    setAppUrl: (url) => {
      publicUrl = config.appUrl ?? url;
    },
    close: async () => {
      feed.close();
      await stateSettings.close();
      await webhooks.close();
      sender.close();
      await embedded?.close();
    },
  };
}

async function refuseEmbedded(): Promise<never> {
  throw new ConfigError('SUPABASE_URL must be set: this program has no embedded database.');
}

function supabaseOf(config: Config, embedded: EmbeddedStack | null) {
  if (embedded) {
    const { url, publishableKey, secretKey, fetch } = embedded.database;
    return { url, publishableKey, secretKey, fetch };
  }
  if (config.mode !== 'production') throw new ConfigError('The embedded database did not start.');
  return {
    url: config.supabaseUrl,
    publishableKey: config.supabaseAnonKey,
    secretKey: config.supabaseServiceRoleKey,
  };
}

const demoWorkspace = {
  name: 'Demo Home Services',
  slug: 'demo',
  timeZone: 'America/Los_Angeles',
  senderName: 'Demo Home Services',
  senderEmail: 'hello@demo.example',
  postalAddress: '100 Sample Street, Springfield, CA 90000',
  phone: '(555) 555-0100',
  website: 'https://demo.example',
  reviewUrl: 'https://demo.example/review',
} as const;

function firstWorkspace(ownerEmail: string) {
  return {
    name: 'My company',
    slug: 'main',
    timeZone: 'America/Los_Angeles',
    senderName: 'My company',
    senderEmail: ownerEmail,
    postalAddress: '',
    phone: '',
    website: '',
    reviewUrl: '',
  };
}
