import type { Operation } from './operations/operation.ts';

/** ServiceTitan's name of the permission that an operation needs: reading and writing are granted apart. */
export function scopeOf({ scope, method }: Pick<Operation, 'scope' | 'method'>): string {
  return `tn.${scope}:${method === 'GET' ? 'r' : 'w'}`;
}
