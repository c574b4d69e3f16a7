import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '../errors.ts';

/** Encrypts credentials with AES-256-GCM, bound to what they belong to, and tells which key made a ciphertext. */
export class CredentialCipher {
  readonly keyId: string;
  readonly #key: Buffer;

  /** `key`: 32 bytes in base64 (CHOU_ENCRYPTION_KEY). */
  constructor(key: string) {
    this.#key = Buffer.from(key, 'base64');
    this.keyId = createHash('sha256').update(this.#key).digest('hex').slice(0, 12);
  }

  /** `subject` is authenticated with the text: a ciphertext copied to another row does not open. */
  encrypt(text: string, subject: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(subject));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
  }

  decrypt(ciphertext: string, subject: string, keyId: string): string {
    if (keyId !== this.keyId) {
      throw new AppError(
        'unavailable',
        `These credentials were encrypted under key ${keyId}, and CHOU_ENCRYPTION_KEY is ${this.keyId}. Set the former key, or reconnect the tenant.`,
      );
    }
    const bytes = Buffer.from(ciphertext, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12)).setAAD(
      Buffer.from(subject),
    );
    try {
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new AppError(
        'unavailable',
        'These credentials are damaged or belong to another connection. Reconnect the tenant.',
        { cause },
      );
    }
  }

  /** A key for another purpose (`purpose`), derived so that neither gives away the other. */
  deriveKey(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key, Buffer.alloc(0), purpose, 32));
  }
}
