import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { refuseDelivery } from '../email/refuseDelivery.ts';
import { describeMessageReason } from '../email/messageReasons.ts';
import type { SendOutcome } from '../email/readSmtpError.ts';
import type { SmtpSender } from '../email/SmtpSender.ts';
import type { UnsubscribeLinks } from '../email/UnsubscribeLinks.ts';
import { AppError } from '../errors.ts';
import { addMinutes } from '../flow/scheduleOf.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import {
  claimDueMessages,
  findMessage,
  finishMessage,
  handOverMessage,
  listMessages,
  type ClaimedMessage,
  type MessageFilter,
  type MessageResult,
  type MessageRow,
} from '../repositories/messageRepository.ts';
import { isoTime } from '../repositories/rowFields.ts';
import { unsubscribeMessage } from '../repositories/suppressionRepository.ts';
import type { MessageReply, MessagesReply, MessageSummary } from '../schemas/api.ts';
import { eachAtOnce } from './eachAtOnce.ts';

const batchSize = 50;
const concurrency = 5;
const leaseSeconds = 900;
const retryMinutes = [1, 2, 5, 10, 20, 30, 60, 120] as const;
/** About four days. */
const maxAttempts = 50;

export interface DeliveryReply {
  sent: number;
  skipped: number;
  failed: number;
  delayed: number;
}

export interface MessageDeps {
  database: Database;
  clock: Clock;
  systemClock: Clock;
  sender: SmtpSender;
  unsubscribeLinks: UnsubscribeLinks;
  logger: Logger;
}

/** The only door out: every e-mail leaves through here, and is checked here at the moment of sending. */
export class MessageService {
  readonly #deps: MessageDeps;
  readonly #worker = `messages:${randomUUID()}`;

  constructor(deps: MessageDeps) {
    this.#deps = deps;
  }

  /** Sends what is queued and due. Stops early when the mail server cannot be used at all. */
  async deliverDueMessages(options: { now?: Date } = {}): Promise<DeliveryReply> {
    const { database, clock, systemClock } = this.#deps;
    const reply: DeliveryReply = { sent: 0, skipped: 0, failed: 0, delayed: 0 };
    const server = { isUsable: true };
    while (server.isUsable) {
      const now = options.now ?? clock.now();
      const claim = {
        now,
        systemNow: systemClock.now(),
        worker: this.#worker,
        leaseSeconds,
        limit: batchSize,
      };
      const { messages, skipped, failed } = await claimDueMessages(database, claim);
      reply.skipped += skipped;
      reply.failed += failed;
      if (messages.length + skipped + failed === 0) break;
      // Mails to the same person go out in the order in which they fell due.
      const people = [...Map.groupBy(messages, (message) => message.contact?.email ?? message.id).values()];
      await eachAtOnce(people, concurrency, async (queue) => {
        for (const message of queue) {
          const outcome = server.isUsable ? await this.#deliver(message, now, reply) : null;
          if (outcome?.type === 'delayed' && outcome.server) server.isUsable = false;
          if (outcome === null) await this.#postpone(message, { now, detail: 'ECONNECTION', reply });
        }
      });
    }
    return reply;
  }

  /** Suppresses the address that a message went to; null when the token is not one of ours. */
  async unsubscribe(token: string): Promise<{ workspaceName: string; email: string } | null> {
    const { database, clock, unsubscribeLinks } = this.#deps;
    const messageId = unsubscribeLinks.verify(token);
    return messageId === null ? null : unsubscribeMessage(database, messageId, clock.now());
  }

