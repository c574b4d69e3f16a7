import { parseArgs } from 'node:util';
import { fieldErrors } from './resources/fieldErrors.ts';
import type { SwitchChanges } from './switches/Switches.ts';
import { switchTable } from './switches/switchTable.ts';
import { normalizeTimestamp } from './timestamps.ts';

export interface CommandLine {
  readonly port: number;
  readonly host: string;
  readonly seed: number;
  readonly customers: number;
  readonly years: number;
  readonly dataDir: string | null;
  readonly start: Date | null;
  readonly freeze: boolean;
  readonly switches: SwitchChanges;
  /** The file of a story script to play at the start. */
  readonly story: string | null;
  readonly help: boolean;
}

export const usage = `npm run sandbox -- [options]

  --port N        the port to listen on; 0 takes a free one (4010)
  --host ADDRESS  the address to listen on (127.0.0.1)
  --seed N        what the generated data grows from (1)
  --customers N   generated customers per tenant (1000)
  --years N       how many years of the past are generated (1)
  --empty         no generated customers
  --data DIR      keep everything in this folder and go on from it
  --start TIME    the sandbox's first moment, such as 2026-01-01T00:00:00Z (now)
  --freeze        let the clock stand still until it is moved
  --switch N=V    set a switch, such as retryAfter=seconds; may be given several times
  --story FILE    play a story script, then go on
  --help          show this
`;

/** A wrong command line; the message names the option. */
export class CommandLineError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandLineError';
  }
}

const noSwitches: string[] = [];

const options = {
  port: { type: 'string', default: '4010' },
  host: { type: 'string', default: '127.0.0.1' },
  seed: { type: 'string', default: '1' },
  customers: { type: 'string', default: '1000' },
  years: { type: 'string', default: '1' },
  empty: { type: 'boolean', default: false },
  data: { type: 'string' },
  start: { type: 'string' },
  freeze: { type: 'boolean', default: false },
  switch: { type: 'string', multiple: true, default: noSwitches },
  story: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the sandbox's command line. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parse(args);
  return {
    port: wholeNumber('port', values.port, { most: 65_535 }),
    host: values.host,
    seed: wholeNumber('seed', values.seed, { most: Number.MAX_SAFE_INTEGER }),
    customers: values.empty ? 0 : wholeNumber('customers', values.customers, { most: 1_000_000 }),
    years: wholeNumber('years', values.years, { least: 1, most: 30 }),
    dataDir: values.data ?? null,
    start: values.start === undefined ? null : moment('start', values.start),
    freeze: values.freeze,
    switches: readSwitches(values.switch),
    story: values.story ?? null,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false });
  } catch (error) {
    if (error instanceof TypeError) throw new CommandLineError(error.message);
    throw error;
  }
}

function wholeNumber(
  name: string,
  text: string,
  { least = 0, most }: { least?: number; most: number },
): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new CommandLineError(`--${name} must be a whole number from ${least} to ${most}, not '${text}'.`);
}

function readSwitches(texts: readonly string[]): SwitchChanges {
  const changes = Object.fromEntries(
    texts.map((text) => {
      const [, name = text, value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
      return [name, value];
    }),
  );
  const parsed = switchTable.safeParse(changes);
  if (parsed.success) return changes;
  const [problem] = Object.entries(fieldErrors(parsed.error)).map(
    ([name, messages]) => `${name} ${messages[0]}`,
  );
  throw new CommandLineError(`--switch ${problem?.trim()}`);
}

function moment(name: string, text: string): Date {
  const timestamp = normalizeTimestamp(text);
  if (timestamp !== null) return new Date(timestamp);
  throw new CommandLineError(
    `--${name} must be an ISO 8601 time such as 2026-01-01T00:00:00Z, not '${text}'.`,
  );
}
