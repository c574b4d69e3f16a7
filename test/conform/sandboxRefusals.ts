import type { Pair } from './checkDeclarations.ts';
import type { Findings } from './Findings.ts';
import { fillPath } from './fillPath.ts';
import type { Schema } from './jsonSchema.ts';
import type { Resolve } from './randomDocuments.ts';
import { replyProblems } from './exchangeProblems.ts';
import type { RawRequest, SandboxUnderTest } from './SandboxUnderTest.ts';
import type { Validator } from './Validator.ts';

interface Refusal {
  readonly what: string;
  readonly statuses: readonly number[];
  readonly request: RawRequest;
  readonly before?: () => void;
}

const unknownId = '987654321987';

/** Asks for what must be refused, in every way that an operation can refuse, and checks the refusals. */
export async function provokeRefusals(
  pairs: readonly Pair[],
  deps: { under: SandboxUnderTest; findings: Findings; validator: Validator; resolve: Resolve },
): Promise<void> {
  const { under, findings, validator } = deps;
  const open = await under.credentials(under.tenant);
  const closed = await under.credentials(under.closed);
  for (const pair of pairs) {
    for (const { what, statuses, request, before } of refusalsOf(pair, { ...deps, open, closed })) {
      before?.();
      await under.fetch(request);
      under.sandbox.clearFaults();
      const where = `sandbox refusal of ${what}`;
      for (const { reply } of under.proxy.take()) {
        const isExpected = statuses.includes(reply.status);
        const problems = isExpected ? replyProblems(reply, pair, validator) : [`answers ${reply.status}`];
        findings.check(pair.name, where, problems);
      }
    }
  }
}

function refusalsOf(
  { operation, documented }: Pair,
  deps: {
    under: SandboxUnderTest;
    open: Record<string, string>;
    closed: Record<string, string>;
    resolve: Resolve;
  },
): Refusal[] {
  const { under, open, closed, resolve } = deps;
  const { method } = operation;
  const json = { 'content-type': 'application/json' };
  const body = documented.body ? '{}' : undefined;
  const address = fillPath(operation.path, under.tenant, unknownId);
  const basic = { method, address, body };
  const { authorization = '', ...keyOnly } = open;
  const hasId = /\{(?!tenant|booking_provider|email)\w+\}/.test(operation.path);
  const typed = documented.query.find(({ schema }) => wrongText(schema) !== undefined);
  const wrong = documented.body && wrongBody(documented.body, resolve);
  return [
    { what: 'no app key', statuses: [401], request: { ...basic, headers: { ...json, authorization } } },
    { what: 'no token', statuses: [401], request: { ...basic, headers: { ...json, ...keyOnly } } },
    {
      what: 'a missing scope',
      statuses: [403],
      request: {
        ...basic,
        address: fillPath(operation.path, under.closed, 1),
        headers: { ...json, ...closed },
      },
    },
    {
      what: 'too many requests',
      statuses: [429],
      request: { ...basic, headers: { ...json, ...open } },
      before: () => under.sandbox.addFaults({ kind: 'rate_limit', limit: 0 }),
    },
    ...(hasId
      ? [
          {
            what: 'an unknown id',
            statuses: [400, 404],
            request: { ...basic, headers: { ...json, ...open } },
          },
        ]
      : []),
    ...(typed
      ? [
          {
            what: `a wrong ${typed.name}`,
            statuses: [400, 404],
            request: { ...basic, address: `${address}?${typed.name}=nonsense`, headers: open },
          },
        ]
      : []),
    ...(wrong
      ? [
          {
            what: `a wrong ${wrong.member}`,
            statuses: [400, 404, 409],
            request: { ...basic, body: wrong.body, headers: { ...json, ...open } },
          },
        ]
      : []),
  ];
}

function wrongText(schema: Schema): string | undefined {
  const { type, format } = schema.anyOf?.[0] ?? schema;
  return type === 'integer' || type === 'number' || type === 'boolean' || format === 'date-time'
    ? 'nonsense'
    : undefined;
}

/** A body whose first member of a plain type is an object. */
function wrongBody(schema: Schema, resolve: Resolve): { member: string; body: string } | undefined {
  const { properties = {} } = schema.$ref === undefined ? schema : resolve(schema.$ref);
  const member = Object.entries(properties).find(
    ([, part]) => part.type === 'string' || part.type === 'integer',
  )?.[0];
  return member === undefined ? undefined : { member, body: JSON.stringify({ [member]: { wrong: true } }) };
}
