import { createHash } from 'node:crypto';

/** How far a reader of an export feed has come, and the date it began with until it has caught up. */
export interface FeedPosition {
  readonly sequence: number;
  readonly since: string | null;
}

/** Which feed of which data: a position means nothing in another one. */
export interface FeedIdentity {
  readonly epoch: string;
  readonly feed: string;
}

function checksum({ epoch, feed }: FeedIdentity, payload: string): string {
  return createHash('sha256').update(`${epoch}/${feed}/${payload}`).digest('base64url').slice(0, 8);
}

/** The same position always gives the same token, so a feed's last token stays as it is until something changes. */
export function writeContinuationToken(feed: FeedIdentity, position: FeedPosition): string {
  const payload = `${position.sequence.toString(36)}|${position.since ?? ''}`;
  return `${Buffer.from(payload).toString('base64url')}.${checksum(feed, payload)}`;
}

/** Null where the text is no token of this feed and this data. */
export function readContinuationToken(feed: FeedIdentity, token: string): FeedPosition | null {
  const [encoded = '', sum] = token.split('.');
  const payload = Buffer.from(encoded, 'base64url').toString();
  if (sum !== checksum(feed, payload)) return null;
  const [sequence = '', since = ''] = payload.split('|');
  return { sequence: Number.parseInt(sequence, 36), since: since === '' ? null : since };
}
