import express, { Router, type ErrorRequestHandler } from 'express';
import { z } from 'zod';
import { webhookRequest } from '../schemas/webhooks.ts';
import type { ConnectionService } from '../services/ConnectionService.ts';
import type { PollRequests } from '../services/PollRequests.ts';
import type { WebhookService } from '../services/WebhookService.ts';
import { identityOf, parse, requireRole } from './http.ts';

const address = z.object({ connectionId: z.uuid('There is no connection at this address.') });
const params = z.object({ id: z.uuid('Use the id of a connection.') });
const tooLarge = z.object({ status: z.literal(413) });

/** What was sent, to the byte: compressed or not, whatever it claims to be. */
const rawBody = express.raw({ type: () => true, limit: '1mb', inflate: false });

/**
 * Where ServiceTitan sends webhooks to, open to everybody: the signature says who wrote one. Answered at once; what it
 * tells of is polled in the background, here or wherever polls are done.
 */
export function webhookRoutes(deps: {
  webhooks: WebhookService;
  polls: Pick<PollRequests, 'request'>;
}): Router {
  const router = Router();
  const { webhooks, polls } = deps;
  const path = '/webhooks/servicetitan/:connectionId';
  router.post(path, async (request, _response, next) => {
    await webhooks.receiverOf(parse(address, request.params).connectionId);
    next();
  });
  router.post(path, rawBody, async (request, response) => {
    const { connectionId } = parse(address, request.params);
    const body: unknown = request.body;
    const { isNew, resources } = await webhooks.take(await webhooks.receiverOf(connectionId), {
      header: (name) => request.get(name),
      body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    });
    // An event that states do not hang on asks for no poll.
    if (isNew && resources?.length !== 0) polls.request(connectionId, 'webhook', resources ?? undefined);
    response.status(isNew ? 202 : 200).json({ accepted: true, repeated: !isNew });
  });
  const onUnreadable: ErrorRequestHandler = (error: unknown, request, _response, next) => {
    const parsed = address.safeParse(request.params);
    const isTooLarge = tooLarge.safeParse(error).success && parsed.success;
    next(isTooLarge ? webhooks.refuse(parsed.data.connectionId, 'too_large') : error);
  };
  router.use(path, onUnreadable);
  return router;
}

/** How webhooks of a connection are verified, for administrators. */
export function webhookSettingsRoutes(deps: {
  webhooks: WebhookService;
  connections: ConnectionService;
}): Router {
  const router = Router();
  router.get('/connections/:id/webhook', requireRole('admin'), async (request, response) => {
    const { id } = parse(params, request.params);
    await deps.connections.require(identityOf(request).workspaceId, id);
    response.json(await deps.webhooks.settings(id));
  });
  router.put('/connections/:id/webhook', requireRole('admin'), async (request, response) => {
    const { id } = parse(params, request.params);
    const { workspaceId, email } = identityOf(request);
    await deps.connections.require(workspaceId, id);
    response.json(await deps.webhooks.save(id, parse(webhookRequest, request.body), email));
  });
  return router;
}
