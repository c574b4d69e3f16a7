import type { FlowFixture } from '../schemas/flowFile.ts';
import { addMinutes } from './scheduleOf.ts';
import type { StepContext } from './StepContext.ts';
import type { TrialRecipient } from './tryEmail.ts';

const visitMinutes = 120;

/** What a fixture says of a customer, as a flow would know it. */
export function fixtureContext(fixture: FlowFixture): StepContext {
  const start = new Date(fixture.start);
  const { customer, job, estimates, appointmentInHours: hours } = fixture;
  const totalOf = (wanted: string) =>
    estimates.filter(({ status }) => status === wanted).reduce((sum, { total }) => sum + total, 0);
  const visit = hours === null ? null : addMinutes(start, hours * 60);
  return {
    connectionId: '00000000-0000-4000-8000-000000000000',
    state: fixture.state,
    stateSince: start,
    timeZone: fixture.timeZone,
    customer,
    job: job && { ...job, completedOn: job.completedOn === null ? null : new Date(job.completedOn) },
    appointment: visit && {
      start: visit,
      end: addMinutes(visit, visitMinutes),
      arrivalWindowStart: null,
      arrivalWindowEnd: null,
    },
    estimates: estimates.map((estimate) => ({ ...estimate, createdOn: start.toISOString() })),
    openTotal: totalOf('Open'),
    soldTotal: totalOf('Sold'),
    workspace: {
      name: 'Demo Home Services',
      senderEmail: 'hello@demo.example',
      phone: '(555) 555-0100',
      website: 'https://demo.example',
      postalAddress: '100 Sample Street, Springfield, CA 90000',
      reviewUrl: 'https://demo.example/review',
      ...definedIn(fixture.workspace),
    },
    messagesSent: 0,
    replied: false,
    steps: {},
  };
}

/** Somebody who may be written to, unless the fixture says that they unsubscribed. */
export function fixtureRecipient(context: StepContext): TrialRecipient {
  return {
    postalAddress: context.workspace.postalAddress,
    suppression: null,
    contact: context.customer && {
      email: context.customer.email,
      active: true,
      doNotMail: false,
      doNotService: false,
      marketingAllowed: true,
      remindersAllowed: true,
    },
  };
}

function definedIn(given: FlowFixture['workspace']): Partial<StepContext['workspace']> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
