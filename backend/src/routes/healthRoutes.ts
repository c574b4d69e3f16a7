import { Router } from 'express';
import type { Database } from '../repositories/database.ts';
import { findFirstWorkspace } from '../repositories/workspaceRepository.ts';

/** /healthz: the process answers. /readyz: its database does, too. */
export function healthRoutes(deps: { database: Database }): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    await findFirstWorkspace(deps.database);
    response.json({ status: 'ready' });
  });
  return router;
}
