import { firstName } from './firstName.ts';
import { offeredEstimates } from './factsOf.ts';
import type { StepContext } from './StepContext.ts';

/** What templates may use. Every name is always there; what is not known is empty. */
export interface TemplateScope {
  customer: { name: string; firstName: string; email: string; phone: string; city: string };
  job: { jobNumber: string; summary: string; type: string; status: string; total: string };
  appointment: { date: string; time: string; window: string };
  estimate: { name: string; total: string; count: number; openTotal: string; soldTotal: string };
  workspace: { name: string; phone: string; website: string; postalAddress: string; reviewUrl: string };
  /** What earlier steps answered, by node. */
  steps: Record<string, unknown>;
}

/** The names that a template may use, such as customer.firstName. */
export const templateVariables: readonly string[] = Object.entries({
  customer: ['name', 'firstName', 'email', 'phone', 'city'],
  job: ['jobNumber', 'summary', 'type', 'status', 'total'],
  appointment: ['date', 'time', 'window'],
  estimate: ['name', 'total', 'count', 'openTotal', 'soldTotal'],
  workspace: ['name', 'phone', 'website', 'postalAddress', 'reviewUrl'],
} satisfies { [Part in Exclude<keyof TemplateScope, 'steps'>]: (keyof TemplateScope[Part])[] }).flatMap(
  ([part, names]) => [part].concat(names.map((name) => `${part}.${name}`)),
);

/** The words for templates, with times in the tenant's zone. */
export function templateScope(context: StepContext): TemplateScope {
  const { customer, job, workspace } = context;
  const estimates = offeredEstimates(context);
  const estimate = estimates.at(-1);
  return {
    customer: {
      name: customer?.name ?? '',
      firstName: customer ? firstName(customer.name, customer.type) : 'there',
      email: customer?.email ?? '',
      phone: customer?.phone ?? '',
      city: customer?.city ?? '',
    },
    job: {
      jobNumber: job?.jobNumber ?? '',
      summary: job?.summary ?? '',
      type: job?.type ?? '',
      status: job?.jobStatus ?? '',
      total: money(job?.total ?? null),
    },
    appointment: appointmentWords(context),
    estimate: {
      name: estimate?.name ?? '',
      total: money(estimate?.total ?? null),
      count: estimates.length,
      openTotal: money(context.openTotal || null),
      soldTotal: money(context.soldTotal || null),
    },
    workspace: {
      name: workspace.name,
      phone: workspace.phone,
      website: workspace.website,
      postalAddress: workspace.postalAddress,
      reviewUrl: workspace.reviewUrl,
    },
    steps: Object.fromEntries(Object.entries(context.steps).map(([nodeId, step]) => [nodeId, step.output])),
  };
}

function appointmentWords({ appointment, timeZone }: StepContext): TemplateScope['appointment'] {
  if (!appointment) return { date: '', time: '', window: '' };
  // The arrival window is what the customer was promised; start and end are the office's.
  const start = appointment.arrivalWindowStart ?? appointment.start;
  const end = appointment.arrivalWindowStart ? appointment.arrivalWindowEnd : appointment.end;
  const day = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'long', month: 'long', day: 'numeric' });
  const clock = new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', minute: '2-digit' });
  // Intl parts hour and AM by a narrow space, which some mail programs show as a box.
  const time = (at: Date) => clock.format(at).replaceAll('\u202F', ' ');
  const startTime = time(start);
  return {
    date: day.format(start),
    time: startTime,
    window: end && end > start ? `${startTime} to ${time(end)}` : startTime,
  };
}

function money(amount: number | null): string {
  if (amount === null) return '';
  const digits = Number.isInteger(amount) ? 0 : 2;
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
  }).format(amount);
}
