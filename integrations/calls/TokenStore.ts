export interface StoredToken {
  value: string;
  /** Both by the product's clock. */
  issuedAt: Date;
  renewAt: Date;
}

/** What a process may do for want of a token: use this one, ask for a new one, or let another do so. */
export type TokenClaim =
  { type: 'token'; token: StoredToken } | { type: 'renew' } | { type: 'wait'; delayMs: number };

/** Where tokens are kept between calls. Kept in a database, all processes use the same one. */
export interface TokenStore {
  claim(key: string, by: { holder: string; now: Date }): Promise<TokenClaim>;
  save(key: string, by: { holder: string; token: StoredToken }): Promise<void>;
  /** Gives up a claim that came to nothing, so that others need not wait for it. */
  release(key: string, holder: string): Promise<void>;
  /** Forgets a token that was refused; one that has been replaced meanwhile is kept. */
  discard(key: string, value: string): Promise<void>;
}

/** How far the clocks of two processes may differ; what is kept back of a token's life makes up for it. */
export const clockToleranceMs = 60_000;

/** Whether a token may be used. One from far in the future was stored before the clock was set back. */
export function isLive(token: StoredToken, now: Date): boolean {
  return token.issuedAt.getTime() - clockToleranceMs <= now.getTime() && now < token.renewAt;
}

/** Tokens of this process alone. */
export class MemoryTokenStore implements TokenStore {
  readonly #tokens = new Map<string, StoredToken>();

  claim(key: string, { now }: { now: Date }): Promise<TokenClaim> {
    const token = this.#tokens.get(key);
    return Promise.resolve(token && isLive(token, now) ? { type: 'token', token } : { type: 'renew' });
  }

  save(key: string, { token }: { token: StoredToken }): Promise<void> {
    this.#tokens.set(key, token);
    return Promise.resolve();
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  discard(key: string, value: string): Promise<void> {
    if (this.#tokens.get(key)?.value === value) this.#tokens.delete(key);
    return Promise.resolve();
  }
}
