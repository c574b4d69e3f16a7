import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { sleep, stopwatch, type Sleep, type Stopwatch } from '../retry.ts';
import { CallQueue } from './CallQueue.ts';
import { Circuit } from './Circuit.ts';
import { MemoryCircuitStore, type CircuitStore } from './CircuitStore.ts';
import { LocalRateBudget } from './LocalRateBudget.ts';
import type { CallBudget, RateBudget } from './RateBudget.ts';
import { TokenCache, type FreshToken } from './TokenCache.ts';
import { MemoryTokenStore, type TokenStore } from './TokenStore.ts';

interface SharedCallsOptions {
  clock: Clock;
  logger?: Logger | undefined;
  sleep?: Sleep | undefined;
  stopwatch?: Stopwatch | undefined;
  /** Where several processes meet; without them this one is alone. */
  tokens?: TokenStore | undefined;
  rates?: RateBudget | undefined;
  circuits?: CircuitStore | undefined;
}

/** What all clients of a process have in common: tokens by credentials, pace by budget, circuits by connection. */
export class SharedCalls {
  readonly rates: RateBudget;
  readonly #clock: Clock;
  readonly #logger: Logger | undefined;
  readonly #sleep: Sleep;
  readonly #stopwatch: Stopwatch;
  readonly #tokenStore: TokenStore;
  readonly #circuitStore: CircuitStore;
  readonly #tokens = new Map<string, TokenCache>();
  readonly #queues = new Map<string, CallQueue>();
  readonly #circuits = new Map<string, Circuit>();

  constructor(options: SharedCallsOptions) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#sleep = options.sleep ?? sleep;
    this.#stopwatch = options.stopwatch ?? stopwatch;
    this.rates = options.rates ?? new LocalRateBudget(this.#stopwatch);
    this.#tokenStore = options.tokens ?? new MemoryTokenStore();
    this.#circuitStore = options.circuits ?? new MemoryCircuitStore(this.#stopwatch);
  }

  tokenOf(key: string, request: () => Promise<FreshToken>): TokenCache {
    return known(this.#tokens, key, () => this.#makeTokenCache(key, { store: this.#tokenStore, request }));
  }

  queueOf(budget: CallBudget): CallQueue {
    const make = () =>
      new CallQueue({ budget, rates: this.rates, stopwatch: this.#stopwatch, sleep: this.#sleep });
    return known(this.#queues, budget.key, make);
  }

  circuitOf(key: string, service: string): Circuit {
    const make = () =>
      new Circuit({
        key,
        service,
        store: this.#circuitStore,
        clock: this.#clock,
        stopwatch: this.#stopwatch,
        logger: this.#logger,
      });
    return known(this.#circuits, key, make);
  }

  #makeTokenCache(
    key: string,
    { store, request }: { store: TokenStore; request: () => Promise<FreshToken> },
  ): TokenCache {
    return new TokenCache({
      key,
      store,
      clock: this.#clock,
      sleep: this.#sleep,
      logger: this.#logger,
      request,
    });
  }
}

function known<Value>(values: Map<string, Value>, key: string, make: () => Value): Value {
  const value = values.get(key) ?? make();
  values.set(key, value);
  return value;
}
