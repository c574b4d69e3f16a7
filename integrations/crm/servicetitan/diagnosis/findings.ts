import type { Verdict } from '../../../ConnectionDiagnosis.ts';
import { excerpt } from '../../../http.ts';
import { redact } from '../../../redact.ts';
import { retryAfterOf } from '../failures.ts';
import { maskQuoted } from '../maskQuoted.ts';
import { problemReply } from '../schemas/replies.ts';
import type { Answer } from './DiagnosisCalls.ts';
import { networkReason } from './networkReasons.ts';

/** What one answer tells of the connection as a whole. */
export interface Finding {
  verdict: Verdict;
  details: string[];
  retryAfterMs?: number | undefined;
}

/** What goes wrong on the way, whatever was asked; null for an answer that ServiceTitan gave. */
export function findObstacle(answer: Answer, now: Date): Finding | null {
  if (answer.type === 'silence') {
    if (answer.error.kind === 'rate_limited')
      return { verdict: 'throttled', details: [answer.error.message] };
    return { verdict: 'unreachable', details: [networkReason(answer.error, answer.host)] };
  }
  const { status } = answer.reply;
  if (status === 429) {
    const retryAfterMs = retryAfterOf(answer.reply, now);
    return { verdict: 'throttled', details: ['ServiceTitan answered 429: too many requests.'], retryAfterMs };
  }
  if (status === 408 || status >= 500) {
    return { verdict: 'outage', details: [`ServiceTitan answered ${said(answer)}.`] };
  }
  if (answer.type === 'json') return null;
  return { verdict: 'intercepted', details: [`Instead of ServiceTitan's JSON came ${said(answer)}.`] };
}

/** An answer's status and, where it is short and safe, its words. */
export function said(answer: Exclude<Answer, { type: 'silence' }>): string {
  const { status, text } = answer.reply;
  if (answer.type === 'page') {
    const words = maskQuoted(excerpt(text));
    return words === '' ? `${status} with an empty page` : `${status} with a page that begins “${words}”`;
  }
  const title = titleOf(answer);
  return title === '' ? String(status) : `${status}: ${title}`;
}

/** The title of a refusal, without what it quotes and long numbers, which may be somebody's. */
export function titleOf(answer: Extract<Answer, { type: 'json' }>): string {
  const title = problemReply.safeParse(answer.value).data?.title ?? '';
  return maskQuoted(redact(title)).slice(0, 200).replace(/\.$/, '');
}
