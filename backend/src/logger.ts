import { pino, type Logger } from 'pino';

export type { Logger };

/** The one logger. Members that may carry secrets or personal data are replaced before a line is written. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      redact: {
        paths: [
          ...[
            'clientSecret',
            'appKey',
            'clientId',
            'password',
            'token',
            'authorization',
            'cookie',
            'email',
            'to',
          ].flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
          'req.headers',
        ],
        censor: '[redacted]',
      },
    },
    // Standard output belongs to what a command prints for its user.
    pino.destination({ fd: 2, sync: true }),
  );
}
