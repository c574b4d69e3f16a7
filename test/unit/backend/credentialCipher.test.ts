import { describe, expect, it } from 'vitest';
import { CredentialCipher } from '#backend/services/CredentialCipher.ts';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const text = JSON.stringify({ clientSecret: 'cs1.very-secret' });

describe('encrypted credentials', () => {
  const cipher = new CredentialCipher(key(1));
  const ciphertext = cipher.encrypt(text, 'connection-1');

  it('open with their key and for their connection', () => {
    expect(cipher.decrypt(ciphertext, 'connection-1', cipher.keyId)).toBe(text);
    expect(Buffer.from(ciphertext, 'base64').toString('latin1')).not.toContain('secret');
  });

  it('look different each time', () => {
    expect(cipher.encrypt(text, 'connection-1')).not.toBe(ciphertext);
  });

  it('do not open for another connection, when they were changed, or under another key', () => {
    expect(() => cipher.decrypt(ciphertext, 'connection-2', cipher.keyId)).toThrow('Reconnect');
    const bytes = Buffer.from(ciphertext, 'base64');
    bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
    expect(() => cipher.decrypt(bytes.toString('base64'), 'connection-1', cipher.keyId)).toThrow('Reconnect');
    const other = new CredentialCipher(key(2));
    expect(() => other.decrypt(ciphertext, 'connection-1', cipher.keyId)).toThrow(cipher.keyId);
  });

  it('derives keys for other purposes that differ from each other', () => {
    expect(cipher.deriveKey('one').equals(cipher.deriveKey('one'))).toBe(true);
    expect(cipher.deriveKey('one').equals(cipher.deriveKey('two'))).toBe(false);
  });
});
