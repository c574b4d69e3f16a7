import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import {
  readWebhooks,
  rememberWebhook,
  saveWebhooks,
  type WebhookReceiverRow,
} from '../repositories/webhookRepository.ts';
import { webhookDefaults, type WebhookReply, type webhookRequest } from '../schemas/webhooks.ts';
import { judgeWebhook } from '../webhooks/judgeWebhook.ts';
import {
  describeWebhookOutcome,
  webhookRefusals,
  type WebhookRefusalReason,
} from '../webhooks/webhookRefusals.ts';
import { resourcesOfWebhook } from '../webhooks/webhookTypes.ts';
import type { CredentialCipher } from './CredentialCipher.ts';
import type { SyncResource } from './readOrder.ts';
import { WebhookReceivers } from './WebhookReceivers.ts';
import { WebhookRefusalCounter } from './WebhookRefusalCounter.ts';

const dayMs = 24 * 3600_000;
/** For so long two keys count: time to paste the new one into the developer portal. */
const bothKeysMs = dayMs;
const shownDays = 30;

interface WebhookDeps {
  database: Database;
  cipher: CredentialCipher;
  clock: Clock;
  systemClock: Clock;
  logger: Logger;
  appUrl: () => string;
}

/** A webhook that was believed: what to read now because of it. */
interface TakenWebhook {
  /** False for another delivery of a known one: then nothing is to be read. */
  isNew: boolean;
  /** Null: everything that states are made of. */
  resources: readonly SyncResource[] | null;
}

/** Verifies ServiceTitan's webhooks, remembers and counts them. They are hints: what changed is polled. */
export class WebhookService {
  readonly #deps: WebhookDeps;
  readonly #receivers: WebhookReceivers;
  readonly #refusals: WebhookRefusalCounter;

  constructor(deps: WebhookDeps) {
    this.#deps = deps;
    this.#receivers = new WebhookReceivers(deps);
    this.#refusals = new WebhookRefusalCounter(deps);
  }

  /** The connection that an address is of; throws not_found. */
  async receiverOf(connectionId: string): Promise<WebhookReceiverRow> {
    const receiver = await this.#receivers.find(connectionId);
    if (!receiver) throw new AppError('not_found', 'There is no connection at this address.');
    return receiver;
  }

  /** Believes a webhook and remembers it, or counts it and throws why it is refused. */
  async take(
    receiver: WebhookReceiverRow,
    request: { header: (name: string) => string | undefined; body: Buffer },
  ): Promise<TakenWebhook> {
    const { database, clock } = this.#deps;
    const { connectionId, tenantId } = receiver;
    const now = clock.now();
    const verdict = judgeWebhook({
      receiver: {
        tenantId,
        isEnabled: receiver.isEnabled ?? webhookDefaults.enabled,
        encoding: receiver.encoding ?? webhookDefaults.encoding,
      },
      keys: this.#keysOf(receiver, now),
      signature: request.header(receiver.headerName ?? webhookDefaults.headerName),
      body: request.body,
      now,
    });
    if ('refusal' in verdict) throw this.refuse(connectionId, verdict.refusal);
    const { type, userassignedid: occurrenceId, time: happenedAt } = verdict.event;
    const isNew = await rememberWebhook(database, { connectionId, occurrenceId, type, happenedAt, now });
    return { isNew, resources: resourcesOfWebhook(type) };
  }

  /** Counts a refusal; the error to answer it with. */
  refuse(connectionId: string, reason: WebhookRefusalReason): AppError {
    this.#refusals.count(connectionId, reason);
    const { code, message } = webhookRefusals[reason];
    return new AppError(code, message);
  }

  async settings(connectionId: string): Promise<WebhookReply> {
    const { database, clock, appUrl } = this.#deps;
    await this.#refusals.flush();
    const now = clock.now();
    const row = await readWebhooks(database, connectionId, new Date(now.getTime() - shownDays * dayMs));
    const counts = row.counts.map((counted) => ({ ...counted, ...describeWebhookOutcome(counted.outcome) }));
    const refused = counts.find(({ isRefusal }) => isRefusal);
    const former = row.keys.find(({ slot }) => slot === 'former')?.validUntil ?? null;
    return {
      address: `${appUrl()}/api/webhooks/servicetitan/${connectionId}`,
      enabled: row.settings?.isEnabled ?? webhookDefaults.enabled,
      headerName: row.settings?.headerName ?? webhookDefaults.headerName,
      encoding: row.settings?.encoding ?? webhookDefaults.encoding,
      hasKey: row.keys.some(({ slot }) => slot === 'current'),
      formerKeyUntil: former !== null && Date.parse(former) > now.getTime() ? former : null,
      generatedKey: null,
      lastReceivedAt: row.recent[0]?.receivedAt ?? null,
      lastRefusal: refused ? { at: refused.lastAt, words: refused.words } : null,
      counts,
      recent: row.recent,
    };
  }

  /** Saves settings, and a new key when there is one; a generated one is answered this once. */
  async save(
    connectionId: string,
    request: z.output<typeof webhookRequest>,
    actor: string,
  ): Promise<WebhookReply> {
    const { database, cipher, clock } = this.#deps;
    const now = clock.now();
    const generatedKey = request.key === 'generate' ? randomBytes(24).toString('hex') : null;
    const key = generatedKey ?? request.key ?? null;
    await saveWebhooks(database, {
      connectionId,
      isEnabled: request.enabled,
      headerName: request.headerName,
      encoding: request.encoding,
      key:
        key === null ? null : { keyId: cipher.keyId, ciphertext: cipher.encrypt(key, subject(connectionId)) },
      formerUntil: request.formerKey === 'keep' ? new Date(now.getTime() + bothKeysMs) : null,
      actor,
      now,
    });
    this.#receivers.forget();
    return { ...(await this.settings(connectionId)), generatedKey };
  }

  /** Writes down what is still only counted. */
  async close(): Promise<void> {
    await this.#refusals.flush();
  }

  #keysOf({ connectionId, keys }: WebhookReceiverRow, now: Date): string[] {
    const counting = keys.filter(({ validUntil }) => validUntil === null || validUntil > now);
    try {
      return counting.map(({ ciphertext, keyId }) =>
        this.#deps.cipher.decrypt(ciphertext, subject(connectionId), keyId),
      );
    } catch (cause) {
      throw new AppError(
        'unavailable',
        'The signing key of this connection cannot be read. Set it anew under Integrations.',
        { cause },
      );
    }
  }
}

/** What the encrypted key is bound to. */
function subject(connectionId: string): string {
  return `webhook ${connectionId}`;
}
