import { IntegrationError } from '../errors.ts';

/** Lines of `name: value`; empty ones are passed over. Throws an IntegrationError that names the line. */
function readLines(text: string, title: string): [name: string, value: string][] {
  return text.split(/\r?\n/).flatMap((line, index): [string, string][] => {
    if (line.trim() === '') return [];
    const [, name = '', value = ''] = /^([^:]+):(.*)$/.exec(line) ?? [];
    if (name.trim() !== '') return [[name.trim(), value.trim()]];
    throw new IntegrationError('invalid', `${title}, line ${index + 1}: write a name, a colon and a value.`);
  });
}

const headerValue = /^[\t\x20-\x7e]*$/;
const headerName = /^[!#$%&'*+.^_`|~\w-]+$/;
/** What the client sets by itself, or what would change where the request goes. */
const ownHeaders: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'proxy-authorization',
  'idempotency-key',
]);
const credentialName = /^(authorization|cookie)$|api[-_]?key|token|secret|password|signature/i;

/** Headers by name. Credentials belong into the secret header, which nobody can read again. */
export function readHeaders(text: string, title: string): Record<string, string> {
  const lines = readLines(text, title);
  for (const [name, value] of lines) {
    checkHeader({ name, value, title });
    if (credentialName.test(name)) {
      throw new IntegrationError('invalid', `${title}: put ${name} into "Secret header" instead.`);
    }
  }
  return Object.fromEntries(lines);
}

/** Refuses a header that cannot be sent, or that is not the flow's to set. */
export function checkHeader({ name, value, title }: { name: string; value: string; title: string }): void {
  const isWrong = !headerName.test(name) || ownHeaders.has(name.toLowerCase()) || !headerValue.test(value);
  if (isWrong) throw new IntegrationError('invalid', `${title}: ${name.slice(0, 40)} cannot be set so.`);
}

/** The members of a body: `customer.name: Ann` is a member of a member. */
export function readMembers(text: string, title: string): Record<string, unknown> {
  const members: Record<string, unknown> = Object.create(null);
  for (const [name, value] of readLines(text, title)) {
    const path = name.split('.').map((part) => part.trim());
    put(members, { path, value, where: `${title}: ${name.slice(0, 40)}` });
  }
  return members;
}

function put(
  members: Record<string, unknown>,
  { path: [first = '', ...rest], value, where }: { path: string[]; value: string; where: string },
): void {
  if (rest.length === 0) {
    members[first] = value;
    return;
  }
  const inner: unknown = members[first] ?? Object.create(null);
  if (!isMembers(inner))
    throw new IntegrationError('invalid', `${where} is given a value and members of its own.`);
  members[first] = inner;
  put(inner, { path: rest, value, where });
}

function isMembers(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
