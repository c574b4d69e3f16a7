import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import compression from 'compression';
import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import { z } from 'zod';
import { IntegrationError } from '#integrations/errors.ts';
import type { Context } from './context.ts';
import { AppError, errorStatus, type ErrorCode } from './errors.ts';
import type { Logger } from './logger.ts';
import { customersRoutes } from './routes/customersRoutes.ts';
import { embeddedRoutes } from './routes/embeddedRoutes.ts';
import { eventsRoutes } from './routes/eventsRoutes.ts';
import { flowHistoryRoutes } from './routes/flowHistoryRoutes.ts';
import { flowsRoutes } from './routes/flowsRoutes.ts';
import { runsRoutes } from './routes/runsRoutes.ts';
import { flowToolsRoutes } from './routes/flowToolsRoutes.ts';
import { healthRoutes } from './routes/healthRoutes.ts';
import { integrationsRoutes } from './routes/integrationsRoutes.ts';
import { messagesRoutes } from './routes/messagesRoutes.ts';
import { replayRoutes } from './routes/replayRoutes.ts';
import { requireSession, sessionRoutes, signInRoutes } from './routes/sessionRoutes.ts';
import { serviceTitanRoutes } from './routes/serviceTitanRoutes.ts';
import { stateSettingsRoutes } from './routes/stateSettingsRoutes.ts';
import { syncRoutes } from './routes/syncRoutes.ts';
import { unsubscribeRoutes } from './routes/unsubscribeRoutes.ts';
import { webhookRoutes, webhookSettingsRoutes } from './routes/webhookRoutes.ts';
import { workspaceRoutes } from './routes/workspaceRoutes.ts';
import { workRoutes } from './routes/workRoutes.ts';
import type { ErrorReply } from './schemas/api.ts';
import type { Worker } from './Worker.ts';

const frontend = fileURLToPath(new URL('../../frontend/dist', import.meta.url));

/** The HTTP server's application: the API, the screens, and the links in e-mails. */
export function createApp(context: Context, worker: Worker): Express {
  const app = express();
  const { embedded } = context;
  const sessionDeps = {
    sessions: context.sessions,
    database: context.database,
    clock: context.clock,
    systemClock: context.systemClock,
    appUrl: context.appUrl,
    isEmbedded: embedded !== null,
  };
  app.disable('x-powered-by');
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          // Mantine and React Flow set style attributes; e-mail previews are sandboxed frames with pictures.
          'style-src': ["'self'", "'unsafe-inline'"],
          'img-src': ["'self'", 'data:', 'https:'],
          'upgrade-insecure-requests': null,
        },
      },
      strictTransportSecurity: context.config.appUrl?.startsWith('https:') === true,
    }),
  );
  // Compression would hold back server-sent events.
  app.use(
    compression({
      filter: (request, response) => request.path !== '/api/events' && compression.filter(request, response),
    }),
  );
  app.use(healthRoutes({ database: context.database }));
  app.use(unsubscribeRoutes({ messages: context.messages }));

  const api = express.Router();
  api.use((_request, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  // Before the body is parsed: webhooks are verified by their bytes, and their signature is their session.
  api.use(webhookRoutes({ webhooks: context.webhooks, polls: worker.requests }));
  api.use(express.json({ limit: '2mb' }));
  api.use(signInRoutes(sessionDeps));
  api.use(requireSession(sessionDeps));
  api.use(sessionRoutes(sessionDeps));
  api.use(workspaceRoutes({ database: context.database, clock: context.clock }));
  api.use(eventsRoutes({ feed: context.feed }));
  api.use(
    customersRoutes({
      customers: context.customers,
      explanations: context.explanations,
      states: context.states,
      polls: worker.requests,
    }),
  );
  api.use(flowToolsRoutes({ ...context.flowTools, polls: worker.requests }));
  api.use(flowHistoryRoutes({ history: context.flowTools.history }));
  api.use(flowsRoutes({ flows: context.flows }));
  api.use(
    runsRoutes({
      runs: context.runs,
      mender: context.runMender,
      starts: context.flowStarts,
      alerts: context.alerts,
    }),
  );
  api.use(messagesRoutes({ messages: context.messages }));
  api.use(
    integrationsRoutes({
      overview: context.overview,
      diagnoses: context.diagnoses,
    }),
  );
  api.use(
    serviceTitanRoutes({
      database: context.database,
      connections: context.connections,
      overview: context.overview,
      syncs: worker.requests,
      clock: context.clock,
    }),
  );
  api.use(
    stateSettingsRoutes({
      settings: context.stateSettings,
      overview: context.overview,
      syncs: worker.requests,
    }),
  );
  api.use(
    syncRoutes({
      database: context.database,
      connections: context.connections,
      overview: context.overview,
      controls: context.controls,
      polls: worker.requests,
      clock: context.clock,
      logger: context.logger,
    }),
  );
  api.use(webhookSettingsRoutes({ webhooks: context.webhooks, connections: context.connections }));
  if (embedded) {
    const { database, connections } = context;
    api.use(
      embeddedRoutes({ embedded, database, connections, work: (reason) => worker.workUntilIdle(reason) }),
    );
    api.use(replayRoutes({ database: context.database, clock: context.clock }));
    api.use(workRoutes({ worker }));
  }
  api.use((request) => {
    throw new AppError('not_found', `There is no ${request.method} ${request.baseUrl}${request.path}.`);
  });
  app.use('/api', api);

  app.use(express.static(frontend, { index: false, maxAge: '1h' }));
  app.get('/{*path}', (_request, response) => {
    const page = join(frontend, 'index.html');
    if (!existsSync(page)) throw new AppError('unavailable', 'The screens are not built. Run npm run build.');
    response.set('cache-control', 'no-cache').sendFile(page);
  });
  app.use(errorHandler(context.logger));
  return app;
}

function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { code, reply, status = errorStatus[code] } = replyOf(error);
    if (code === 'internal')
      logger.error({ err: error, method: request.method, path: request.path }, 'A request failed.');
    response.status(status).json(reply);
  };
}

