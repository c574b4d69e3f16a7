import { callTogether } from '#test/helpers/callTogether.ts';
import { readTenant } from './readTenant.ts';

/** What the client can do, as measured here and now: `npm run bench -- NAME [NUMBER]` prints JSON. */
const benches = {
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
} as const;

const [name = '', number] = process.argv.slice(2);
const bench = Object.entries(benches).find(([known]) => known === name)?.[1];
if (bench) {
  const result = await bench(number === undefined ? undefined : Number(number));
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} else {
  process.stderr.write(`Choose one of ${Object.keys(benches).join(', ')}, not '${name}'.\n`);
  process.exitCode = 2;
}
