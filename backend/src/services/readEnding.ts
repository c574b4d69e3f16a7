import { IntegrationError } from '#integrations/errors.ts';
import { AppError } from '../errors.ts';
import { ReadStopped, type Ending } from './HeldRead.ts';
import type { ReadRequest } from './ReadOutcome.ts';
import { failureText, lackOf, meaningOf } from './syncPicture.ts';

export const completed: Ending = {
  status: 'complete',
  error: null,
  kind: null,
  retrySeconds: 0,
  problem: null,
  lacks: [],
};

/** How a read ends by what was thrown in it. */
export function endingOf(error: unknown, { resource, path, signal }: ReadRequest): Ending {
  if (error instanceof ReadStopped)
    return { ...completed, status: error.reason === 'paused' ? 'paused' : 'canceled' };
  if (signal?.aborted) return { ...completed, status: 'partial' };
  if (resource === 'suppressions') return failed(error, null);
  if (!(error instanceof IntegrationError)) return failed(error, path === 'full' ? null : reasonOf(error));
  const meaning = path === 'full' ? 'nothing' : meaningOf(resource, error);
  if (meaning === 'lacking')
    return { ...completed, status: 'lacking', error: error.message, lacks: [lackOf(resource)] };
  return failed(error, meaning === 'incomplete' ? failureText(resource, error) : null);
}

function failed(error: unknown, problem: string | null): Ending {
  return {
    status: 'failed',
    error: error instanceof IntegrationError ? error.message : reasonOf(error),
    kind: kindOf(error),
    retrySeconds: error instanceof IntegrationError ? Math.ceil((error.retryAfterMs ?? 0) / 1000) : 0,
    problem,
    lacks: [],
  };
}

/** Credentials that cannot be opened are as good as refused ones: nothing else of the connection can be read. */
function kindOf(error: unknown): string {
  if (error instanceof IntegrationError) return error.kind;
  return isAboutCredentials(error) ? 'auth' : 'unexpected';
}

function isAboutCredentials(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'unavailable' || error.code === 'not_found');
}

/** What to say of an error that nobody foresaw; its own words may be about anything. */
export function reasonOf(error: unknown): string {
  if (error instanceof AppError && error.code !== 'internal') return error.message;
  const name = error instanceof Error ? error.name : typeof error;
  return `The sync stopped on an unexpected error (${name}). It is tried again; the server's log has the details.`;
}

/** Whether an error concerns all that is read of the connection. */
export function isRefused(error: Error | undefined): boolean {
  return error !== undefined && kindOf(error) === 'auth';
}
