import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SignatureEncoding } from '../schemas/webhooks.ts';

const digestBytes = 32;

/**
 * Whether a signature is HMAC-SHA256 over these very bytes under one of the keys. How long it takes tells nothing of a
 * key: every key is tried, and whole digests are compared in constant time.
 */
export function isSigned(signed: {
  body: Buffer;
  signature: string;
  encoding: SignatureEncoding;
  keys: readonly string[];
}): boolean {
  const given = decode(signed.signature.trim().replace(/^sha256=/i, ''), signed.encoding);
  const comparable = given ?? Buffer.alloc(digestBytes);
  const matches = signed.keys.map((key) =>
    timingSafeEqual(createHmac('sha256', key).update(signed.body).digest(), comparable),
  );
  return given !== null && matches.includes(true);
}

/** The digest that was sent; null when the text is none. Hex and base64 of 32 bytes cannot be mistaken for each other. */
function decode(text: string, encoding: SignatureEncoding): Buffer | null {
  if (encoding !== 'base64' && /^[\da-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (encoding !== 'hex' && /^[\w+/-]{43}=?$/.test(text)) return Buffer.from(text, 'base64');
  return null;
}
