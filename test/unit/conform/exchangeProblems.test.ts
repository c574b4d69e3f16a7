import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { apiModule } from '#integrations/crm/servicetitan/operations/operation.ts';
import { checkReplies } from '#test/conform/checkReplies.ts';
import { exchangeProblems, replyProblems } from '#test/conform/exchangeProblems.ts';
import { Findings } from '#test/conform/Findings.ts';
import { OpenApiDocuments } from '#test/conform/OpenApiDocuments.ts';
import { Validator } from '#test/conform/Validator.ts';
import { smallDocument } from './smallDocument.ts';

const documents = new OpenApiDocuments({ small: smallDocument });
const validator = new Validator(documents.components);

function pairWith(row: z.ZodType) {
  const operation = apiModule('crm/v2').list('things', { scope: 'crm.things', query: {}, row });
  const documented = documents.find(operation.method, operation.path);
  if (!documented) throw new Error('no things');
  return { name: 'listThings', operation, documented };
}

function repliedWith(body: unknown, { status = 200, type = 'application/json' } = {}) {
  return { status, headers: { 'content-type': type }, body: JSON.stringify(body) };
}

const thing = { id: 1, name: 'one', kind: 'Big', createdOn: '2026-01-01T00:00:00.1234567Z' };

describe('an answer', () => {
  const pair = pairWith(z.unknown());

  test('that is as documented has no problem', () => {
    const given = { ...thing, otherKind: null, count: null, anything: null, length: '00:04:35', note: '<b>' };
    expect(replyProblems(repliedWith({ data: [thing, given] }), pair, validator)).toEqual([]);
    expect(replyProblems(repliedWith({ title: 'No' }, { status: 404 }), pair, validator)).toEqual([]);
  });

  test.each([
    [{ data: [{ ...thing, extra: 1 }] }, '200: /data/* must NOT have additional properties (extra)'],
    [
      { data: [{ ...thing, kind: 'Huge' }] },
      '200: /data/*/kind must be equal to one of the allowed values (["Big","Small"])',
    ],
    [{ data: [{ ...thing, name: null }] }, '200: /data/*/name must be string'],
    [
      { data: [{ ...thing, createdOn: '2026-01-01' }] },
      '200: /data/*/createdOn must match format "date-time"',
    ],
    [{ data: [{ ...thing, length: 'PT4M' }] }, '200: /data/*/length must match format "duration"'],
    [{}, "200: the whole must have required property 'data'"],
  ])('such as %j is told', (body, problem) => {
    expect(replyProblems(repliedWith(body), pair, validator)).toEqual([problem]);
  });

  test('with an undocumented status, another type or a refusal in other words is told', () => {
    expect(replyProblems(repliedWith({}, { status: 201 }), pair, validator)).toHaveLength(1);
    expect(replyProblems(repliedWith({ data: [] }, { type: 'text/html' }), pair, validator)).toHaveLength(1);
    expect(replyProblems(repliedWith({ message: 'No' }, { status: 400 }), pair, validator)).toHaveLength(2);
  });

  test('is held against its request too', () => {
    const request = { method: 'GET', path: '/crm/v2/tenant/7/things', query: [], headers: {}, body: '' };
    const exchange = { request, reply: repliedWith({ data: [] }) };
    expect(exchangeProblems(exchange, pair, validator)).toEqual(['the required parameter ids is absent']);
  });
});

describe("the client's reading of an answer", () => {
  function failures(row: z.ZodType) {
    const findings = new Findings();
    const resolve = (reference: string) => documents.components.get(reference) ?? {};
    checkReplies([pairWith(row)], { resolve, seed: 1, findings });
    expect(findings.checks).toBe(201);
    return findings.failures.map(({ what }) => what);
  }

  test('that takes all that the vendor allows is not told', () => {
    expect(
      failures(z.object({ id: z.int(), count: z.int().nullish(), parts: z.array(z.unknown()).nullish() })),
    ).toEqual([]);
  });

  test('that wants what may be null or absent, or reads what there is not, is told', () => {
    const told = failures(z.object({ id: z.int(), count: z.int().optional(), naem: z.string().nullish() }));
    expect(told).toContain('the client reads naem, which the vendor does not have');
    expect(told.some((what) => what.startsWith('the client refuses what the vendor allows: count'))).toBe(
      true,
    );
  });
});
