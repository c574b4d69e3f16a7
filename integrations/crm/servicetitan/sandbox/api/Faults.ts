import { z } from 'zod';
import type { Random } from '../random.ts';

const faultKinds = ['status', 'cut', 'hang', 'html', 'revoke_token', 'malformed', 'rate_limit'] as const;

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    // What cannot be compiled is refused with a message by the schema.
    return false;
  }
}

export const pathPattern = z.string().refine(isPattern, 'must be a path prefix or a regular expression');

const headerText = z.string().regex(/^[\x20-\x7e]*$/, 'must be text that a header can carry');

/** One fault as it is asked for: which requests it meets, how often, and what it does to them. */
export const faultInput = z
  .strictObject({
    kind: z.enum(faultKinds, { error: `must be one of ${faultKinds.join(', ')}` }),
    path: pathPattern.optional(),
    method: z
      .string()
      .transform((text) => text.toUpperCase())
      .optional(),
    tenant: z.int().optional(),
    status: z.int().min(400).max(599).optional(),
    retryAfter: z.union([z.number(), headerText]).optional(),
    limit: z.int().nonnegative().optional(),
    times: z.int().positive().optional(),
    share: z.number().min(0).max(1).optional(),
    /** Whether the request takes effect before its answer is spoiled. */
    after: z.boolean().default(false),
  })
  .refine((fault) => fault.kind !== 'status' || fault.status !== undefined, {
    path: ['status'],
    message: 'is required for a fault of kind status',
  })
  .refine((fault) => fault.kind !== 'rate_limit' || fault.limit !== undefined, {
    path: ['limit'],
    message: 'is required for a fault of kind rate_limit',
  });

export type FaultInput = z.input<typeof faultInput>;
export type Fault = z.output<typeof faultInput> & { readonly id: number; hits: number };

export interface Target {
  readonly method: string;
  readonly path: string;
}

/** The faults that are on, and the choice of the one that meets a request. */
export class Faults {
  readonly #random: Random;
  #faults: Fault[] = [];
  #lastId = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  add(inputs: readonly z.output<typeof faultInput>[]): Fault[] {
    const added = inputs.map((input) => ({ ...input, id: (this.#lastId += 1), hits: 0 }));
    this.#faults.push(...added);
    return added;
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults = [];
  }

  /** The first fault that meets the request, which is counted; a spent one stays listed with its hits. */
  pick(target: Target): Fault | null {
    for (const fault of this.#faults) {
      if (fault.kind === 'rate_limit' || !meets(fault, target)) continue;
      if (fault.share !== undefined && !this.#random.chance(fault.share)) continue;
      fault.hits += 1;
      return fault;
    }
    return null;
  }

  /** The lowest number of requests per second that a fault leaves to this request. */
  limitFor(target: Target): number {
    const limits = this.#faults.filter((fault) => fault.kind === 'rate_limit' && meets(fault, target));
    return Math.min(
      Number.POSITIVE_INFINITY,
      ...limits.map((fault) => fault.limit ?? Number.POSITIVE_INFINITY),
    );
  }
}

function meets({ path, method, tenant, times, hits }: Fault, target: Target): boolean {
  if (times !== undefined && hits >= times) return false;
  if (method !== undefined && method !== target.method) return false;
  if (tenant !== undefined && !target.path.includes(`/tenant/${tenant}/`)) return false;
  return path === undefined || isMetBy(path, target.path);
}

/** Whether a path begins with, or matches, what was asked for. */
export function isMetBy(pattern: string, path: string): boolean {
  return path.startsWith(pattern) || new RegExp(pattern).test(path);
}
