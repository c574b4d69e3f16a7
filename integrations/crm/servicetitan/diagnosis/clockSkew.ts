import type { HttpReply } from '../../../http.ts';

/** From here on a difference of the clocks is worth a word. */
export const noticeableSkewMs = 2 * 60_000;

/**
 * How far the server's clock is ahead of ours. Its Date header has whole seconds, and was written at some moment
 * between sending and receiving: what these two explain is no difference.
 */
export function clockSkewOf(reply: HttpReply, times: { sentAt: Date; receivedAt: Date }): number | null {
  const date = Date.parse(reply.headers.get('date') ?? '');
  if (Number.isNaN(date)) return null;
  const least = date - times.receivedAt.getTime();
  const most = date + 999 - times.sentAt.getTime();
  if (least > 0) return least;
  return most < 0 ? most : 0;
}
