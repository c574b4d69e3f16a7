import { parseArgs } from 'node:util';
import { z } from 'zod';
import { callTogether } from '#test/helpers/callTogether.ts';
import { flowsReportOf, measureFlows } from './flows.ts';
import { measureBuilder } from './measureBuilder.ts';
import { measureProduct, type Measured } from './measureProduct.ts';
import { engines } from './Product.ts';
import { readTenant } from './readTenant.ts';
import { reportOf } from './report.ts';

const usage = `npm run bench -- [--customers N[,N…]] [--engine pglite|postgres[,…]] [--json] [--profile DIR]

  --customers N   sizes of the connection to measure (1000,10000)
  --engine NAME   pglite, postgres or both (pglite,postgres)
  --json          print an array of objects instead of lines
  --profile DIR   write CPU profiles of the worker there

npm run bench -- rate|tokens|read [NUMBER]   what the ServiceTitan client can do by itself
npm run bench -- flows [RUNS] [--json]       so many people's ways through a flow in 90 days of moved time, against the pure function
npm run bench -- builder [STEPS]             how smoothly a flow of so many steps is edited, and what its save costs
`;

/** What a part can do by itself, as measured here and now, in JSON. */
const partBenches = {
  /** Four processes that call all they can through one PostgreSQL, for so many seconds: what the sandbox saw of it. */
  rate: async (seconds = 20) => {
    const caller = { priority: 'backfill', concurrency: 20, restMs: 0 } as const;
    return await callTogether({ callers: [caller, caller, caller, caller], seconds });
  },
  /** Four processes that call all along while an hour passes in the sandbox: how many tokens were asked for. */
  tokens: async (seconds = 30) => {
    const caller = { priority: 'poll', concurrency: 2, restMs: 100 } as const;
    return await callTogether({
      callers: [caller, caller, caller, caller],
      seconds,
      stepMs: 3_600_000 / seconds,
    });
  },
  /** One process that reads so many records of one tenant: how long it takes, and the memory it needs. */
  read: async (records = 1_000_000) => await readTenant(records),
  /** A flow of so many steps in the builder: the time between frames while it is moved, and its save. */
  builder: async (steps = 200) => await measureBuilder(steps),
} as const;

const list = z.string().transform((text): unknown[] => text.split(','));
const commandLine = z.object({
  customers: list.pipe(z.array(z.coerce.number().int().min(100).max(1_000_000))),
  engine: list.pipe(z.array(z.enum(engines))),
  json: z.boolean(),
  profile: z.string().nullable(),
  name: z.enum(['rate', 'tokens', 'read', 'builder', 'flows']).optional(),
  number: z.coerce.number().positive().optional(),
});

const options = {
  customers: { type: 'string', default: '1000,10000' },
  engine: { type: 'string', default: 'pglite,postgres' },
  json: { type: 'boolean', default: false },
  profile: { type: 'string' },
} as const;

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [name, number] = positionals;
  const parsed = commandLine.safeParse({ ...values, profile: values.profile ?? null, name, number });
  if (!parsed.success) {
    process.stderr.write(`${z.prettifyError(parsed.error)}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const { customers: sizes, engine: chosen, json: isJson, profile: profileDir } = parsed.data;
  if (parsed.data.name === 'flows') {
    const flows = await measureFlows(parsed.data.number ?? 10_000);
    write(isJson ? JSON.stringify(flows, null, 2) : flowsReportOf(flows));
    if (flows.differences > 0) process.exitCode = 1;
    return;
  }
  if (parsed.data.name) {
    write(JSON.stringify(await partBenches[parsed.data.name](parsed.data.number), null, 2));
    return;
  }
  const measured: Measured[] = [];
  for (const engine of chosen) {
    for (const customers of sizes) {
      process.stderr.write(`Measuring ${customers} customers on ${engine}…\n`);
      measured.push(await measureProduct({ engine, customers, profileDir }));
    }
  }
  write(isJson ? JSON.stringify(measured, null, 2) : reportOf(measured));
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}

await run();
