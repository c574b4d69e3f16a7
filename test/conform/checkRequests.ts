import { parseJson } from '#integrations/http.ts';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Operation } from '#integrations/crm/servicetitan/operations/operation.ts';
import type { Pair } from './checkDeclarations.ts';
import { replySchemaOf } from './checkReplies.ts';
import { ConformClient } from './ConformClient.ts';
import type { Findings } from './Findings.ts';
import { sampleDocuments, type Resolve } from './randomDocuments.ts';
import { inputsOf, type Input } from './randomInputs.ts';
import { RecordingServer, type RawReply, type RecordedRequest } from './RecordingServer.ts';
import { requestProblems } from './requestProblems.ts';
import type { Validator } from './Validator.ts';

const tenantId = 410_387_862;
const bookingProviderId = 7;

interface Deps {
  readonly validator: Validator;
  readonly resolve: Resolve;
  readonly seed: number;
  readonly findings: Findings;
}

/** Checks that what the client sends, given any input that it takes, is as the vendor documents it. */
export async function checkRequests(pairs: readonly Pair[], deps: Deps): Promise<void> {
  let reply = '';
  const server = new RecordingServer((request) => Promise.resolve(answer(request, () => reply)));
  const url = await server.open();
  const client = new ConformClient({
    url,
    tenantId,
    bookingProviderId,
    clientId: 'cid.conform',
    clientSecret: 'cs1.conform',
    appKey: 'ak1.conform',
  });
  try {
    for (const pair of pairs) {
      const replies = replyTexts(pair, deps);
      for (const [index, input] of inputsOf(pair.operation, deps.seed).entries()) {
        reply = replies[index % replies.length] ?? '';
        await checkOne({ pair, input, client, server, deps });
      }
    }
  } finally {
    await server.close();
  }
}

async function checkOne({
  pair,
  input,
  client,
  server,
  deps,
}: {
  pair: Pair;
  input: Input;
  client: ConformClient;
  server: RecordingServer;
  deps: Deps;
}): Promise<void> {
  const { name, operation, documented } = pair;
  const { validator, findings } = deps;
  const body = operation.kind === 'single' && operation.body ? { body: input.body } : {};
  const outcome = await client.tryCall(pair, { ...input.path, ...input.query, ...body }, input.options);
  findings.check(name, 'call', outcome.problems);
  const exchanges = server.take();
  findings.check(
    name,
    'request',
    exchanges.length === 1 ? [] : [`${exchanges.length} requests were sent, not one`],
  );
  for (const { request } of exchanges) {
    const isMethod = request.method === operation.method;
    findings.check(name, 'method', isMethod ? [] : [`${request.method} was sent`]);
    findings.check(
      name,
      'request',
      requestProblems(request, { documented, template: operation.path, validator }),
    );
    findings.check(name, 'request', fidelityProblems(request, { input, operation }));
  }
}

/** Whether what arrived is what was asked for: a plus that became a space, say, is well-formed and wrong. */
function fidelityProblems(
  { path, query, body }: RecordedRequest,
  { input, operation }: { input: Input; operation: Operation },
): string[] {
  const arrived = new Map<string, string[]>();
  for (const [name, value] of query) arrived.set(name, [...(arrived.get(name) ?? []), value]);
  const lost = Object.entries(input.query).flatMap(([name, value]) => {
    const values = arrivedAs(name, value).every(([key, texts]) => {
      const got = arrived.get(key) ?? [];
      return isDeepStrictEqual(got, texts) || isDeepStrictEqual(got, [texts.join(',')]);
    });
    return values ? [] : [`parameter ${name} arrives changed`];
  });
  const filled = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(
      String({ tenant: tenantId, booking_provider: bookingProviderId, ...input.path }[name]),
    ),
  );
  const wrongPath = path === `/${filled}` ? [] : ['the path arrives changed'];
  const isSent = operation.kind === 'single' && operation.body !== undefined;
  const wrongBody =
    !isSent || isDeepStrictEqual(parseJson(body), input.body) ? [] : ['the body arrives changed'];
  return [...lost, ...wrongPath, ...wrongBody];
}

const mapOfTexts = z.record(z.string(), z.string());

function arrivedAs(name: string, value: unknown): [string, string[]][] {
  if (Array.isArray(value)) return [[name, value.map(String)]];
  const map = mapOfTexts.safeParse(value);
  if (map.success) return Object.entries(map.data).map(([key, text]) => [`${name}[${key}]`, [text]]);
  return [[name, [String(value)]]];
}

function answer({ path }: RecordedRequest, reply: () => string): RawReply {
  const headers = { 'content-type': 'application/json' };
  if (path !== '/connect/token') return { status: 200, headers, body: reply() };
  return {
    status: 200,
    headers,
    body: JSON.stringify({ access_token: 'token', expires_in: 900, token_type: 'Bearer' }),
  };
}

/** Valid answers, so that the call goes on as it would. */
function replyTexts({ operation, documented }: Pair, { resolve, seed }: Deps): string[] {
  const schema = replySchemaOf(operation, documented, resolve);
  if (!schema) return [''];
  const documents = sampleDocuments(schema, { resolve, seed, count: 3 });
  if (operation.kind === 'single') return documents.map((document) => JSON.stringify(document));
  const page = { page: 1, pageSize: 50, hasMore: false, totalCount: null, continueFrom: 'end' };
  return documents.map((document) => JSON.stringify({ ...page, data: [document] }));
}
