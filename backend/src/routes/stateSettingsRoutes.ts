import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import {
  applySettingsRequest,
  connectionPreviewRequest,
  workspacePreviewRequest,
  type SettingsChangesReply,
} from '../schemas/stateSettings.ts';
import type { SettingsScope } from '../repositories/stateSettingsRepository.ts';
import type { PollRequests } from '../services/PollRequests.ts';
import type { ConnectionOverview } from '../services/ConnectionOverview.ts';
import type { StateSettingsService } from '../services/StateSettingsService.ts';
import { identityOf, parse, requireRole } from './http.ts';

const params = z.object({ id: z.uuid('Use the id of a connection.') });
const changeParams = z.object({ changeId: z.uuid('Use the id of a change.') });

interface StateSettingsDeps {
  settings: StateSettingsService;
  overview: Pick<ConnectionOverview, 'connections'>;
  syncs: Pick<PollRequests, 'request'>;
}

/** What states hang on: of a connection, and the limits of the workspace. Both are changed in the same way. */
export function stateSettingsRoutes(deps: StateSettingsDeps): Router {
  const { settings } = deps;
  const router = Router();
  router.get('/connections/:id/state-settings', async (request, response) => {
    const { id } = parse(params, request.params);
    response.json(await settings.ofConnection(identityOf(request).workspaceId, id));
  });
  router.post('/connections/:id/state-settings/preview', requireRole('admin'), async (request, response) => {
    const { id } = parse(params, request.params);
    const body = parse(connectionPreviewRequest, request.body);
    const { workspaceId, email } = identityOf(request);
    response.status(202).json(await settings.previewConnection(workspaceId, id, body, email));
  });
  router.get('/workspace/state-settings', async (request, response) => {
    response.json(await settings.ofWorkspace(identityOf(request).workspaceId));
  });
  router.post('/workspace/state-settings/preview', requireRole('admin'), async (request, response) => {
    const body = parse(workspacePreviewRequest, request.body);
    const { workspaceId, email } = identityOf(request);
    response.status(202).json(await settings.previewWorkspace(workspaceId, body, email));
  });
  addChangeRoutes(router, deps, '/connections/:id/state-settings', (request) => ({
    workspaceId: identityOf(request).workspaceId,
    connectionId: parse(params, request.params).id,
  }));
  addChangeRoutes(router, deps, '/workspace/state-settings', (request) => ({
    workspaceId: identityOf(request).workspaceId,
    connectionId: null,
  }));
  return router;
}

/** The part that is the same for every scope. */
function addChangeRoutes(
  router: Router,
  { settings, overview, syncs }: StateSettingsDeps,
  path: string,
  scopeOf: (request: Request) => SettingsScope,
): void {
  /** The journeys are queued: deriving them goes on in the background. */
  const answerChanged = async (response: Response, scope: SettingsScope, reply: SettingsChangesReply) => {
    const connections = scope.connectionId
      ? [{ id: scope.connectionId }]
      : await overview.connections(scope.workspaceId);
    for (const { id } of connections) syncs.request(id, 'manual');
    response.json(reply);
  };
  router.get(`${path}/preview`, async (request, response) => {
    response.json(await settings.preview(scopeOf(request)));
  });
  router.delete(`${path}/preview`, requireRole('admin'), async (request, response) => {
    response.json(await settings.discardPreview(scopeOf(request)));
  });
  router.put(path, requireRole('admin'), async (request, response) => {
    const scope = scopeOf(request);
    const body = parse(applySettingsRequest, request.body);
    await answerChanged(response, scope, await settings.apply(scope, body, identityOf(request).email));
  });
  router.get(`${path}/changes`, async (request, response) => {
    response.json(await settings.changes(scopeOf(request)));
  });
  router.post(`${path}/changes/:changeId/undo`, requireRole('admin'), async (request, response) => {
    const scope = scopeOf(request);
    const { changeId } = parse(changeParams, request.params);
    await answerChanged(response, scope, await settings.undo(scope, changeId, identityOf(request).email));
  });
}
