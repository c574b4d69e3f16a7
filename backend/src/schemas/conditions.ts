import { z } from 'zod';

/** What lists of names a picker offers; their ids are the tenant's or the workspace's own. */
export const optionKinds = [
  'connections',
  'job_types',
  'business_units',
  'tag_types',
  'campaigns',
  'technicians',
  'employees',
  'task_types',
  'task_sources',
  'flows',
  'members',
] as const;
export type OptionKind = (typeof optionKinds)[number];

interface Fact {
  group: 'Customer' | 'State' | 'Job' | 'Appointment' | 'Estimates' | 'Messages';
  title: string;
  /** list: several ids at once; a rule asks for one of them. */
  kind: 'text' | 'number' | 'money' | 'yes_no' | 'choice' | 'list';
  /** Names for ids. */
  options?: OptionKind;
  choices?: readonly string[];
  unit?: string;
}

const jobStatuses = ['Scheduled', 'Dispatched', 'InProgress', 'Hold', 'Completed', 'Canceled'] as const;

/** Everything that a condition can ask about a run's customer. Earlier steps are asked by steps.<node>.<name>. */
export const facts = {
  'contact.name': { group: 'Customer', title: 'Name', kind: 'text' },
  'contact.email': { group: 'Customer', title: 'E-mail address', kind: 'text' },
  'contact.phone': { group: 'Customer', title: 'Phone number', kind: 'text' },
  'contact.type': {
    group: 'Customer',
    title: 'Kind of customer',
    kind: 'choice',
    choices: ['Residential', 'Commercial'],
  },
  'contact.city': { group: 'Customer', title: 'City', kind: 'text' },
  'contact.zip': { group: 'Customer', title: 'ZIP code', kind: 'text' },
  'contact.tags': { group: 'Customer', title: 'Tags', kind: 'list', options: 'tag_types' },
  'contact.unsubscribed': { group: 'Customer', title: 'Has unsubscribed', kind: 'yes_no' },
  'contact.connection': { group: 'Customer', title: 'Tenant', kind: 'choice', options: 'connections' },
  'journey.state': { group: 'State', title: 'State', kind: 'choice' },
  'journey.daysInState': { group: 'State', title: 'Days in this state', kind: 'number', unit: 'days' },
  'job.jobStatus': { group: 'Job', title: 'Status', kind: 'choice', choices: jobStatuses },
  'job.total': { group: 'Job', title: 'Total', kind: 'money' },
  'job.type': { group: 'Job', title: 'Type', kind: 'choice', options: 'job_types' },
  'job.businessUnit': { group: 'Job', title: 'Business unit', kind: 'choice', options: 'business_units' },
  'job.campaign': { group: 'Job', title: 'Campaign', kind: 'choice', options: 'campaigns' },
  'job.tags': { group: 'Job', title: 'Tags', kind: 'list', options: 'tag_types' },
  'job.summary': { group: 'Job', title: 'Summary', kind: 'text' },
  'job.daysSinceCompleted': {
    group: 'Job',
    title: 'Days since it was completed',
    kind: 'number',
    unit: 'days',
  },
  'appointment.exists': { group: 'Appointment', title: 'There is one', kind: 'yes_no' },
  'appointment.hoursUntil': {
    group: 'Appointment',
    title: 'Hours until it starts',
    kind: 'number',
    unit: 'hours',
  },
  'estimate.count': { group: 'Estimates', title: 'Number of estimates', kind: 'number' },
  'estimate.total': { group: 'Estimates', title: 'Total of the newest', kind: 'money' },
  'estimate.openTotal': { group: 'Estimates', title: 'Total of the open ones', kind: 'money' },
  'estimate.soldTotal': { group: 'Estimates', title: 'Total of the sold ones', kind: 'money' },
  'messages.sent': { group: 'Messages', title: 'E-mails sent by this flow', kind: 'number' },
  'messages.replied': { group: 'Messages', title: 'Has replied since this began', kind: 'yes_no' },
} as const satisfies Record<string, Fact>;
export type FactName = keyof typeof facts;

export function isFactName(name: string): name is FactName {
  return Object.hasOwn(facts, name);
}

/** A fact's entry as a form shows it; undefined for what earlier steps said. */
export function findFact(name: string): Fact | undefined {
  return isFactName(name) ? facts[name] : undefined;
}

export const operators = {
  equals: 'is',
  not_equals: 'is not',
  greater: 'is above',
  less: 'is below',
  contains: 'contains',
  one_of: 'is one of',
  none_of: 'is none of',
  exists: 'is known',
  not_exists: 'is not known',
} as const;
export type Operator = keyof typeof operators;
export const operatorNames = z.enum([
  'equals',
  'not_equals',
  'greater',
  'less',
  'contains',
  'one_of',
  'none_of',
  'exists',
  'not_exists',
] satisfies Operator[]);

/** Which questions make sense for a kind of fact. */
export const operatorsOf = {
  text: ['equals', 'not_equals', 'contains', 'exists', 'not_exists'],
  number: ['greater', 'less', 'equals', 'not_equals', 'exists', 'not_exists'],
  money: ['greater', 'less', 'equals', 'not_equals', 'exists', 'not_exists'],
  yes_no: ['exists', 'not_exists'],
  choice: ['one_of', 'none_of', 'exists', 'not_exists'],
  list: ['one_of', 'none_of', 'exists', 'not_exists'],
} as const satisfies Record<Fact['kind'], readonly Operator[]>;

const stepField = /^steps\.[A-Za-z][\w-]*(\.[A-Za-z]\w*)+$/;

const conditionValue = z.union([z.string().max(300), z.number()]);

export const conditionRule = z.object({
  /** A name of `facts`, or steps.<node>.<name>: what an earlier step came to. */
  field: z
    .string()
    .refine((name) => isFactName(name) || stepField.test(name), { message: 'Choose what is asked about.' }),
  operator: operatorNames,
  value: conditionValue.optional(),
  /** For one_of and none_of. */
  values: z.array(conditionValue).max(100).optional(),
});
export type ConditionRule = z.infer<typeof conditionRule>;

const match = z.enum(['all', 'any']);

const conditionGroup = z.object({
  match,
  rules: z.array(conditionRule).min(1, 'Add a rule, or remove the group.').max(30),
});

/** Groups of rules: all or any of the groups, and in each of them all or any of its rules. */
export const conditions = z
  .object({ match, groups: z.array(conditionGroup).max(20) })
  .meta({ editor: 'conditions' });
export type Conditions = z.infer<typeof conditions>;

export const noConditions: Conditions = { match: 'all', groups: [] };