  async list(
    workspaceId: string,
    filter: Omit<MessageFilter, 'limit'> & { limit?: number | undefined },
  ): Promise<MessagesReply> {
    const page = await listMessages(this.#deps.database, workspaceId, {
      ...filter,
      limit: filter.limit ?? 50,
    });
    return { messages: page.rows.map(summaryOf), nextCursor: page.nextCursor };
  }

  async get(workspaceId: string, id: string): Promise<MessageReply> {
    const row = await findMessage(this.#deps.database, workspaceId, id);
    if (!row) throw new AppError('not_found', 'This message does not exist.');
    return { message: { ...summaryOf(row), html: row.html, text: row.body_text, messageId: row.message_id } };
  }

  async #deliver(message: ClaimedMessage, now: Date, reply: DeliveryReply): Promise<SendOutcome | undefined> {
    const { database, systemClock, sender } = this.#deps;
    const refusal = refuseDelivery({ ...message, postalAddress: message.sender.postalAddress });
    const to = message.contact?.email ?? null;
    if (refusal !== null || to === null) {
      await this.#finish(message, { status: 'skipped', reason: refusal, toEmail: to }, now);
      reply.skipped += 1;
      return undefined;
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
      handOver: async () =>
        handOverMessage(database, { id: message.id, worker: this.#worker, systemNow: systemClock.now() }),
    });
    await this.#record(message, outcome, { to, now, reply });
    return outcome;
  }

  async #record(
    message: ClaimedMessage,
    outcome: SendOutcome,
    { to, now, reply }: { to: string; now: Date; reply: DeliveryReply },
  ): Promise<void> {
    switch (outcome.type) {
      case 'sent':
        await this.#finish(message, { status: 'sent', reason: null, toEmail: to }, now);
        reply.sent += 1;
        return;
      case 'refused':
        await this.#finish(
          message,
          { status: 'failed', reason: `refused:${outcome.code}`, toEmail: to },
          now,
        );
        reply.failed += 1;
        return;
      case 'unknown':
        await this.#finish(
          message,
          {
            status: 'queued',
            reason: 'outcome_unknown',
            toEmail: to,
            dueAt: addMinutes(now, retryMinutes[0]),
          },
          now,
        );
        reply.delayed += 1;
        return;
      case 'delayed':
        await this.#postpone(message, { now, detail: outcome.detail, reply });
        return;
      case 'withdrawn':
        // Its journey left the state, which is written down already, or the lease ran out: then it is free again.
        await this.#finish(message, { status: 'queued', reason: null, toEmail: null }, now);
    }
  }

  async #postpone(
    message: ClaimedMessage,
    { now, detail, reply }: { now: Date; detail: string; reply: DeliveryReply },
  ): Promise<void> {
    if (message.attempts >= maxAttempts) {
      await this.#finish(message, { status: 'failed', reason: 'gave_up', toEmail: null }, now);
      reply.failed += 1;
      return;
    }
    const minutes = retryMinutes[message.attempts - 1] ?? 120;
    const result = {
      status: 'queued',
      reason: `delayed:${detail}`,
      toEmail: null,
      dueAt: addMinutes(now, minutes),
    } as const;
    await this.#finish(message, result, now);
    reply.delayed += 1;
  }

  async #finish(message: ClaimedMessage, result: MessageResult, now: Date): Promise<void> {
    const { database, logger } = this.#deps;
    const isOurs = await finishMessage(database, { id: message.id, worker: this.#worker, result, now });
    if (!isOurs)
      logger.warn({ messageId: message.id, status: result.status }, 'The lease of a message was lost.');
  }

  #headers(message: ClaimedMessage): Record<string, string> {
    if (message.class !== 'marketing') return {};
    return {
      'List-Unsubscribe': `<${this.#deps.unsubscribeLinks.url(message.id)}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    };
  }
}

function summaryOf(row: MessageRow): MessageSummary {
  return {
    id: row.id,
    contactId: row.contact_id,
    customerName: row.customer_name,
    flowId: row.flow_id,
    flowName: row.flow_name,
    runId: row.run_id,
    subject: row.subject,
    to: row.to_email,
    class: row.class,
    status: row.status,
    reason: describeMessageReason(row.reason),
    createdAt: isoTime.parse(row.created_at),
    sentAt: row.sent_at,
  };
}
