import { Router } from 'express';
import { z } from 'zod';
import { createFlowRequest, flowStatusRequest, saveDraftRequest } from '../schemas/api.ts';
import type { FlowService } from '../services/FlowService.ts';
import type { RunService } from '../services/RunService.ts';
import { identityOf, parse, parseQuery, requireRole } from './http.ts';

const params = z.object({ id: z.uuid('Use the id of a flow or run.') });
const optional = z.string().max(500).optional();
const runsQuery = z.object({
  flowId: z.uuid().optional(),
  contactId: z.uuid().optional(),
  status: z.enum(['active', 'done', 'ended', 'failed']).optional(),
  cursor: optional,
});

/** Flows: their drafts, versions and runs. */
export function flowsRoutes(deps: { flows: FlowService; runs: RunService }): Router {
  const router = Router();
  const { flows } = deps;
  router.get('/flows', async (request, response) => {
    response.json(await flows.list(identityOf(request).workspaceId));
  });
  router.post('/flows', requireRole('marketer'), async (request, response) => {
    const { name } = parse(createFlowRequest, request.body);
    response.json(await flows.create(identityOf(request).workspaceId, name));
  });
  router.get('/flows/:id', async (request, response) => {
    response.json(await flows.get(identityOf(request).workspaceId, parse(params, request.params).id));
  });
  router.put('/flows/:id/draft', requireRole('marketer'), async (request, response) => {
    const { id } = parse(params, request.params);
    response.json(
      await flows.saveDraft(identityOf(request).workspaceId, id, parse(saveDraftRequest, request.body)),
    );
  });
  router.post('/flows/:id/publish', requireRole('marketer'), async (request, response) => {
    const { workspaceId, email } = identityOf(request);
    response.json(await flows.publish(workspaceId, parse(params, request.params).id, email));
  });
  router.post('/flows/:id/status', requireRole('marketer'), async (request, response) => {
    const { workspaceId, email } = identityOf(request);
    const { status } = parse(flowStatusRequest, request.body);
    response.json(await flows.setStatus(workspaceId, parse(params, request.params).id, status, email));
  });
  router.get('/runs', async (request, response) => {
    response.json(
      await deps.runs.list(identityOf(request).workspaceId, parseQuery(runsQuery, request.query)),
    );
  });
  router.get('/runs/:id', async (request, response) => {
    response.json(await deps.runs.get(identityOf(request).workspaceId, parse(params, request.params).id));
  });
  return router;
}
