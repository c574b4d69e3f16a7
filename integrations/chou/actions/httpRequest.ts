import { z } from 'zod';
import { defineAction } from '../../action.ts';
import { IntegrationError } from '../../errors.ts';
import {
  defaultedChoiceField,
  optionalLongTextField,
  optionalTextField,
  switchField,
  textField,
} from '../../fields.ts';
import { parseJson, type HttpReply } from '../../http.ts';
import { parseRetryAfter } from '../../retry.ts';
import type { ChouHost } from '../ChouHost.ts';
import { checkHeader, readHeaders, readMembers } from '../nameValueLines.ts';

const withBody = ['POST', 'PUT', 'PATCH'] as const;
const methods = ['GET', ...withBody, 'DELETE'] as const;

const fields = z.object({
  method: defaultedChoiceField(methods, 'POST', { title: 'Method' }),
  url: textField({ title: 'Address', description: 'With https:// before it.', format: 'template' }),
  bodyFormat: defaultedChoiceField(['json', 'form'], 'json', {
    title: 'Sent as',
    enumNames: ['JSON', 'A form'],
  }),
  body: optionalLongTextField({
    title: 'What to send',
    description:
      'One value a line, its name first: “email: {{ customer.email }}”. “customer.name: …” puts a name into a customer.',
    format: 'template',
    sensitive: 'personal',
  }),
  headers: optionalLongTextField({
    title: 'Headers',
    description: 'One a line: “Accept-Language: en”. Passwords and keys belong into the secret header.',
  }),
  secretHeader: optionalTextField({
    title: 'Secret header',
    description: 'Its name, such as Authorization or X-Api-Key.',
  }),
  secretValue: optionalTextField({
    title: 'Its value',
    description: 'Stored encrypted for the host of the address, and never shown again.',
    sensitive: 'secret',
  }),
  knowsKey: switchField({
    title: 'The other server knows repeats',
    description:
      'It heeds the Idempotency-Key header: then a POST or PATCH whose answer was lost is sent again. Otherwise somebody has to look.',
  }),
  anyStatus: switchField({
    title: 'Go on when it is refused',
    description: 'The number of the answer can be asked for by a condition.',
  }),
});

const input = fields.refine(
  ({ secretHeader, secretValue }) => (secretHeader === undefined) === (secretValue === undefined),
  { message: 'Enter the secret header with its value, or neither.', path: ['secretValue'] },
);

const output = z.object({
  status: z.int().meta({ title: 'Number of the answer' }),
  ok: z.boolean().meta({ title: 'Was accepted' }),
  /** What was answered, if it is JSON with names. */
  answer: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ title: 'Answer', isOpen: true, sensitive: 'personal' }),
});

const timeoutMs = 20_000;
const maxBytes = 256 * 1024;

export const httpRequestAction = defineAction<ChouHost, typeof input, typeof output>({
  id: 'chou_http_request',
  title: 'HTTP request',
  description: 'Tells another system, or asks it. Private networks cannot be reached.',
  category: 'Other systems',
  effect: 'write',
  input,
  output,
  run: async ({ service, clock, signal, idempotencyKey }, given) => {
    const { method, url, knowsKey, anyStatus } = given;
    const isRepeatable = knowsKey || (method !== 'POST' && method !== 'PATCH');
    const { body, type } = bodyOf(given);
    const request = {
      method,
      url,
      headers: {
        ...(given.headers === undefined ? {} : readHeaders(given.headers, 'Headers')),
        ...(type === null ? {} : { 'Content-Type': type }),
        'Idempotency-Key': idempotencyKey,
      },
      secretHeaders: secretsOf(given, service),
      body,
      repeatable: isRepeatable,
      timeoutMs,
      maxBytes,
      signal,
    };
    const send = async () => {
      const reply = await service.http.call(request);
      const failure = failureOf(reply, { isRepeatable, anyStatus, now: clock.now() });
      if (failure) throw failure;
      return reply;
    };
    const reply = isRepeatable ? await send() : await service.callOnce(send);
    const answer = z.record(z.string(), z.unknown()).safeParse(parseJson(reply.text));
    return { status: reply.status, ok: isOk(reply), answer: answer.data ?? null };
  },
});

function bodyOf({ method, bodyFormat, body }: z.output<typeof input>) {
  if (body === undefined || !withBody.some((one) => one === method)) return { body: undefined, type: null };
  const members = readMembers(body, 'What to send');
  if (bodyFormat === 'json') return { body: JSON.stringify(members), type: 'application/json' };
  const form = new URLSearchParams(
    Object.entries(members).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  return { body: form.toString(), type: 'application/x-www-form-urlencoded' };
}

function secretsOf({ url, secretHeader: name, secretValue: sealed }: z.output<typeof input>, host: ChouHost) {
  if (name === undefined || sealed === undefined) return {};
  const value = host.openSecret(sealed, url);
  checkHeader({ name, value, title: 'Secret header' });
  return { [name]: value };
}

function isOk({ status }: HttpReply): boolean {
  return status >= 200 && status < 300;
}

/** Why the step is not done. What passes by itself is tried again by the rules of every step. */
function failureOf(
  reply: HttpReply,
  { isRepeatable, anyStatus, now }: { isRepeatable: boolean; anyStatus: boolean; now: Date },
): IntegrationError | null {
  const { status, headers } = reply;
  if (isOk(reply)) return null;
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now);
  const details = { status, retryAfterMs };
  if (status === 429)
    return new IntegrationError(
      'rate_limited',
      'The other server is asked too often: it is tried again.',
      details,
    );
  if (status === 408 || status >= 500) {
    const outcomeUnknown = !isRepeatable && status !== 503;
    const remedy = outcomeUnknown
      ? 'Look there whether it was done before trying again.'
      : 'It is tried again later.';
    return new IntegrationError('unavailable', `The other server answered ${status}. ${remedy}`, {
      ...details,
      outcomeUnknown,
    });
  }
  if (anyStatus) return null;
  // What it says may repeat what it was sent.
  const kind = status === 401 ? 'forbidden' : status === 404 ? 'not_found' : 'invalid';
  return new IntegrationError(
    kind,
    `The other server refused it: it answered ${status}. Check address and values.`,
    details,
  );
}
