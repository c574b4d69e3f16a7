import { z } from 'zod';
import { defineAction } from '../../../action.ts';
import { optionalIdField } from '../../../fields.ts';
import { operations } from '../operations/operations.ts';
import { required } from '../required.ts';
import { customerContactRecord, customerRecord } from '../schemas/records.ts';
import { scopeOf } from '../scopes.ts';
import type { ServiceTitanService } from '../ServiceTitanService.ts';

const input = z.object({
  customerId: optionalIdField({
    title: 'Customer number',
    description: 'Left empty: the customer of the run.',
  }),
});

const output = z.object({
  customer: customerRecord,
  contacts: z.array(customerContactRecord),
  /** Without duplicates, the oldest first. */
  emails: z.array(z.string().meta({ sensitive: 'personal' })),
  phones: z.array(z.string().meta({ sensitive: 'personal' })),
});

export const getCustomerAction = defineAction<ServiceTitanService, typeof input, typeof output>({
  id: 'servicetitan_get_customer',
  title: 'Get customer',
  description: 'Reads a customer with e-mail addresses and phone numbers.',
  category: 'Customers',
  effect: 'read',
  scopes: [scopeOf(operations.getCustomer)],
  input,
  output,
  run: async ({ service, signal }, { customerId }) => {
    const id = required(customerId, 'Customer');
    const [customer, contacts] = await Promise.all([
      service.getCustomer(id, signal),
      service.getCustomerContacts(id, signal),
    ]);
    const active = contacts
      .filter((contact) => contact.active)
      .toSorted((one, other) => one.createdOn.localeCompare(other.createdOn) || one.id - other.id);
    const values = (types: readonly string[]) => [
      ...new Set(
        active.filter((contact) => types.includes(contact.type)).map((contact) => contact.value.trim()),
      ),
    ];
    return { customer, contacts, emails: values(['Email']), phones: values(['MobilePhone', 'Phone']) };
  },
});
