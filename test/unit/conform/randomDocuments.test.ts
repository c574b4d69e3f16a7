import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { OpenApiDocuments } from '#test/conform/OpenApiDocuments.ts';
import { sampleDocuments } from '#test/conform/randomDocuments.ts';
import { Validator } from '#test/conform/Validator.ts';
import { smallDocument } from './smallDocument.ts';

const { components } = new OpenApiDocuments({ small: smallDocument });

function resolve(reference: string) {
  const schema = components.get(reference);
  if (!schema) throw new Error(`no ${reference}`);
  return schema;
}

const thing = z.looseObject({
  id: z.int(),
  count: z.int().nullish(),
  createdOn: z.string(),
  name: z.string(),
  parts: z.array(z.unknown()).nullish(),
});

function things(seed: number) {
  const schema = { $ref: 'small#/components/schemas/Thing' };
  return sampleDocuments(schema, { resolve, seed, count: 400 }).map((document) => thing.parse(document));
}

describe('random documents', () => {
  test('are valid by the schema they come from', () => {
    const validator = new Validator(components);
    const problems = things(1).flatMap((document) =>
      validator.problems({ $ref: 'small#/components/schemas/Thing' }, document),
    );
    expect(problems).toEqual([]);
  });

  test('show nullable members as null, absent and given, and arrays empty', () => {
    const all = things(1);
    expect(all.some(({ count }) => count === null)).toBe(true);
    expect(all.some((document) => !('count' in document))).toBe(true);
    expect(all.some(({ count }) => typeof count === 'number')).toBe(true);
    expect(all.some(({ parts }) => parts?.length === 0)).toBe(true);
  });

  test('reach the borders: the greatest numbers, empty and non-ASCII texts, leap days, midnight, up to 7 digits', () => {
    const all = things(1);
    expect(all.some(({ id }) => id === Number.MAX_SAFE_INTEGER)).toBe(true);
    expect(all.some(({ count }) => count === 2 ** 31 - 1)).toBe(true);
    expect(all.some(({ name }) => name === '')).toBe(true);
    expect(all.some(({ name }) => name.includes('🏠'))).toBe(true);
    const times = all.map(({ createdOn }) => createdOn).join(' ');
    expect(times).toMatch(/2024-02-29T/);
    expect(times).toMatch(/T00:00:00(?:\.\d+)?Z/);
    expect(times).toMatch(/:\d{2}\.\d{7}Z/);
    expect(times).toMatch(/:\d{2}Z/);
    expect(times).toMatch(/[+-]\d{2}:\d{2}(?: |$)/);
  });

  test('are the same for the same seed, and others for another', () => {
    expect(things(3)).toEqual(things(3));
    expect(things(3)).not.toEqual(things(4));
  });
});
