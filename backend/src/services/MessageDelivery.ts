import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { refuseDelivery } from '../email/refuseDelivery.ts';
import type { SendOutcome } from '../email/readSmtpError.ts';
import type { SmtpSender } from '../email/SmtpSender.ts';
import type { UnsubscribeLinks } from '../email/UnsubscribeLinks.ts';
import { addMinutes } from '../flow/scheduleOf.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import type { Held } from '../repositories/heldOutcomes.ts';
import {
  advanceMessages,
  claimDueMessages,
  type ClaimedMessage,
  type MessageAdvance,
  type MessageResult,
} from '../repositories/messageRepository.ts';
import { eachAtOnce } from './eachAtOnce.ts';
import { holdTogether } from './holdTogether.ts';

/** More than are on their way at once: the next are claimed while these are sent. */
const batchSize = 100;
/** From the claim to the hand-over, and again from there to the result. */
const leaseSeconds = 300;
const retryMinutes = [1, 2, 5, 10, 20, 30, 60, 120] as const;
/** About four days. */
const maxAttempts = 50;

export interface DeliveryDeps {
  database: Database;
  clock: Clock;
  systemClock: Clock;
  sender: SmtpSender;
  unsubscribeLinks: UnsubscribeLinks;
  logger: Logger;
}

export interface DeliveryReply {
  sent: number;
  skipped: number;
  failed: number;
  delayed: number;
}

/** Messages to one person, in the order in which they fell due, claimed at `now`. */
interface Queue {
  person: string;
  messages: ClaimedMessage[];
  now: Date;
}

/** One round of sending: what is due is claimed, checked, handed over and recorded until nothing is left. */
export class MessageDelivery {
  readonly #deps: DeliveryDeps;
  readonly #reply: DeliveryReply = { sent: 0, skipped: 0, failed: 0, delayed: 0 };
  /** What is under way to a person, so that what is claimed meanwhile comes after it. */
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #advance: (message: MessageAdvance) => Promise<boolean>;
  #left: number;
  #isServerUsable = true;
  /** Something was claimed and given back: it may be due again at once. */
  #hasWithdrawn = false;

