/** How often one thing may be called, whoever calls: the key is the same for all that share the limit. */
export interface CallBudget {
  key: string;
  perSecond: number;
}

export interface LeaseRequest {
  /** The process that asks. */
  holder: string;
  /** Calls per second that each priority needs here, most urgent first. */
  demands: readonly number[];
  /** How many calls wait now, for which the earliest moments are. */
  waiting: number;
}

/** Moments, in milliseconds of the budget's own time, at each of which one call may be made; unused ones lapse. */
export interface Lease {
  now: number;
  slots: number[];
  /** Where the budget's own time is the stopwatch of this process. */
  isLocal?: true;
}

export interface Throttle {
  /** How long nobody should call; 0 where nothing was said. */
  pauseMs: number;
  /** Whether the pace was too high: it is halved, and recovers by itself. */
  slowDown: boolean;
}

/** Hands out the right to call. Kept in a database, it holds for all processes together. */
export interface RateBudget {
  lease(budget: CallBudget, request: LeaseRequest): Promise<Lease>;
  throttle(budget: CallBudget, throttle: Throttle): Promise<void>;
  /** Takes the only turn of an interval: 0 when it was free, else the milliseconds until the next one. */
  claimTurn(key: string, intervalMs: number): Promise<number>;
  /** Puts the next turn off, as the other side asked for. */
  delayTurn(key: string, delayMs: number): Promise<void>;
}

export const slowestPerSecond = 2;
/** How long it takes from standstill to the full pace. */
const recoveryMs = 60_000;
/** A pause asked for by the other side is honoured for everybody up to this long; beyond it each call fails alone. */
export const longestPauseMs = 30_000;

/** The pace after some time without another refusal. */
export function recoveredRate(
  rate: number,
  { perSecond, elapsedMs }: { perSecond: number; elapsedMs: number },
) {
  return Math.min(perSecond, rate + (perSecond * elapsedMs) / recoveryMs);
}
