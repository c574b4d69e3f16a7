import type { z } from 'zod';
import type { AppClient } from '../apps.ts';
import type { Desk } from '../office/Desk.ts';
import { fieldErrors } from '../resources/fieldErrors.ts';
import type { ScopedResource } from '../scopes.ts';
import type { SandboxTenant } from '../tenants.ts';
import { invalid } from './ApiError.ts';

/** One authorized request to a tenant's API. */
export interface Call {
  readonly tenant: SandboxTenant;
  /** The app that calls, and what it may do in this tenant. */
  readonly client: AppClient;
  readonly desk: Desk;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the host, with `:name` for what varies. */
  readonly path: string;
  readonly scope: ScopedResource;
  /** What success answers, where it is no 200. */
  readonly status?: 201 | 204;
  /** Gives the body of the answer; undefined is an empty one, as actions answer. */
  readonly handle: (call: Call) => unknown;
}

/** An id in the path; one that is no whole number is refused. */
export function pathId(call: Call, name = 'id'): number {
  const text = call.params[name] ?? '';
  const id = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(id)) {
    throw invalid({ [name]: [`The value '${text.slice(0, 60)}' is not valid: expected a whole number.`] });
  }
  return id;
}

/** The body by its schema: unknown members are ignored, wrong ones refused by name, as ServiceTitan does. */
export function readBody<Body>(call: Call, schema: z.ZodType<Body>): Body {
  const parsed = schema.safeParse(call.body ?? {});
  if (!parsed.success) throw invalid(fieldErrors(parsed.error));
  return parsed.data;
}

/** Only the members that were sent: absent ones must not overwrite what is there. */
export function sentMembers<Body extends object>(
  body: Body,
): { [Key in keyof Body]: Exclude<Body[Key], undefined> } {
  const sent: { [Key in keyof Body]: Exclude<Body[Key], undefined> } = Object.create(null);
  return Object.assign(
    sent,
    Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)),
  );
}
