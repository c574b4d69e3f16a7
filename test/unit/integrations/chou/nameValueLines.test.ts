import { expect, test } from 'vitest';
import { checkHeader, readHeaders, readMembers } from '#integrations/chou/nameValueLines.ts';

test('each line is a member; dots put members into members', () => {
  const text = 'email: person@example.com\n\ncustomer.name:  Ann: the first \ncustomer.zip: 00501\nempty:';
  expect(JSON.parse(JSON.stringify(readMembers(text, 'Body')))).toEqual({
    email: 'person@example.com',
    customer: { name: 'Ann: the first', zip: '00501' },
    empty: '',
  });
});

test('a line without a name is refused by its number, not by what it says', () => {
  expect(() => readMembers('a: 1\nFictional Person', 'Body')).toThrow('Body, line 2: write a name');
  expect(() => readMembers('a: 1\na.b: 2', 'Body')).toThrow('members of its own');
});

test('names that mean something to the language are names like any other', () => {
  const members = readMembers('__proto__.polluted: yes\nconstructor: x', 'Body');
  expect(Object.keys(members)).toEqual(['__proto__', 'constructor']);
  expect('polluted' in {}).toBe(false);
});

test.each(['Authorization', 'X-Api-Key', 'api_key', 'Cookie', 'X-Auth-Token', 'Client-Secret'])(
  'the header %s belongs into the secret one',
  (name) => {
    expect(() => readHeaders(`${name}: abc`, 'Headers')).toThrow('Secret header');
  },
);

test.each(['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Bad Name', 'Idempotency-Key'])(
  'the header %s cannot be set',
  (name) => {
    expect(() => checkHeader({ name, value: 'x', title: 'Headers' })).toThrow('cannot be set');
  },
);

test('a value that would begin another header is refused', () => {
  expect(() => checkHeader({ name: 'X-A', value: 'a\r\nX-B: b', title: 'Headers' })).toThrow('cannot be set');
  expect(readHeaders('X-Kind: lead\nAccept-Language: en', 'Headers')).toEqual({
    'X-Kind': 'lead',
    'Accept-Language': 'en',
  });
});
