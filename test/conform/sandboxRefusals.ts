import { parseJson } from '#integrations/http.ts';
import { z } from 'zod';
import type { Pair } from './checkDeclarations.ts';
import type { Findings } from './Findings.ts';
import { fillPath } from './fillPath.ts';
import { mapValues, type Schema } from './jsonSchema.ts';
import type { KnownRows } from './KnownRows.ts';
import { always } from './listCases.ts';
import type { Resolve } from './randomDocuments.ts';
import type { Exchange, RawReply } from './RecordingServer.ts';
import { replyProblems } from './exchangeProblems.ts';
import type { RawRequest, SandboxUnderTest } from './SandboxUnderTest.ts';
import type { Validator } from './Validator.ts';

interface Refusal {
  readonly what: string;
  readonly statuses: readonly number[];
  readonly request: RawRequest;
  /** The parameter or member that the answer must name. */
  readonly named?: string;
  readonly before?: () => void;
}

interface RefusalDeps {
  readonly under: SandboxUnderTest;
  readonly findings: Findings;
  readonly validator: Validator;
  readonly resolve: Resolve;
  readonly rows: KnownRows;
  /** A write of that operation that was done. */
  readonly doneWrite: (pair: Pair) => Exchange | undefined;
}

type Headers = Readonly<Record<string, string>>;

const unknownId = '987654321987';

/** Asks for what must be refused, in every way that an operation can refuse, and checks the refusals. */
export async function provokeRefusals(pairs: readonly Pair[], deps: RefusalDeps): Promise<void> {
  const { under, findings, validator } = deps;
  const open = { ...(await under.credentials(under.tenant)), 'content-type': 'application/json' };
  const closed = { ...(await under.credentials(under.closed)), 'content-type': 'application/json' };
  for (const pair of pairs) {
    const refusals = [
      ...accessRefusals(pair, { under, open, closed }),
      ...unknownRefusals(pair, { ...deps, open }),
      ...queryRefusals(pair, { ...deps, open }),
      ...bodyRefusals(pair, { ...deps, open }),
    ];
    for (const { what, statuses, request, named, before } of refusals) {
      before?.();
      await under.fetch(request);
      under.sandbox.clearFaults();
      for (const { reply } of under.proxy.take()) {
        const problems = statuses.includes(reply.status)
          ? [...replyProblems(reply, pair, validator), ...namingProblems(reply, named)]
          : [`answers ${reply.status}`];
        findings.check(pair.name, `sandbox refusal of ${what}`, problems);
      }
    }
  }
}

function accessRefusals(
  { operation, documented }: Pair,
  { under, open, closed }: { under: SandboxUnderTest; open: Headers; closed: Headers },
): Refusal[] {
  const { authorization = '', ...keyOnly } = open;
  const body = documented.body ? '{}' : undefined;
  const address = fillPath(operation.path, under.tenant, unknownId);
  const basic = { method: operation.method, address, body };
  return [
    { what: 'no app key', statuses: [401], request: { ...basic, headers: { authorization } } },
    { what: 'no token', statuses: [401], request: { ...basic, headers: keyOnly } },
    {
      what: 'a missing scope',
      statuses: [403],
      request: { ...basic, address: fillPath(operation.path, under.closed, 1), headers: closed },
    },
    {
      what: 'too many requests',
      statuses: [429],
      request: { ...basic, headers: open },
      before: () => under.sandbox.addFaults({ kind: 'rate_limit', limit: 0 }),
    },
  ];
}

/** With a body that is right, so that nothing but the id can be what is wrong. */
function unknownRefusals(pair: Pair, { under, open, doneWrite }: RefusalDeps & { open: Headers }): Refusal[] {
  const { operation, documented } = pair;
  if (!/\{(?!tenant|booking_provider|email)\w+\}/.test(operation.path)) return [];
  // Where the vendor declares no 404, either may come.
  const statuses = documented.replies.has(404) ? [404] : [400, 404];
  const body = documented.body ? (doneWrite(pair)?.request.body ?? '{}') : undefined;
  const address = fillPath(operation.path, under.tenant, unknownId);
  return [
    { what: 'an unknown id', statuses, request: { method: operation.method, address, body, headers: open } },
  ];
}

