import { Router } from 'express';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { EmbeddedStack } from '../embedded/EmbeddedStack.ts';
import { insertChangeEvent } from '../repositories/workspaceRepository.ts';
import type { Database } from '../repositories/database.ts';
import {
  clockRequest,
  storyRequest,
  type ClockReply,
  type MailboxMailReply,
  type MailboxReply,
} from '../schemas/api.ts';
import type { ConnectionService } from '../services/ConnectionService.ts';
import { identityOf, parse, parseQuery, requireRole } from './http.ts';

interface EmbeddedRoutesDeps {
  embedded: EmbeddedStack;
  database: Database;
  connections: ConnectionService;
  /** Polls all connections and does what is due; settles when nothing is left to do. */
  work: (reason: { connectionId?: string }) => Promise<unknown>;
}

const mailParams = z.object({ id: z.string().regex(/^[0-9a-f-]{10,60}$/) });
const mailQuery = z.object({ search: z.string().trim().max(200).optional() });

/** The mailbox and the sandbox panel: only where there are such things. */
export function embeddedRoutes(deps: EmbeddedRoutesDeps): Router {
  const router = Router();
  const { mail, sandbox } = deps.embedded;
  router.get('/mailbox', async (request, response) => {
    const { search } = parseQuery(mailQuery, request.query);
    const reply: MailboxReply = { mails: mail ? await mail.list(search || null) : [] };
    response.json(reply);
  });
  router.get('/mailbox/:id', async (request, response) => {
    const { id } = parse(mailParams, request.params);
    const found = await mail?.read(id);
    if (!found) throw new AppError('not_found', 'There is no such mail.');
    const reply: MailboxMailReply = { mail: found };
    response.json(reply);
  });
  router.post('/sandbox/story', requireRole('marketer'), async (request, response) => {
    const body = parse(storyRequest, request.body);
    const connection = await deps.connections.require(identityOf(request).workspaceId, body.connectionId);
    if (connection.environment !== 'sandbox') {
      throw new AppError('invalid_input', 'connectionId: only a sandbox connection has stories.');
    }
    const reply = await sandbox.story({
      tenantId: connection.tenant_id,
      event: body.event,
      customerId: body.servicetitanCustomerId,
    });
    await deps.work({ connectionId: connection.id });
    response.json(reply);
  });
  router.post('/sandbox/clock', requireRole('marketer'), async (request, response) => {
    const { advance } = parse(clockRequest, request.body);
    await sandbox.advance(advance);
    await deps.work({});
    const now = sandbox.now();
    const { workspaceId } = identityOf(request);
    await insertChangeEvent(deps.database, { workspaceId, type: 'clock', payload: {} }, now);
    const reply: ClockReply = { now: now.toISOString() };
    response.json(reply);
  });
  return router;
}
