import { tokenReply } from '#integrations/crm/servicetitan/schemas/replies.ts';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { describeTenant, type SandboxTenant } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { ConformClient } from './ConformClient.ts';
import { RecordingServer, type RawReply, type RecordedRequest } from './RecordingServer.ts';

const mainTenant = describeTenant({ id: 410_387_862, name: 'SOCAL' });
/** Its app may do nothing. */
const closedTenant = describeTenant({ id: 77, name: 'CLOSED', scopes: [] });

export interface SandboxUnderTest {
  readonly sandbox: Sandbox;
  /** Everything goes through it, so that requests and answers are seen as they were on the wire. */
  readonly proxy: RecordingServer;
  readonly client: ConformClient;
  readonly tenant: SandboxTenant;
  readonly closed: SandboxTenant;
  /** A request of any shape. */
  fetch(request: RawRequest): Promise<void>;
  /** The headers that let a tenant's app in. */
  credentials(tenant: SandboxTenant): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export interface RawRequest {
  readonly method: string;
  /** With its query, without the leading slash. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Starts the sandbox with generated data, behind a proxy that records. */
export async function openSandbox(seed: number): Promise<SandboxUnderTest> {
  const sandbox = await startSandbox({
    port: 0,
    seed,
    customers: 300,
    years: 3,
    // The same data whenever it is run.
    start: new Date('2026-06-01T12:00:00Z'),
    tenants: [mainTenant, closedTenant],
    requestsPerSecond: 1_000_000,
  });
  const proxy = new RecordingServer((request) => forward(sandbox.url, request));
  const url = await proxy.open();
  const { id: tenantId, ...credentials } = mainTenant;
  const tokens = new Map<number, string>();
  return {
    sandbox,
    proxy,
    tenant: mainTenant,
    closed: closedTenant,
    client: new ConformClient({ ...credentials, url, tenantId, clock: sandbox.clock }),
    async fetch({ method, address, headers, body }) {
      const sent = body === undefined ? {} : { body };
      const reply = await fetch(`${url}/${address}`, { method, headers, ...sent });
      await reply.arrayBuffer();
    },
    async credentials(tenant) {
      const token = tokens.get(tenant.id) ?? (await askForToken(sandbox.url, tenant));
      tokens.set(tenant.id, token);
      return { authorization: `Bearer ${token}`, 'st-app-key': tenant.appKey };
    },
    async close() {
      await proxy.close();
      await sandbox.close();
    },
  };
}

async function askForToken(url: string, { clientId, clientSecret }: SandboxTenant): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const reply = await fetch(`${url}/connect/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = tokenReply.parse(await reply.json());
  return token;
}

/** Headers that say something of one connection only, and do not travel on. */
const ofTheConnection = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive']);

async function forward(
  url: string,
  { method, path, query, headers, body }: RecordedRequest,
): Promise<RawReply> {
  const search = new URLSearchParams(query.map(([name, value]) => [name, value])).toString();
  const kept = Object.entries(headers).filter(([name]) => !ofTheConnection.has(name));
  const reply = await fetch(`${url}${path}${search ? `?${search}` : ''}`, {
    method,
    headers: Object.fromEntries(kept),
    body: body === '' ? null : body,
  });
  return {
    status: reply.status,
    headers: { 'content-type': reply.headers.get('content-type') ?? 'none' },
    body: await reply.text(),
  };
}
