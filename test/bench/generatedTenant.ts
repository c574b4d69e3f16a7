import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { cp, glob, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { BenchProcess } from './BenchProcess.ts';

export interface GeneratedTenant {
  customers: number;
  seed: number;
}

const sandboxFolder = fileURLToPath(new URL('../../integrations/crm/servicetitan/sandbox/', import.meta.url));
export const sandboxScript = new URL('./sandboxProcess.ts', import.meta.url);

/** A copy of the tenant's data in a new folder. It is generated once, and kept below the system's temporary folder. */
export async function copyTenant(tenant: GeneratedTenant): Promise<string> {
  const kept = join(tmpdir(), `chou-bench-tenant-${await keyOf(tenant)}`);
  if (!(await exists(kept))) await generate(tenant, kept);
  const copy = await mkdtemp(join(tmpdir(), 'chou-bench-sandbox-'));
  await cp(kept, copy, { recursive: true, mode: constants.COPYFILE_FICLONE });
  return copy;
}

/** What is generated follows from these files and options. */
async function keyOf({ customers, seed }: GeneratedTenant): Promise<string> {
  const hash = createHash('sha256');
  const files: string[] = [];
  for await (const file of glob('{generator,rows,storage}/**/*.ts', { cwd: sandboxFolder })) files.push(file);
  for (const file of files.toSorted()) hash.update(await readFile(join(sandboxFolder, file)));
  return `${customers}-${seed}-${hash.digest('hex').slice(0, 12)}`;
}

/** Made beside its place and then moved there: what is there is complete. */
async function generate(tenant: GeneratedTenant, kept: string): Promise<void> {
  const dataDir = await mkdtemp(`${kept}-`);
  const sandbox = new BenchProcess(sandboxScript);
  try {
    await sandbox.ask('open', { ...tenant, dataDir }, z.object({ url: z.string() }));
    await sandbox.close();
    await rename(dataDir, kept);
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
