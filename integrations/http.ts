import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { addAbortSignal, Readable } from 'node:stream';
import axios from 'axios';
import { IntegrationError } from './errors.ts';
import { redact } from './redact.ts';

export interface HttpRequest {
  /** The product's name, for messages. */
  service: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body?: string | undefined;
  /** Whether doing it twice is the same as doing it once; decides what a lost answer means. */
  repeatable: boolean;
  timeoutMs: number;
  maxBytes: number;
  /** Where names lead, instead of the system's own look-up; then nothing of the connection is shared or sent by a proxy. */
  lookup?: LookupFunction | undefined;
  signal?: AbortSignal | undefined;
}

export interface HttpReply {
  status: number;
  headers: ReadonlyMap<string, string>;
  text: string;
}

const keptAlive = {
  httpAgent: new HttpAgent({ keepAlive: true }),
  httpsAgent: new HttpsAgent({ keepAlive: true }),
};
// A kept connection may be closed by the other side just as it is used again. A read is then repeated; a write
// would be left with an unknown outcome, so it gets a connection of its own.
const ownConnection = {
  httpAgent: new HttpAgent({ keepAlive: false }),
  httpsAgent: new HttpsAgent({ keepAlive: false }),
};

function agentsFor({ lookup, repeatable }: HttpRequest) {
  if (!lookup) return repeatable ? keptAlive : ownConnection;
  return {
    httpAgent: new HttpAgent({ keepAlive: false, lookup }),
    httpsAgent: new HttpsAgent({ keepAlive: false, lookup }),
    // A proxy would look the name up anew.
    proxy: false,
  } as const;
}

/** Failures of name look-up and connecting: no byte of the request has left. */
const nothingSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** One HTTP call. Resolves with any status; throws an IntegrationError when there is no complete answer. */
export async function callHttp(request: HttpRequest): Promise<HttpReply> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
  try {
    const reply = await axios.request<unknown>({
      adapter: 'http',
      method: request.method,
      url: request.url,
      headers: { 'User-Agent': 'chou-servicetitan', ...request.headers },
      data: request.body,
      responseType: 'stream',
      validateStatus: () => true,
      // A redirect would carry credentials to a host that nobody configured.
      maxRedirects: 0,
      signal,
      ...agentsFor(request),
    });
    const headers = new Map(
      Object.entries(reply.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    return { status: reply.status, headers, text: await readText(reply.data, request, signal) };
  } catch (error) {
    if (error instanceof IntegrationError) throw error;
    throw failureWithoutAnswer(error, request, deadline);
  }
}

async function readText(body: unknown, request: HttpRequest, signal: AbortSignal): Promise<string> {
  if (!(body instanceof Readable)) throw new TypeError('The HTTP client gave no stream.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of addAbortSignal(signal, body)) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > request.maxBytes) {
      body.destroy();
      const limit = `${Math.round(request.maxBytes / 1024)} KiB`;
      throw new IntegrationError(
        'unexpected',
        `${request.service} sent an answer of more than ${limit}. Ask for smaller pages.`,
        { outcomeUnknown: !request.repeatable },
      );
    }
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function failureWithoutAnswer(error: unknown, request: HttpRequest, deadline: AbortSignal): IntegrationError {
  const code = errorCode(error);
  const { service } = request;
  const host = new URL(request.url).host;
  const outcomeUnknown = !request.repeatable && !nothingSent.has(code);
  // The client's own error carries the request with its headers: it must not travel on.
  const cause = Object.assign(new Error(redact(error instanceof Error ? error.message : String(error))), {
    code: deadline.aborted ? 'ETIMEDOUT' : code,
  });
  if (request.signal?.aborted) {
    return new IntegrationError('unavailable', `The call to ${service} was stopped before it was answered.`, {
      outcomeUnknown,
      cause,
    });
  }
  const what = deadline.aborted
    ? `did not answer within ${request.timeoutMs / 1000} seconds`
    : `could not be reached (${code})`;
  return new IntegrationError(
    'unavailable',
    `${service} ${what} at ${host}. Check the network and the address; otherwise try again later.`,
    { outcomeUnknown, cause },
  );
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'no answer';
}

/** A reply's text as a short line that is safe to show: tags and secrets taken out, cut at 200 characters. */
export function excerpt(text: string): string {
  const line = redact(
    text
      .slice(0, 20_000)
      .replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

/** The JSON of a reply, or undefined where it holds none. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
