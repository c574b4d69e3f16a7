import { createServer, type Server } from 'node:http';
import express from 'express';
import { type Clock, systemClock } from '#integrations/clock.ts';
import { apiRouter } from './api/apiRouter.ts';
import { type FaultInput, faultInput, Faults } from './api/Faults.ts';
import { RateLimiter } from './api/RateLimiter.ts';
import { RequestLog } from './api/RequestLog.ts';
import { Tokens } from './api/Tokens.ts';
import { controlRouter } from './control/controlRouter.ts';
import { type LoadInput, loadRecords } from './control/loadRecords.ts';
import type { MovableClock } from './MovableClock.ts';
import { openStore } from './openStore.ts';
import { Random } from './random.ts';
import { type SandboxLogger, silentLogger } from './SandboxLogger.ts';
import type { StoryInput } from './story/storyInput.ts';
import { type StoryOutcome, tellStory } from './story/tellStory.ts';
import { type SandboxTenant, sandboxTenants } from './tenants.ts';

export interface SandboxOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host?: string;
  readonly seed: number;
  /** Generated customers per tenant. */
  readonly customers: number;
  /** Where the journal is kept; without it the sandbox forgets. */
  readonly dataDir?: string | null;
  /** The clock that the sandbox's own runs on. */
  readonly clock?: Clock;
  /** The sandbox's first moment, at its first start. */
  readonly start?: Date;
  /** Whether the clock stands still, at the first start, until it is moved. */
  readonly freeze?: boolean;
  readonly tenants?: readonly SandboxTenant[];
  readonly requestsPerSecond?: number;
  readonly logger?: SandboxLogger;
}

export interface Sandbox {
  readonly url: string;
  readonly port: number;
  readonly clock: MovableClock;
  /** The tenants at this moment, with their credentials. */
  tenants(): readonly SandboxTenant[];
  story(input: StoryInput): Promise<StoryOutcome>;
  /** Moves the clock forward, and gives the new time. */
  advance(milliseconds: number): Promise<Date>;
  /** Puts wire-shaped records, and gives their number. */
  load(input: LoadInput): Promise<number>;
  addFaults(...faults: readonly FaultInput[]): void;
  clearFaults(): void;
  close(): Promise<void>;
}

/** Starts a server that behaves like ServiceTitan's API, with its control plane below /_sandbox. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const logger = options.logger ?? silentLogger;
  const { store, seed } = await openStore({
    seed: options.seed,
    customers: options.customers,
    dataDir: options.dataDir ?? null,
    baseClock: options.clock ?? systemClock,
    start: options.start ?? null,
    isFrozen: options.freeze ?? false,
    tenants: options.tenants ?? sandboxTenants,
    logger,
  });
  const tenants = () => store.tenants().map(({ info }) => info);
  const faults = new Faults(new Random(seed, 'faults'));
  const log = new RequestLog();
  const limiter = new RateLimiter(options.requestsPerSecond ?? 60, () => performance.now());
  const tokens = new Tokens(store.clock, tenants);

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use('/_sandbox', controlRouter({ store, faults, log, seed }));
  app.use(apiRouter({ store, tokens, faults, limiter, log, logger }));
  const server = createServer(app);
  const host = options.host ?? '127.0.0.1';
  const port = await listen(server, options.port, host);

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    clock: store.clock,
    tenants,
    async story(input) {
      const outcome = tellStory(store, input, seed);
      await store.flush();
      return outcome;
    },
    async advance(milliseconds) {
      store.clock.advance(milliseconds);
      await store.flush();
      return store.clock.now();
    },
    async load(input) {
      const loaded = loadRecords(store, input);
      await store.flush();
      return loaded;
    },
    addFaults: (...inputs) => {
      faults.add(inputs.map((input) => faultInput.parse(input)));
    },
    clearFaults: () => faults.clear(),
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
      await store.close();
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
