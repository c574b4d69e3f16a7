import { createServer, type Server } from 'node:http';
import express from 'express';
import { z } from 'zod';
import { type Clock, systemClock } from '#integrations/clock.ts';
import { AppRegistry } from './AppRegistry.ts';
import { apiRouter } from './api/apiRouter.ts';
import { savedApp } from './apps.ts';
import { type FaultInput, faultInput, Faults } from './api/Faults.ts';
import { PageActs } from './api/PageActs.ts';
import { RateLimiter } from './api/RateLimiter.ts';
import { RequestLog } from './api/RequestLog.ts';
import { Tokens } from './api/Tokens.ts';
import { controlRouter } from './control/controlRouter.ts';
import { type LoadInput, loadRecords } from './control/loadRecords.ts';
import { setSwitches } from './control/settingsControl.ts';
import type { MovableClock } from './MovableClock.ts';
import { openStore } from './openStore.ts';
import { Random } from './random.ts';
import { type SandboxLogger, silentLogger } from './SandboxLogger.ts';
import { playScript, type ToldEntry } from './story/playScript.ts';
import { readScript } from './story/storyScript.ts';
import type { StoryInput } from './story/storyInput.ts';
import { type StoryOutcome, tellStory } from './story/tellStory.ts';
import type { SwitchChanges } from './switches/Switches.ts';
import { type SandboxTenant, sandboxTenants } from './tenants.ts';
import { savedSubscription } from './webhooks/subscriptions.ts';
import { Webhooks } from './webhooks/Webhooks.ts';

export interface SandboxOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host?: string;
  readonly seed: number;
  /** Generated customers per tenant. */
  readonly customers: number;
  /** How many years of the past there are; customers of long standing come back. */
  readonly years?: number;
  /** Where everything is kept; without it the sandbox forgets. */
  readonly dataDir?: string | null;
  /** The clock that the sandbox's own runs on. */
  readonly clock?: Clock;
  /** The sandbox's first moment, at its first start. */
  readonly start?: Date;
  /** Whether the clock stands still, at the first start, until it is moved. */
  readonly freeze?: boolean;
  readonly tenants?: readonly SandboxTenant[];
  readonly requestsPerSecond?: number;
  /** Switches by name, as the README lists them. */
  readonly switches?: SwitchChanges;
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
  /** Sets switches by name, for one tenant or for all. */
  setSwitches(changes: SwitchChanges, tenant?: string | number): void;
  /** Plays a script of story events, moving the clock from entry to entry. */
  playScript(script: unknown): Promise<ToldEntry[]>;
  close(): Promise<void>;
}

/** Starts a server that behaves like ServiceTitan's API, with its control plane below /_sandbox. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const logger = options.logger ?? silentLogger;
  const { store, seed } = openStore({
    seed: options.seed,
    customers: options.customers,
    years: options.years ?? 1,
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
  const { clock, switches } = store;
  if (options.switches) setSwitches(store, null, options.switches);
  const apps = new AppRegistry(tenants);
  apps.restore(store.saved('apps', z.array(savedApp)) ?? []);
  const webhooks = new Webhooks(store, apps);
  webhooks.subscribe(store.saved('webhooks', z.array(savedSubscription)) ?? []);
  const pages = new PageActs();
  const tokens = new Tokens({ clock, apps, switches });
  const tokenLimiter = new RateLimiter(Number.POSITIVE_INFINITY, () => performance.now(), 60_000);

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use('/_sandbox', controlRouter({ store, apps, faults, pages, webhooks, log, seed, logger }));
  app.use(apiRouter({ store, apps, switches, tokens, faults, pages, limiter, tokenLimiter, log, logger }));
  const server = createServer(app);
  const host = options.host ?? '127.0.0.1';
  const port = await listen(server, options.port, host).catch((error: unknown) => {
    store.close();
    throw error;
  });

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    clock: store.clock,
    tenants,
    story: async (input) => store.transaction(() => tellStory(store, input, seed)),
    async advance(milliseconds) {
      store.transaction(() => store.clock.advance(milliseconds));
      return store.clock.now();
    },
    load: async (input) => store.transaction(() => loadRecords(store, input)),
    addFaults: (...inputs) => {
      faults.add(inputs.map((input) => faultInput.parse(input)));
    },
    clearFaults: () => faults.clear(),
    setSwitches: (changes, tenant) => store.transaction(() => setSwitches(store, tenant ?? null, changes)),
    playScript: async (script) => playScript(store, readScript(script), seed),
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
      await webhooks.close();
      store.close();
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