  constructor(deps: DeliveryDeps, options: { maxMessages: number }) {
    const { database, clock, systemClock } = deps;
    this.#deps = deps;
    this.#left = options.maxMessages;
    this.#advance = holdTogether(batchSize, (messages) =>
      advanceMessages(database, {
        messages,
        now: clock.now(),
        systemNow: systemClock.now(),
        leaseSeconds,
      }),
    );
  }

  /** Stops early when the mail server cannot be used at all. */
  async run(): Promise<DeliveryReply> {
    // Twice as many as there are connections: while one half is recorded, the other half is on the wire.
    const lanes = 2 * this.#deps.sender.connections;
    do {
      this.#hasWithdrawn = false;
      await eachAtOnce(this.#queues(), lanes, (queue) => this.#deliverInTurn(queue));
    } while (this.#hasWithdrawn && this.#isServerUsable);
    return this.#reply;
  }

  async *#queues(): AsyncGenerator<Queue> {
    let ahead = this.#claim();
    for (;;) {
      const claimed = await ahead;
      if (!claimed) return;
      ahead = this.#claim();
      // Whoever waits for it hears of its failure.
      ahead.catch(() => undefined);
      yield* claimed;
    }
  }

  /** Null when nothing is left to do now. */
  async #claim(): Promise<Queue[] | null> {
    const { database, clock, systemClock } = this.#deps;
    const limit = Math.min(batchSize, this.#left);
    if (!this.#isServerUsable || limit <= 0) return null;
    const now = clock.now();
    const holder = `messages:${randomUUID()}`;
    const claim = { now, systemNow: systemClock.now(), holder, leaseSeconds, limit };
    const { messages, skipped, failed } = await claimDueMessages(database, claim);
    this.#reply.skipped += skipped;
    this.#reply.failed += failed;
    const count = messages.length + skipped + failed;
    this.#left -= count;
    if (count === 0) return null;
    const people = Map.groupBy(messages, (message) => message.contact?.email ?? message.id);
    return [...people].map(([person, theirs]) => ({ person, messages: theirs, now }));
  }

  async #deliverInTurn(queue: Queue): Promise<void> {
    const { person } = queue;
    const former = this.#underWay.get(person);
    const work = former === undefined ? this.#deliverAll(queue) : former.then(() => this.#deliverAll(queue));
    // A failure is heard of by whoever waits for this one's work; the next mail to the person does not depend on it.
    const ended = work.catch(() => undefined);
    this.#underWay.set(person, ended);
    try {
      await work;
    } finally {
      if (this.#underWay.get(person) === ended) this.#underWay.delete(person);
    }
  }

  async #deliverAll({ messages, now }: Queue): Promise<void> {
    for (const message of messages) {
      if (this.#isServerUsable) await this.#deliver(message, now);
      else await this.#postpone(message, now, 'ECONNECTION');
    }
  }

  async #deliver(message: ClaimedMessage, now: Date): Promise<void> {
    const { sender } = this.#deps;
    const { id, holder, facts } = message;
    const refusal = refuseDelivery({ ...message, postalAddress: message.sender.postalAddress });
    const to = message.contact?.email ?? null;
    if (refusal !== null || to === null) {
      await this.#record(message, { status: 'skipped', reason: refusal, toEmail: to });
      this.#reply.skipped += 1;
      return;
    }
    const outcome = await sender.send({
      from: { name: message.sender.name, address: message.sender.email },
      to,
      subject: message.subject,
      text: message.text,
      html: message.html,
      messageId: message.messageId,
      date: now,
      headers: this.#headers(message),
      handOver: () => this.#advance({ id, holder, type: 'hand_over', facts }),
    });
    await this.#conclude(message, outcome, { to, now });
  }

  async #conclude(
    message: ClaimedMessage,
    outcome: SendOutcome,
    { to, now }: { to: string; now: Date },
  ): Promise<void> {
    switch (outcome.type) {
      case 'sent':
        await this.#record(message, { status: 'sent', reason: null, toEmail: to });
        this.#reply.sent += 1;
        return;
      case 'refused':
        await this.#record(message, { status: 'failed', reason: `refused:${outcome.code}`, toEmail: to });
        this.#reply.failed += 1;
        return;
      case 'unknown': {
        const dueAt = addMinutes(now, retryMinutes[0]);
        await this.#record(message, { status: 'queued', reason: 'outcome_unknown', toEmail: to, dueAt });
        this.#reply.delayed += 1;
        return;
      }
      case 'delayed':
        if (outcome.server) this.#isServerUsable = false;
        await this.#postpone(message, now, outcome.detail);
        return;
      case 'withdrawn':
        // Its journey left the state, which is written down already, or what allowed it has changed: then it is free again.
        await this.#record(message, { status: 'queued', reason: null, toEmail: null });
        this.#hasWithdrawn = true;
    }
  }

  async #postpone(message: ClaimedMessage, now: Date, detail: string): Promise<void> {
    const { attempts } = message;
    if (attempts >= maxAttempts) {
      await this.#record(message, { status: 'failed', reason: 'gave_up', toEmail: null });
      this.#reply.failed += 1;
      return;
    }
    const dueAt = addMinutes(now, retryMinutes[attempts - 1] ?? 120);
    await this.#record(message, { status: 'queued', reason: `delayed:${detail}`, toEmail: null, dueAt });
    this.#reply.delayed += 1;
  }

  async #record({ id, holder }: Held, result: MessageResult): Promise<void> {
    if (await this.#advance({ id, holder, type: 'finish', result })) return;
    const { status } = result;
    this.#deps.logger.warn({ messageId: id, status }, 'The lease of a message was lost.');
  }

  #headers(message: ClaimedMessage): Record<string, string> {
    if (message.class !== 'marketing') return {};
    return {
      'List-Unsubscribe': `<${this.#deps.unsubscribeLinks.url(message.id)}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    };
  }
}
