import { Router } from 'express';
import { z } from 'zod';
import { classificationRequest } from '../schemas/api.ts';
import type { ConnectionOverview } from '../services/ConnectionOverview.ts';
import type { SyncRequests } from '../services/SyncRequests.ts';
import { identityOf, parse, requireRole } from './http.ts';

const params = z.object({ id: z.uuid('Use the id of a connection.') });

/** The integrations hub. */
export function integrationsRoutes(deps: { overview: ConnectionOverview; syncs: SyncRequests }): Router {
  const router = Router();
  router.get('/integrations', async (request, response) => {
    response.json(await deps.overview.catalogue(identityOf(request).workspaceId));
  });
  router.get('/connections/:id', async (request, response) => {
    const { id } = parse(params, request.params);
    response.json(await deps.overview.detail(identityOf(request).workspaceId, id));
  });
  router.put('/connections/:id/classification', requireRole('admin'), async (request, response) => {
    const { id } = parse(params, request.params);
    const { jobTypes } = parse(classificationRequest, request.body);
    const { workspaceId, email } = identityOf(request);
    await deps.overview.classify(workspaceId, id, jobTypes, email);
    deps.syncs.request(id, 'manual');
    response.json(await deps.overview.detail(workspaceId, id));
  });
  return router;
}
