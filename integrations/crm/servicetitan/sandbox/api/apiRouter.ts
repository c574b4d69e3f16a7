import { randomBytes } from 'node:crypto';
import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { SandboxLogger } from '../SandboxLogger.ts';
import type { AppRegistry } from '../AppRegistry.ts';
import type { Store } from '../Store.ts';
import type { Switches } from '../switches/Switches.ts';
import { ApiError, problemBody } from './ApiError.ts';
import { type Admission, authorize } from './authorize.ts';
import type { Fault, Faults } from './Faults.ts';
import { handleRoute, writeBody } from './openQuestions.ts';
import type { PageActs } from './PageActs.ts';
import type { RateLimiter } from './RateLimiter.ts';
import type { RequestLog } from './RequestLog.ts';
import { rawQuery, requestQuery } from './requestQuery.ts';
import { retryAfter } from './retryAfter.ts';
import type { Route } from './route.ts';
import { routeTable } from './routeTable.ts';
import { spoil } from './spoil.ts';
import { tokenEndpoint } from './tokenEndpoint.ts';
import type { Tokens } from './Tokens.ts';

export interface ApiParts {
  readonly store: Store;
  readonly apps: AppRegistry;
  readonly switches: Switches;
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly limiter: RateLimiter;
  readonly tokenLimiter: RateLimiter;
  readonly log: RequestLog;
  readonly pages: PageActs;
  readonly logger: SandboxLogger;
}

interface Trace {
  operation: string;
  /** A fault that spoils the answer after the request took effect. */
  fault: Fault | null;
  readonly id: string;
}

/** The imitated API: log, faults, token endpoint, then every operation of the table behind authorization and limit. */
export function apiRouter(parts: ApiParts): Router {
  const router = Router();
  const traces = new WeakMap<Request, Trace>();
  const admitted = new WeakMap<Request, Admission>();
  const readJson = express.json({ limit: '20mb' });

  function traceOf(request: Request): Trace {
    const known = traces.get(request);
    if (known) return known;
    const trace = {
      operation: `${request.method} (no route)`,
      fault: null,
      id: randomBytes(16).toString('hex'),
    };
    traces.set(request, trace);
    return trace;
  }

  router.use((request, response, next) => {
    response.set('Date', serverTime(parts, request).toUTCString());
    response.once('close', () => {
      const at = parts.store.clock.now().toISOString();
      const status = response.writableFinished ? response.statusCode : 0;
      const { method, path } = request;
      parts.log.add({ method, path, query: rawQuery(request), status, at }, traceOf(request).operation);
    });
    next();
  });

  router.use((request, response, next) => {
    const fault = parts.faults.pick({ method: request.method, path: request.path });
    if (fault === null) {
      next();
    } else if (fault.kind === 'revoke_token') {
      const tenant = /\/tenant\/(\d+)/.exec(request.path)?.[1];
      const revoked =
        tenant === undefined ? parts.store.tenants().map(({ info }) => info.id) : [Number(tenant)];
      parts.tokens.revoke(revoked);
      next();
    } else if (fault.after) {
      traceOf(request).fault = fault;
      next();
    } else {
      spoil(fault, { request, response, whole: null, traceId: traceOf(request).id });
    }
  });

  router.use('/connect/token', (request, _response, next) => {
    traceOf(request).operation = `${request.method} /connect/token`;
    next();
  });
  router.use(tokenEndpoint({ ...parts, clock: parts.store.clock }));

  for (const route of routeTable) mount(route);

  router.use((request) => {
    if (request.path.includes('/tenant/')) authorize(request, { ...parts, scope: null });
    throw new ApiError(404, `There is no ${request.method} ${request.path}.`);
  });

  router.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const problem = asApiError(error);
    if (problem.status === 500) parts.logger.error({ err: error }, 'a sandbox request failed');
    response.set(problem.headers);
    const whole = JSON.stringify(problemBody(problem, traceOf(request).id));
    answer(request, response, { status: problem.status, whole });
  });

  function mount(route: Route): void {
    const admit = (request: Request, _response: Response, next: NextFunction) => {
      traceOf(request).operation = `${route.method} /${route.path}`;
      const admission = authorize(request, { ...parts, scope: route.scope });
      const { tenantId } = admission.client.grant;
      const lower = parts.faults.limitFor({ method: request.method, path: request.path });
      if (!parts.limiter.admits(`${admission.client.app.name}/${tenantId}`, lower)) {
        const headers = retryAfter(parts.switches.valuesFor(tenantId), parts.store.clock.now(), 1);
        throw new ApiError(429, 'Too Many Requests', { headers });
      }
      admitted.set(request, admission);
      next();
    };
    const handle = (request: Request, response: Response) => {
      const admission = admitted.get(request);
      if (!admission) throw new Error('A request was handled that had not been admitted.');
      const { tenant, client } = admission;
      const values = parts.switches.valuesFor(tenant.info.id);
      const body = parts.store.transaction(() =>
        handleRoute(route, values, {
          tenant: tenant.info,
          client,
          desk: parts.store.desk(tenant),
          params: Object.fromEntries(
            Object.entries(request.params).map(([name, value]) => [name, String(value)]),
          ),
          query: requestQuery(request),
          body: request.body,
        }),
      );
      parts.pages.answered({ tenant: tenant.info.id, method: request.method, path: request.path });
      answer(request, response, { status: route.status ?? 200, whole: writeBody(body, route, values) });
    };
    router.route(`/${route.path}`)[methodNames[route.method]](admit, readJson, handle);
  }

  function answer(
    request: Request,
    response: Response,
    { status, whole }: { status: number; whole: string },
  ): void {
    const { fault, id } = traceOf(request);
    if (fault) {
      spoil(fault, { request, response, whole, traceId: id });
    } else if (whole === '') {
      response.status(status).end();
    } else {
      response.status(status).type('json').send(whole);
    }
  }

  return router;
}

/** What the server believes the time to be. */
function serverTime({ store, switches }: ApiParts, request: Request): Date {
  const tenant = /\/tenant\/(\d+)/.exec(request.path)?.[1];
  const { clockSkewSeconds } = switches.valuesFor(tenant === undefined ? null : Number(tenant));
  return new Date(store.clock.now().getTime() + clockSkewSeconds * 1000);
}

/** What Express's body parsers throw. */
const unreadableBody = z.object({ status: z.int().min(400).max(499), type: z.string() });

const methodNames = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

/** Refusals as they are, unreadable bodies as 400 or 413, and anything else as the 500 that it is. */
function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof URIError) return new ApiError(400, 'The address of the request cannot be decoded.');
  const status = unreadableBody.safeParse(error);
  if (status.success)
    return new ApiError(status.data.status, `The request body cannot be read: ${status.data.type}.`);
  return new ApiError(500, 'An unexpected error occurred.');
}
