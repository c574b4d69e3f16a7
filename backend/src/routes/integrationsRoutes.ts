import { Router } from 'express';
import { z } from 'zod';
import type { DiagnosisReply } from '../schemas/api.ts';
import type { ConnectionOverview } from '../services/ConnectionOverview.ts';
import type { DiagnosisService } from '../services/DiagnosisService.ts';
import { identityOf, parse, requireRole } from './http.ts';

const params = z.object({ id: z.uuid('Use the id of a connection.') });

/** The integrations hub. */
export function integrationsRoutes(deps: {
  overview: ConnectionOverview;
  diagnoses: DiagnosisService;
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
  return router;
}
