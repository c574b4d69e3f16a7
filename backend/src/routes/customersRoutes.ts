import { Router } from 'express';
import { z } from 'zod';
import { setStateRequest, stateNumber } from '../schemas/state.ts';
import type { CustomerService } from '../services/CustomerService.ts';
import type { CustomerStateService } from '../services/CustomerStateService.ts';
import type { ExplainService } from '../services/ExplainService.ts';
import type { PollRequests } from '../services/PollRequests.ts';
import { identityOf, parse, parseQuery, requireRole } from './http.ts';

const contactId = z.object({
  id: z.uuid('Use the id of a customer, as GET /api/customers answers it in contactId.'),
});
const text = z
  .string()
  .trim()
  .max(200)
  .optional()
  .transform((value) => value || null);
const connectionId = z
  .uuid()
  .optional()
  .transform((value) => value ?? null);
const boardQuery = z.object({ search: text, connectionId });
const listQuery = boardQuery.extend({
  state: z.coerce
    .number()
    .pipe(stateNumber)
    .optional()
    .transform((value) => value ?? null),
  cursor: z
    .string()
    .max(500)
    .optional()
    .transform((value) => value ?? null),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** The board, the list and one customer. */
export function customersRoutes(deps: {
  customers: CustomerService;
  states: CustomerStateService;
  explanations: ExplainService;
  polls: Pick<PollRequests, 'requestDueWork'>;
}): Router {
  const router = Router();
  router.get('/board', async (request, response) => {
    const query = parseQuery(boardQuery, request.query);
    response.json(await deps.customers.board({ ...query, workspaceId: identityOf(request).workspaceId }));
  });
  router.get('/customers', async (request, response) => {
    const query = parseQuery(listQuery, request.query);
    response.json(await deps.customers.list({ ...query, workspaceId: identityOf(request).workspaceId }));
  });
  router.get('/customers/:id/timeline', async (request, response) => {
    const { id } = parse(contactId, request.params);
    response.json(await deps.customers.timeline(identityOf(request).workspaceId, id));
  });
  router.get('/customers/:id/explain', async (request, response) => {
    const { id } = parse(contactId, request.params);
    response.json(await deps.explanations.explain(identityOf(request).workspaceId, id));
  });
  router.post('/customers/:id/state', requireRole('marketer'), async (request, response) => {
    const { id } = parse(contactId, request.params);
    const body = parse(setStateRequest, request.body);
    const { workspaceId, email } = identityOf(request);
    const journey = await deps.customers.journeyOf(workspaceId, id, body.journeyId ?? null);
    await deps.states.setState({
      journeyId: journey.id,
      connectionId: journey.connection_id,
      state: body.state,
      reason: body.reason,
      setBy: email,
      source: 'manual',
    });
    // All that is due in all workspaces: not for this request to wait for.
    deps.polls.requestDueWork();
    response.json(await deps.customers.timeline(workspaceId, id));
  });
  return router;
}
