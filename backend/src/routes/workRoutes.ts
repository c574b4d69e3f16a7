import { Router } from 'express';
import { z } from 'zod';
import type { Worker } from '../Worker.ts';
import { parse, requireRole } from './http.ts';

const workRequest = z.object({ connection: z.string().optional(), untilIdle: z.boolean().default(false) });

/** What `npm run sync` asks of the server that has the embedded database open. */
export function workRoutes(deps: { worker: Worker }): Router {
  const router = Router();
  router.post('/work', requireRole('admin'), async (request, response) => {
    response.json(await deps.worker.work(parse(workRequest, request.body)));
  });
  return router;
}
