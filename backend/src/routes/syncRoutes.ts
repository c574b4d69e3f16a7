import { Router } from 'express';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import { backfillRequest, resourceRequest, volumeRequest } from '../schemas/api.ts';
import type { ConnectionOverview } from '../services/ConnectionOverview.ts';
import type { ConnectionService } from '../services/ConnectionService.ts';
import type { PollRequests } from '../services/PollRequests.ts';
import { previewVolume } from '../services/previewVolume.ts';
import type { ReadControls } from '../services/ReadControls.ts';
import { syncResources } from '../services/readOrder.ts';
import { retryRejected } from '../services/retryRejected.ts';
import { identityOf, parse, parseQuery, requireRole } from './http.ts';

interface SyncRoutesDeps {
  database: Database;
  connections: ConnectionService;
  overview: ConnectionOverview;
  controls: ReadControls;
  polls: PollRequests;
  clock: Clock;
  logger: Logger;
}

const connectionParams = z.object({ id: z.uuid('Use the id of a connection.') });
const resource = z.enum(syncResources, 'There is no such resource.');
const resourceParams = connectionParams.extend({ resource });
const recordParams = resourceParams.extend({ recordId: z.coerce.number().int().min(0) });
const rejectedQuery = z.object({
  resource: resource.optional(),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'Use the cursor of the page before.')
    .optional(),
});

/** How the resources of a connection are read, and what people do about it. */
export function syncRoutes(deps: SyncRoutesDeps): Router {
  const router = Router();
  const { controls, overview, connections, polls } = deps;
  const changes = {
    pause: (change) => controls.pause(change),
    resume: (change) => controls.resume(change),
    cancel: (change) => controls.cancel(change),
  } as const satisfies Record<string, (change: Parameters<ReadControls['pause']>[0]) => Promise<void>>;

  for (const [name, change] of Object.entries(changes)) {
    router.post(
      `/connections/:id/resources/:resource/${name}`,
      requireRole('admin'),
      async (request, response) => {
        const params = parse(resourceParams, request.params);
        const { workspaceId, email } = identityOf(request);
        await change({ workspaceId, connectionId: params.id, resource: params.resource, actor: email });
        response.json(await overview.resource(params.id, params.resource));
      },
    );
  }
  router.post(
    '/connections/:id/resources/:resource/run',
    requireRole('marketer'),
    async (request, response) => {
      const params = parse(resourceParams, request.params);
      await connections.require(identityOf(request).workspaceId, params.id);
      polls.request(params.id, 'manual', [params.resource]);
      response.status(202).json({ started: true });
    },
  );
  router.patch('/connections/:id/resources/:resource', requireRole('admin'), async (request, response) => {
    const params = parse(resourceParams, request.params);
    const { pollSeconds } = parse(resourceRequest, request.body);
    const { workspaceId, email } = identityOf(request);
    await controls.setPollSeconds({
      workspaceId,
      connectionId: params.id,
      resource: params.resource,
      actor: email,
      pollSeconds,
    });
    response.json(await overview.resource(params.id, params.resource));
  });
  router.post('/connections/:id/backfill', requireRole('admin'), async (request, response) => {
    const { id } = parse(connectionParams, request.params);
    const { from } = parse(backfillRequest, request.body);
    const { workspaceId, email } = identityOf(request);
    await controls.restartBackfill({
      workspaceId,
      connectionId: id,
      actor: email,
      from: from === null ? null : new Date(from),
    });
    polls.request(id, 'manual');
    response.status(202).json({ started: true });
  });
  router.get('/connections/:id/rejected', async (request, response) => {
    const { id } = parse(connectionParams, request.params);
    const query = parseQuery(rejectedQuery, request.query);
    const { workspaceId } = identityOf(request);
    const list = { workspaceId, connectionId: id, resource: query.resource ?? null };
    response.json(await controls.rejected({ ...list, cursor: query.cursor ?? null }));
  });
  router.post(
    '/connections/:id/rejected/:resource/:recordId/retry',
    requireRole('admin'),
    async (request, response) => {
      const { id, resource: name, recordId } = parse(recordParams, request.params);
      if (name === 'suppressions') throw new AppError('not_found', 'Suppressions are not set aside.');
      const { workspaceId } = identityOf(request);
      const reply = await retryRejected(deps, { workspaceId, connectionId: id, resource: name, recordId });
      if (reply.outcome === 'stored') polls.request(id, 'manual', [name]);
      response.json(reply);
    },
  );
  router.post('/servicetitan/auth/volume', requireRole('admin'), async (request, response) => {
    const { tenant, from } = parse(volumeRequest, request.body);
    if (!('connectionId' in tenant)) {
      response.json(await previewVolume(connections.clientFor(tenant), from));
      return;
    }
    await connections.require(identityOf(request).workspaceId, tenant.connectionId);
    response.json(await previewVolume(await connections.clientOf(tenant.connectionId, 'person'), from));
  });
  return router;
}
