import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { systemClock } from '#integrations/clock.ts';
import { sandboxTenants } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { recordSchemas, type Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import { resolveServiceTitanConfig } from '#integrations/crm/servicetitan/ServiceTitanConfig.ts';
import { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';

/** About so many mirrored records come with each generated customer. */
const recordsPerCustomer = 6;
const sandboxMain = 'integrations/crm/servicetitan/sandbox/main.ts';

/** Reads the mirrored resources of one large tenant through the client, with the sandbox in a process of its own. */
export async function readTenant(wanted: number) {
  const folder = await mkdtemp(join(tmpdir(), 'chou-bench-'));
  const customers = Math.ceil(wanted / recordsPerCustomer);
  const options = ['--port', '0', '--customers', String(customers), '--data', folder, '--freeze'];
  const child = spawn(process.execPath, [sandboxMain, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const startedAt = performance.now();
    const url = await addressOf(child.stdout);
    const startSeconds = seconds(startedAt);
    return { customers, startSeconds, ...(await read(url, wanted)) };
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

async function addressOf(output: Readable): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = /^ServiceTitan sandbox at (\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('The sandbox ended before it listened.');
}

async function read(url: string, wanted: number) {
  const [{ id: tenantId, clientId, clientSecret, appKey }] = sandboxTenants;
  const config = resolveServiceTitanConfig(
    { environment: 'sandbox', tenantId, clientId, clientSecret, appKey },
    { authUrl: url, apiUrl: url },
  );
  const service = new ServiceTitanService({ config, clock: systemClock, priority: 'backfill' });
  const startMb = residentMb();
  const startedAt = performance.now();
  let [records, rejected, pages] = [0, 0, 0];
  for (const resource of Object.keys(recordSchemas).filter(isResource)) {
    for await (const page of service.readPages(resource, { from: null })) {
      records += page.records.length;
      rejected += page.rejected.length;
      pages += 1;
      if (records >= wanted) break;
    }
    if (records >= wanted) break;
  }
  const took = seconds(startedAt);
  return {
    records,
    rejected,
    pages,
    seconds: took,
    recordsPerSecond: Math.round(records / took),
    startMb,
    peakMb: residentMb(),
  };
}

function isResource(name: string): name is Resource {
  return name in recordSchemas;
}

/** The most memory that this process has held so far, in MiB. */
function residentMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

function seconds(since: number): number {
  return Math.round(performance.now() - since) / 1000;
}
