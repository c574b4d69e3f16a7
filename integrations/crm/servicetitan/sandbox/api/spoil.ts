import type { Request, Response } from 'express';
import { ApiError, problemBody } from './ApiError.ts';
import type { Fault } from './Faults.ts';

const titles: Readonly<Record<number, string>> = {
  429: 'Too Many Requests',
  500: 'An unexpected error occurred.',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Answers, or fails to answer, a request the way a fault says. `whole` is the right answer, where there is one already. */
export function spoil(fault: Fault, { request, response, whole, traceId }: SpoiledExchange): void {
  const status = fault.status ?? 502;
  if (fault.retryAfter !== undefined) response.set('Retry-After', String(fault.retryAfter));
  switch (fault.kind) {
    case 'status':
      response
        .status(status)
        .json(
          problemBody(new ApiError(status, titles[status] ?? 'The request could not be handled.'), traceId),
        );
      return;
    case 'html':
      response
        .status(status)
        .type('html')
        .send(
          `<html><head><title>${status}</title></head><body><h1>${titles[status] ?? 'Error'}</h1></body></html>`,
        );
      return;
    case 'malformed': {
      const text = whole ?? '{"page":1,"pageSize":50,"hasMore":false,"data":[{"id":1';
      response
        .status(200)
        .type('json')
        .send(text.slice(0, Math.ceil(text.length / 2)));
      return;
    }
    case 'cut':
      cut(request, response, whole);
      return;
    case 'hang':
    case 'revoke_token':
    case 'rate_limit':
      // Nothing is ever answered; the connection ends when the caller gives up or the sandbox closes.
      return;
  }
}

interface SpoiledExchange {
  readonly request: Request;
  readonly response: Response;
  readonly whole: string | null;
  readonly traceId: string;
}

/** Ends the connection: before any answer, or in the middle of the right one. */
function cut(request: Request, response: Response, whole: string | null): void {
  if (whole === null) {
    request.socket.destroy();
    return;
  }
  const body = Buffer.from(whole === '' ? ' ' : whole);
  response
    .status(200)
    .type('json')
    .set('Content-Length', String(body.length + 1));
  response.write(body.subarray(0, Math.ceil(body.length / 2)), () => request.socket.destroy());
}
