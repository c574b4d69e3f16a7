import { Router } from 'express';
import { z } from 'zod';
import type { MessageService } from '../services/MessageService.ts';
import { identityOf, parse, parseQuery } from './http.ts';

const params = z.object({ id: z.uuid('Use the id of a message.') });
const query = z.object({
  status: z.enum(['queued', 'sent', 'skipped', 'failed']).optional(),
  search: z.string().trim().max(200).optional(),
  contactId: z.uuid().optional(),
  cursor: z.string().max(500).optional(),
});

/** What went out, and what did not and why. */
export function messagesRoutes(deps: { messages: MessageService }): Router {
  const router = Router();
  router.get('/messages', async (request, response) => {
    response.json(
      await deps.messages.list(identityOf(request).workspaceId, parseQuery(query, request.query)),
    );
  });
  router.get('/messages/:id', async (request, response) => {
    response.json(await deps.messages.get(identityOf(request).workspaceId, parse(params, request.params).id));
  });
  return router;
}