/** Each parameter that is no free text, with one. */
function queryRefusals(
  { name, operation, documented }: Pair,
  { under, open, rows }: RefusalDeps & { open: Headers },
): Refusal[] {
  if (operation.method !== 'GET') return [];
  const [id = 1] = Object.values(rows.pathInputs(operation)[0] ?? {});
  const address = fillPath(operation.path, under.tenant, id);
  const typed = documented.query.filter(({ schema }) => isTyped(schema));
  return typed.map((parameter) => {
    const query = new URLSearchParams({
      ...mapValues(always[name] ?? {}, String),
      [parameter.name]: 'nonsense',
    });
    return {
      what: `a wrong ${parameter.name}`,
      statuses: [400],
      named: parameter.name,
      request: { method: operation.method, address: `${address}?${query.toString()}`, headers: open },
    };
  });
}

function isTyped(schema: Schema): boolean {
  const { type, format, enum: words } = schema.anyOf?.[0] ?? schema;
  return type === 'integer' || type === 'number' || type === 'boolean' || format === 'date-time' || !!words;
}

/** Members that the sandbox takes no notice of, so that it cannot tell a wrong one: by the operation's name. */
const unnoticed: Readonly<Record<string, readonly string[]>> = {
  createJob: ['jobGeneratedLeadSource'],
  updateJob: ['jobGeneratedLeadSource'],
  createEstimate: ['useDefaultProjectLabels'],
  updateEstimate: ['useDefaultProjectLabels'],
  createService: ['intacctGlGroupAccount'],
  updateService: ['intacctGlGroupAccount'],
};

const members = z.record(z.string(), z.unknown());

/** A write that was done, done again with one member of another type, or without one that is required. */
function bodyRefusals(
  pair: Pair,
  { open, resolve, doneWrite, findings }: RefusalDeps & { open: Headers },
): Refusal[] {
  const { operation, documented } = pair;
  if (!documented.body) return [];
  const done = doneWrite(pair);
  const body = members.safeParse(parseJson(done?.request.body ?? '')).data;
  if (!done || !body) {
    findings.check(pair.name, 'sandbox refusal of a wrong body', [
      'no such write was done that could be spoilt',
    ]);
    return [];
  }
  const { properties = {}, required = [] } = resolved(documented.body, resolve);
  const make = (what: string, named: string, changed: object): Refusal => ({
    what: `${what} ${named}`,
    statuses: [400],
    named,
    request: {
      method: operation.method,
      address: done.request.path.slice(1),
      body: JSON.stringify(changed),
      headers: open,
    },
  });
  const ignored = unnoticed[pair.name] ?? [];
  for (const member of ignored) findings.leaveUnjudged(pair.name, `with a wrong ${member}`);
  const noticed = Object.entries(properties).filter(([member]) => !ignored.includes(member));
  return [
    ...noticed.map(([member, schema]) => {
      return make('a wrong', member, { ...body, [member]: wrongValue(resolved(schema, resolve)) });
    }),
    ...required.map((member) => make('an absent', member, { ...body, [member]: undefined })),
  ];
}

function resolved(schema: Schema, resolve: Resolve): Schema {
  const plain = schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;
  return plain.$ref === undefined ? plain : resolved(resolve(plain.$ref), resolve);
}

function wrongValue({ type, enum: words }: Schema): unknown {
  return words || type !== 'object' ? { wrong: true } : 'nonsense';
}

const refusalReader = z.object({ errors: z.record(z.string(), z.unknown()) });

function namingProblems(reply: RawReply, named: string | undefined): string[] {
  if (named === undefined) return [];
  const { errors = {} } = refusalReader.safeParse(parseJson(reply.body)).data ?? {};
  const isNamed = Object.keys(errors).some((field) => field.toLowerCase().startsWith(named.toLowerCase()));
  return isNamed ? [] : ['the answer does not name what is wrong'];
}
