import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const entry = fileURLToPath(new URL('./crashWorker.ts', import.meta.url));

/** The worker in one file, so that hundreds of them come to life in a fifth of a second each. */
export interface CrashProgram {
  script: string;
  compileCache: string;
  remove(): Promise<void>;
}

export async function bundleCrashProgram(): Promise<CrashProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'chou-crash-'));
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir: folder,
      target: 'node24',
      rolldownOptions: { output: { entryFileNames: 'worker.mjs', codeSplitting: false } },
    },
  });
  return {
    script: join(folder, 'worker.mjs'),
    compileCache: join(folder, 'cache'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
