import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import type { z } from 'zod';
import { AppError } from '../errors.ts';

export type Database = SupabaseClient;

/** A supabase-js client for the server: it acts as the key's role and keeps no session. */
export function createDatabase(options: { url: string; key: string; fetch?: typeof fetch }): Database {
  return createClient(options.url, options.key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
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

function databaseError(error: NonNullable<Reply['error']>): AppError {
  if (error.code === '23505') return new AppError('conflict', 'This exists already.', { cause: error });
  if (error.code === 'PT409')
    return new AppError('conflict', 'This has changed meanwhile; try again.', { cause: error });
  if (error.code === 'PT404') return new AppError('not_found', error.message, { cause: error });
  return new AppError('internal', `The database refused a statement (${error.code ?? 'no code'}).`, {
    cause: error,
  });
}
