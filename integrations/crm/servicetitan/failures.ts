import type { z } from 'zod';
import { IntegrationError, type IntegrationErrorKind } from '../../errors.ts';
import { excerpt, parseJson, type HttpReply } from '../../http.ts';
import { redact } from '../../redact.ts';
import { parseRetryAfter } from '../../retry.ts';
import { maskQuoted, maskValue } from './maskQuoted.ts';
import { problemReply, tokenRefusal, type Problem } from './schemas/replies.ts';

export interface FailureContext {
  tenantId: number;
  repeatable: boolean;
  now: Date;
}

export type Unauthorized =
  'app_key_missing' | 'app_key_invalid' | 'token_expired' | 'token_invalid' | 'unknown';

/** What a 401 is about. ServiceTitan tells it in words only, which may change: what they do not tell is unknown. */
export function describe401(reply: Pick<HttpReply, 'text' | 'headers'>): Unauthorized {
  const said = `${reply.text} ${reply.headers.get('www-authenticate') ?? ''}`;
  if (/\b(st-?)?app(lication)?[ _-]?key\b/i.test(said)) {
    return /\b(missing|required|absent|no|not (found|provided|present|supplied|sent))\b/i.test(said)
      ? 'app_key_missing'
      : 'app_key_invalid';
  }
  if (!/\b(token|jwt|bearer)\b/i.test(said)) return 'unknown';
  if (/\bexpir/i.test(said)) return 'token_expired';
  return /\b(invalid\w*|missing|malformed|revoked|not valid|signature|garbage)\b/i.test(said)
    ? 'token_invalid'
    : 'unknown';
}

/** Whether a refused call is about the token; a missing or wrong application key answers 401 as well. */
export function isAboutToken(reply: HttpReply): boolean {
  return reply.status === 401 && !isAboutAppKey(reply);
}

function isAboutAppKey(reply: HttpReply): boolean {
  const about = describe401(reply);
  return about === 'app_key_missing' || about === 'app_key_invalid';
}

/** The error for an answer that is not a success. */
export function failureOf(reply: HttpReply, context: FailureContext): IntegrationError {
  const problem = readProblem(reply);
  const kind = kindOf(reply.status);
  return new IntegrationError(kind, `${remedies[kind](reply, context.tenantId)} ${saying(problem, reply)}`, {
    status: reply.status,
    requestId: problem.traceId ?? undefined,
    retryAfterMs: retryAfterOf(reply, context.now),
    outcomeUnknown: kind === 'unavailable' && !context.repeatable,
  });
}

/** The error for a token request that was refused. */
export function tokenFailureOf(reply: HttpReply, context: { tenantId: number; now: Date }): IntegrationError {
  const refusal = tokenRefusal.safeParse(parseJson(reply.text)).data?.error;
  // Wrong credentials are a 400 here, not a 401.
  const refused = reply.status === 401 || (reply.status === 400 && typeof refusal === 'string');
  if (!refused) return failureOf(reply, { ...context, repeatable: true });
  const remedy =
    refusal === 'unauthorized_client' || refusal === 'invalid_scope'
      ? `ServiceTitan does not let this client into tenant ${context.tenantId}: have the tenant's administrator accept the app.`
      : `ServiceTitan refused the client ID or client secret of tenant ${context.tenantId}: enter both again and check that they belong to the chosen environment.`;
  const answer = refusal ? ` It answered ${redact(refusal).slice(0, 60)}.` : '';
  return new IntegrationError('auth', `${remedy}${answer}`, { status: reply.status });
}

/** The error for an answer that is a success and cannot be read. Values stay out of it. */
export function unreadable(
  what: string,
  problem: z.ZodError | string,
  details: { status?: number; outcomeUnknown?: boolean } = {},
): IntegrationError {
  const why = typeof problem === 'string' ? describeText(problem) : summarize(problem).join('; ');
  return new IntegrationError(
    // What is no JSON was damaged on its way, or comes from a proxy: the next answer may be whole.
    typeof problem === 'string' ? 'unavailable' : 'unexpected',
    `ServiceTitan's answer to ${what} could not be read: ${why}. If it stays so, report it with the time.`,
    details,
  );
}

/** Records hold people's names: only of what is plainly no record may something be shown. */
function describeText(text: string): string {
  if (text.trim() === '') return 'it is empty';
  if (isRecordLike(text)) return `it is damaged or cut off after ${text.length} characters`;
  return `it is no JSON and begins "${maskQuoted(excerpt(text))}"`;
}

function isRecordLike(text: string): boolean {
  return !text.trimStart().startsWith('<') && /[{["]/.test(text);
}

/** Where a record differs from what was expected, without its values. */
export function summarize(error: z.ZodError): string[] {
  return error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'answer'}: ${issue.message}`);
}

function kindOf(status: number): IntegrationErrorKind {
  if (status === 401) return 'auth';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  if (status === 400 || status === 409 || status === 422) return 'invalid';
  if (status === 408 || status >= 500) return 'unavailable';
  return 'unexpected';
}

const remedies: Record<IntegrationErrorKind, (reply: HttpReply, tenantId: number) => string> = {
  auth: (reply, tenantId) =>
    isAboutAppKey(reply)
      ? `ServiceTitan refused the application key for tenant ${tenantId}: copy it again from the developer portal.`
      : `ServiceTitan refused a fresh token for tenant ${tenantId}: check the application key, the environment and that the app is approved.`,
  forbidden: (_, tenantId) =>
    `ServiceTitan does not allow this for tenant ${tenantId}: check the tenant ID, grant the missing scope to the app and have the tenant's administrator accept its newest version.`,
  not_found: (_, tenantId) => `ServiceTitan has no such record in tenant ${tenantId}: check the number.`,
  rate_limited: () => 'ServiceTitan is being asked too often: wait a little and try again.',
  invalid: () => 'ServiceTitan did not accept the request: correct what it names.',
  unavailable: () => 'ServiceTitan has a problem at the moment: try again later.',
  unexpected: () => 'ServiceTitan gave an answer that nobody expected: check the address of the environment.',
};

function readProblem(reply: HttpReply): Problem {
  return problemReply.safeParse(parseJson(reply.text)).data ?? {};
}

function saying(problem: Problem, reply: HttpReply): string {
  // The vendor repeats what it was given, which may be somebody's name.
  const fields = Object.entries(problem.errors ?? {}).map(([field, texts]) => {
    const name = /^[\w.$[\]-]{1,80}$/.test(field) ? field : '…';
    return `${name}: ${texts.map((text) => maskValue(redact(text))).join(' ')}`;
  });
  const said = [maskQuoted(redact(problem.title ?? '')), ...fields].filter(Boolean).join('; ');
  const text = excerpt(said) || (isRecordLike(reply.text) ? '' : maskQuoted(excerpt(reply.text)));
  return text ? `It answered ${reply.status}: ${text}` : `It answered ${reply.status}.`;
}

/** How long an answer asks to wait. A date is meant by the server's clock, which its Date header tells. */
export function retryAfterOf(reply: Pick<HttpReply, 'headers'>, now: Date): number | undefined {
  const serverTime = Date.parse(reply.headers.get('date') ?? '');
  return parseRetryAfter(
    reply.headers.get('retry-after'),
    Number.isNaN(serverTime) ? now : new Date(serverTime),
  );
}
