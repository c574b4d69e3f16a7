import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SignatureEncoding } from '#backend/schemas/webhooks.ts';
import { isSigned } from '#backend/webhooks/isSigned.ts';

const key = 'k'.repeat(32);
const body = Buffer.from('{"data":{"tenantId":1}}\n');
const digest = createHmac('sha256', key).update(body).digest();
const hex = digest.toString('hex');
const base64 = digest.toString('base64');

function signed(signature: string, encoding: SignatureEncoding = 'auto', keys: string[] = [key]) {
  return isSigned({ body, signature, encoding, keys });
}

describe('a signature', () => {
  it('is read in hex, in upper or lower case, and in base64, also without padding or made for addresses', () => {
    for (const written of [
      hex,
      hex.toUpperCase(),
      base64,
      base64.replace('=', ''),
      digest.toString('base64url'),
    ]) {
      expect([written, signed(written)]).toEqual([written, true]);
    }
  });

  it('may have sha256= before it, and blanks around it', () => {
    expect(signed(`sha256=${hex}`)).toBe(true);
    expect(signed(` SHA256=${base64} `)).toBe(true);
  });

  it('counts in the one encoding only that was settled', () => {
    expect([signed(hex, 'hex'), signed(base64, 'hex')]).toEqual([true, false]);
    expect([signed(hex, 'base64'), signed(base64, 'base64')]).toEqual([false, true]);
  });

  it('counts under each of two keys, and under none', () => {
    const other = 'o'.repeat(32);
    expect(signed(hex, 'auto', [other, key])).toBe(true);
    expect(signed(hex, 'auto', [key, other])).toBe(true);
    expect(signed(hex, 'auto', [other])).toBe(false);
    expect(signed(hex, 'auto', [])).toBe(false);
  });

  it('is wrong when a digit differs, or anything is missing or too much', () => {
    const last = hex.endsWith('0') ? '1' : '0';
    const wrong = [
      '',
      'sha256=',
      `${hex.slice(0, -1)}${last}`,
      hex.slice(0, -2),
      `${hex}00`,
      `${hex}, ${hex}`,
      base64.slice(1),
      'é'.repeat(32),
      '0'.repeat(64),
      Buffer.alloc(32).toString('base64'),
    ];
    for (const signature of wrong) expect([signature, signed(signature)]).toEqual([signature, false]);
  });

  it('is wrong for a body that differs in a single byte', () => {
    for (const index of [0, 5, body.length - 1]) {
      const altered = Buffer.from(body);
      altered[index] = (altered[index] ?? 0) ^ 1;
      expect(isSigned({ body: altered, signature: hex, encoding: 'auto', keys: [key] })).toBe(false);
    }
    expect(isSigned({ body: Buffer.alloc(0), signature: hex, encoding: 'auto', keys: [key] })).toBe(false);
  });
});
