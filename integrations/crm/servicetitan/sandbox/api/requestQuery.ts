import type { Request } from 'express';

/** The query as it was sent. It is not parsed as a URL's: paths such as // are asked for that are part of no URL. */
export function rawQuery({ originalUrl }: Request): string {
  const start = originalUrl.indexOf('?');
  return start === -1 ? '' : originalUrl.slice(start + 1);
}

export function requestQuery(request: Request): URLSearchParams {
  return new URLSearchParams(rawQuery(request));
}
