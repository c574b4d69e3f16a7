import { z } from 'zod';
import { defineAction } from '../../../action.ts';
import { optionalChoiceField, optionalIdField } from '../../../fields.ts';
import { operations } from '../operations/operations.ts';
import { required } from '../required.ts';
import { estimateRecord, type EstimateRecord } from '../schemas/records.ts';
import { scopeOf } from '../scopes.ts';
import type { ServiceTitanService } from '../ServiceTitanService.ts';

const input = z.object({
  jobId: optionalIdField({
    title: 'Job number',
    description: 'Only the estimates of this job. Left empty: the job of the run.',
  }),
  customerId: optionalIdField({
    title: 'Customer number',
    description:
      'Without a job: the estimates on all jobs of this customer. Left empty: the customer of the run.',
  }),
  status: optionalChoiceField(['Open', 'Sold', 'Dismissed'], {
    title: 'Status',
    description: 'Left empty: estimates of any status.',
  }),
});

const output = z.object({
  estimates: z.array(estimateRecord),
  count: z.int().meta({ title: 'How many' }),
  openTotal: z.number().meta({ title: 'Total of the open ones' }),
  soldTotal: z.number().meta({ title: 'Total of the sold ones' }),
});

export const getEstimatesAction = defineAction<ServiceTitanService, typeof input, typeof output>({
  id: 'servicetitan_get_estimates',
  title: 'Get estimates',
  description: 'Reads the estimates of a job or a customer, with what is open and what is sold.',
  category: 'Estimates',
  effect: 'read',
  scopes: [scopeOf(operations.listJobs), scopeOf(operations.listEstimates)],
  input,
  output,
  run: async ({ service, signal }, { jobId, customerId, status }) => {
    const whose = jobId === undefined ? { customerId: required(customerId, 'Customer') } : { jobId };
    const found = await service.getEstimates(whose, signal);
    const active = found.filter((estimate) => estimate.active);
    // The status is compared here: ServiceTitan's own filter is free text without documented values.
    const estimates = status === undefined ? active : withStatus(active, status);
    return {
      estimates,
      count: estimates.length,
      openTotal: totalOf(withStatus(active, 'Open')),
      soldTotal: totalOf(withStatus(active, 'Sold')),
    };
  },
});

function withStatus(estimates: EstimateRecord[], status: string): EstimateRecord[] {
  return estimates.filter((estimate) => estimate.status === status);
}

function totalOf(estimates: EstimateRecord[]): number {
  const cents = estimates.reduce((sum, { subtotal, tax }) => sum + Math.round((subtotal + tax) * 100), 0);
  return cents / 100;
}
