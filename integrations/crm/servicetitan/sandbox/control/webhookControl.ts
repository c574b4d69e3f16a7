import { Router } from 'express';
import { z } from 'zod';
import { type Subscription, subscriptionInput } from '../webhooks/subscriptions.ts';
import { ControlError } from './ControlError.ts';
import { type ControlParts, kept, read } from './ControlParts.ts';
import { requireTenant } from './loadRecords.ts';

const deliveriesQuery = z.object({ settled: z.stringbool().default(false) });
const deliveryId = z.coerce.number().int().positive();

/** What ServiceTitan has in its developer portal: subscriptions, deliveries and sending again by hand. */
export function webhookControl({ store, apps, webhooks }: ControlParts): Router {
  const router = Router();

  function subscription(input: z.output<typeof subscriptionInput>, index: number): Subscription {
    if (!apps.get(input.app)) {
      const names = apps.list().map(({ name }) => name);
      const message = `must be one of ${names.join(', ')}`;
      throw new ControlError(400, `[${index}].app ${message}`, [{ field: 'app', message, index }]);
    }
    return {
      id: index + 1,
      tenantId: input.tenant === undefined ? null : requireTenant(store, input.tenant, 400).info.id,
      app: input.app,
      url: input.url,
      types: input.types ?? null,
      key: input.key ?? null,
      header: input.header,
      encoding: input.encoding ?? null,
    };
  }

  function subscribe(subscriptions: readonly Subscription[]) {
    webhooks.subscribe(subscriptions);
    store.save('webhooks', subscriptions);
    return { subscriptions };
  }

  const show = kept(store, () => ({ subscriptions: webhooks.subscriptions() }));
  const put = kept(store, (request) =>
    subscribe(
      read(z.array(subscriptionInput), request.body).map((input, index) => subscription(input, index)),
    ),
  );
  const remove = kept(store, () => subscribe([]));
  router.route('/webhooks').get(show).put(put).delete(remove);

  router.get('/webhooks/deliveries', async (request, response) => {
    if (read(deliveriesQuery, request.query).settled) await webhooks.deliveries.settled();
    response.json({ deliveries: webhooks.deliveries.list() });
  });
  router.delete('/webhooks/deliveries', (_request, response) => {
    webhooks.deliveries.clear();
    response.json({ deliveries: webhooks.deliveries.list() });
  });
  router.post('/webhooks/deliveries/:id/replay', (request, response) => {
    const id = read(deliveryId, request.params['id']);
    if (!webhooks.deliveries.replay(id)) {
      throw new ControlError(404, `There is no delivery ${id} that could be sent again now.`);
    }
    response.json({ deliveries: webhooks.deliveries.list().filter((delivery) => delivery.id === id) });
  });
  return router;
}
