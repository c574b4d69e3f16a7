import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { z } from 'zod';

type Tell = (step: string) => void;

const request = z.object({ method: z.string(), path: z.string() });
const exchange = z.object({ request });
const opened = z.object({ socket: z.instanceof(Socket) });

/**
 * Tells every step of this process towards the outside, by name, right before and right after it: each call of the
 * database, each request to ServiceTitan, each stage of a mail. What only reads is told of afterwards: before it, all is as
 * it was after the step before. Whoever ends the process within `tell` ends it there.
 */
export function tellSteps(
  { smtpPort, readingFunctions }: { smtpPort: number; readingFunctions: readonly string[] },
  tell: Tell,
): void {
  const reading = new Set(readingFunctions.map((name) => `database ${name}`));
  const isReading = (name: string) => reading.has(name) || /^\w+ (GET|HEAD) /.test(name);
  const ask = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const name = databaseStep(new Request(input, { method: init?.method ?? 'GET' }));
    if (!isReading(name)) tell(`before ${name}`);
    const response = await ask(input, init);
    tell(`after ${name}`);
    return response;
  };
  const tellExchange = (when: string) => (message: unknown) => {
    const told = exchange.safeParse(message);
    if (!told.success) return;
    const name = pageStep(told.data.request);
    if (when === 'after' || !isReading(name)) tell(`${when} ${name}`);
  };
  subscribe('http.client.request.start', tellExchange('before'));
  subscribe('http.client.response.finish', tellExchange('after'));
  subscribe('net.client.socket', (message) => {
    const { socket } = opened.parse(message);
    socket.once('connect', () => {
      if (socket.remotePort === smtpPort) tellStages(socket, tell);
    });
  });
}

/** Before each command or text is written, and after the server's answer to it has arrived. */
function tellStages(socket: Socket, tell: Tell): void {
  const write = socket.write.bind(socket);
  const emit = socket.emit.bind(socket);
  let stage = 'greeting';
  let isText = false;
  Object.assign(socket, {
    write: (chunk: string | Uint8Array, ...rest: []) => {
      const [word = ''] = isText ? ['text'] : String(chunk).split(/[\s:]/, 1);
      stage = `SMTP ${word}`;
      tell(`before ${stage}`);
      return write(chunk, ...rest);
    },
    emit: (event: string, ...rest: unknown[]) => {
      if (event === 'data') {
        isText = stage === 'SMTP DATA';
        tell(`after ${stage}`);
      }
      return emit(event, ...rest);
    },
  });
}

function databaseStep({ method, url }: Request): string {
  const [, place = ''] = /\/(?:rest|auth)\/v1\/([^?]*)/.exec(url) ?? [];
  return place.startsWith('rpc/') ? `database ${place.slice(4)}` : `database ${method} ${place}`;
}

function pageStep({ method, path }: z.infer<typeof request>): string {
  const [place = ''] = path.split('?', 1);
  return `ServiceTitan ${method} ${place.replace(/\/tenant\/\d+/, '').replaceAll(/\/\d+/g, '/{id}')}`;
}
