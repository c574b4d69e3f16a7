import { describe, expect, test } from 'vitest';
import { OpenApiDocuments } from '#test/conform/OpenApiDocuments.ts';
import { requestProblems } from '#test/conform/requestProblems.ts';
import { Validator } from '#test/conform/Validator.ts';
import { smallDocument } from './smallDocument.ts';

const documents = new OpenApiDocuments({ small: smallDocument });
const validator = new Validator(documents.components);
const list = 'crm/v2/tenant/{tenant}/things';
const close = 'crm/v2/tenant/{tenant}/things/{thing}/close';

function problems(
  template: string,
  {
    query = '',
    body = '',
    path = '/crm/v2/tenant/7/things',
  }: { query?: string; body?: string; path?: string },
): string[] {
  const method = template === list ? 'GET' : 'PUT';
  const documented = documents.find(method, template);
  if (!documented) throw new Error(`no ${template}`);
  const headers = { 'content-type': 'application/json' };
  const request = { method, path, query: [...new URLSearchParams(query)], headers, body };
  return requestProblems(request, { documented, template, validator });
}

describe('a request', () => {
  test('that is as documented has no problem', () => {
    const query = 'ids=1,2&size=50&since=2026-01-01T00:00:00Z&kind=Big&states=Big&states=Small&fields[a]=b';
    expect(problems(list, { query })).toEqual([]);
    expect(problems(close, { path: '/crm/v2/tenant/7/things/9/close', body: '{"reason":"done"}' })).toEqual(
      [],
    );
  });

  test.each([
    ['ids=1&Size=5', 'the vendor has no parameter Size'],
    ['size=5', 'the required parameter ids is absent'],
    ['ids=1&size=big', 'parameter size: the whole must be integer'],
    ['ids=1&size=2147483648', 'parameter size: the whole must match format "int32"'],
    ['ids=1&since=yesterday', 'parameter since: the whole must match format "date-time"'],
    [
      'ids=1&kind=Huge',
      'parameter kind: the whole must be equal to one of the allowed values (["Big","Small"])',
    ],
    ['ids=1&size=1&size=2', 'parameter size: is sent more than once'],
    ['ids=1&kind[a]=Big', 'the vendor has no parameter kind[a]'],
  ])('with the query %s is told', (query, problem) => {
    expect(problems(list, { query })).toEqual([problem]);
  });

  test.each([
    ['{"reason":"done","memo":"x"}', 'body: the whole must NOT have additional properties (memo)'],
    ['{}', "body: the whole must have required property 'reason'"],
    ['{"reason":5}', 'body: /reason must be string'],
    ['', 'has no body'],
  ])('with the body %s is told', (body, problem) => {
    expect(problems(close, { path: '/crm/v2/tenant/7/things/9/close', body })).toEqual([problem]);
  });

  test('with a path that is another or has a wrong id is told', () => {
    expect(problems(list, { query: 'ids=1', path: '/crm/v2/tenant/7/thing' })).toHaveLength(1);
    expect(
      problems(close, { path: '/crm/v2/tenant/7/things/nine/close', body: '{"reason":"done"}' }),
    ).toEqual(['path parameter id: the whole must be integer']);
  });
});
