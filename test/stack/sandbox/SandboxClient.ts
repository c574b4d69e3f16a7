import { z } from 'zod';
import {
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import {
  sandboxAppKey,
  type SandboxTenant,
  sandboxTenants,
} from '#integrations/crm/servicetitan/sandbox/tenants.ts';

const record = z.record(z.string(), z.unknown()).and(z.object({ id: z.int() }));
const listPage = z.object({
  page: z.int(),
  pageSize: z.int(),
  hasMore: z.boolean(),
  totalCount: z.int().nullable(),
  data: z.array(record),
});
const exportPage = z.object({ hasMore: z.boolean(), continueFrom: z.string(), data: z.array(record) });
const token = z.object({
  access_token: z.string(),
  expires_in: z.int(),
  token_type: z.string(),
  scope: z.string(),
});

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export const [socal, dfw] = sandboxTenants;

/** Starts a sandbox on a free port; without customers unless some are asked for. */
export async function openSandbox(options: Partial<SandboxOptions> = {}): Promise<SandboxClient> {
  return new SandboxClient(await startSandbox({ port: 0, seed: 1, customers: 0, ...options }));
}

/** Speaks to a running sandbox over HTTP, as SOCAL unless told otherwise. */
export class SandboxClient {
  readonly sandbox: Sandbox;
  #token: string | null = null;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  async token(tenant: SandboxTenant = socal): Promise<z.infer<typeof token>> {
    const { clientId, clientSecret } = tenant;
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId ?? '',
      client_secret: clientSecret ?? '',
    };
    return token.parse(
      JSON.parse((await this.send('POST', '/connect/token', new URLSearchParams(form))).text),
    );
  }

  /** A request without credentials. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const isForm = body instanceof URLSearchParams;
    const response = await fetch(`${this.sandbox.url}${path}`, {
      method,
      headers: { ...(body !== undefined && !isForm && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** An authorized request; `{t}` in the path is SOCAL's id. */
  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    this.#token ??= (await this.token()).access_token;
    const headers = { Authorization: `Bearer ${this.#token}`, 'ST-App-Key': sandboxAppKey };
    return this.send(method, `/${path.replace('{t}', String(socal.id))}`, body, headers);
  }

  forgetToken(): void {
    this.#token = null;
  }

  async json(method: string, path: string, body?: unknown): Promise<z.infer<typeof record>> {
    const answer = await this.call(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return record.parse(JSON.parse(answer.text));
  }

  async list(path: string): Promise<z.infer<typeof listPage>> {
    return listPage.parse(JSON.parse((await this.call('GET', path)).text));
  }

  async ids(path: string): Promise<number[]> {
    return (await this.list(path)).data.map(({ id }) => id);
  }

  async export(path: string, from?: string, active?: string): Promise<z.infer<typeof exportPage>> {
    const query = new URLSearchParams({
      ...(from !== undefined && { from }),
      ...(active !== undefined && { active }),
    });
    return exportPage.parse(JSON.parse((await this.call('GET', `${path}?${query}`)).text));
  }

  async load(resource: string, records: unknown[], tenant = socal.id): Promise<Answer> {
    return this.send('PUT', `/_sandbox/tenants/${tenant}/${resource}`, records);
  }

  async control(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.send(method, `/_sandbox/${path}`, body);
    if (answer.status !== 200) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return z.record(z.string(), z.unknown()).parse(JSON.parse(answer.text));
  }
}

export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  traceId: z.string().min(1),
  errors: z.record(z.string(), z.array(z.string())),
  data: z.record(z.string(), z.unknown()),
});

/** The six members of an error answer. */
export function readProblem(answer: Answer): z.infer<typeof problem> {
  return problem.parse(JSON.parse(answer.text));
}
