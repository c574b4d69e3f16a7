import { Router } from 'express';
import { z } from 'zod';
import { newBooking, newCustomer } from '#integrations/crm/servicetitan/schemas/requests.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Database } from '../repositories/database.ts';
import { insertAudit } from '../repositories/workspaceRepository.ts';
import { connectRequest, syncRequest } from '../schemas/api.ts';
import type { ConnectionOverview } from '../services/ConnectionOverview.ts';
import type { ConnectionService } from '../services/ConnectionService.ts';
import type { PollRequests } from '../services/PollRequests.ts';
import { identityOf, parse, parseQuery, requireRole } from './http.ts';

interface ServiceTitanRoutesDeps {
  database: Database;
  connections: ConnectionService;
  overview: ConnectionOverview;
  syncs: PollRequests;
  clock: Clock;
}

const connectionId = z.uuid('Say which tenant with connectionId; GET /api/integrations lists them.');
const id = z.coerce.number().int().positive();
const time = z.iso.datetime({ offset: true });
const recordParams = z.object({ id });
const tenantQuery = z.object({ connectionId });
const ids = z
  .string()
  .regex(/^\d+(,\d+)*$/, 'Numbers separated by commas.')
  .transform((text) => text.split(',').map(Number))
  .optional();
const appointmentsQuery = tenantQuery.extend({
  customerId: id.optional(),
  jobId: id.optional(),
  startsOnOrAfter: time.optional(),
  startsBefore: time.optional(),
  ids,
});
const jobsQuery = tenantQuery.extend({
  customerId: id.optional(),
  projectId: id.optional(),
  jobStatus: z.string().max(30).optional(),
  ids,
});
const estimatesQuery = tenantQuery.extend({
  customerId: id.optional(),
  jobId: id.optional(),
  projectId: id.optional(),
  status: z.string().max(30).optional(),
  ids,
});

/** A tenant has a hundred thousand of them: a list without a filter is refused. */
function requireFilter(query: Record<string, unknown>): void {
  const { connectionId: _tenant, ...filters } = query;
  if (Object.values(filters).every((value) => value === undefined)) {
    throw new AppError(
      'invalid_input',
      `Name at least one of ${Object.keys(filters).join(', ') || 'customerId, jobId, ids'}.`,
    );
  }
}

/** Live calls to a connected tenant, connecting one, and polling on demand. */
export function serviceTitanRoutes(deps: ServiceTitanRoutesDeps): Router {
  const router = Router();
  const clientOf = async (workspaceId: string, connection: string) => {
    await deps.connections.require(workspaceId, connection);
    return deps.connections.clientOf(connection, 'person');
  };

  router.post('/servicetitan/auth/test', requireRole('admin'), async (request, response) => {
    const { workspaceId } = identityOf(request);
    response.json(await deps.connections.test(workspaceId, parse(connectRequest, request.body)));
  });
  router.post('/servicetitan/auth', requireRole('admin'), async (request, response) => {
    const { workspaceId, email } = identityOf(request);
    const connection = await deps.connections.connect(
      workspaceId,
      parse(connectRequest, request.body),
      email,
    );
    deps.syncs.request(connection.id, 'manual');
    response.json(await deps.overview.summary(workspaceId, connection.id));
  });
  router.get('/servicetitan/customers/:id', async (request, response) => {
    const { id: customerId } = parse(recordParams, request.params);
    const query = parseQuery(tenantQuery, request.query);
    const client = await clientOf(identityOf(request).workspaceId, query.connectionId);
    const [customer, contacts] = await Promise.all([
      client.getCustomer(customerId),
      client.getCustomerContacts(customerId),
    ]);
    response.json({ customer, contacts });
  });
  router.post('/servicetitan/customers', requireRole('marketer'), async (request, response) => {
    const { connectionId: connection, ...body } = parse(newCustomer.extend({ connectionId }), request.body);
    const { workspaceId, email } = identityOf(request);
    const client = await clientOf(workspaceId, connection);
    const customer = await client.createCustomer(body);
    const entry = {
      workspaceId,
      actor: email,
      action: 'servicetitan.customer.create',
      subject: `customer:${customer.id}`,
    };
    await insertAudit(deps.database, entry, deps.clock.now());
    deps.syncs.request(connection, 'manual');
    response.json({ customer });
  });
  router.get('/servicetitan/appointments', async (request, response) => {
    const query = parseQuery(appointmentsQuery, request.query);
    requireFilter(query);
    const { connectionId: connection, ...filter } = query;
    const client = await clientOf(identityOf(request).workspaceId, connection);
    response.json({ appointments: await client.getAppointments(filter) });
  });
  router.get('/servicetitan/jobs', async (request, response) => {
    const query = parseQuery(jobsQuery, request.query);
    requireFilter(query);
    const { connectionId: connection, ...filter } = query;
    const client = await clientOf(identityOf(request).workspaceId, connection);
    response.json({ jobs: await client.getJobs(filter) });
  });
  router.get('/servicetitan/estimates', async (request, response) => {
    const query = parseQuery(estimatesQuery, request.query);
    requireFilter(query);
    const { connectionId: connection, ...filter } = query;
    const client = await clientOf(identityOf(request).workspaceId, connection);
    response.json({ estimates: await client.getEstimates(filter) });
  });
  router.post('/servicetitan/bookings', requireRole('marketer'), async (request, response) => {
    const { connectionId: connection } = parse(z.object({ connectionId }), request.body);
    const body = parse(newBooking, request.body);
    const { workspaceId, email } = identityOf(request);
    const client = await clientOf(workspaceId, connection);
    const result = await client.createBooking(body);
    const entry = {
      workspaceId,
      actor: email,
      action: 'servicetitan.booking.create',
      subject: `booking:${result.booking.id}`,
    };
    await insertAudit(deps.database, entry, deps.clock.now());
    deps.syncs.request(connection, 'manual');
    response.json(result);
  });
  router.post('/servicetitan/sync', requireRole('marketer'), async (request, response) => {
    const { workspaceId } = identityOf(request);
    const body = parse(syncRequest, request.body ?? {});
    const connections = body.connectionId
      ? [await deps.connections.require(workspaceId, body.connectionId)]
      : await deps.overview.connections(workspaceId);
    for (const connection of connections) deps.syncs.request(connection.id, 'manual');
    response.status(202).json({ started: true });
  });
  return router;
}
