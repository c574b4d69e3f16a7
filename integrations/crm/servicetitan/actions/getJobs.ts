import { z } from 'zod';
import { defineAction } from '../../../action.ts';
import { optionalChoiceField, optionalIdField } from '../../../fields.ts';
import { operations } from '../operations/operations.ts';
import { required } from '../required.ts';
import { jobRecord } from '../schemas/records.ts';
import { scopeOf } from '../scopes.ts';
import type { ServiceTitanService } from '../ServiceTitanService.ts';

const jobStatuses = ['Scheduled', 'Dispatched', 'InProgress', 'Hold', 'Completed', 'Canceled'] as const;

const input = z.object({
  customerId: optionalIdField({
    title: 'Customer number',
    description: 'Left empty: the customer of the run.',
  }),
  jobStatus: optionalChoiceField(jobStatuses, {
    title: 'Status',
    enumNames: ['Scheduled', 'Dispatched', 'In progress', 'On hold', 'Completed', 'Canceled'],
    description: 'Left empty: jobs of any status.',
  }),
});

const output = z.object({ jobs: z.array(jobRecord), count: z.int().meta({ title: 'How many' }) });

export const getJobsAction = defineAction<ServiceTitanService, typeof input, typeof output>({
  id: 'servicetitan_get_jobs',
  title: 'Get jobs',
  description: 'Reads the jobs of a customer, the newest first.',
  category: 'Jobs',
  effect: 'read',
  scopes: [scopeOf(operations.listJobs)],
  input,
  output,
  run: async ({ service, signal }, { customerId, jobStatus }) => {
    const found = await service.getJobs({ customerId: required(customerId, 'Customer'), jobStatus }, signal);
    const jobs = found.toSorted(
      (one, other) => other.createdOn.localeCompare(one.createdOn) || other.id - one.id,
    );
    return { jobs, count: jobs.length };
  },
});
