import { z } from 'zod';
import { defineAction } from '../../../action.ts';
import { IntegrationError } from '../../../errors.ts';
import {
  defaultedNumberField,
  optionalIdField,
  optionalLongTextField,
  optionalTimeField,
  switchField,
} from '../../../fields.ts';
import { operations } from '../operations/operations.ts';
import { required } from '../required.ts';
import { scopeOf } from '../scopes.ts';
import type { ServiceTitanService } from '../ServiceTitanService.ts';

const input = z.object({
  inDays: defaultedNumberField(
    1,
    { min: 0, max: 365 },
    { title: 'Call again in', unit: 'days', description: 'Counted from when the step is done.' },
  ),
  followUpDate: optionalTimeField({
    title: 'Or at this time',
    description: 'Instead of a number of days.',
  }),
  text: optionalLongTextField({
    title: 'What to say',
    description: 'A note at the lead.',
    format: 'template',
    sensitive: 'personal',
  }),
  pinToTop: switchField({ title: 'Pin the note to the top' }),
  leadId: optionalIdField({
    title: 'Lead number',
    description: 'Left empty: the lead of the run, else the newest open lead of its customer.',
  }),
  customerId: optionalIdField({
    title: 'Customer number',
    description: 'Whose newest open lead is meant. Left empty: the customer of the run.',
  }),
});

const output = z.object({
  leadId: z.int().meta({ title: 'Lead number' }),
  followUpDate: z.string().nullable().meta({ title: 'Call again on' }),
});

export const followUpLeadAction = defineAction<ServiceTitanService, typeof input, typeof output>({
  id: 'servicetitan_follow_up_lead',
  title: 'Follow up lead',
  description: 'Sets when a lead is to be called again, and what to say then.',
  category: 'Leads',
  effect: 'write',
  scopes: [scopeOf(operations.getLead), scopeOf(operations.followUpLead)],
  input,
  output,
  run: async ({ service, clock, signal, idempotencyKey }, given) => {
    const leadId = given.leadId ?? (await newestOpenLead(service, given.customerId, signal));
    const lead = await service.followUpLead(
      {
        leadId,
        followUpDate: given.followUpDate ?? dayIn(given.inDays, clock.now()),
        text: given.text,
        pinToTop: given.pinToTop,
        reference: idempotencyKey,
      },
      signal,
    );
    return { leadId, followUpDate: lead.followUpDate };
  },
});

/** To the minute, so that tries of one step that are close together say the same. */
function dayIn(days: number, now: Date): string {
  const time = new Date(now.getTime() + days * 86_400_000);
  time.setUTCSeconds(0, 0);
  return time.toISOString();
}

async function newestOpenLead(
  service: ServiceTitanService,
  customerId: number | undefined,
  signal: AbortSignal | undefined,
): Promise<number> {
  const leads = await service.getLeads(
    { customerId: required(customerId, 'Lead number'), status: 'Open' },
    signal,
  );
  const [newest] = leads.toSorted(
    (one, other) => other.createdOn.localeCompare(one.createdOn) || other.id - one.id,
  );
  if (newest) return newest.id;
  throw new IntegrationError(
    'not_found',
    'The customer has no open lead to follow up. Ask for one before this step, or name the lead.',
  );
}
