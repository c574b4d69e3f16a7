import { ConfigError } from './config.ts';
import { AppError } from './errors.ts';

/** Ends a program that cannot go on: with one line for its user, or with the stack of what nobody foresaw. */
export function exitWithReason(error: unknown): never {
  // Wrong arguments are a TypeError with a code.
  const isExpected =
    error instanceof ConfigError ||
    error instanceof AppError ||
    (error instanceof TypeError && 'code' in error);
  process.stderr.write(
    isExpected ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}
