import { z } from 'zod';
import { defineAction } from '../../../action.ts';
import {
  defaultedTextField,
  longTextField,
  optionalChoiceField,
  optionalIdField,
  optionalTextField,
  optionalTimeField,
  switchField,
  textField,
} from '../../../fields.ts';
import { operations } from '../operations/operations.ts';
import { bookingRecord } from '../schemas/records.ts';
import { priorities, type NewContact } from '../schemas/requests.ts';
import { scopeOf } from '../scopes.ts';
import type { ServiceTitanService } from '../ServiceTitanService.ts';

const input = z.object({
  name: textField({ title: 'Name', description: 'Who is to be visited.', sensitive: 'personal' }),
  email: optionalTextField({ title: 'E-mail address', sensitive: 'personal' }),
  phone: optionalTextField({
    title: 'Phone number',
    description: 'A booking needs an e-mail address or a phone number.',
    sensitive: 'personal',
  }),
  summary: longTextField({
    title: 'Summary',
    description: 'What the office reads first.',
    format: 'template',
  }),
  start: optionalTimeField({
    title: 'Wished time',
    description: 'A date and time, or a value of the customer.',
  }),
  isFirstTimeClient: switchField({ title: 'First-time client' }),
  source: defaultedTextField('Chou', {
    title: 'Source',
    description: 'Shown in ServiceTitan as where the booking came from.',
  }),
  jobTypeId: optionalIdField({ title: 'Job type', options: 'job_types' }),
  businessUnitId: optionalIdField({ title: 'Business unit', options: 'business_units' }),
  campaignId: optionalIdField({ title: 'Campaign', options: 'campaigns' }),
  priority: optionalChoiceField(priorities, { title: 'Priority' }),
});

const output = z.object({
  booking: bookingRecord,
  /** False when an earlier attempt of the same step had made it. */
  created: z.boolean().meta({ title: 'Made by this try' }),
});

export const createBookingAction = defineAction<ServiceTitanService, typeof input, typeof output>({
  id: 'servicetitan_create_booking',
  title: 'Create booking',
  description: 'Puts a booking before the office. Made once, however often the step is tried.',
  category: 'Jobs',
  effect: 'write',
  scopes: [scopeOf(operations.listProviderBookings), scopeOf(operations.createBooking)],
  input,
  output,
  run: async ({ service, signal, idempotencyKey }, { email, phone, ...booking }) => {
    const contacts: NewContact[] = [
      ...(email === undefined ? [] : [{ type: 'Email' as const, value: email }]),
      ...(phone === undefined ? [] : [{ type: 'Phone' as const, value: phone }]),
    ];
    return await service.createBooking({ ...booking, contacts, externalId: idempotencyKey }, signal);
  },
});
