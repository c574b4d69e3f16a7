import { Router } from 'express';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../repositories/database.ts';
import { replayConnections } from '../services/replayConnections.ts';
import { identityOf, parse, requireRole } from './http.ts';

const replayRequest = z.object({ connection: z.string().optional() });

/** What `npm run state:replay` asks of the server that has the embedded database open. */
export function replayRoutes(deps: { database: Database; clock: Clock }): Router {
  const router = Router();
  router.post('/replay', requireRole('admin'), async (request, response) => {
    const { connection } = parse(replayRequest, request.body);
    const { workspaceId } = identityOf(request);
    response.json(await replayConnections(deps, { workspaceId, name: connection }));
  });
  return router;
}
