import { writeSync } from 'node:fs';
import { pino, type Logger } from 'pino';
import { redact } from '#integrations/redact.ts';

export type { Logger };

/** Standard output belongs to what a command prints for its user. */
const standardError = 2;

/** The one logger. Members that may carry secrets or personal data are replaced before a line is written, and so is what looks like one in any text. */
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
    { write: (line: string) => void writeSync(standardError, redact(line)) },
  );
}
