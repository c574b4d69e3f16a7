import { describeMessageReason } from '../email/messageReasons.ts';
import { AppError } from '../errors.ts';
import {
  findMessage,
  listMessages,
  type MessageFilter,
  type MessageRow,
} from '../repositories/messageRepository.ts';
import { isoTime } from '../repositories/rowFields.ts';
import { unsubscribeMessage } from '../repositories/suppressionRepository.ts';
import type { MessageReply, MessagesReply, MessageSummary } from '../schemas/api.ts';
import { MessageDelivery, type DeliveryDeps, type DeliveryReply } from './MessageDelivery.ts';

/** The only door out: every e-mail leaves through here, and is checked here at the moment of sending. */
export class MessageService {
  readonly #deps: DeliveryDeps;

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
  }

  /** Sends what is queued and due, at most `maxMessages`. Stops early when the mail server cannot be used at all. */
  async deliverDueMessages(options: { maxMessages?: number } = {}): Promise<DeliveryReply> {
    const delivery = new MessageDelivery(this.#deps, {
      maxMessages: options.maxMessages ?? Number.POSITIVE_INFINITY,
    });
    return delivery.run();
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
