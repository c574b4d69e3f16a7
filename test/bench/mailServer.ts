import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { SMTPServer } from 'smtp-server';
import { answerQuestions } from './BenchProcess.ts';

/** A mail server that takes every mail, keeps none, and counts. */
let taken = 0;
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  logger: false,
  closeTimeout: 100,
  onData(stream: Readable, _session, done) {
    stream.resume();
    stream.once('end', () => {
      taken += 1;
      done();
    });
  },
});

if (import.meta.main) {
  // Whoever hangs up has sent what he had to.
  server.on('error', () => undefined);
  answerQuestions({
    open: async () => {
      server.listen(0, '127.0.0.1');
      await once(server.server, 'listening');
      const address = server.server.address();
      if (address === null || typeof address === 'string') throw new Error('The mail server has no port.');
      return { url: `smtp://127.0.0.1:${address.port}` };
    },
    taken: async () => taken,
    close: () => new Promise((resolve) => server.close(() => resolve(null))),
  });
}