function replyOf(error: unknown): { code: ErrorCode; reply: ErrorReply; status?: number } {
  if (error instanceof AppError) {
    const { code, message, issues } = error;
    return { code, reply: { error: { code, message, ...(issues ? { issues } : {}) } } };
  }
  if (error instanceof IntegrationError) {
    const code = integrationCodes[error.kind];
    return { code, reply: { error: { code, message: error.message } } };
  }
  const refusal = requestRefusal.safeParse(error);
  if (refusal.success) {
    const { status, type = '' } = refusal.data;
    const code = status === 413 ? 'too_large' : 'invalid_input';
    const message = refusalMessages.get(type) ?? refusalMessages.get(status);
    return { status, code, reply: { error: { code, message: message ?? 'This request cannot be read.' } } };
  }
  return {
    code: 'internal',
    reply: {
      error: { code: 'internal', message: 'Something went wrong here. Try again; the log has the reason.' },
    },
  };
}

/** What Express and body-parser refuse: they say so with a status, and some with a type. */
const requestRefusal = z.object({ status: z.int().min(400).max(499), type: z.string().optional() });
const refusalMessages = new Map<string | number, string>([
  ['entity.parse.failed', 'The body is not valid JSON.'],
  ['charset.unsupported', 'Send the body as JSON in UTF-8.'],
  ['encoding.unsupported', 'Send the body without compression, or compressed with gzip, deflate or br.'],
  [400, 'The address or the body is not well-formed. Check the % signs in the address.'],
  [413, 'The request is larger than 2 MB.'],
  [415, 'Send the body as JSON in UTF-8.'],
]);

const integrationCodes = {
  auth: 'integration_failed',
  rate_limited: 'rate_limited',
  not_found: 'not_found',
  invalid: 'invalid_input',
  forbidden: 'integration_failed',
  unavailable: 'integration_failed',
  unexpected: 'integration_failed',
} as const satisfies Record<IntegrationError['kind'], ErrorCode>;
