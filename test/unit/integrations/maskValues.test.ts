import { expect, test } from 'vitest';
import { z } from 'zod';
import { optionalTextField, textField } from '#integrations/fields.ts';
import { maskedPersonal, maskedSecret, maskValues, type ViewerRole } from '#integrations/maskValues.ts';
import { findAction } from '#integrations/registry.ts';

const schema = z.object({
  subject: textField({ title: 'Subject' }),
  email: optionalTextField({ title: 'E-mail', sensitive: 'personal' }),
  key: optionalTextField({ title: 'Key', sensitive: 'secret' }),
  rows: z.array(z.object({ id: z.int(), name: z.string().meta({ sensitive: 'personal' }) })),
  next: z.object({ phone: z.string().nullish().meta({ sensitive: 'personal' }) }).nullable(),
});
const value = {
  subject: 'Hello',
  email: 'person@example.com',
  key: 'k-123',
  rows: [{ id: 1, name: 'Fictional Person' }],
  next: { phone: '+15550100100' },
};

test.each<ViewerRole>(['owner', 'admin', 'marketer'])(
  'a secret is hidden from the %s, people are not',
  (role) => {
    expect(maskValues(schema, value, role)).toEqual({ ...value, key: maskedSecret });
  },
);

test('who only looks sees neither secrets nor people', () => {
  expect(maskValues(schema, value, 'viewer')).toEqual({
    subject: 'Hello',
    email: maskedPersonal,
    key: maskedSecret,
    rows: [{ id: 1, name: maskedPersonal }],
    next: { phone: maskedPersonal },
  });
});

test('what the schema does not know is hidden from who only looks, and nothing stays nothing', () => {
  const given = { subject: 'Hello', extra: { note: 'Fictional Person' }, next: null };
  expect(maskValues(schema, given, 'viewer')).toEqual({
    subject: 'Hello',
    extra: { note: maskedPersonal },
    next: null,
  });
  expect(maskValues(schema, given, 'marketer')).toEqual(given);
  expect(maskValues(schema, null, 'viewer')).toBeNull();
});

test('the value that was masked stays as it was', () => {
  const before = structuredClone(value);
  maskValues(schema, value, 'viewer');
  expect(value).toEqual(before);
});

test('a read customer shows a viewer no name, address or way to reach them', () => {
  const action = findAction('servicetitan_get_customer')?.action;
  if (!action) throw new Error('There is no such action.');
  const answer = {
    customer: {
      id: 7,
      name: 'Fictional Person',
      address: { street: '1 Example Street', city: 'Sampletown' },
    },
    contacts: [{ id: 1, type: 'Email', value: 'person@example.com', memo: 'Fictional' }],
    emails: ['person@example.com'],
    phones: ['+15550100100'],
  };
  const seen = JSON.stringify(maskValues(action.output, answer, 'viewer'));
  expect(seen).not.toMatch(/Fictional|Example Street|person@|555/);
  expect(seen).toContain('"id":7');
});
