import { describe, expect, it } from 'vitest';
import type {
  CustomerContactRecord,
  CustomerRecord,
} from '#integrations/crm/servicetitan/schemas/records.ts';
import { contactOfCustomer } from '#backend/services/contactFacts.ts';

const on = (day: number) => `2026-01-0${day}T00:00:00.0000000Z`;
const customer: CustomerRecord = {
  id: 7,
  active: true,
  name: 'Fictional Fiona',
  tagTypeIds: [],
  type: 'Residential',
  address: null,
  balance: 0,
  doNotMail: false,
  doNotService: false,
  createdOn: on(1),
  modifiedOn: on(1),
  mergedToId: null,
};

function contact(
  id: number,
  type: string,
  value: string,
  more: Partial<CustomerContactRecord> = {},
): CustomerContactRecord {
  return {
    id,
    customerId: 7,
    type,
    value,
    memo: null,
    active: true,
    createdOn: on(id),
    modifiedOn: on(id),
    preferences: null,
    ...more,
  };
}

describe('the person behind a customer record', () => {
  it('is mailed at the oldest valid address', () => {
    const contacts = [
      contact(3, 'Email', 'new@example.com'),
      contact(1, 'Email', 'call first'),
      contact(2, 'Email', ' old@example.com '),
    ];
    expect(contactOfCustomer(customer, contacts)).toMatchObject({ email: 'old@example.com' });
  });

  it('is not mailed at a deleted address or at somebody else’s', () => {
    const contacts = [
      contact(1, 'Email', 'gone@example.com', { active: false }),
      contact(2, 'Email', 'other@example.com', { customerId: 8 }),
    ];
    expect(contactOfCustomer(customer, contacts)).toMatchObject({ email: null });
  });

  it('has a mobile before a landline', () => {
    const contacts = [contact(1, 'Phone', '555-0100'), contact(2, 'MobilePhone', '555-0101')];
    expect(contactOfCustomer(customer, contacts)).toMatchObject({ phone: '555-0101' });
  });

  it('has said what the address may be used for, or has said nothing', () => {
    const preferences = { marketingUpdatesEnabled: false, jobRemindersEnabled: true };
    const asked = contactOfCustomer(customer, [contact(1, 'Email', 'a@example.com', { preferences })]);
    expect(asked).toMatchObject({ marketing_allowed: false, reminders_allowed: true });
    const silent = contactOfCustomer({ ...customer, doNotMail: true }, [
      contact(1, 'Email', 'a@example.com'),
    ]);
    expect(silent).toMatchObject({ marketing_allowed: true, do_not_mail: true });
  });
});
