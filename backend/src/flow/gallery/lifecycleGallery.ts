import type { WrittenFixture } from '../../schemas/flowFile.ts';
import { emailFollowup } from '../lifecycle/emailFollowup.ts';
import { installJobDone } from '../lifecycle/installJobDone.ts';
import { letsReschedule } from '../lifecycle/letsReschedule.ts';
import type { LifecycleFlow } from '../lifecycle/lifecycleFlow.ts';
import { scheduleTheInstall } from '../lifecycle/scheduleTheInstall.ts';
import { sorryWeMissedYou } from '../lifecycle/sorryWeMissedYou.ts';
import { unsoldEstimates } from '../lifecycle/unsoldEstimates.ts';
import { whatToExpect } from '../lifecycle/whatToExpect.ts';
import { whatToExpectInstall } from '../lifecycle/whatToExpectInstall.ts';
import type { GalleryFlow } from './galleryFlow.ts';

function fromLifecycle(
  { templateKey: key, name, description, graph }: LifecycleFlow,
  reads: GalleryFlow['reads'],
  ...fixtures: WrittenFixture[]
): GalleryFlow {
  return { key, name, description, category: 'Lifecycle', graph, references: [], reads, fixtures };
}

const backToContact = { action: 'servicetitan_update_state' };
const hourAsDay = 0.04;

/** The flow of each state that a customer can enter, with what comes of it. */
export const lifecycleGallery: readonly GalleryFlow[] = [
  fromLifecycle(
    emailFollowup,
    ['leads'],
    {
      name: 'Nobody books',
      state: 1,
      expect: {
        messages: [
          { day: 0, subject: 'Thanks for reaching out to Demo Home Services', says: 'Hi Testa,' },
          { day: 2, subject: 'Shall we find a time, Testa?' },
          { day: 4, subject: 'Questions before you book?' },
          { day: 20, subject: 'We are here when you are ready' },
        ],
        actions: [{ day: 90, ...backToContact }],
        status: 'done',
      },
    },
    {
      name: 'A visit is booked on day 3',
      state: 1,
      future: [{ type: 'state_entered', afterHours: 72, state: 2 }],
      expect: {
        messages: [
          { day: 0, subject: 'Thanks for reaching out to Demo Home Services' },
          { day: 2, subject: 'Shall we find a time, Testa?' },
        ],
        status: 'ended',
        endedReason: 'left_state',
      },
    },
  ),
  fromLifecycle(
    whatToExpect,
    ['jobs', 'appointments'],
    {
      name: 'A visit in three days',
      state: 2,
      job: {},
      appointmentInHours: 72,
      expect: {
        messages: [
          { day: 0, subject: 'Your visit on Thursday, March 5: what to expect', says: '9:00 AM to 11:00 AM' },
          { day: 2, subject: 'See you on Thursday, March 5 at 9:00 AM' },
        ],
        status: 'done',
      },
    },
    {
      name: 'The visit is moved by a week',
      state: 2,
      job: {},
      appointmentInHours: 72,
      future: [{ type: 'appointment_set', afterHours: 24, startsAfterHours: 239 }],
      expect: {
        messages: [
          { day: 0, subject: 'Your visit on Thursday, March 5: what to expect' },
          { day: 8.96, subject: 'See you on Thursday, March 12 at 9:00 AM' },
        ],
        status: 'done',
      },
    },
  ),
  fromLifecycle(sorryWeMissedYou, ['jobs', 'canceled_logs'], {
    name: 'The visit was canceled',
    state: 2.5,
    expect: {
      messages: [
        { day: hourAsDay, subject: 'Sorry we missed you, Testa' },
        { day: 2 + hourAsDay, subject: 'Would another day suit you better?' },
        { day: 4 + hourAsDay, subject: 'Your visit is one reply away' },
      ],
      status: 'done',
    },
  }),
  fromLifecycle(
    unsoldEstimates,
    ['estimates'],
    {
      name: 'Nothing is sold',
      state: 3,
      estimates: [{ name: 'Heat pump', total: 12_400 }],
      expect: {
        messages: [
          { day: 2, subject: 'Any questions about your estimate?', says: '"Heat pump", $12,400' },
          { day: 4, subject: 'Can we make the decision easier?' },
          { day: 20, subject: 'Your estimate is still here' },
        ],
        actions: [{ day: 90, ...backToContact }],
        status: 'done',
      },
    },
    {
      name: 'The estimate is sold on day 5',
      state: 3,
      estimates: [{ total: 12_400 }],
      future: [{ type: 'estimate_sold', afterHours: 120 }],
      expect: {
        messages: [
          { day: 2, subject: 'Any questions about your estimate?' },
          { day: 4, subject: 'Can we make the decision easier?' },
        ],
        actions: [],
        status: 'ended',
        endedReason: 'left_state',
      },
    },
  ),
  fromLifecycle(scheduleTheInstall, ['estimates'], {
    name: 'An estimate is sold',
    state: 4,
    estimates: [{ status: 'Sold', total: 9000 }],
    expect: {
      messages: [
        { day: 0, subject: 'Thank you! Next: your installation date' },
        { day: 2, subject: 'Which day suits you for the installation?' },
      ],
      status: 'done',
    },
  }),
  fromLifecycle(whatToExpectInstall, ['jobs', 'appointments'], {
    name: 'An installation in two days',
    state: 5,
    job: {},
    appointmentInHours: 48,
    expect: {
      messages: [
        { day: 0, subject: 'Your installation on Wednesday, March 4' },
        { day: 1, subject: 'We install on Wednesday, March 4 at 9:00 AM' },
      ],
      status: 'done',
    },
  }),
  fromLifecycle(letsReschedule, ['jobs', 'canceled_logs'], {
    name: 'The installation was canceled',
    state: 5.5,
    expect: {
      messages: [
        { day: hourAsDay, subject: "Let's find a new date for your installation" },
        { day: 2 + hourAsDay, subject: 'Pick the day that works for you' },
        { day: 4 + hourAsDay, subject: 'Still here to finish what we started' },
      ],
      status: 'done',
    },
  }),
  fromLifecycle(installJobDone, ['jobs'], {
    name: 'The installation is done',
    state: 6,
    job: { jobStatus: 'Completed' },
    expect: {
      messages: [
        { day: 0, subject: 'Your installation is complete. Thank you!' },
        { day: 2, subject: 'How did we do, Testa?', says: 'https://demo.example/review' },
      ],
      status: 'done',
    },
  }),
];
