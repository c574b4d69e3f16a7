import { Router } from 'express';
import { z } from 'zod';
import { createFlowRequest, flowStatusRequest, saveDraftRequest } from '../schemas/api.ts';
import type { FlowService } from '../services/FlowService.ts';
import { identityOf, parse, parseQuery, requireRole } from './http.ts';

const params = z.object({ id: z.uuid('Use the id of a flow.') });
const flowsQuery = z.object({ archived: z.enum(['true', 'false']).optional() });

/** Flows: their drafts, and whether they run. */
export function flowsRoutes({ flows }: { flows: FlowService }): Router {
  const router = Router();
  router.get('/flows', async (request, response) => {
    const { archived } = parseQuery(flowsQuery, request.query);
    response.json(await flows.list(identityOf(request).workspaceId, { withArchived: archived === 'true' }));
  });
  router.post('/flows', requireRole('marketer'), async (request, response) => {
    const { workspaceId, email } = identityOf(request);
    const { name } = parse(createFlowRequest, request.body);
    response.json(await flows.create(workspaceId, name, email));
  });
  router.get('/flows/:id', async (request, response) => {
    response.json(await flows.get(identityOf(request).workspaceId, parse(params, request.params).id));
  });
  router.put('/flows/:id/draft', requireRole('marketer'), async (request, response) => {
    const { id } = parse(params, request.params);
    const { workspaceId, email } = identityOf(request);
    response.json(await flows.saveDraft(workspaceId, id, parse(saveDraftRequest, request.body), email));
  });
  router.post('/flows/:id/duplicate', requireRole('marketer'), async (request, response) => {
    const { workspaceId, email } = identityOf(request);
    response.json(await flows.duplicate(workspaceId, parse(params, request.params).id, email));
  });
  router.post('/flows/:id/status', requireRole('marketer'), async (request, response) => {
    const { workspaceId, email } = identityOf(request);
    const { status } = parse(flowStatusRequest, request.body);
    response.json(await flows.setStatus(workspaceId, parse(params, request.params).id, status, email));
  });
  return router;
}
