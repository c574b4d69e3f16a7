import { createHash } from 'node:crypto';
import type { StoredToken, TokenClaim, TokenStore } from '#integrations/calls/TokenStore.ts';
import type { Database } from '../repositories/database.ts';
import { claimToken, discardToken, releaseToken, saveToken } from '../repositories/sharedCallsRepository.ts';
import type { CredentialCipher } from './CredentialCipher.ts';
import { DatabaseReach } from './DatabaseReach.ts';

/** Longer than a request for a token takes; after this another process may ask. */
const leaseMs = 30_000;

/** Tokens that all processes share, encrypted in the database. */
export class DatabaseTokenStore implements TokenStore {
  readonly #database: Database;
  readonly #cipher: CredentialCipher;

  constructor(deps: { database: Database; cipher: CredentialCipher }) {
    this.#database = deps.database;
    this.#cipher = deps.cipher;
  }

  async claim(key: string, { holder, now }: { holder: string; now: Date }): Promise<TokenClaim> {
    const { keyId } = this.#cipher;
    const claim = await this.#ask(() => claimToken(this.#database, { key, keyId, holder, leaseMs, now }));
    if (claim.type !== 'token') return claim;
    const { ciphertext, issuedAt, renewAt } = claim;
    const value = this.#cipher.decrypt(ciphertext, key, claim.keyId);
    return { type: 'token', token: { value, issuedAt, renewAt } };
  }

  async save(key: string, { token }: { token: StoredToken }): Promise<void> {
    const { value, issuedAt, renewAt } = token;
    const { keyId } = this.#cipher;
    const ciphertext = this.#cipher.encrypt(value, key);
    const row = { key, keyId, ciphertext, hash: hashOf(value), issuedAt, renewAt };
    await this.#ask(() => saveToken(this.#database, row));
  }

  async release(key: string, holder: string): Promise<void> {
    await this.#ask(() => releaseToken(this.#database, key, holder));
  }

  async discard(key: string, value: string): Promise<void> {
    await this.#ask(() => discardToken(this.#database, key, hashOf(value)));
  }

  async #ask<Result>(question: () => Promise<Result>): Promise<Result> {
    return await DatabaseReach.of(this.#database).ask(question);
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
