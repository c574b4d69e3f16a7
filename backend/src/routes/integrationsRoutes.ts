import { Router } from 'express';
import { z } from 'zod';
import { classificationRequest, type DiagnosisReply } from '../schemas/api.ts';
import type { ConnectionOverview } from '../services/ConnectionOverview.ts';
import type { DiagnosisService } from '../services/DiagnosisService.ts';
import type { SyncRequests } from '../services/SyncRequests.ts';
import { identityOf, parse, requireRole } from './http.ts';

const params = z.object({ id: z.uuid('Use the id of a connection.') });

/** The integrations hub. */
export function integrationsRoutes(deps: {
  overview: ConnectionOverview;
  diagnoses: DiagnosisService;
  syncs: SyncRequests;
}): Router {
  const router = Router();
  router.get('/integrations', async (request, response) => {
    response.json(await deps.overview.catalogue(identityOf(request).workspaceId));
  });
  router.get('/connections/:id', async (request, response) => {
    const { id } = parse(params, request.params);
    response.json(await deps.overview.detail(identityOf(request).workspaceId, id));
  });
  router.post('/connections/:id/diagnosis', requireRole('admin'), async (request, response) => {
    const { id } = parse(params, request.params);
    const { workspaceId, email } = identityOf(request);
    const reply: DiagnosisReply = { diagnosis: await deps.diagnoses.diagnose(workspaceId, id, email) };
    response.json(reply);
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
