import type { Request, RequestHandler } from 'express';
import type { z } from 'zod';
import type { Faults } from '../api/Faults.ts';
import type { PageActs } from '../api/PageActs.ts';
import type { RequestLog } from '../api/RequestLog.ts';
import type { AppRegistry } from '../AppRegistry.ts';
import { fieldErrors } from '../resources/fieldErrors.ts';
import type { SandboxLogger } from '../SandboxLogger.ts';
import type { Store } from '../Store.ts';
import type { Webhooks } from '../webhooks/Webhooks.ts';
import { refuse } from './ControlError.ts';

export interface ControlParts {
  readonly store: Store;
  readonly apps: AppRegistry;
  readonly faults: Faults;
  readonly pages: PageActs;
  readonly webhooks: Webhooks;
  readonly log: RequestLog;
  readonly seed: number;
  readonly logger: SandboxLogger;
}

/** Answers with what the work gives; all that it wrote is kept, or where it throws nothing. */
export function kept(store: Store, work: (request: Request) => unknown): RequestHandler {
  return (request, response) => {
    response.json(store.transaction(() => work(request)));
  };
}

/** The input by its schema, or a 400 that names what is wrong. */
export function read<Value>(schema: z.ZodType<Value>, input: unknown): Value {
  const parsed = schema.safeParse(input ?? {});
  if (!parsed.success) throw refuse(fieldErrors(parsed.error));
  return parsed.data;
}

/** A part of the path, of which Express makes a list where it goes over several segments. */
export function joined(part: string | string[] | undefined): string {
  return Array.isArray(part) ? part.join('/') : (part ?? '');
}
