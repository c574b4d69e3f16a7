import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { sandboxTenants, type SandboxTenant } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { BenchProcess } from './BenchProcess.ts';
import { copyTenant, sandboxScript, type GeneratedTenant } from './generatedTenant.ts';

const counters = z.object({ total: z.number(), byOperation: z.record(z.string(), z.number()) });
const dump = z.object({ data: z.array(z.object({ id: z.number(), active: z.boolean().optional() })) });
const dumpSize = 100_000;

/** A large tenant in a sandbox of its own: where it is, what is asked of it, and what can happen in it. */
export class Tenant {
  readonly url: string;
  readonly access: SandboxTenant = sandboxTenants[0];
  readonly #process: BenchProcess;
  readonly #folder: string;

  private constructor(url: string, process: BenchProcess, folder: string) {
    this.url = url;
    this.#process = process;
    this.#folder = folder;
  }

  static async open(generated: GeneratedTenant): Promise<Tenant> {
    const folder = await copyTenant(generated);
    const child = new BenchProcess(sandboxScript);
    const { url } = await child.ask('open', { ...generated, dataDir: folder }, z.object({ url: z.string() }));
    const tenant = new Tenant(url, child, folder);
    // Its clock stood still since it was generated; what happens before the connection was made starts no flow.
    const set = new Date().toISOString();
    if (!(await tenant.#control('POST', 'clock', { set }))) throw new Error('The sandbox refused the time.');
    return tenant;
  }

  /** The calls since the last reset, and starts to count anew. */
  async takeCounters() {
    const counted = counters.parse(await (await fetch(`${this.url}/_sandbox/counters`)).json());
    await fetch(`${this.url}/_sandbox/counters`, { method: 'DELETE' });
    return counted;
  }

  /** The ids of its active customers. */
  async customerIds(): Promise<number[]> {
    const ids: number[] = [];
    for (let after = 0; ;) {
      const address = `${this.url}/_sandbox/tenants/${this.access.id}/customers?after=${after}&limit=${dumpSize}`;
      const { data } = dump.parse(await (await fetch(address)).json());
      ids.push(...data.flatMap(({ id, active }) => (active === false ? [] : [id])));
      if (data.length < dumpSize) return ids;
      after = data.at(-1)?.id ?? after;
    }
  }

  /** Lets something happen to a customer, or to a new one; false where it does not suit this one. */
  async tell(event: string, customerId?: number): Promise<boolean> {
    const body = { tenant: this.access.id, event, ...(customerId === undefined ? {} : { customerId }) };
    return await this.#control('POST', 'story', body);
  }

  /** Sends what happens to an address, signed with a key. */
  async subscribe(subscription: { url: string; key: string; header: string; encoding: 'hex' | 'base64' }) {
    const isTaken = await this.#control('PUT', 'webhooks', [{ ...subscription, tenant: this.access.id }]);
    if (!isTaken) throw new Error('The sandbox refused the subscription.');
  }

  async close(): Promise<void> {
    await this.#process.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #control(method: string, path: string, body: unknown): Promise<boolean> {
    const reply = await fetch(`${this.url}/_sandbox/${path}`, { method, body: JSON.stringify(body) });
    await reply.arrayBuffer();
    return reply.ok;
  }
}
