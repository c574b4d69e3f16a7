import { parseJson } from '#integrations/http.ts';
import type { Schema } from './jsonSchema.ts';
import type { DocumentedOperation, Parameter } from './OpenApiDocuments.ts';
import type { RecordedRequest } from './RecordingServer.ts';
import type { Validator } from './Validator.ts';

/** What is wrong with a request by the vendor's documents. */
export function requestProblems(
  request: RecordedRequest,
  {
    documented,
    template,
    validator,
  }: { documented: DocumentedOperation; template: string; validator: Validator },
): string[] {
  return [
    ...pathProblems(request, { documented, template, validator }),
    ...queryProblems(request, { documented, validator }),
    ...bodyProblems(request, { documented, validator }),
  ];
}

function pathProblems(
  { path }: RecordedRequest,
  {
    documented,
    template,
    validator,
  }: { documented: DocumentedOperation; template: string; validator: Validator },
): string[] {
  const values = matchPath(template, path);
  if (!values) return [`the path ${path} is not ${template}`];
  return documented.path.flatMap(({ name, schema }, index) =>
    valueProblems(schema, [values[index] ?? ''], validator).map(
      (problem) => `path parameter ${name}: ${problem}`,
    ),
  );
}

/** The decoded values of a path's parameters; undefined where it is another path. */
export function matchPath(template: string, path: string): string[] | undefined {
  const pattern = template
    .replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\{[^}]*\}/g, '([^/]*)');
  const match = new RegExp(`^/?${pattern}$`).exec(path);
  return match ? match.slice(1).map(decodeURIComponent) : undefined;
}

function queryProblems(
  { query }: RecordedRequest,
  { documented, validator }: { documented: DocumentedOperation; validator: Validator },
): string[] {
  const sent = new Map<string, string[]>();
  for (const [name, value] of query) {
    const parameter = parameterOf(documented, name);
    sent.set(parameter?.name ?? name, [...(sent.get(parameter?.name ?? name) ?? []), value]);
  }
  const known = new Map(documented.query.map((parameter) => [parameter.name, parameter]));
  const absent = documented.query
    .filter(({ name, isRequired }) => isRequired && !sent.has(name))
    .map(({ name }) => `the required parameter ${name} is absent`);
  const wrong = [...sent].flatMap(([name, values]) => {
    const parameter = known.get(name);
    if (!parameter) return [`the vendor has no parameter ${name}`];
    return valueProblems(parameter.schema, values, validator).map(
      (problem) => `parameter ${name}: ${problem}`,
    );
  });
  return [...absent, ...wrong];
}

/** A map is sent as `name[key]=value`, which is how the vendor's ASP.NET server reads one. */
function parameterOf({ query }: DocumentedOperation, name: string): Parameter | undefined {
  const mapName = /^(.+)\[[^\]]*\]$/.exec(name)?.[1];
  return query.find(
    (parameter) =>
      parameter.name === name || (parameter.name === mapName && notNull(parameter.schema).type === 'object'),
  );
}

function valueProblems(schema: Schema, values: readonly string[], validator: Validator): string[] {
  const inner = notNull(schema);
  if (inner.type === 'array') {
    return validator.problems(
      schema,
      values.map((value) => fromText(inner.items ?? {}, value)),
    );
  }
  if (inner.type === 'object') {
    return values.flatMap((value) => validator.problems({ type: 'string' }, value));
  }
  if (values.length !== 1) return ['is sent more than once'];
  return validator.problems(schema, fromText(inner, values[0] ?? ''));
}

/** The value that a text stands for; one that does not stand for the type stays a text, which its schema refuses. */
function fromText({ type }: Schema, value: string): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value))
    return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

function notNull(schema: Schema): Schema {
  return schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;
}

function bodyProblems(
  { body, headers }: RecordedRequest,
  { documented, validator }: { documented: DocumentedOperation; validator: Validator },
): string[] {
  if (!documented.body) return body === '' ? [] : ['has a body where the vendor documents none'];
  if (body === '') return ['has no body'];
  const type = headers['content-type'] ?? 'none';
  const wrongType = type.startsWith('application/json') ? [] : [`the body's type is ${type}`];
  const problems = validator.problems(documented.body, parseJson(body));
  return [...wrongType, ...problems.map((problem) => `body: ${problem}`)];
}
