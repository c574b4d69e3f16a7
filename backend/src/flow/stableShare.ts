import { createHash } from 'node:crypto';

/** A number from 0 up to, not including, 1 that is always the same for the same key, and spread evenly over keys. */
export function stableShare(key: string): number {
  return createHash('sha256').update(key).digest().readUIntBE(0, 6) / 2 ** 48;
}
