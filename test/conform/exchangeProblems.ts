import { parseJson } from '#integrations/http.ts';
import type { Pair } from './checkDeclarations.ts';
import type { Schema } from './jsonSchema.ts';
import type { Exchange, RawReply } from './RecordingServer.ts';
import { requestProblems } from './requestProblems.ts';
import type { Validator } from './Validator.ts';

/** What is wrong with a request and its answer by the vendor's documents. */
export function exchangeProblems({ request, reply }: Exchange, pair: Pair, validator: Validator): string[] {
  const { documented, operation } = pair;
  return [
    ...requestProblems(request, { documented, template: operation.path, validator }),
    ...replyProblems(reply, pair, validator),
  ];
}

/** What is wrong with an answer alone, whatever was asked. */
export function replyProblems(reply: RawReply, { documented }: Pair, validator: Validator): string[] {
  const { status } = reply;
  // Every operation refuses in the same words, also with a status that its document does not name.
  if (status >= 400) return bodyProblems(reply, documented.refusal, validator);
  if (!documented.replies.has(status)) return [`answers ${status}, which the vendor does not document`];
  const schema = documented.replies.get(status);
  if (schema) return bodyProblems(reply, schema, validator);
  return reply.body === '' ? [] : [`${status}: has a body where the vendor documents none`];
}

function bodyProblems({ status, headers, body }: RawReply, schema: Schema, validator: Validator): string[] {
  const type = headers['content-type'] ?? 'none';
  if (!type.startsWith('application/json')) return [`${status}: the answer's type is ${type}`];
  return validator.problems(schema, parseJson(body)).map((problem) => `${status}: ${problem}`);
}
