import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Identity } from '../services/SessionService.ts';

/** Parses a body, query or set of parameters; throws invalid_input that names every wrong field. */
export function parse<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({
    field: issue.path.join('.'),
    message: issue.message,
  }));
  const [first] = issues;
  const message = first?.field
    ? `${first.field}: ${first.message}`
    : (first?.message ?? 'Check the request.');
  throw new AppError('invalid_input', message, { issues });
}

const identities = new WeakMap<Request, Identity>();

export function setIdentity(request: Request, identity: Identity): void {
  identities.set(request, identity);
}

/** Who is asking; only behind the session middleware. */
export function identityOf(request: Request): Identity {
  const identity = identities.get(request);
  if (!identity) throw new AppError('unauthenticated', 'Sign in first.');
  return identity;
}

const ranks = { viewer: 0, marketer: 1, admin: 2, owner: 3 } as const satisfies Record<
  Identity['role'],
  number
>;

/** Lets through members of at least this role. */
export function requireRole(role: Identity['role']): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction) => {
    if (ranks[identityOf(request).role] < ranks[role]) {
      throw new AppError('forbidden', `This needs the role ${role} in the workspace. Ask an owner for it.`);
    }
    next();
  };
}
