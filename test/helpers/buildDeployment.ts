import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BuildManifest, WorkerManifest } from '@trigger.dev/core/v3';
import { z } from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
/** The command line's own modules: it offers no others to build with, and needs an account to be called. */
const commandLine = join(dirname(require.resolve('trigger.dev/package.json')), 'dist/esm');
/** A module of the command line. */
export function loadFromCommandLine(module: string) {
  return import(/* @vite-ignore */ pathToFileURL(join(commandLine, module)).href);
}

const metafile = z.object({
  inputs: z.record(z.string(), z.unknown()),
  outputs: z.record(
    z.string(),
    z.object({ imports: z.array(z.object({ path: z.string(), external: z.boolean().optional() })) }),
  ),
});

/** What `trigger.dev deploy` would put into the image. */
export interface Deployment {
  /** What it was made of, relative to the project's folder. */
  inputs: string[];
  /** What it imports without bringing it along. */
  imports: string[];
  /** The manifest, with the variables that are to be set. */
  build: BuildManifest;
  /** Its tasks, queues and schedules, as the server would get to know them. */
  index: WorkerManifest;
}

/** Builds and indexes the deployment as the command line does, without an account; `folder` gets the files. */
export async function buildDeployment(folder: string, env: Record<string, string>): Promise<Deployment> {
  const { loadConfig } = await loadFromCommandLine('config.js');
  const { buildWorker } = await loadFromCommandLine('build/buildWorker.js');
  const { indexWorkerManifest } = await loadFromCommandLine('indexing/indexWorkerManifest.js');
  let bundle: unknown;
  const manifest: unknown = await buildWorker({
    target: 'deploy',
    environment: 'prod',
    destination: folder,
    resolvedConfig: await loadConfig({ cwd: root, warn: false }),
    rewritePaths: false,
    envVars: env,
    plain: true,
    listener: {
      onBundleComplete: (result: unknown) => {
        bundle = result;
      },
    },
  });
  const build = BuildManifest.parse(manifest);
  const { inputs, outputs } = z.object({ metafile }).parse(bundle).metafile;
  const index = WorkerManifest.parse(
    await indexWorkerManifest({
      runtime: build.runtime,
      indexWorkerPath: build.indexWorkerEntryPoint,
      buildManifestPath: join(folder, 'build.json'),
      nodeOptions: '',
      env,
      cwd: folder,
    }),
  );
  // Where its workers look for it.
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
  const external = Object.values(outputs).flatMap((output) =>
    output.imports.filter((imported) => imported.external).map((imported) => imported.path),
  );
  return {
    inputs: Object.keys(inputs),
    imports: [...new Set(external)],
    build,
    index,
  };
}
