import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { ApiError } from '../api/ApiError.ts';
import { faultInput } from '../api/Faults.ts';
import { clockInput, describeClock, moveClock } from './clockControl.ts';
import { ControlError } from './ControlError.ts';
import { type ControlParts, kept, read } from './ControlParts.ts';
import { settingsControl } from './settingsControl.ts';
import { storyControl } from './storyControl.ts';
import { tenantControl } from './tenantControl.ts';
import { webhookControl } from './webhookControl.ts';

/** The sandbox's own controls, below /_sandbox and without authorization. */
export function controlRouter(parts: ControlParts): Router {
  const router = Router();
  router.use(express.json({ limit: '512mb', strict: false, type: () => true }));
  router.use(settingsControl(parts), webhookControl(parts), storyControl(parts), tenantControl(parts));
  router.use(clockRoutes(parts), faultRoutes(parts), logRoutes(parts));
  router.use((request) => {
    throw new ControlError(
      404,
      `There is no ${request.method} ${request.originalUrl}; the sandbox's README lists what there is.`,
    );
  });
  router.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const refusal = asControlError(error);
    if (refusal.status === 500) parts.logger.error({ err: error }, 'a control-plane request failed');
    response.status(refusal.status).json({ error: { message: refusal.message, issues: refusal.issues } });
  });
  return router;
}

/** Refusals as they are, unreadable requests as 4xx, and anything else as the 500 that it is. */
function asControlError(error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  if (error instanceof ApiError) return new ControlError(error.status, error.message);
  if (error instanceof URIError)
    return new ControlError(400, 'The address of the request cannot be decoded.');
  const unreadable = unreadableBody.safeParse(error);
  if (unreadable.success) {
    return new ControlError(unreadable.data.status, `The body cannot be read: ${unreadable.data.message}`);
  }
  return new ControlError(500, 'An unexpected error occurred.');
}

function clockRoutes({ store }: ControlParts): Router {
  const router = Router();
  const show = kept(store, () => ({ ...describeClock(store.clock), changes: store.changes }));
  const set = kept(store, (request) => {
    moveClock(store.clock, read(clockInput, request.body));
    return describeClock(store.clock);
  });
  router.route('/clock').get(show).post(set);
  return router;
}

function faultRoutes({ faults }: ControlParts): Router {
  const router = Router();
  router.get('/faults', (_request, response) => {
    response.json({ faults: faults.list() });
  });
  router.post('/faults', (request, response) => {
    const inputs = Array.isArray(request.body) ? request.body : [request.body];
    response.json({ faults: faults.add(read(z.array(faultInput), inputs)) });
  });
  router.delete('/faults', (_request, response) => {
    faults.clear();
    response.json({ faults: [] });
  });
  return router;
}

function logRoutes({ log }: ControlParts): Router {
  const router = Router();
  router.get('/requests', (_request, response) => {
    response.json({ requests: log.requests() });
  });
  router.get('/counters', (_request, response) => {
    response.json(log.counters());
  });
  router.delete(['/requests', '/counters'], (_request, response) => {
    log.reset();
    response.json({});
  });
  return router;
}

/** What Express's body parser throws. */
const unreadableBody = z.object({ status: z.int().min(400).max(499), type: z.string(), message: z.string() });
