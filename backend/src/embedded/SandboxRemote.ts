import { Agent } from 'node:http';
import axios from 'axios';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { oneAtATime } from '../oneAtATime.ts';
import type { StoryReply } from '../schemas/api.ts';

const clockReply = z.object({
  now: z.iso.datetime({ offset: true }),
  offsetMs: z.number(),
  frozen: z.boolean().default(false),
  changes: z.number().optional(),
});
const storyReply = z.object({ customerId: z.number().nullish(), customerName: z.string().nullish() });
const refusal = z.object({ error: z.object({ message: z.string() }) });
const timeoutMs = 10_000;
/** Less than this is the time that passes by itself between two looks. */
const jumpMs = 60_000;
const togetherMs = 60_000;
/** Resets are a matter of days: many of them may share a moment. */
const resetsTogetherMs = 6 * 3600_000;
/** A connection that was kept may have been closed by the other side just now. */
const httpAgent = new Agent({ keepAlive: false });

/** The next moments at which the clock alone gives something to do. */
export interface NextDue {
  step: Date | null;
  reset: Date | null;
}

/** What happened in the sandbox since the last look. */
export interface SandboxNews {
  clockMoved: boolean;
  recordsChanged: boolean;
}

/**
 * The sandbox's control plane, and the product's clock while it works on the sandbox: time there is time here. When
 * the sandbox's clock jumps, this one stands still until `catchUp` has led it through everything that falls due in
 * between: what should have been done before a visit is done before it.
 */
export class SandboxRemote implements Clock {
  readonly #url: string;
  readonly #systemClock: Clock;
  readonly #logger: Logger;
  /** Two at once would each move the clock from where they last saw it, and so turn it back. */
  readonly #catchUpAlone = oneAtATime();
  #offsetMs = 0;
  #frozenAt: Date | null = null;
  #heldAt: Date | null = null;
  #changes: number | null = null;
  #isReachable: boolean | null = null;

  constructor(deps: { apiUrl: string; systemClock: Clock; logger: Logger }) {
    this.#url = `${deps.apiUrl.replace(/\/+$/, '')}/_sandbox`;
    this.#systemClock = deps.systemClock;
    this.#logger = deps.logger;
  }

  now(): Date {
    return this.#heldAt ?? this.#sandboxNow();
  }

  /** Whether there is something between this clock and the sandbox's that was not done yet. */
  get isBehind(): boolean {
    return this.#heldAt !== null;
  }

  /** Goes on from where the product stopped working, when that was in another time than the sandbox's now. */
  resumeFrom(moment: Date): void {
    if (this.#sandboxNow().getTime() - moment.getTime() > jumpMs) this.#heldAt = moment;
  }

  /** Looks at the sandbox's clock and for changed records. An unreachable sandbox is no news: polls report it. */
  async look(): Promise<SandboxNews> {
    try {
      const reply = clockReply.parse(
        (await axios.get(`${this.#url}/clock`, { timeout: timeoutMs, httpAgent })).data,
      );
      const before = this.#sandboxNow();
      const isFirst = this.#isReachable === null;
      this.#offsetMs = reply.offsetMs;
      this.#frozenAt = reply.frozen ? new Date(reply.now) : null;
      const clockMoved = !isFirst && this.#sandboxNow().getTime() - before.getTime() > jumpMs;
      if (clockMoved) this.#heldAt ??= before;
      const changes = reply.changes ?? null;
      const recordsChanged = this.#changes !== null && changes !== this.#changes;
      this.#changes = changes;
      this.#isReachable = true;
      return { clockMoved, recordsChanged };
    } catch (error) {
      if (this.#isReachable !== false) {
        this.#logger.warn(
          { err: error instanceof Error ? error.message : error },
          'The sandbox does not answer.',
        );
      }
      this.#isReachable = false;
      return { clockMoved: false, recordsChanged: false };
    }
  }

  /**
   * After a jump: moves the clock to each moment at which something falls due and lets it be done, then to the
   * sandbox's now. `nextDue` answers the next such moments after one. Waits for whoever is catching up already.
   */
  async catchUp(nextDue: (after: Date) => Promise<NextDue>, work: () => Promise<unknown>): Promise<void> {
    await this.#catchUpAlone(() => this.#catchUp(nextDue, work));
  }

  async #catchUp(nextDue: (after: Date) => Promise<NextDue>, work: () => Promise<unknown>): Promise<void> {
    while (this.#heldAt !== null) {
      const { step, reset } = await nextDue(this.#heldAt);
      const stepAt = step?.getTime() ?? Infinity;
      const resetAt = reset?.getTime() ?? Infinity;
      const now = this.#sandboxNow().getTime();
      if (Math.min(stepAt, resetAt) >= now) {
        this.#heldAt = null;
        await work();
        return;
      }
      const until = stepAt <= resetAt ? stepAt + togetherMs : Math.min(resetAt + resetsTogetherMs, stepAt);
      this.#heldAt = new Date(Math.min(until, now));
      await work();
    }
  }

  #sandboxNow(): Date {
    return this.#frozenAt ?? new Date(this.#systemClock.now().getTime() + this.#offsetMs);
  }

  /** Plays a story event; throws invalid_input or conflict with the sandbox's own reason. */
  async story(event: {
    tenantId: number;
    event: string;
    customerId: number | undefined;
  }): Promise<StoryReply> {
    const reply = await axios.post(
      `${this.#url}/story`,
      {
        tenant: event.tenantId,
        event: event.event,
        ...(event.customerId ? { customerId: event.customerId } : {}),
      },
      { timeout: timeoutMs, httpAgent, validateStatus: () => true },
    );
    if (reply.status === 200) {
      const { customerId, customerName } = storyReply.parse(reply.data);
      const name = customerName ?? 'A new customer';
      return {
        customerId: customerId ?? null,
        customerName: name,
        summary: `${event.event.replaceAll('_', ' ')}: ${name}`,
      };
    }
    const message =
      refusal.safeParse(reply.data).data?.error.message ?? `The sandbox answered ${reply.status}.`;
    throw new AppError(reply.status === 409 ? 'conflict' : 'invalid_input', message);
  }

  /** Moves the clock by an ISO 8601 duration, such as P1D. */
  async advance(duration: string): Promise<void> {
    await axios.post(`${this.#url}/clock`, { advance: duration }, { timeout: timeoutMs, httpAgent });
    await this.look();
  }
}
