import { describe, expect, it } from 'vitest';
import { ConfigError } from '#backend/config.ts';
import { AppError } from '#backend/errors.ts';
import { IntegrationError } from '#integrations/errors.ts';
import { decideTaskRetry } from '#trigger/tasks/retryDecision.ts';

const failure = (...[kind, details]: [IntegrationError['kind'], { retryAfterMs?: number }?]) => ({
  error: new IntegrationError(kind, 'It failed.', details),
  retryDelayInMs: 2000,
});

describe('a run that failed', () => {
  it.each(['auth', 'forbidden', 'invalid', 'not_found'] as const)(
    'is not tried again for an error that stays, such as %s',
    (kind) => {
      expect(decideTaskRetry(failure(kind))).toEqual({ skipRetrying: true });
    },
  );

  it.each(['unavailable', 'unexpected'] as const)('is tried again after its back-off for %s', (kind) => {
    expect(decideTaskRetry(failure(kind))).toBeUndefined();
  });

  it('is tried again when the throttling vendor said', () => {
    expect(decideTaskRetry(failure('rate_limited', { retryAfterMs: 37_000 }))).toEqual({
      retryDelayInMs: 37_000,
    });
  });

  it('is tried again after its back-off when the throttling vendor said nothing', () => {
    expect(decideTaskRetry(failure('rate_limited'))).toBeUndefined();
  });

  it('is not tried more often than its task allows, whatever the vendor said', () => {
    const last = { ...failure('rate_limited', { retryAfterMs: 37_000 }), retryDelayInMs: undefined };
    expect(decideTaskRetry(last)).toBeUndefined();
  });

  it('is not tried again when the environment or the credentials are at fault', () => {
    expect(decideTaskRetry({ error: new ConfigError('SMTP_URL must be set.') })).toEqual({
      skipRetrying: true,
    });
    expect(decideTaskRetry({ error: new AppError('unavailable', 'Reconnect.') })).toEqual({
      skipRetrying: true,
    });
  });

  it('is tried again when the database was away', () => {
    expect(
      decideTaskRetry({ error: new AppError('internal', 'No answer.'), retryDelayInMs: 2000 }),
    ).toBeUndefined();
  });
});
