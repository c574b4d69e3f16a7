import { operations } from '../operations/operations.ts';
import type { ListOperation, Operation } from '../operations/operation.ts';

/** What is needed of a permission: for what, and what it is like to be without. */
interface Need {
  neededFor: string;
  without: string;
}

export interface Permission {
  resource: string;
  /** The cheap read that shows whether reading is granted; its scope is the permission's. */
  probe: ListOperation;
  /** Without reading it no state can be told, so nothing is derived and nothing is sent. */
  essential: boolean;
  read: Need;
  write?: Need;
}

const noStates = 'No state is derived and no e-mail is sent';

/** Every permission that the product uses. The first shows whether key, token and tenant are right at all. */
export const permissions: readonly Permission[] = [
  {
    resource: 'Customers and their contacts',
    probe: operations.listCustomers,
    essential: true,
    read: {
      neededFor:
        'All states; names, e-mail addresses and “do not mail”; the flow actions “Get customer”, “Add note”, “Add tag” and “Remove tag”',
      without: `${noStates}: who may be mailed is not known.`,
    },
    write: {
      neededFor: 'the flow actions “Create customer”, “Add note”, “Add tag” and “Remove tag”',
      without:
        'The flow actions “Create customer”, “Add note”, “Add tag” and “Remove tag” fail for customers; all else goes on.',
    },
  },
  {
    resource: 'Jobs and cancellations',
    probe: operations.listJobs,
    essential: true,
    read: {
      neededFor: 'States 2 to 6; the flow actions “Get jobs” and “Get estimates”, notes and tags of jobs',
      without: `${noStates}: visits and installs are not known.`,
    },
    write: {
      neededFor: 'the flow actions “Add note”, “Add tag” and “Remove tag”, for jobs',
      without: 'The flow actions “Add note”, “Add tag” and “Remove tag” fail for jobs; all else goes on.',
    },
  },
  {
    resource: 'Appointments',
    probe: operations.listAppointments,
    essential: true,
    read: {
      neededFor: 'States 2 and 5, reminders; the flow action “Get appointments”',
      without: `${noStates}: whether a visit stands is not known.`,
    },
  },
  {
    resource: 'Estimates',
    probe: operations.listEstimates,
    essential: true,
    read: {
      neededFor: 'States 3 and 4; the flow action “Get estimates”',
      without: `${noStates}: who was sold to is not known.`,
    },
  },
  {
    resource: 'Suppressions',
    probe: operations.listSuppressions,
    essential: false,
    read: {
      neededFor: 'Keeping opt-outs that were made in ServiceTitan',
      without:
        'Opt-outs made in ServiceTitan are not known: people who unsubscribed there may be mailed from here.',
    },
    write: {
      neededFor: 'telling ServiceTitan who unsubscribed here',
      without: 'ServiceTitan is not told who unsubscribes here, so it may go on mailing them.',
    },
  },
  {
    resource: 'Leads',
    probe: operations.listLeads,
    essential: false,
    read: {
      neededFor: 'State 1, for customers who came as a lead; the flow action “Follow up lead”',
      without: 'State 1 is not seen for customers who came as a lead.',
    },
    write: {
      neededFor: 'the flow action “Follow up lead”',
      without: 'The flow action “Follow up lead” fails; all else goes on.',
    },
  },
  {
    resource: 'Bookings',
    probe: operations.listBookings,
    essential: false,
    read: {
      neededFor: 'State 1, for customers who came as a booking',
      without:
        'State 1 is not seen for customers who came as a booking, and the flow action “Create booking” fails.',
    },
    write: {
      neededFor: 'the flow action “Create booking”',
      without: 'The flow action “Create booking” fails; all else goes on.',
    },
  },
  {
    resource: 'Job types',
    probe: operations.listJobTypes,
    essential: false,
    read: {
      neededFor: 'Saying which job types are sales visits and which are installs',
      without: 'Job types have no names here, and new ones cannot be classified.',
    },
  },
  {
    resource: 'Cancel reasons',
    probe: operations.listJobCancelReasons,
    essential: false,
    read: {
      neededFor: 'Telling clerical cancellations, such as duplicates, from real ones',
      without: 'On connecting, clerical cancellations are not told from real ones; known ones stay known.',
    },
  },
  {
    resource: 'Business units',
    probe: operations.listBusinessUnits,
    essential: false,
    read: {
      neededFor: 'The names of business units',
      without: 'Business units have no names here.',
    },
  },
  {
    resource: 'Tag types',
    probe: operations.listTagTypes,
    essential: false,
    read: {
      neededFor: 'The names of tags, by which jobs can be classified',
      without: 'Tags have no names here, and new ones cannot be classified.',
    },
  },
  {
    resource: 'Campaigns',
    probe: operations.listCampaigns,
    essential: false,
    read: {
      neededFor: 'The names of campaigns',
      without: 'Campaigns have no names here.',
    },
  },
  {
    resource: 'Technicians',
    probe: operations.listTechnicians,
    essential: false,
    read: {
      neededFor: 'The names of technicians',
      without: 'Technicians have no names here.',
    },
  },
  {
    resource: 'Tasks',
    probe: operations.listTasks,
    essential: false,
    read: {
      neededFor: 'the flow action “Create task”: who can be given one, and whether it was made already',
      without: 'The flow action “Create task” fails: who can be given a task is not known.',
    },
    write: {
      neededFor: 'the flow action “Create task”',
      without: 'The flow action “Create task” fails; all else goes on.',
    },
  },
];

/** What an operation is needed for, and what it is like to be without. */
export function needOf({ scope, method }: Pick<Operation, 'scope' | 'method'>): Need {
  const permission = permissions.find(({ probe }) => probe.scope === scope);
  const need = method === 'GET' ? permission?.read : permission?.write;
  if (!need) throw new Error(`The permissions do not say what ${method} of ${scope} is needed for.`);
  return need;
}
