import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { AppError } from '../errors.ts';

export type Database = SupabaseClient;

/** Whatever takes longer has been lost on its way: the heaviest statement takes seconds. */
const timeoutMs = 60_000;

/** A supabase-js client for the server: it acts as the key's role and keeps no session. */
export function createDatabase(options: { url: string; key: string; fetch?: typeof fetch }): Database {
  return createClient(options.url, options.key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    db: { timeout: timeoutMs },
    ...(options.fetch ? { global: { fetch: options.fetch } } : {}),
  });
}

interface Reply {
  data: unknown;
  error: { message: string; code?: string; details?: string | null } | null;
}

/** The rows of a reply, parsed; a database error becomes an AppError (23505, unique violation: conflict). */
export async function rowsOf<Row>(query: PromiseLike<Reply>, schema: z.ZodType<Row>): Promise<Row> {
  const { data, error } = await query;
  if (error) throw databaseError(error);
  return schema.parse(data);
}

/** For writes whose reply does not matter. */
export async function done(query: PromiseLike<Reply>): Promise<void> {
  const { error } = await query;
  if (error) throw databaseError(error);
}

/** Calls a SQL function and parses what it returns. */
export async function call<Result>(
  database: Database,
  name: string,
  parameters: Record<string, unknown>,
  schema: z.ZodType<Result>,
): Promise<Result> {
  return rowsOf(database.rpc(name, parameters), schema);
}

/** As `call`, for what should be done at once: given up after so long. */
export async function callWithin<Result>(
  milliseconds: number,
  database: Database,
  name: string,
  parameters: Record<string, unknown>,
  schema: z.ZodType<Result>,
): Promise<Result> {
  return rowsOf(database.rpc(name, parameters).abortSignal(AbortSignal.timeout(milliseconds)), schema);
}

const coded = z.object({ code: z.string().optional() });
/**
 * No answer; serialization_failure, deadlock_detected; too_many_connections, and a server that stops, crashed or starts;
 * PostgREST without a connection to it, or without its schema yet.
 */
const passing = /^(|40001|40P01|53300|57P0[123]|08...|PGRST00[0123])$/;

/** Whether the same call may succeed a moment later. It may also have been done already, its answer lost. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'internal') return false;
  const cause = coded.safeParse(error.cause);
  return cause.success && passing.test(cause.data.code ?? '');
}

function databaseError(error: NonNullable<Reply['error']>): AppError {
  if (error.code === '23505') return new AppError('conflict', 'This exists already.', { cause: error });
  if (error.code === 'PT409')
    return new AppError('conflict', 'This has changed meanwhile; try again.', { cause: error });
  if (error.code === 'PT404') return new AppError('not_found', error.message, { cause: error });
  if (!error.code)
    return new AppError('internal', 'The database could not be reached, or did not answer in time.', {
      cause: error,
    });
  return new AppError('internal', `The database refused a statement (${error.code}).`, {
    cause: error,
  });
}
