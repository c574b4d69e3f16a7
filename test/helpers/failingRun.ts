import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { z } from 'zod';
import { createLogger } from '#backend/logger.ts';
import { diagnoseConnection } from '#integrations/crm/servicetitan/diagnosis/diagnoseConnection.ts';
import type { FaultInput } from '#integrations/crm/servicetitan/sandbox/api/Faults.ts';
import { resolveServiceTitanConfig } from '#integrations/crm/servicetitan/ServiceTitanConfig.ts';
import { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import { ServiceTitanTransport } from '#integrations/crm/servicetitan/ServiceTitanTransport.ts';
import { serveTestStack, startTestStack, type TestStack } from './testStack.ts';

// Those that are tried again are limited: the run would last for minutes.
const faults: FaultInput[] = [
  { kind: 'status', status: 400 },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 404 },
  { kind: 'status', status: 429, retryAfter: 0, times: 7 },
  { kind: 'status', status: 500, retryAfter: 0 },
  { kind: 'html', status: 502, retryAfter: 0 },
  { kind: 'cut', after: true, times: 11 },
  { kind: 'malformed', after: true, times: 11 },
  { kind: 'revoke_token' },
  { kind: 'rate_limit', limit: 1, path: '/crm/v2' },
];

function print(value: unknown): void {
  process.stdout.write(`${typeof value === 'string' ? value : inspect(value, { depth: 12 })}\n`);
}

/** What must not be printed: every secret there is, and everything of people that the product has read. */
async function listSecrets(stack: TestStack): Promise<string[]> {
  const { database, secrets } = stack.embedded;
  const rows = await database.sql<{ value: string | null }>(
    `select data ->> 'name' as value from servicetitan_records where resource in ('customers', 'bookings')
     union select data ->> 'value' from servicetitan_records where resource = 'customer_contacts'
     union select data -> 'address' ->> 'street' from servicetitan_records where resource = 'customers'`,
  );
  const credentials = stack.sandbox
    .tenants()
    .flatMap(({ clientId, clientSecret, appKey }) => [clientId, clientSecret, appKey]);
  const people = rows.flatMap(({ value }) => (value && value.length > 4 ? [value] : []));
  return [...credentials, secrets.apiToken, secrets.encryptionKey, secrets.secretKey, ...people];
}

