import { Router } from 'express';
import type { EventFeed } from '../services/EventFeed.ts';
import { identityOf } from './http.ts';

const heartbeatMs = 20_000;

/** Server-sent events: what changed in the workspace. */
export function eventsRoutes(deps: { feed: Pick<EventFeed, 'listen'> }): Router {
  const router = Router();
  router.get('/events', async (request, response) => {
    const { workspaceId } = identityOf(request);
    const after = Number(request.headers['last-event-id']);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMs);
    let isGone = false;
    let stop = () => {};
    response.on('close', () => {
      isGone = true;
      clearInterval(heartbeat);
      stop();
    });
    stop = await deps.feed.listen(
      workspaceId,
      Number.isInteger(after) && after > 0 ? after : null,
      (event) => {
        const data = JSON.stringify({ type: event.type, ...event.payload });
        response.write(`id: ${event.id}\nevent: change\ndata: ${data}\n\n`);
      },
    );
    // The close came before there was anything to stop.
    if (isGone) stop();
  });
  return router;
}
