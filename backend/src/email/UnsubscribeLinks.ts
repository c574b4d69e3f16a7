import { createHmac, timingSafeEqual } from 'node:crypto';

/** Makes and checks the tokens by which a recipient unsubscribes without signing in. */
export class UnsubscribeLinks {
  readonly #key: Buffer;
  readonly #appUrl: () => string;

  /** `key`: for this purpose only. `appUrl`: the public address, once it is known. */
  constructor(key: Buffer, appUrl: () => string) {
    this.#key = key;
    this.#appUrl = appUrl;
  }

  /** The token for a message; it names the message and nobody. */
  sign(messageId: string): string {
    return `${messageId}.${this.#mac(messageId).toString('base64url')}`;
  }

  /** The message that a token was made for; null for any other text. */
  verify(token: string): string | null {
    const [, messageId, mac] = /^([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})$/.exec(token) ?? [];
    if (messageId === undefined || mac === undefined) return null;
    return timingSafeEqual(Buffer.from(mac, 'base64url'), this.#mac(messageId)) ? messageId : null;
  }

  /** GET shows a page; POST unsubscribes. */
  url(messageId: string): string {
    return `${this.#appUrl()}/unsubscribe/${this.sign(messageId)}`;
  }

  #mac(messageId: string): Buffer {
    return createHmac('sha256', this.#key).update(messageId).digest();
  }
}
