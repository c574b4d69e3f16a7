import { z } from 'zod';
import { defineAction } from '../../../action.ts';
import {
  defaultedTextField,
  optionalChoiceField,
  optionalTextField,
  switchField,
  textField,
} from '../../../fields.ts';
import { operations } from '../operations/operations.ts';
import { customerRecord } from '../schemas/records.ts';
import { customerTypes, type NewContact } from '../schemas/requests.ts';
import { scopeOf } from '../scopes.ts';
import type { ServiceTitanService } from '../ServiceTitanService.ts';

const input = z.object({
  name: textField({ title: 'Name', sensitive: 'personal' }),
  type: optionalChoiceField(customerTypes, { title: 'Kind of customer' }),
  street: textField({ title: 'Street', sensitive: 'personal' }),
  unit: optionalTextField({
    title: 'Unit',
    description: 'Such as an apartment number.',
    sensitive: 'personal',
  }),
  city: textField({ title: 'City' }),
  state: textField({ title: 'State', description: 'For example CA.' }),
  zip: textField({ title: 'ZIP code' }),
  country: defaultedTextField('USA', { title: 'Country' }),
  email: optionalTextField({ title: 'E-mail address', sensitive: 'personal' }),
  phone: optionalTextField({ title: 'Phone number', sensitive: 'personal' }),
  doNotMail: switchField({ title: 'Do not mail', description: 'ServiceTitan’s own mark: no marketing.' }),
});

const output = z.object({ customer: customerRecord });

export const createCustomerAction = defineAction<ServiceTitanService, typeof input, typeof output>({
  id: 'servicetitan_create_customer',
  title: 'Create customer',
  description: 'Creates a customer with one service address.',
  category: 'Customers',
  effect: 'write',
  scopes: [scopeOf(operations.listCustomers), scopeOf(operations.createCustomer)],
  input,
  output,
  run: async ({ service, signal, idempotencyKey }, { name, type, email, phone, doNotMail, ...address }) => {
    const contacts: NewContact[] = [
      ...(email === undefined ? [] : [{ type: 'Email' as const, value: email }]),
      ...(phone === undefined ? [] : [{ type: 'Phone' as const, value: phone }]),
    ];
    const customer = await service.createCustomer(
      { name, type, address, contacts, doNotMail },
      { reference: idempotencyKey, signal },
    );
    return { customer };
  },
});