/** Prints every answer of the API that is an error, and what the hub shows. */
async function askApi(stack: TestStack, url: string): Promise<void> {
  const connectionId = stack.connections.socal.id;
  const headers = {
    authorization: `Bearer ${stack.embedded.secrets.apiToken}`,
    'content-type': 'application/json',
  };
  const post = (path: string, body: object) =>
    fetch(`${url}/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const [tenant] = stack.sandbox.tenants();
  const replies = await Promise.all([
    fetch(`${url}/api/servicetitan/customers/1?connectionId=${connectionId}`, { headers }),
    fetch(`${url}/api/servicetitan/jobs?customerId=1&connectionId=${connectionId}`, { headers }),
    post('servicetitan/auth/test', {
      ...tenant,
      tenantId: tenant?.id,
      environment: 'sandbox',
      clientSecret: `${tenant?.clientSecret}-wrong`,
    }),
    post('servicetitan/customers', { connectionId, name: 'x' }),
  ]);
  for (const reply of replies) {
    const text = await reply.text();
    if (!reply.ok) print(`${reply.status} ${text}`);
  }
  print(await (await fetch(`${url}/api/integrations`, { headers })).text());
  print(await (await fetch(`${url}/api/connections/${connectionId}`, { headers })).text());
}

/** What a caller of the client itself would see, also from a server that never answers. */
async function askDirectly(stack: TestStack): Promise<void> {
  const [tenant] = stack.sandbox.tenants();
  const { id: tenantId, clientId, clientSecret, appKey } = tenant ?? { id: 0 };
  const transport = new ServiceTitanTransport({
    clock: stack.sandbox.clock,
    timeoutMs: 300,
    retryPolicy: { maxTries: 2, maxTotalMs: 5000, firstDelayMs: 10, maxDelayMs: 20 },
    config: resolveServiceTitanConfig(
      { environment: 'sandbox', tenantId, clientId, clientSecret, appKey },
      { authUrl: stack.sandbox.url, apiUrl: stack.sandbox.url },
    ),
  });
  const call = {
    path: 'crm/v2/tenant/{tenant}/customers',
    schema: z.object({ nothing: z.string() }),
    repeatable: true,
  };
  const answers = await Promise.allSettled([
    transport.request({ ...call, method: 'GET' }),
    transport.request({
      ...call,
      method: 'POST',
      body: { name: 'Fictional Fiona', email: 'fiona@example.com' },
    }),
  ]);
  for (const answer of answers) if (answer.status === 'rejected') print(answer.reason);
}

/** What a vendor may say of people without quotation marks, and a call whose address holds one. */
async function askWhoNamesPeople(stack: TestStack): Promise<void> {
  const person = { email: 'some.fiona@example.com' };
  const title = `Number 5550100100 of 'Fictional Fiona' is not valid`;
  const errors = { 'contacts[0].value': [`5550100100 of Fictional Fiona, 12 Example Street is in use.`] };
  const server = createServer((request, response) => {
    const isToken = request.url === '/connect/token';
    response.writeHead(isToken ? 200 : (statuses.shift() ?? 400), { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(isToken ? { access_token: 'opaque-token' } : { title, errors, traceId: 'trace' }),
    );
  });
  const statuses = [503, 200, 400, 403];
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const config = resolveServiceTitanConfig(
    { environment: 'sandbox', tenantId: 1, clientId: 'cid.f', clientSecret: 'cs1.f', appKey: 'ak1.f' },
    { authUrl: url, apiUrl: url },
  );
  const { clock } = stack.sandbox;
  const { calls } = new ServiceTitanService({ config, clock, logger: createLogger('debug') });
  for (const ask of [() => calls.getSuppression(person), () => calls.getCustomer({ id: 1 })]) {
    print(await ask().catch((error: unknown) => error));
  }
  print(await diagnoseConnection(config, { clock }));
  server.closeAllConnections();
  server.close();
}

/** A sync and calls of all kinds under one fault after the other; what must not be printed goes to a file. */
async function run(secretsFile: string): Promise<void> {
  const stack = await startTestStack({ customers: 15, logLevel: 'debug' });
  const server = await serveTestStack(stack);
  await stack.work();
  await writeFile(
    secretsFile,
    JSON.stringify([
      ...(await listSecrets(stack)),
      'Fictional',
      'Fiona',
      'fiona',
      'fiona@example.com',
      '5550100100',
      'Example Street',
      'opaque-token',
    ]),
  );
  const { sql } = stack.embedded.database;
  const { tenantId } = stack.connections.socal;
  for (const fault of faults) {
    await sql('delete from connection_circuits');
    await sql(`update sync_cursors set cursor = null, last_read_at = null`);
    stack.sandbox.addFaults({ ...fault, tenant: tenantId });
    print(`--- ${fault.kind} ${fault.status ?? ''}`);
    print(await stack.worker.work({ connection: 'SOCAL', untilIdle: false }));
    await askApi(stack, server.url);
    await askDirectly(stack);
    stack.sandbox.clearFaults();
  }
  stack.sandbox.addFaults({ kind: 'hang', path: '/crm/v2' });
  await askDirectly(stack);
  stack.sandbox.clearFaults();
  await sql(`update servicetitan_records set data = data - 'customerId' - 'id' where resource = 'leads'`);
  print(await stack.worker.work({ connection: 'SOCAL', untilIdle: false }));
  await askWhoNamesPeople(stack);
  await server.close();
  await stack.close();
  print('--- end');
}

if (import.meta.main) await run(process.argv[2] ?? '');
