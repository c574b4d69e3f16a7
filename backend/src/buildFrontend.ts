import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'frontend/dist/index.html');
const sources = ['frontend', 'backend/src/schemas', 'package-lock.json'];

/** Builds the screens when they are not built or older than their sources. In a process of its own, beside the database's start. */
export async function buildFrontend(): Promise<void> {
  const builtAt = await stat(built).then(
    (file) => file.mtimeMs,
    () => 0,
  );
  const changes = await Promise.all(sources.map((source) => newestChange(join(root, source))));
  if (builtAt > Math.max(...changes)) return;
  await new Promise<void>((resolve, reject) => {
    const output: Buffer[] = [];
    const build = spawn(
      process.execPath,
      ['node_modules/vite/bin/vite.js', 'build', 'frontend', '--logLevel', 'warn'],
      {
        cwd: root,
        // Where another one is set, as in tests, React would be built to be debugged: several times as slow.
        env: { ...process.env, NODE_ENV: 'production' },
      },
    );
    build.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    build.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    build.on('error', reject);
    build.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The screens could not be built:\n${Buffer.concat(output).toString('utf8')}`));
    });
  });
}

async function newestChange(path: string): Promise<number> {
  const info = await stat(path);
  if (!info.isDirectory()) return info.mtimeMs;
  const names = (await readdir(path)).filter((name) => name !== 'dist' && name !== 'node_modules');
  return Math.max(0, ...(await Promise.all(names.map((name) => newestChange(join(path, name))))));
}
