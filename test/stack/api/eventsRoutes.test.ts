import { createServer } from 'node:http';
import express from 'express';
import { expect, it } from 'vitest';
import { eventsRoutes } from '#backend/routes/eventsRoutes.ts';
import { setIdentity } from '#backend/routes/http.ts';

it('stops listening for a client that was gone before listening had begun', async () => {
  const asked = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<() => void>();
  const closed = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const app = express();
  app.use((request, response, next) => {
    setIdentity(request, { userId: 'u', email: 'e', workspaceId: 'w', role: 'owner' });
    response.on('close', () => closed.resolve());
    next();
  });
  const listen = async () => {
    asked.resolve();
    return begun.promise;
  };
  app.use(eventsRoutes({ feed: { listen } }));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const client = new AbortController();
  await fetch(`http://127.0.0.1:${port}/events`, { signal: client.signal });
  await asked.promise;
  client.abort();
  await closed.promise;
  begun.resolve(() => stopped.resolve());
  await stopped.promise;
  await new Promise((resolve) => server.close(resolve));
  expect(server.listening).toBe(false);
});
