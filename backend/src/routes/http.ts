import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Identity } from '../services/SessionService.ts';

/** Parses a body, query or set of parameters; throws invalid_input that names every wrong field. */
export function parse<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const unstorable = findUnstorable(value);
  if (unstorable !== null) {
    const message = 'NUL characters and halves of characters cannot be stored. Leave them out.';
    throw new AppError('invalid_input', `${unstorable}: ${message}`, {
      issues: [{ field: unstorable, message }],
    });
  }
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

/** Parses a query: what is there but empty (`?state=`) was not given. */
export function parseQuery<Value>(schema: z.ZodType<Value>, query: Request['query']): Value {
  return parse(schema, Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '')));
}

/** The path of the first text that PostgreSQL cannot store. Without recursion: a body may be nested as deep as it is long. */
function findUnstorable(root: unknown): string | null {
  const pending: { path: string; value: unknown }[] = [{ path: '', value: root }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { path, value } = next;
    if (typeof value === 'string' && !isStorable(value)) return path || 'body';
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, member] of Object.entries(value)) {
      if (!isStorable(key)) return path || 'body';
      pending.push({ path: path ? `${path}.${key}` : key, value: member });
    }
  }
  return null;
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
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
    allowRole(request, role);
    next();
  };
}

/** Refuses members of less than this role. */
export function allowRole(request: Request, role: Identity['role']): void {
  if (ranks[identityOf(request).role] < ranks[role]) {
    throw new AppError('forbidden', `This needs the role ${role} in the workspace. Ask an owner for it.`);
  }
}
