import { Router } from 'express';
import { z } from 'zod';
import { discardRequest, publishRequest, restoreRequest } from '../schemas/flowApi.ts';
import type { FlowHistory } from '../services/FlowHistory.ts';
import { identityOf, parse, requireRole } from './http.ts';

const params = z.object({ id: z.uuid('Use the id of a flow.') });
const versionParams = params.extend({ number: z.coerce.number().int().positive() });
const checkpointParams = params.extend({ checkpointId: z.uuid('Use the id of a checkpoint.') });

/** What a flow was and is: checkpoints of its draft, its versions, and publishing. */
export function flowHistoryRoutes({ history }: { history: FlowHistory }): Router {
  const router = Router();
  router.get('/flows/:id/checkpoints', async (request, response) => {
    const { id } = parse(params, request.params);
    response.json(await history.checkpoints(identityOf(request).workspaceId, id));
  });
  router.get('/flows/:id/checkpoints/:checkpointId', async (request, response) => {
    const { id, checkpointId } = parse(checkpointParams, request.params);
    response.json(await history.checkpoint(identityOf(request).workspaceId, id, checkpointId));
  });
  router.get('/flows/:id/versions', async (request, response) => {
    const { id } = parse(params, request.params);
    response.json(await history.versions(identityOf(request).workspaceId, id));
  });
  router.get('/flows/:id/versions/:number', async (request, response) => {
    const { id, number } = parse(versionParams, request.params);
    response.json(await history.version(identityOf(request).workspaceId, id, number));
  });
  router.post('/flows/:id/discard', requireRole('marketer'), async (request, response) => {
    const { id: flowId } = parse(params, request.params);
    const { draftRevision } = parse(discardRequest, request.body);
    const { workspaceId, email: actor } = identityOf(request);
    response.json(await history.discard({ workspaceId, flowId, actor }, draftRevision));
  });
  router.post('/flows/:id/restore', requireRole('marketer'), async (request, response) => {
    const { id: flowId } = parse(params, request.params);
    const { workspaceId, email: actor } = identityOf(request);
    response.json(await history.restore({ workspaceId, flowId, actor }, parse(restoreRequest, request.body)));
  });
  router.post('/flows/:id/publish/preview', requireRole('marketer'), async (request, response) => {
    const { id } = parse(params, request.params);
    response.json(await history.preview(identityOf(request).workspaceId, id));
  });
  router.post('/flows/:id/publish', requireRole('marketer'), async (request, response) => {
    const { id: flowId } = parse(params, request.params);
    const { workspaceId, email: actor } = identityOf(request);
    // A publication without a body is one of the draft as it stands.
    const wanted = parse(publishRequest, request.body ?? {});
    response.json(await history.publish({ workspaceId, flowId, actor }, wanted));
  });
  return router;
}
